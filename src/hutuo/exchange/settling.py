"""Settling contracts: what a period brought is posted to the ledger and noted, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import model_validator

from hutuo.base import deeds
from hutuo.base.branches import Object
from hutuo.base.sharing.rights import only
from hutuo.base.store import Store, store_of
from hutuo.errors import BadAsk, BadInput, Finding, in_both
from hutuo.exchange.agreements import parties_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    import sqlalchemy as sa

    from hutuo.base.region import Region
    from hutuo.exchange.contracts.agreement import Contract
    from hutuo.exchange.contracts.register import Kept
    from hutuo.exchange.contracts.settlement import Settled
    from hutuo.exchange.contracts.spans import Span

__all__ = ["Due", "Settle", "SettleAnswer", "SettleRow", "due", "settle"]


class Settle(Ask):
    """What to settle."""

    contract: str | None = said(
        "合同;缺省为所有到期的", "contract; all that are due if none is given", default=None
    )
    period: str | None = said(
        "只结算到该期(含);缺省为到期的各期",
        "up to this period; all that are over if none is given",
        default=None,
    )
    figures: Object | None = said(
        "该期的数据(JSON),补充已报的",
        "figures of that period as JSON, beside those told before",
        default=None,
    )
    day: date | None = said(
        "到哪一天为止;缺省为今天", "by which day periods are over; today if none", default=None
    )
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)

    @model_validator(mode="after")
    def _of_one(self) -> "Settle":
        if self.contract is None and self.period is not None:
            raise wrong(Text("时期须指明合同", "a period is of a contract: name it"))
        if self.period is None and self.figures is not None:
            raise wrong(Text("数据须指明时期", "figures are of a period: name it"))
        return self


class SettleRow(Answer):
    """A period of a contract."""

    contract: str = said("合同与版本", "contract and version")
    title: Text = said("合同名称", "what it is called")
    period: str = said("时期", "the period")
    state: str = said("状态", "settled, lacking figures, or refused by the ledger")
    state_name: Text = said("状态名称", "what the state is called")
    keys: list[str] = said("分录的键", "keys of the entries that were posted")
    wanting: list[Text] = said("缺什么", "what is missing or wrong")


class SettleAnswer(Answer):
    """What was settled."""

    settled: int = said("已结算的时期数", "number of periods that were settled")
    unsettled: int = said(
        "待补数据或被拒绝的时期数", "number of periods that lack figures or were refused"
    )
    check: bool = said("只检查", "whether nothing was written")
    rows: list[SettleRow] = said("各期", "the periods")


@verb("结算合同", columns=("contract", "title", "period", "state_name", "keys", "wanting"))
def settle(region: "Region", ask: Settle) -> SettleAnswer:
    """Settle periods that are over: post what they bring, of one contract or of all that are due."""
    from hutuo.exchange.contracts.register import all_kept, kept, reading

    store = store_of(region)
    day = ask.day or date.today()  # noqa: DTZ011 - civil day
    with reading(store) as connection:
        one = ask.contract
        found = all_kept(connection) if one is None else [kept(connection, one)]
    if one is not None:
        only(*parties_of(found[0]))
    elif not deeds.actor().is_owner:
        # Of all that are due, those that one's own body has a part in.
        found = [kept for kept in found if deeds.actor().body in parties_of(kept)]
    rows = [row for one in found for row in _settled(store, ask, one, day)]
    done = sum(row.state == "settled" for row in rows)
    return SettleAnswer(settled=done, unsettled=len(rows) - done, check=ask.check, rows=rows)


def due(found: "Kept", ask: Settle, day: date) -> "Iterator[Due]":
    """Periods of a contract that are over, worked out one after the other until one lacks figures.

    Args:
        found: The contract as the register has it.
        ask: Up to which period, and figures of that one beside those that were told.
        day: Day by which periods are over.
    """
    from hutuo.exchange.contracts.settlement import settled

    span, carried = found.next_span, found.carried
    until = _span_asked(found, ask.period, day) if ask.period else None
    while span is not None and span.last < day and (until is None or span.first <= until.first):
        figures = dict(found.told.get(span.name, {}))
        if span.name == ask.period:
            figures |= ask.figures or {}
        contract = found.holding(span)
        try:
            done = settled(contract, figures, span.name, carried)
        except BadInput as error:
            yield Due(span, contract, figures, None, error)
            return
        yield Due(span, contract, figures, done, None)
        span, carried = found.open_from(span.next()), done.carried


class Due(NamedTuple):
    """A period that is over: what it brings, or what is wrong with its figures."""

    span: "Span"
    contract: "Contract"
    figures: Mapping[str, Any]
    done: "Settled | None"
    error: BadInput | None


def _span_asked(found: "Kept", period: str, day: date) -> "Span":
    """The period that is asked for.

    Raises:
        BadAsk: It is none of the contract, or not over.
    """
    from hutuo.exchange.contracts.settlement import span_in
    from hutuo.exchange.contracts.spans import span_of

    named = span_of(period)
    span = span_in(found.holding(named) if named else found.newest, period)
    if span.last >= day:
        raise BadAsk(
            Text(f"{period}到{day}尚未结束", f"{period} is not over by {day}"),
            Text(f"{span.last}之后再结算", f"settle it after {span.last}"),
        )
    return span


def _settled(store: Store, ask: Settle, found: "Kept", day: date) -> "Iterator[SettleRow]":
    """Rows of a contract's periods, each posted as it comes; one that was settled before is told again.

    Raises:
        BadAsk: The period that is asked for is settled by other figures.
        BadInput: Figures of the period that is asked for, or of one before it, are missing or wrong.
    """
    before = found.settled_in(ask.period) if ask.period else None
    if before is not None:
        given = {**found.told.get(before.period, {}), **(ask.figures or {})}
        if ask.figures is not None and given != {**before.figures}:
            raise BadAsk(
                Text(
                    f"{before.period}已按另一组数据结算", f"{before.period} is settled otherwise"
                ),
                Text("更正用hutuo ledger post另记", "put it right by an entry: hutuo ledger post"),
            )
        yield _row(found, before.period, f"{found.newest.id}@{before.version}", before.keys)
        return
    closed = found.closed
    for one in due(found, ask, day):
        if one.done is None:
            if ask.period and one.error:
                raise one.error
            yield _row(found, one.span.name, one.contract.label, (), one.error)
            return
        keys = [entry["key"] for entry in one.done.entries]
        try:
            _post(store, ask, one, (len(found.versions), closed))
        except (BadAsk, BadInput) as error:
            if ask.contract is not None:
                raise
            # Where all that are due are settled, one that is refused does not keep the others waiting.
            yield _row(found, one.span.name, one.contract.label, (), error, state="refused")
            return
        closed = one.span.name
        yield _row(found, one.span.name, one.contract.label, keys)


def _post(store: Store, ask: Settle, one: Due, seen: tuple[int, str | None]) -> None:
    """Post the entries and note the period in one transaction."""
    from hutuo.exchange.contracts.register import add_settlement
    from hutuo.ledger.entries import read_entries
    from hutuo.ledger.journal import journal_of

    assert one.done is not None  # noqa: S101 - only what is worked out is posted
    entries = one.done.entries
    row = {
        "period": one.span.name,
        "first": one.span.first,
        "version": one.contract.version,
        "figures": dict(one.figures),
        "carried": one.done.carried,
        "keys": [entry["key"] for entry in entries],
        "by": ask.by,
    }

    def note(connection: "sa.Connection") -> None:
        add_settlement(connection, one.contract.id, seen, row)

    name = f"{one.contract.label} {one.span.name}"
    given = read_entries(list(entries), name) if entries else []
    journal_of(store).post(given, by=ask.by, file=name, check=ask.check, beside=note)


def _row(
    found: "Kept",
    period: str,
    contract: str,
    keys: Sequence[str],
    error: BadAsk | BadInput | None = None,
    *,
    state: str = "lacking",
) -> SettleRow:
    state = state if error else "settled"
    findings = error.findings if isinstance(error, BadInput) else ()
    wanting = [_told(one) for one in findings] or ([Text(*error.words)] if error else [])
    return SettleRow(
        contract=contract,
        title=found.newest.title,
        period=period,
        state=state,
        state_name=label(f"settle_state:{state}"),
        keys=list(keys),
        wanting=wanting,
    )


def _told(finding: Finding) -> Text:
    """What is missing or wrong, with where."""
    says = Text(*in_both(finding.says))
    return Text(f"{finding.column}:{says.zh}", f"{finding.column}: {says.en}")
