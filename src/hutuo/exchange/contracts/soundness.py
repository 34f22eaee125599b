"""What a contract must be to be sound: parties for its roles, terms within bounds; every fault is told."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hutuo.errors import Finding
from hutuo.exchange.contracts.form import Attribution, Role, Template, Term, templates
from hutuo.exchange.contracts.terms import Shares, Wrong, value_of, wanted_names
from hutuo.glossary import Text

__all__ = ["Agreed", "Faults", "agreed_in"]

# They stand for the world outside, and for what is counted twice.
RESERVED = {"outside", "eliminated"}
Parties = dict[str, tuple[str, ...]]


class Agreed(NamedTuple):
    """What a contract says, read.

    Attributes:
        template: Its template.
        parties: Bodies by role.
        terms: Terms as exact values; None where an optional one is not given.
        books: How each memo commodity is attributed.
    """

    template: Template
    parties: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, Any]
    books: Mapping[str, Attribution]


class Faults:
    """Faults of one thing that was read, in the order in which they were found."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Finding] = []

    def add(self, where: str, zh: str, en: str) -> None:
        """Note what would be right at a place."""
        self.found.append(Finding(self.name, None, where, Text(zh, en)))


def agreed_in(
    given: Mapping[str, Any], faults: Faults, form: Template | None = None
) -> Agreed | None:
    """What a contract says, as far as it can be read.

    Args:
        given: The contract as plain values.
        faults: Those that are found are added.
        form: Its template as it was; as it is now if none is given.

    Returns:
        What is agreed; None if the template is not known.
    """
    known = given.get("template")
    if not isinstance(known, str):
        return None
    if form is None and known not in templates():
        there = list(templates())
        faults.add(
            "template",
            f"没有模板{known};有{'、'.join(there)}",
            f"no template {known}; there are {', '.join(there)}",
        )
        return None
    template = form or templates()[known]
    parties = _parties(template, _mapping(given, "parties"), faults)
    terms = _terms(template, _mapping(given, "terms"), parties, faults)
    books = _mapping(given, "books")
    for odd in (name for name in books if name not in template.books):
        there = list(template.books)
        faults.add(
            f"books.{odd}",
            f"模板不统计它;有{'、'.join(there) or '无'}",
            f"the template does not count it; it counts {', '.join(there) or 'nothing'}",
        )
    return Agreed(template, parties, terms, {**template.books, **books})


def _mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of what is given; empty where it is no object, which is told where its type is checked."""
    found = given.get(name)
    return found if isinstance(found, Mapping) else {}


def _parties(template: Template, given: Mapping[str, Any], faults: Faults) -> Parties:
    """Bodies by role."""
    parties: Parties = {}
    for role in template.roles:
        bodies = given.get(role.role)
        several = tuple(bodies) if isinstance(bodies, (list, tuple)) else ()
        parties[role.role] = (bodies,) if isinstance(bodies, str) else several
        if says := _role_fault(role, parties[role.role]):
            faults.add(f"parties.{role.role}", *says)
    for odd in (name for name in given if name not in parties):
        there = list(parties)
        faults.add(
            f"parties.{odd}",
            f"没有此角色;有{'、'.join(there)}",
            f"no such role; there are {', '.join(there)}",
        )
    single = [parties[role.role] for role in template.roles if not role.many]
    for body in sorted({one[0] for one in single if one and single.count(one) > 1}):
        faults.add("parties", f"{body}不能身兼两方", f"{body} cannot be two parties")
    return parties


def _role_fault(role: Role, bodies: tuple[str, ...]) -> Text | None:
    if not bodies:
        return Text(f"须给出{role.zh}", f"must be named: {role.en}")
    if len(bodies) > 1 and not role.many:
        return Text(f"{role.zh}只能有一个", f"there can be one only: {role.en}")
    if len(set(bodies)) < len(bodies):
        return Text("同一机构出现两次", "a body is named twice")
    if RESERVED & set(bodies):
        return Text("outside与eliminated是保留名", "outside and eliminated are reserved")
    return None


def _terms(
    template: Template, given: Mapping[str, Any], parties: Parties, faults: Faults
) -> dict[str, Any]:
    """Terms as exact values; None for those that are not given or could not be read."""
    names = wanted_names(template, parties)
    values: dict[str, Any] = {}
    before = len(faults.found)
    for term in template.terms:
        written = given.get(term.term)
        try:
            values[term.term] = _value(template, term, written, names[term.term])
        except Wrong as error:
            values[term.term] = None
            faults.add(f"terms.{term.term}", *error.says)
    for odd in (name for name in given if name not in values):
        faults.add(f"terms.{odd}", "模板没有此条款", "the template has no such term")
    if len(faults.found) == before:
        _unmet(template, values, faults)
    return values


def _value(
    template: Template, term: Term, written: object, names: Mapping[str, tuple[str, ...]]
) -> Any:
    """The value of a term, of its default where nothing is written."""
    given = term.default if written is None else written
    if given is None:
        if term.optional:
            return None
        raise Wrong(f"须给出{term.zh}", f"must be given: {term.en}")
    value = value_of(term, given, names)
    if term.fixed and value != value_of(term, term.default, names):
        raise Wrong(f"由规则定为{term.default}", f"the rule sets it to {term.default}")
    if isinstance(value, Shares) and value.rule == "proportional":
        _refuse_inputs(template, term, value.figure)
    return value


def _refuse_inputs(template: Template, term: Term, figure: str) -> None:
    """Shares by what each put in follow a figure in fen that all of them tell."""
    told_by = {one.figure: one.by for one in template.figures if one.unit == "fen"}
    fit = [name for name, roles in told_by.items() if set(term.of) <= set(roles)]
    if figure not in fit:
        raise Wrong(
            f"to应为各方都报的金额数据:{'、'.join(fit) or '无'}",
            f"to should be a figure in fen that all of them tell: {', '.join(fit) or 'none'}",
        )


def _unmet(template: Template, values: Mapping[str, Any], faults: Faults) -> None:
    """Requirements of the template that the terms do not meet."""
    for one in template.requirements:
        value, than = values[one.term], values.get(one.than or "")
        if not _meets(one.kind, value, than):
            faults.add(f"terms.{one.term}", *one.title)


def _meets(kind: str, value: Any, than: Any) -> bool:
    if kind == "yes":
        return value is True
    if kind == "mean":
        return bool(sum(value) >= than * len(value))
    return bool(value == 0 or value > than)
