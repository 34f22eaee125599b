"""What there is to be reached and who is there: figures of places, and the minutes between them."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.counted import Figures, figures_of, people_indicator
from hutuo.base.figures import indicator_of
from hutuo.base.series import observed_all
from hutuo.errors import BadAsk, BadInput, Finding, NotFound
from hutuo.space.lacking import on_day
from hutuo.space.matrix import pointless
from hutuo.space.networks import Left
from hutuo.space.people import PERSON
from hutuo.space.travel import Basis, basis, way
from hutuo.space.travel import minutes as minutes_between
from hutuo.units import convert
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.accessibility import Accessibility
    from hutuo.space.spots import Spot

    Floats = NDArray[np.float64]

SHOWN = 10
MOST_PAIRS = 4_000_000


class Sides(NamedTuple):
    """What an ask is about: the places of both sides, what there is at them, the minutes between."""

    origins: "list[Spot]"
    destinations: "list[Spot]"
    supply: Figures
    living: Figures
    minutes: "NDArray[np.float32]"
    basis: Basis
    lost: list[str]


def sides_of(region: "Region", ask: "Accessibility") -> Sides:
    """The places of an ask, what there is at them, the minutes between, and what is not known of them.

    Raises:
        NotFound: No such place or indicator, or no indicator of people.
        BadAsk: No place is left of one side, or there are too many pairs.
    """
    from hutuo.space.spots import Map, lonlat

    where = Map(region)
    starts, lost = where.spots(ask.from_ or [region.info.set])
    ends, more = where.spots(ask.to) if ask.to else (starts, [])
    if not starts or not ends:
        raise pointless(lost + more)
    if len(starts) * len(ends) > MOST_PAIRS:
        number = f"{len(starts):,}", f"{len(ends):,}"
        says = Text(
            f"{number[0]}乘{number[1]}对地点太多", f"{' by '.join(number)} are too many pairs"
        )
        hint = Text(
            f"最多{MOST_PAIRS:,};在Python中可用Reach或Batches",
            f"at most {MOST_PAIRS:,}; from Python a Reach or Batches takes more",
        )
        raise BadAsk(says, hint)
    counted = people_indicator(region, ask.people)
    if counted is None:
        day = on_day(region)
        says = Text(
            f"{day.zh}没有观测到的人口指标", f"no indicator of people is observed {day.en}"
        )
        raise NotFound(says, Text("请用people写明一个", "name one as people"))
    supply = figures_of(region, ids(ends), ask.opportunities or counted, ask.year)
    living = figures_of(region, ids(starts), counted, ask.year, PERSON)
    found = way(region, ask, ask.mode)
    road, ridden = minutes_between(found, lonlat(starts), lonlat(ends), ask.mode)
    left = [
        Left(Text("没有机会数的目的地", "destinations without a figure"), _gaps(supply)),
        Left(Text("没有人口数的出发地", "places without people counted"), _gaps(living)),
    ]
    minutes = road.clip(max=ridden)
    rests = basis(region, found, ask.mode, [*starts, *ends], *left)
    return Sides(starts, ends, supply, living, minutes, rests, list(dict.fromkeys(lost + more)))


def people_at(region: "Region", sides: Sides) -> Figures:
    """People at the destinations."""
    living = sides.living
    return figures_of(region, ids(sides.destinations), living.indicator, living.year, PERSON)


def ids(spots: "Sequence[Spot]") -> list[str]:
    """Places of some spots."""
    return [spot.place for spot in spots]


def _gaps(figures: Figures) -> int:
    return sum(value != value for value in figures.amounts.tolist())


def groups_of(region: "Region", spots: "Sequence[Spot]") -> "NDArray[np.str_]":
    """The unit that each place's own lies in, as the prefecture of a county."""
    import numpy as np

    parents = {row["unit"]: row["parent"] or "" for row in region.current("unit")}
    return np.array([parents.get(spot.unit or "", "") for spot in spots])


def ranks_of(region: "Region", spots: "Sequence[Spot]", indicator: str | None) -> "Floats | None":
    """What places are ranked by: an indicator's latest figures.

    Raises:
        BadInput: A place has no figure.
    """
    import numpy as np

    if indicator is None:
        return None
    name = indicator_of(region, indicator)["indicator"]
    series = observed_all(region, [(spot.place, name) for spot in spots])
    rows = [series[spot.place, name] for spot in spots]
    bare = [spot.place for spot, of in zip(spots, rows, strict=True) if not of]
    if bare:
        lacking = Text("没有数值", "no figure")
        told = Text(
            f"{len(bare)}个地点没有排序所用的指标“{name}”",
            f"{len(bare)} places have no figure of '{name}' to be ranked by",
        )
        raise BadInput(told, [Finding(name, None, place, lacking) for place in bare])
    return np.array([convert(of[-1].value, of[-1].unit, of[0].unit) for of in rows])
