"""A contract: who agreed on what, from when, in which version; read with all its faults told at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.exchange.contracts.form import Attribution, Template
from hutuo.exchange.contracts.soundness import Agreed, Faults, agreed_in
from hutuo.exchange.contracts.spans import CALLED, Kind, Span, begins_span, span_of
from hutuo.glossary import Text
from hutuo.verbs import told, wrong

__all__ = ["Contract", "Schedule", "amended", "read_contract", "version_in"]

# Of what the type of a field may be, as pydantic names it in the place of a fault.
ALTERNATIVE = ("constrained-", "tuple[")


def _span(name: str) -> str:
    if span_of(name) is None:
        zh, en = "应为时期,如2027、2027-Q1或2027-01", "should be 2027, 2027-Q1 or 2027-01"
        raise wrong(Text(zh, en))
    return name


def _name(name: str) -> str:
    if not name or any(mark.isspace() or mark in ":@/" for mark in name):
        zh, en = "标识不含空白和 : @ /", "an id has no blank and none of : @ /"
        raise wrong(Text(zh, en))
    return name


Named = Annotated[str, Field(max_length=80), AfterValidator(_name)]
Spanned = Annotated[str, AfterValidator(_span)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(_Written):
    """When a contract is settled: period after period, from the first to the last."""

    period: Kind = "year"
    first: Spanned
    last: Spanned | None = None
    pay_within_days: int | None = Field(default=None, ge=0)

    @property
    def begins(self) -> Span:
        """The first period."""
        found = span_of(self.first)
        assert found is not None  # noqa: S101 - it was read
        return found


class Contract(_Written):
    """One version of a contract, as it is written; :func:`read_contract` makes those that are sound.

    Attributes:
        id: What it is called by.
        version: 1 for the first.
        template: Kind of contract.
        zh: Its name in Chinese.
        en: Its name in English.
        parties: Bodies by role: one, or several where the role is for many.
        terms: What is agreed, by term of the template.
        schedule: The periods by which it is settled.
        holds_from: Period from which this version holds; the first if none is given.
        clause: Clause of the plan that it serves.
        books: How memo commodities are attributed, where not as in the template.
    """

    id: Named
    version: int = Field(default=1, ge=1)
    template: str
    zh: str = ""
    en: str = ""
    parties: Mapping[str, Named | tuple[Named, ...]]
    terms: Mapping[str, Any] = {}
    schedule: Schedule
    holds_from: Spanned | None = None
    clause: str | None = Field(default=None, max_length=200)
    books: Mapping[str, Attribution] = {}
    _agreed: Agreed | None = PrivateAttr(default=None)

    @property
    def title(self) -> Text:
        """What it is called; its id if it has no name."""
        return Text(self.zh or self.en or self.id, self.en or self.zh or self.id)

    @property
    def label(self) -> str:
        """Id and version, as entries name them."""
        return f"{self.id}@{self.version}"

    @property
    def since(self) -> Span:
        """The period from which this version holds."""
        found = span_of(self.holds_from or self.schedule.first)
        assert found is not None  # noqa: S101 - it was read
        return found

    @property
    def agreed(self) -> Agreed:
        """Its template, bodies and terms in exact values."""
        if self._agreed is not None:
            return self._agreed
        faults = Faults("contract")
        agreed = agreed_in(self.model_dump(), faults)
        if agreed is None or faults.found:
            raise _refused(faults)
        return agreed


def read_contract(
    given: Mapping[str, Any], name: str = "contract", form: Template | None = None
) -> Contract:
    """A contract from plain values, as JSON gives them.

    Args:
        given: ``id``, ``template``, ``parties``, ``terms``, ``schedule`` and the rest of :class:`Contract`.
        name: File or field that it comes from, for messages.
        form: Its template as it was when it was agreed; as it is now if none is given.

    Raises:
        BadInput: Something is missing, unknown, out of bounds or against the template; all of it is told.
    """
    faults = Faults(name)
    contract = None
    try:
        contract = Contract.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            steps = [str(step) for step in fault["loc"]]
            where = ".".join(step for step in steps if not step.startswith(ALTERNATIVE))
            faults.found.append(Finding(name, None, where, told(fault)))
    agreed = agreed_in(given, faults, form)
    if contract is not None:
        _check_days(contract, agreed, faults)
    if contract is None or faults.found:
        raise _refused(faults)
    contract._agreed = agreed
    return contract


def amended(
    versions: Sequence[Contract], changes: Mapping[str, Any], holds_from: str, closed: str | None
) -> Contract:
    """The next version of a contract; periods that are closed keep the one that they had.

    Args:
        versions: All versions so far.
        changes: What changes; ``terms``, ``parties``, ``schedule`` and ``books`` are changed name by name.
        holds_from: Period from which the new version holds.
        closed: The last period that is closed, None if none is.

    Raises:
        BadAsk: The period is closed, or is no period of this contract, or the id or template would change.
        BadInput: What comes out is no sound contract.
    """
    last = max(versions, key=lambda one: one.version)
    span, shut = span_of(holds_from), span_of(closed) if closed else None
    if span is None or span.kind != last.schedule.period or span.first < last.since.first:
        raise BadAsk(
            Text(
                f"{holds_from}不是{last.since.name}起的时期",
                f"{holds_from} is no period from {last.since.name} on",
            ),
            Text(
                f"合同按{CALLED[last.schedule.period].zh}结算",
                f"it is settled by {last.schedule.period}",
            ),
        )
    if shut is not None and span.first <= shut.last:
        raise BadAsk(
            Text(f"{shut.name}已结账", f"{shut.name} is closed"),
            Text(
                f"变更最早自{shut.next().name}起",
                f"a change holds from {shut.next().name} at the earliest",
            ),
        )
    fixed = sorted({"id", "template", "version", "holds_from"} & set(changes))
    if fixed:
        raise BadAsk(
            Text(f"{'、'.join(fixed)}不能变更", f"{', '.join(fixed)} cannot be changed"),
            Text("另立合同", "make another contract"),
        )
    old = last.model_dump(exclude_none=True)
    new = {key: _merged(old.get(key), value) for key, value in changes.items()}
    return read_contract(old | new | {"version": last.version + 1, "holds_from": holds_from})


def version_in(versions: Iterable[Contract], span: Span) -> Contract | None:
    """The version that holds in a period: the latest of those that hold from it or before."""
    holding = [one for one in versions if one.since.first <= span.first]
    return max(holding, key=lambda one: one.version, default=None)


def _merged(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, Mapping) else new


def _refused(faults: Faults) -> BadInput:
    return BadInput(
        Text("合同有误:", "the contract is faulty:"),
        faults.found,
        Text(
            "模板的条款见hutuo exchange template", "terms of a template: hutuo exchange template"
        ),
    )


def _check_days(contract: Contract, agreed: Agreed | None, faults: Faults) -> None:
    """Note periods of another kind or before the first, and days on which no period begins."""
    schedule, called = contract.schedule, CALLED[contract.schedule.period]
    named = {"schedule.first": schedule.first, "schedule.last": schedule.last}
    for where, given in (named | {"holds_from": contract.holds_from}).items():
        span = span_of(given) if given else None
        if span is not None and span.kind != schedule.period:
            faults.add(where, f"应为一个{called.zh}", f"should be a {called.en}")
        elif span is not None and span.first < schedule.begins.first:
            faults.add(where, "早于首期", "is before the first period")
    for term, value in (agreed.terms if agreed else {}).items():
        if isinstance(value, date) and not begins_span(schedule.period, value):
            faults.add(
                f"terms.{term}",
                f"应为某{called.zh}的第一天;或按月结算",
                f"should be the first day of a {called.en}, or settle by months",
            )
