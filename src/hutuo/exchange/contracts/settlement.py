"""What a period of a contract brings to the ledger: its entries, and what it leaves to those after it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.exchange.contracts.agreement import Contract
from hutuo.exchange.contracts.case import Case
from hutuo.exchange.contracts.divisions import counts, divided
from hutuo.exchange.contracts.dues import called, charged, instalments, moves
from hutuo.exchange.contracts.form import Check, Clause, Waterfall
from hutuo.exchange.contracts.postings import Entry, Posting, tidied
from hutuo.exchange.contracts.spans import CALLED, Span, span_of
from hutuo.exchange.contracts.terms import Shares
from hutuo.exchange.contracts.waterfalls import distributed
from hutuo.glossary import Text

__all__ = ["Settled", "entries", "refuse_unknown", "settled", "span_in"]

Figures = Mapping[str, Any]
KINDS: Mapping[str, Callable[[Case, Any], list[Posting]]] = {
    "call": called,
    "charge": charged,
    "count": counts,
    "instalment": instalments,
    "move": moves,
    "split": divided,
}
TIER_NAMES = {
    "capital": Text("返还本金", "return of capital"),
    "preferred": Text("优先回报", "preferred return"),
    "catch_up": Text("追补", "catch-up"),
    "carried": Text("超额收益分成", "carried split"),
}


class Settled(NamedTuple):
    """A period that was worked out.

    Attributes:
        entries: Entries for the ledger, in the order of the clauses.
        carried: What the period after it has to know: sums so far, in fen, by name.
    """

    entries: list[Entry]
    carried: dict[str, int]


def entries(
    contract: Contract, figures: Figures, period: str, carried: Mapping[str, int] | None = None
) -> list[Entry]:
    """The entries that a period of a contract brings, see :func:`settled`."""
    return settled(contract, figures, period, carried).entries


def settled(
    contract: Contract, figures: Figures, period: str, carried: Mapping[str, int] | None = None
) -> Settled:
    """A period of a contract, worked out.

    Args:
        contract: The version that holds in the period.
        figures: What is told of the period, by figure of the template; a number, or numbers by body.
        period: The period, as 2027, 2027-Q1 or 2027-01.
        carried: What the period before it left; nothing before the first.

    Returns:
        Entries that balance by commodity and book, each under a key that names contract, period and clause,
        so that none is posted twice; and what is carried on.

    Raises:
        BadAsk: The contract has no such period.
        BadInput: Figures are missing, unknown or out of bounds; all of them are told, none is taken for 0.
    """
    case = Case(contract, span_in(contract, period), figures, dict(carried or {}))
    case.found += _unknown(case)
    made = [one for clause in contract.agreed.template.clauses for one in _entries(case, clause)]
    for check in contract.agreed.template.checks:
        _check(case, check)
    _keep_inputs(case)
    _refuse(case)
    return Settled(made, case.carried)


def refuse_unknown(contract: Contract, figures: Figures, period: str) -> None:
    """Look through figures that are told before a period is settled, as far as they are told.

    Raises:
        BadAsk: The contract has no such period.
        BadInput: A figure is unknown, no number or out of bounds.
    """
    case = Case(contract, span_in(contract, period), figures, {})
    case.found += _unknown(case)
    if not case.found:
        for name, given in figures.items():
            for body in given if isinstance(given, Mapping) else (None,):
                case.figure(name, body)
    _refuse(case)


def _refuse(case: Case) -> None:
    if case.found:
        contract, period = case.contract.id, case.span.name
        raise BadInput(
            Text(f"{contract}在{period}的数据有误:", f"figures of {contract} in {period}:"),
            case.found,
            Text("没有发生的给0", "give 0 for what did not happen"),
        )


def span_in(contract: Contract, period: str) -> Span:
    """The period of that name.

    Raises:
        BadAsk: The contract has no such period.
    """
    span, schedule = span_of(period), contract.schedule
    last = span_of(schedule.last) if schedule.last else None
    if (
        span is None
        or span.kind != schedule.period
        or span.first < contract.since.first
        or (last is not None and span.first > last.first)
    ):
        until = Text(f"至{last.name}", f" to {last.name}") if last else Text("起", " on")
        raise BadAsk(
            Text(f"{contract.label}没有时期{period}", f"{contract.label} has no period {period}"),
            Text(
                f"按{CALLED[schedule.period].zh}结算,{contract.since.name}{until.zh}",
                f"it is settled by {schedule.period}, from {contract.since.name}{until.en}",
            ),
        )
    return span


def _entries(case: Case, clause: Clause) -> Iterator[Entry]:
    """The entry of a clause, or one for each tier of a waterfall; none where nothing is to be posted."""
    if isinstance(clause, Waterfall):
        for tier, postings in distributed(case, clause).items():
            name = TIER_NAMES[tier]
            about = Text(f"{clause.zh}:{name.zh}", f"{clause.en}: {name.en}")
            yield from _entry(case, f"{clause.clause}-{tier}", about, postings)
    else:
        yield from _entry(case, clause.clause, clause.title, KINDS[clause.kind](case, clause))


def _entry(case: Case, what: str, about: Text, postings: list[Posting]) -> Iterator[Entry]:
    kept = tidied(postings)
    if kept:
        contract, span = case.contract, case.span
        title, by = contract.title, _payable(case, kept)
        yield {
            "key": f"contract:{contract.id}:{span.name}:{what}",
            "effective": span.last.isoformat(),
            "memo": f"{title.zh} {span.name} {about.zh}{by.zh} / {title.en} {span.name} {about.en}{by.en}",
            "contract": contract.label,
            "clause": contract.clause,
            "postings": kept,
        }


def _payable(case: Case, postings: list[Posting]) -> Text:
    """By which day what is owed is to be paid, where the schedule says so."""
    days = case.contract.schedule.pay_within_days
    if days is None or not any("/due:" in one["account"] for one in postings):
        return Text("", "")
    day = case.span.last + timedelta(days=days)
    return Text(f",{day}前支付", f", payable by {day}")


def _unknown(case: Case) -> Iterator[Finding]:
    """Figures, and bodies within figures, that the template does not have."""
    forms = {one.figure: one for one in case.contract.agreed.template.figures}
    for name, given in case.figures.items():
        where = f"{case.span.name}.{name}"
        if name not in forms:
            there = "、".join(forms)
            says = Text(
                f"没有此数据;有{there}", f"no such figure; there are {there.replace('、', ', ')}"
            )
            yield Finding("figures", None, where, says)
            continue
        ended = forms[name].until
        if ended is not None and case.span.first >= ended and given not in (0, None):
            yield Finding(
                "figures", None, where, Text(f"{ended}起没有", f"there is none from {ended} on")
            )
        bodies = {body for role in forms[name].by for body in case.bodies(role)}
        if isinstance(given, Mapping) != bool(bodies):
            told = "、".join(sorted(bodies)) or "无"
            says = Text(f"应按机构给出:{told}", f"should be by body: {told.replace('、', ', ')}")
            one = Text("应为一个数", "should be one number")
            yield Finding("figures", None, where, says if bodies else one)
            # What cannot be read by body is missing to those who ask for a body's.
            continue
        for body in sorted(set(given) - bodies) if isinstance(given, Mapping) else ():
            says = Text("不是合同中的机构", "is no body of the contract")
            yield Finding("figures", None, f"{where}.{body}", says)


def _check(case: Case, check: Check) -> None:
    """Note where plus less minus falls below 0."""
    for body in case.bodies(check.by) if check.by else (None,):
        left = case.amount(check.plus, body) - case.amount(check.minus, body)
        if check.cumulative:
            key = f"check:{check.check}" + (f":{body}" if body else "")
            left += case.carried.get(key, 0)
            case.carried[key] = int(left)
        if left < 0 and not any(one.column.startswith(case.span.name) for one in case.found):
            where = f"{case.span.name}.{check.check}" + (f".{body}" if body else "")
            says = Text(
                f"{check.zh}(差{float(-left):g})", f"{check.en} (short by {float(-left):g})"
            )
            case.found.append(Finding("figures", None, where, says))


def _keep_inputs(case: Case) -> None:
    """Carry on what each put in, where shares follow it."""
    agreed = case.contract.agreed
    for name, value in agreed.terms.items():
        if isinstance(value, Shares) and value.rule == "proportional":
            roles = agreed.template.term(name).of
            for body in {body for role in roles for body in agreed.parties[role]}:
                key = f"put_in:{value.figure}:{body}"
                case.carried[key] = case.put_in(value.figure, body)
