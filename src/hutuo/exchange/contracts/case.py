"""One period of a contract at work: its figures, its terms, and what earlier periods left."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from hutuo.errors import Finding
from hutuo.exchange.contracts.agreement import Contract
from hutuo.exchange.contracts.form import Clause, Figure
from hutuo.exchange.contracts.spans import Span, years_since
from hutuo.exchange.contracts.terms import Wrong, exact
from hutuo.glossary import Text

__all__ = ["Case", "Scope", "rounded", "up"]

PART = re.compile(r"\s*([*/]?)\s*(\w+)\s*")


class Scope(NamedTuple):
    """Which body stands for each role where a clause is worked out, and in which year since its start.

    Attributes:
        bodies: Body by role; of a role that several bodies play only that for which it is worked out.
        year: 1 in the first year.
    """

    bodies: Mapping[str, str]
    year: int


@dataclass
class Case:
    """A contract in one period.

    Attributes:
        contract: The version that holds.
        span: The period.
        figures: What is told of it, by name; a number, or numbers by body.
        carried: What earlier periods left, by name, in fen; changed as clauses are worked out.
        found: Faults of the figures.
    """

    contract: Contract
    span: Span
    figures: Mapping[str, Any]
    carried: dict[str, int]
    found: list[Finding] = field(default_factory=list)

    def term(self, name: str) -> Any:
        """The value of a term; None if it is optional and not given."""
        return self.contract.agreed.terms[name]

    def bodies(self, role: str) -> tuple[str, ...]:
        """All bodies of a role."""
        return self.contract.agreed.parties[role]

    def scopes(self, clause: Clause) -> Iterator[Scope]:
        """Where a clause is worked out: once, or for each body of a role; nowhere where it does not hold."""
        year = self.year(clause.starts)
        years = self.term(clause.years) if clause.years else None
        extension = getattr(clause, "extension", None)
        last = None if years is None else years + (self.term(extension) if extension else 0)
        if year < 1 or (last is not None and year > last):
            return
        alone = {
            role: bodies[0]
            for role, bodies in self.contract.agreed.parties.items()
            if not self.contract.agreed.template.role(role).many
        }
        for body in self.bodies(clause.each) if clause.each else ("",):
            yield Scope({**alone, clause.each: body} if clause.each else alone, year)

    def year(self, starts: str | None) -> int:
        """In which year since a day that a term names, else since the first period, this one begins."""
        start = self.term(starts) if starts else self.contract.schedule.begins.first
        return 0 if start is None else years_since(start, self.span.first)

    def figure(self, name: str, body: str | None = None) -> Fraction:
        """A figure, of one body or, where it is told by body, of all; what is missing is noted, and 0."""
        form = next(one for one in self.contract.agreed.template.figures if one.figure == name)
        if form.until is not None and self.span.first >= form.until:
            return Fraction(0)
        given, where = self.figures.get(name), f"{self.span.name}.{name}"
        if form.by and body is None:
            bodies = dict.fromkeys(one for role in form.by for one in self.bodies(role))
            return sum((self.figure(name, one) for one in bodies), Fraction(0))
        if form.by:
            given = given.get(body) if isinstance(given, Mapping) else None
            where = f"{where}.{body}"
        if given is None:
            self._note(where, Text(f"缺{form.zh}", f"missing: {form.en}"))
            return Fraction(0)
        return self._read(form, given, where)

    def amount(self, parts: tuple[str, ...], body: str | None = None) -> Fraction:
        """A sum of products of figures and terms, exactly."""
        return sum((self._product(part, body) for part in parts), Fraction(0))

    def put_in(self, figure: str, body: str) -> int:
        """What a body put in since the first period, this one included, in fen."""
        return self.carried.get(f"put_in:{figure}:{body}", 0) + int(self.figure(figure, body))

    def _product(self, written: str, body: str | None) -> Fraction:
        sign = -1 if written.startswith("-") else 1
        found = Fraction(sign)
        for way, name in PART.findall(written.lstrip("-")):
            value = Fraction(self.term(name)) if self._is_term(name) else self.figure(name, body)
            found = found / value if way == "/" else found * value
        return found

    def _is_term(self, name: str) -> bool:
        return name in self.contract.agreed.terms

    def _read(self, form: Figure, given: object, where: str) -> Fraction:
        try:
            value = exact(given)
        except Wrong as error:
            self._note(where, error.says)
            return Fraction(0)
        if form.unit == "fen" and value.denominator != 1:
            self._note(where, Text("应为整数,以分计", "should be a whole number, in fen"))
        elif form.least is not None and value < exact(form.least):
            says = Text(f"应不小于{form.least:g}", f"should be at least {form.least:g}")
            self._note(where, says)
        return value

    def _note(self, where: str, says: Text) -> None:
        finding = Finding("figures", None, where, says)
        if finding not in self.found:
            self.found.append(finding)


def rounded(value: Fraction) -> int:
    """To the nearest unit, a half away from 0 (四舍五入)."""
    whole = (2 * abs(value) + 1) // 2
    return int(whole if value >= 0 else -whole)


def up(value: Fraction) -> int:
    """To the next unit above."""
    return -int(-value // 1)
