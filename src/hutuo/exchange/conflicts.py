"""Who must not judge: conflicts of interest of experts with those whose matter it is, each with its row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from hutuo.exchange.accords import Row, called, holds, listed, period
from hutuo.glossary import Text, label

# Past co-operation counts for some years; kinship and what was declared always.
ENDING = ("employment", "project", "paper")
NO_CONSENT = "no_consent"


class Bar(NamedTuple):
    """Why an expert is not on the list, and the row that says so."""

    reason: str
    says: Text
    table: str
    row: Row | None


class Matter(NamedTuple):
    """What is to be judged, and whom it concerns.

    Attributes:
        purpose: What experts must have consented to.
        day: Day on which they are needed.
        parties: Applicants, and the institutions that employ those of them who are experts.
        fields: Fields of which an expert must have one; empty for any.
        since: Day from which past co-operation counts.
        cities: Cities of the applicants.
        same_city: Whether experts from there are excluded.
    """

    purpose: str
    day: date
    parties: frozenset[str]
    fields: frozenset[str]
    since: date
    cities: frozenset[str]
    same_city: bool


class Roll(NamedTuple):
    """The register of experts, by what it is looked up by.

    Attributes:
        consents: By expert.
        ties: By expert; ties of an expert who is an applicant stand with both.
        city: By expert, the city they work in, where it is known.
        names: What institutions, experts and cities are called.
    """

    consents: Mapping[str, Sequence[Row]]
    ties: Mapping[str, Sequence[tuple[str, Row]]]
    city: Mapping[str, str]
    names: Mapping[str, Text]


def bars(expert: Row, matter: Matter, roll: Roll) -> list[Bar]:
    """Every reason why an expert must not be drawn; none if they may be.

    Args:
        expert: Row of the expert.
        matter: What is to be judged.
        roll: The register.
    """
    return [
        *_listed(expert, matter, roll),
        *_employed(expert, matter, roll),
        *_tied(expert, matter, roll),
        *_near(expert, matter, roll),
    ]


def years_before(day: date, years: int) -> date:
    """The same day some years before; 28 February for a leap day where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _listed(expert: Row, matter: Matter, roll: Roll) -> Iterator[Bar]:
    """On the register, with consent, and of a field that is asked for."""
    if not holds(expert, matter.day):
        when = period(expert)
        yield _bar("not_registered", when, "expert", expert)
    given = [
        row for row in roll.consents.get(expert["expert"], ()) if row["purpose"] == matter.purpose
    ]
    if not any(holds(row, matter.day) for row in given):
        last = max(given, key=lambda row: row["valid_from"], default=None)
        says = period(last) if last else Text("没有登记", "none is registered")
        yield _bar(NO_CONSENT, says, "expert_consent", last)
    fields = listed(expert["fields"])
    if matter.fields and not matter.fields & set(fields):
        yield _bar("other_field", Text("、".join(fields), ", ".join(fields)), "expert", expert)


def _employed(expert: Row, matter: Matter, roll: Roll) -> Iterator[Bar]:
    if expert["expert"] in matter.parties:
        yield _bar("applicant", Text(expert["zh"], expert["en"] or expert["zh"]), "expert", expert)
    if expert["employer"] in matter.parties:
        name = roll.names.get(expert["employer"], called(None, expert["employer"]))
        yield _bar("same_employer", name, "expert", expert)


def _tied(expert: Row, matter: Matter, roll: Roll) -> Iterator[Bar]:
    for other, row in roll.ties.get(expert["expert"], ()):
        if other not in matter.parties:
            continue
        day = row["day"]
        if row["kind"] in ENDING and day is not None and day < matter.since:
            continue
        name = roll.names.get(other, called(None, other))
        when = Text(f"({day})", f" ({day})") if day else Text("", "")
        says = Text(f"{name.zh}{when.zh}", f"{name.en}{when.en}")
        yield _bar(f"tie_{row['kind']}", says, "expert_tie", row)


def _near(expert: Row, matter: Matter, roll: Roll) -> Iterator[Bar]:
    city = roll.city.get(expert["expert"])
    if matter.same_city and city in matter.cities:
        name = roll.names.get(city, called(None, city))
        yield _bar("same_city", name, "expert", expert)


def _bar(reason: str, says: Text, table: str, row: Row | None) -> Bar:
    name = label(f"bar:{reason}")
    return Bar(reason, Text(f"{name.zh}:{says.zh}", f"{name.en}: {says.en}"), table, row)
