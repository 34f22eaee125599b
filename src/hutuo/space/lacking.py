"""Why there is nothing to travel between on a day: what was asked, and what would be right."""

from dataclasses import replace
from typing import TYPE_CHECKING

from hutuo.errors import NotFound, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

LOAD = Text("请把成员写入表membership", "load its members into the table membership")


def no_members(region: "Region", place_set: str) -> NotFound:
    """A set has no members on the day of the view, and when it has some.

    Args:
        region: View of the region, on a day or today.
        place_set: Id of the set.
    """
    since = _since(region, place_set)
    if since is None and place_set != region.info.set:
        known = {row["set"] for row in replace(region, at=None).records("membership")}
        return one_of(place_set, "set", sorted(known))
    says = _memberless(region, place_set)
    if since is None:
        return NotFound(says, LOAD)
    hint = Text(
        f"{since.zh}有成员,请把at设为有成员的日期,或写明地点、另选集合",
        f"it has members {since.en}: ask with such a day as at, name places, or take another set",
    )
    return NotFound(says, hint)


def no_counties(region: "Region") -> NotFound:
    """No road can be modelled, for want of members of the region's set or of boundaries of counties.

    Args:
        region: View of the region, on a day or today.
    """
    own = region.info.set
    if not region.current("membership", set=own):
        since = _since(region, own)
        hint = LOAD
        if since is not None:
            hint = Text(
                f"没有道路数据时,路网按其成员所在的县推算;{since.zh}有成员,请把at设为有成员的日期,或载入道路(表road)",
                f"without roads these are modelled around its members, which it has {since.en}: ask with "
                "such a day as at, or load roads (table road)",
            )
        return NotFound(_memberless(region, own), hint)
    day = on_day(region)
    says = Text(
        f"{day.zh}集合{own}所在的县(市、区)没有边界,没有路网",
        f"no county of the set {own} has a boundary {day.en}, so there are no roads",
    )
    hint = Text(
        "请载入县级边界(表boundary)或道路(表road)",
        "load boundaries of counties (table boundary), or roads (table road)",
    )
    return NotFound(says, hint)


def no_speeds(region: "Region") -> NotFound:
    """No row of the table of roads can be driven on.

    Args:
        region: View of the region, on a day or today.
    """
    number = region.query("SELECT count(*) AS n FROM known", "road")[0]["n"]
    says = Text(
        f"表road的{number:,}条道路都没有车速:等级不在车速表中,也没有限速",
        f"none of the {number:,} roads of the table road has a speed: their classes have none, nor a limit",
    )
    hint = Text(
        "道路等级应如motorway、primary、residential,或写明限速maxspeed_kmh",
        "classes are as motorway, primary or residential; or give maxspeed_kmh",
    )
    return NotFound(says, hint)


def on_day(region: "Region") -> Text:
    """The day of a view in words."""
    return Text(f"{region.at}", f"on {region.at}") if region.at else Text("今天", "today")


def _memberless(region: "Region", place_set: str) -> Text:
    name, day = _called(region, place_set), on_day(region)
    return Text(
        f"{day.zh}集合{place_set}{name.zh}没有成员",
        f"the set {place_set}{name.en} has no members {day.en}",
    )


def _since(region: "Region", place_set: str) -> Text | None:
    """From when a set has members, whatever the day of the view; None where it never has."""
    rows = replace(region, at=None).records("membership", set=place_set)
    days = [row["valid_from"] for row in rows if row["valid_from"] is not None]
    if not rows:
        return None
    if not days:
        return Text("其他日期", "on other days")
    return Text(f"{min(days)}起", f"from {min(days)} on")


def _called(region: "Region", place: str) -> Text:
    name = region.names.get(place)
    return Text(f"({name.zh})", f" ({name.en})") if name else Text("", "")
