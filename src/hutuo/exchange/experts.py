"""The shared register of experts (专家库共享共用): who consented to what, and how often they were drawn."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hutuo.base.geographies import today
from hutuo.errors import BadInput, Finding
from hutuo.exchange.accords import Row, called, holding, holds, listed
from hutuo.exchange.conflicts import Matter, Roll, years_before
from hutuo.exchange.lying import around, cities, city_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

SEATED = "seated"


class Experts(Ask):
    """Which experts to list."""

    purpose: str | None = said(
        "只要同意用于该用途的", "only those who consented to this purpose", default=None
    )
    expertise: str | None = said("只要该专业领域的", "only those of this field", default=None)
    place: str | None = said(
        "只要在该地点工作的", "only those who work in this place", default=None
    )
    employer: str | None = said("只要该单位的", "only those of this institution", default=None)
    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)


class ExpertRow(Answer):
    """One expert."""

    expert: str = said("专家", "id of the expert")
    name: Text = said("姓名", "name")
    title: str | None = said("职称", "title")
    employer: str = said("所在单位", "institution that employs them")
    employer_name: Text = said("所在单位名称", "what it is called")
    place: str | None = said("地点", "where they work")
    place_name: Text | None = said("地点名称", "what the place is called")
    expertise: list[str] = said("专业领域", "fields of expertise")
    purposes: list[str] = said("同意的用途", "purposes that they consented to on the day")
    until: date | None = said(
        "同意止(不含)", "day on which the first of these consents ends; null if none does"
    )
    seated: int = said("被抽中次数", "draws in which they were seated and did not decline")


class ExpertsAnswer(Answer):
    """Experts who consented."""

    day: date = said("日期", "day that is looked at")
    rows: list[ExpertRow] = said("专家", "experts, those drawn least first")
    withheld: int = said(
        "未同意而不显示的人数", "experts of that description who are not shown, without consent"
    )


@verb(
    "列出同意共享的专家",
    columns=("name", "employer_name", "place_name", "expertise", "purposes", "until", "seated"),
)
def experts(region: "Region", ask: Experts) -> ExpertsAnswer:
    """List the experts who consented to a purpose, with their fields and how often they were drawn.

    Example:
        ``hutuo exchange experts --purpose review --expertise 材料``
    """
    day = ask.day or today(region)
    rows, roll = register(region, day)
    lies = around(replace(region, at=day))
    drawn = Counter(
        row["expert"] for row in replace(region, at=None).records("drawn", standing=SEATED)
    )
    if ask.place is not None:
        region.name_of(ask.place)
    at = _employers(region, day)
    places = {row["expert"]: row["place"] or at.get(row["employer"]) for row in rows}
    found = [
        row
        for row in rows
        if holds(row, day)
        and ask.employer in {None, row["employer"]}
        and (ask.expertise is None or ask.expertise in listed(row["fields"]))
        and (ask.place is None or ask.place in lies.get(places[row["expert"]] or "", ()))
    ]
    shown = [
        _row(region, row, places[row["expert"]], roll, drawn[row["expert"]], given)
        for row in found
        if (given := _given(roll, row["expert"], ask.purpose, day))
    ]
    shown.sort(key=lambda row: (row.seated, row.expert))
    return ExpertsAnswer(day=day, rows=shown, withheld=len(found) - len(shown))


def register(region: "Region", day: date) -> tuple[list[dict[str, Any]], Roll]:
    """The register of experts: one row each, that of the day or else the last; and what bars them.

    Args:
        region: View of the region.
        day: Day that is looked at.
    """
    whole = replace(region, at=None)
    several: dict[str, list[dict[str, Any]]] = {}
    for row in whole.records("expert"):
        several.setdefault(row["expert"], []).append(row)
    rows = [holding(them, day) or them[-1] for _, them in sorted(several.items())]
    consents: dict[str, list[Row]] = {}
    for row in whole.records("expert_consent"):
        consents.setdefault(row["expert"], []).append(row)
    ties: dict[str, list[tuple[str, Row]]] = {}
    for row in whole.records("expert_tie"):
        ties.setdefault(row["expert"], []).append((row["with"], row))
        ties.setdefault(row["with"], []).append((row["expert"], row))
    lies, known = around(replace(region, at=day)), cities(replace(region, at=day))
    at = _employers(region, day)
    found = {
        row["expert"]: city_of(place, lies, known)
        for row in rows
        if (place := row["place"] or at.get(row["employer"])) is not None
    }
    city = {expert: name for expert, name in found.items() if name is not None}
    names = {row["institution"]: called(row, "") for row in whole.records("institution")}
    names |= {row["expert"]: called(row, "") for row in rows}
    names |= {name: region.names[name] for name in known}
    return [dict(row) for row in rows], Roll(consents, ties, city, names)


def matter(region: "Region", call: Row, rows: Sequence[Row]) -> Matter:
    """What a call asks to be judged, and whom it concerns.

    Args:
        region: View of the region.
        call: Row of the call.
        rows: Rows of experts.
    """
    applicants = set(listed(call["applicants"]))
    employers = {row["employer"] for row in rows if row["expert"] in applicants}
    day = call["day"]
    lies, known = around(replace(region, at=day)), cities(replace(region, at=day))
    parties = applicants | employers
    places = [place for name, place in _employers(region, day).items() if name in parties]
    found = {city_of(place, lies, known) for place in places}
    return Matter(
        purpose=call["purpose"],
        day=day,
        parties=frozenset(parties),
        fields=frozenset(by_field(call)),
        since=years_before(day, call["years"]),
        cities=frozenset(city for city in found if city is not None),
        same_city=call["same_city"],
    )


def by_field(call: Row) -> dict[str, int]:
    """Least number of seats by field, from ``材料:2|装备:1``; a field without a number is one seat.

    Raises:
        BadInput: It is written otherwise.
    """
    found: dict[str, int] = {}
    for part in listed(call["seats_by_field"]):
        field, _, number = (cell.strip() for cell in part.partition(":"))
        if not field or not (number or "1").isdecimal():
            says = Text(f"“{part}”应如材料:2", f"'{part}' should be as 材料:2")
            fault = Finding("expert_call", None, "seats_by_field", says)
            name = call["call"]
            raise BadInput(Text(f"抽取事项{name}有误:", f"call {name} is faulty:"), [fault])
        found[field] = found.get(field, 0) + int(number or 1)
    return {field: least for field, least in found.items() if least}


def _given(roll: Roll, expert: str, purpose: str | None, day: date) -> list[Row]:
    """Consents that hold on a day."""
    return [
        row
        for row in roll.consents.get(expert, ())
        if purpose in {None, row["purpose"]} and holds(row, day)
    ]


def _employers(region: "Region", day: date) -> dict[str, str]:
    """Where institutions lie on a day."""
    rows = replace(region, at=None).records("institution")
    return {row["institution"]: row["place"] for row in rows if holds(row, day)}


def _row(
    region: "Region", row: Row, place: str | None, roll: Roll, seated: int, given: Sequence[Row]
) -> ExpertRow:
    ends = [one["valid_to"] for one in given if one["valid_to"] is not None]
    names: Mapping[str, Text] = region.names
    return ExpertRow(
        expert=row["expert"],
        name=called(row, row["expert"]),
        title=row["title"],
        employer=row["employer"],
        employer_name=roll.names.get(row["employer"], called(None, row["employer"])),
        place=place,
        place_name=names.get(place, called(None, place)) if place else None,
        expertise=listed(row["fields"]),
        purposes=sorted({one["purpose"] for one in given}),
        until=min(ends, default=None),
        seated=seated,
    )
