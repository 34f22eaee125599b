"""The form of a template: roles, terms, figures and clauses that contracts of one kind have, read from TOML.

A template is data. Its clauses are of a few kinds, each of which one module works out; what a clause reads
and whom it binds is named in the file, so that a new kind of contract is a new file.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hutuo.errors import one_of
from hutuo.glossary import Text

__all__ = [
    "Call",
    "Charge",
    "Check",
    "Clause",
    "Count",
    "Figure",
    "Instalment",
    "Move",
    "Requirement",
    "Role",
    "Split",
    "Template",
    "Term",
    "Waterfall",
    "find_template",
    "templates",
]

FOLDER = Path(__file__).parent.parent / "templates"
Attribution = Literal["none", "in_place", "shares", "double"]


class _Part(BaseModel):
    """A part of a template, named in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str

    @property
    def title(self) -> Text:
        """What it is called."""
        return Text(self.zh, self.en)


class Role(_Part):
    """A role that one body plays, or several where ``many``."""

    role: str
    many: bool = False


class Term(_Part):
    """What is agreed: its type, bounds and default; without a default it must be given unless optional.

    Types: ``share`` (0..1), ``shares`` (weights of the roles or bodies ``of`` them, or a rule that makes
    these), ``money`` (fen), ``moneys`` (``count`` sums of money), ``by_party`` (money by body of the role in
    ``of``), ``number``, ``whole``, ``day`` and ``yes``.
    """

    term: str
    type: Literal[
        "share", "shares", "money", "moneys", "by_party", "number", "whole", "day", "yes"
    ]
    unit: str | None = None
    of: tuple[str, ...] = ()
    count: int | None = None
    default: Any = None
    optional: bool = False
    least: float | None = None
    most: float | None = None
    fixed: bool = False
    source: str | None = None


class Figure(_Part):
    """What is told of each period: one number, or one for each body of the roles in ``by``."""

    figure: str
    unit: str
    by: tuple[str, ...] = ()
    least: float | None = None
    until: date | None = None


class Requirement(_Part):
    """What a term must meet: it says yes, its mean reaches another term, or it is 0 or above another."""

    kind: Literal["yes", "mean", "zero_or_above"]
    term: str
    than: str | None = None


class Check(_Part):
    """What the figures must meet: ``plus`` less ``minus`` never falls below 0.

    It is summed over the periods where ``cumulative``, and told for each body of the role ``by``.
    """

    check: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    by: str | None = None
    cumulative: bool = False


class _Clause(_Part):
    """What every clause has: ``amount`` sums products of figures and terms, as ``-no_show * price / 60``.

    ``each`` names a role: the clause holds for each of its bodies by itself. ``starts`` and ``years`` name
    terms: from which day and for how many years it holds.
    """

    clause: str
    amount: tuple[str, ...] = ()
    each: str | None = None
    starts: str | None = None
    years: str | None = None

    @property
    def formula(self) -> str:
        """Its amount in names of figures and terms."""
        return " + ".join(self.amount).replace("+ -", "- ")


class Split(_Clause):
    """An income that ``holder`` collects, or a cost that it pays, and that is split by ``shares``.

    Attributes:
        cap: Term with the most that ``cap_role`` ever gets; what is beyond stays with the holder.
        extension: Term with the years by which sharing goes on where the cap is unmet.
        floor: Term with the least that ``floor_role`` gets in a period, from the day ``floor_starts``.
        decay: Term with the part by which the share of ``decay_role`` falls each year, to the holder.
        counts: Memo commodity in which the income is counted too.
    """

    kind: Literal["split"]
    flow: Literal["income", "cost"]
    holder: str
    shares: str
    not_below_zero: bool = False
    cap: str | None = None
    cap_role: str | None = None
    extension: str | None = None
    floor: str | None = None
    floor_role: str | None = None
    floor_starts: str | None = None
    decay: str | None = None
    decay_role: str | None = None
    counts: str | None = None


class Count(_Clause):
    """A figure of statistics of ``holder``, counted in place and as agreed."""

    kind: Literal["count"]
    commodity: str
    holder: str
    shares: str
    decay: str | None = None
    decay_role: str | None = None


class Charge(_Clause):
    """What ``payer`` owes ``payee``: the amount, times the term ``share`` where one is named."""

    kind: Literal["charge"]
    payer: str
    payee: str
    not_below_zero: bool = False
    share: str | None = None


class Move(_Clause):
    """A quantity that moves from one account to another: the amount times ``scale`` in the smallest unit."""

    kind: Literal["move"]
    commodity: str
    giver: str
    taker: str
    scale: int = 1
    rounded: Literal["half", "up"] = "half"


class Instalment(_Clause):
    """A yearly sum, ``first`` in the first year and less by ``decay`` each year, in equal parts a period."""

    kind: Literal["instalment"]
    payer: str
    payee: str
    first: str
    decay: str

    @property
    def formula(self) -> str:
        """The sum of a year in names of terms."""
        return f"{self.first} * (1 - {self.decay}) ^ (year - 1)"


class Call(_Clause):
    """Capital that ``investors`` owe ``payee``: their own figures, or a sum by ``commitments``."""

    kind: Literal["call"]
    payee: str
    investors: str
    commitments: str | None = None


class Waterfall(_Clause):
    """What ``payer`` distributes: capital, preferred return, catch-up, then a split with ``manager``.

    ``capital`` names the clause by which the investors paid in; the others name terms.
    """

    kind: Literal["waterfall"]
    payer: str
    investors: str
    manager: str
    capital: str
    preferred: str
    compounding: str
    catch_up: str
    carried: str


Clause = Annotated[
    Split | Count | Charge | Move | Instalment | Call | Waterfall, Field(discriminator="kind")
]


class Template(_Part):
    """One kind of contract."""

    template: str
    about_zh: str
    about_en: str
    source: str
    roles: tuple[Role, ...]
    terms: tuple[Term, ...]
    figures: tuple[Figure, ...]
    clauses: tuple[Clause, ...]
    requirements: tuple[Requirement, ...] = ()
    checks: tuple[Check, ...] = ()
    books: Mapping[str, Attribution] = {}

    def role(self, name: str) -> Role:
        """The role of that name."""
        return next(one for one in self.roles if one.role == name)

    def term(self, name: str) -> Term:
        """The term of that name."""
        return next(one for one in self.terms if one.term == name)


@cache
def templates() -> dict[str, Template]:
    """All templates by name."""
    files = sorted(FOLDER.glob("*.toml"))
    read = [Template(**tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    return {one.template: one for one in read}


def find_template(name: str) -> Template:
    """The template of that name.

    Raises:
        NotFound: There is none; those that there are are told.
    """
    if name not in templates():
        raise one_of(name, "template", list(templates()))
    return templates()[name]
