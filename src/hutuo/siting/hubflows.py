"""What goes between places of a region: counted in a table, or estimated from people and minutes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import BadAsk, NotFound
from hutuo.siting.ground import Ground, Point, Ways
from hutuo.siting.hubasks import HubSites
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]

__all__ = ["UNITS", "Sent", "gravity", "sent_of"]

# Minutes below which two places are taken to be no nearer to each other.
NEAREST = 1.0
COUNTED = {
    "commuting": ("flow", "home", "work", "people"),
    "material": ("material_flow", "at", "to", "tonnes"),
}
UNITS = {
    "gravity": Text("估算的流量", "units of flow"),
    "commuting": Text("人", "people"),
    "material": Text("吨", "tonnes"),
}


class Sent(NamedTuple):
    """What goes between places.

    Attributes:
        amounts: From place to place, (places, places).
        year: Of the figures.
        sources: Where they come from.
        bare: Places of which nothing is known.
        told: How they come about.
        estimate: Whether they are estimates.
    """

    amounts: "Floats"
    year: int | None
    sources: tuple[str, ...]
    bare: list[str]
    told: Text
    estimate: bool


def sent_of(region: "Region", ask: HubSites, points: Sequence[Point], ways: Ways) -> Sent:
    """What goes between the places.

    Raises:
        NotFound: Nothing is known.
        BadAsk: A field is given that the kind of flows does not look at.
    """
    import numpy as np

    from hutuo.base.counted import figures_of
    from hutuo.siting.residents import people_indicator

    if ask.material is not None and ask.sent_by != "material":
        says = Text(f"{ask.sent_by}不用material", f"{ask.sent_by} takes no material")
        raise BadAsk(
            says, Text("请去掉,或取sent_by=material", "leave it out, or take sent_by=material")
        )
    if ask.sent_by != "gravity":
        return _counted(region, ask, points)
    ground = Ground(region)
    named = {one.place for one in ground.points(ask.clients or [region.info.set])[0]}
    places = [one.place for one in points]
    figures = figures_of(region, places, people_indicator(region, ask.people), ask.year)
    there = np.array([one in named for one in places])
    people = np.where(there, np.nan_to_num(figures.amounts), 0.0)
    if (people > 0).sum() < 2:  # noqa: PLR2004 - flows need two places
        says = Text("有人口数的地点少于两个", "fewer than two places have people counted")
        raise NotFound(says, Text("请载入人口数", "load figures of people"))
    told = Text(
        f"流量为估算,不是统计:每人发出{ask.per_person:g},按对方人口与用时的{ask.fall:g}次方之比分配",
        f"flows are estimated, not counted: one person sends {ask.per_person:g}, split by people over "
        f"minutes to the power of {ask.fall:g}",
    )
    bare = [
        place
        for place, one, mine in zip(places, figures.amounts, there, strict=True)
        if mine and np.isnan(one)
    ]
    amounts = gravity(people, ways.minutes, ask.fall) * ask.per_person
    return Sent(amounts, figures.year, figures.sources, bare, told, estimate=True)


def gravity(people: "Floats", minutes: "Floats", fall: float) -> "Floats":
    """Flows where everybody sends one unit, split over the other places by people and minutes.

    Args:
        people: Of each place, (places,), >= 0.
        minutes: Between places, (places, places), finite.
        fall: Power of minutes by which flows fall.

    Returns:
        Flows, (places, places); rows sum to people, nothing stays where it is.

    Source: A. G. Wilson, A family of spatial interaction models, and associated developments, Environment
    and Planning A 3 (1971) 1-32, production-constrained.
    """
    import numpy as np

    pull = people[None, :] * np.maximum(minutes, NEAREST) ** -fall
    np.fill_diagonal(pull, 0.0)
    total = pull.sum(axis=1, keepdims=True)
    found: Floats = people[:, None] * np.divide(
        pull, total, out=np.zeros_like(pull), where=total > 0
    )
    return found


def _counted(region: "Region", ask: HubSites, points: Sequence[Point]) -> Sent:
    """Flows of a table in one year: the one asked for, else the last."""
    import numpy as np

    table, start, end, amount = COUNTED[ask.sent_by]
    rows = region.history(table) if table == "flow" else region.records(table)
    if ask.sent_by == "material":
        rows = [
            row for row in rows
            if row["kind"] == "moved" and ask.material in (None, row["material"])
        ]  # fmt: skip
    of = [row["valid_from"].year if table == "flow" else row["year"] for row in rows]
    year = max(of, default=None) if ask.year is None else ask.year
    at = {one.place: n for n, one in enumerate(points)}
    amounts, sources, estimate = np.zeros((len(at), len(at))), dict[str, None](), False
    for row, when in zip(rows, of, strict=True):
        ends = row[start], row[end]
        if when == year and ends[0] != ends[1] and ends[0] in at and ends[1] in at:
            amounts[at[ends[0]], at[ends[1]]] += row[amount]
            sources[row["source"]] = None
            estimate |= bool(row.get("estimate"))
    if not amounts.any():
        says = Text(
            f"表{table}中没有这些地点之间的流量", f"table {table} has no flow between these places"
        )
        raise NotFound(
            says, Text("请载入,或取sent_by=gravity", "load some, or take sent_by=gravity")
        )
    idle = amounts.sum(axis=0) + amounts.sum(axis=1) <= 0
    bare = [one.place for one, none in zip(points, idle, strict=True) if none]
    told = Text(f"流量取自表{table},{year}年", f"flows are those of table {table} in {year}")
    return Sent(amounts, year, tuple(sources), bare, told, estimate=estimate)
