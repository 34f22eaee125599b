"""What figures are spread by: ground, or the figures of an indicator as finely as they are drawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hutuo.base.crosswalk import AREA, Layer, flat
from hutuo.base.geographies import CELL, Geography, Spot, cell_shapes, resolution, today, versions
from hutuo.base.links import Method, Spread, polygon, weight_of
from hutuo.base.standing import readings, weights_of
from hutuo.errors import BadAsk
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region


def spread_of(
    region: "Region", method: Method, weight: str | None, source: Geography, target: Geography
) -> Spread:
    """What figures are spread by.

    Args:
        region: View of the region.
        method: area or weight.
        weight: Indicator whose figures are the weights.
        source: What is divided.
        target: What it is cut to.

    Raises:
        BadAsk: A weight without the method, or the method without one, or one that nothing drawn has.
        NotFound: No indicator has that id.
    """
    known = versions(region)
    day = target.day or today(region)
    if method == AREA:
        if weight:
            raise BadAsk(
                Text("权重只用于method weight", "a weight is for method weight"),
                Text("请写--method weight,或不给权重", "give --method weight, or no weight"),
            )
        return _by_ground(known, day, [*source.spots, *target.spots])
    if not weight:
        raise BadAsk(
            Text("method weight须给出权重", "method weight takes a weight"),
            Text("请给出指标,如resident_population", "name an indicator, as resident_population"),
        )
    return _by_figures(region, known, day, weight)


def _by_ground(known: Sequence[Spot], day: date, sides: Sequence[Spot]) -> Spread:
    drawn = [spot for spot in known if polygon(spot)]
    placed = [spot for spot in sides if spot.version is None and spot.within]
    areas = dict(zip([s.version for s in drawn], _km2(drawn), strict=True))
    placed = [spot for spot in placed if polygon(spot)]
    return Spread(
        "area",
        known,
        day,
        {version: km2 for version, km2 in areas.items() if version},
        dict(zip([s.place for s in placed], _km2(placed), strict=True)),
    )


def _km2(spots: Sequence[Spot]) -> list[float]:
    import numpy as np
    import shapely

    if not spots:
        return []
    shapes = flat(np.array([spot.shape for spot in spots], dtype=object))
    areas: list[float] = (shapely.area(shapes) / 1e6).tolist()
    return areas


def _by_figures(region: "Region", known: Sequence[Spot], day: date, weight: str) -> Spread:
    frame = readings(region, weight)
    every = [spot.version for spot in known if spot.version]
    by_row = weights_of(known, frame, every, region.zone)
    about = region.indicators[weight]
    last = frame.sort_values("span", key=lambda spans: spans.map(lambda s: str(s[0])))
    places = dict(zip(last["place"], last["value"], strict=True))
    weights = {known[row].version: value for row, value in by_row.items()}
    spread = Spread(
        "weight",
        known,
        day,
        {version: value for version, value in weights.items() if version},
        places,
        name=Text(about["zh"], about["en"]),
    )
    layer, of = _layer(spread)
    name = Text(f"{about['zh']}{of.zh}", f"{about['en']}{of.en}")
    return replace(spread, layer=layer, name=name)


def _layer(spread: Spread) -> "tuple[Layer | None, Text]":
    """The finest figures that are drawn: of cells, else of units; and what they are."""
    cells = {place: resolution(place) for place in spread.places if place.startswith(CELL)}
    finest = max((step for step in cells.values() if step is not None), default=None)
    if finest is not None:
        wanted = [cell for cell, step in cells.items() if step == finest]
        shapes = cell_shapes([cell.removeprefix(CELL) for cell in wanted])
        weights = [spread.places[cell] for cell in wanted]
        return _made(shapes, weights, complete=True), Text(
            f",H3 {finest} 级格网", f", H3 cells of {finest}"
        )
    units = _finest(spread)
    if not units:
        return None, Text("", "")
    weights = [weight_of(spot, spread) for spot in units]
    return _made([s.shape for s in units], weights, complete=False), Text(
        ",区划单元", ", of units"
    )


def _finest(spread: Spread) -> list[Spot]:
    """Drawn units of the target's day with a weight, in which no other such unit lies."""
    found = [
        spot
        for spot in spread.known
        if polygon(spot)
        and spot.version
        and spot.version.holds(spread.day)
        and weight_of(spot, spread) >= 0
    ]
    above = {unit for spot in found for unit in spot.within}
    return [spot for spot in found if spot.place not in above]


def _made(shapes: Sequence[object], weights: Sequence[float], *, complete: bool) -> Layer:
    import numpy as np

    on_plane = flat(np.array(shapes, dtype=object))
    return Layer(on_plane, np.array(weights, dtype=float), complete)
