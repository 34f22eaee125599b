"""Measures as they stand in the tables ``measure`` and ``measure_effect``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hutuo.environment.equivalents import CO2, co2_weight
from hutuo.environment.measures import Measure, Spread, weights_of
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import Text
from hutuo.verbs import Answer, said

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["EffectRow", "aimed", "effect_rows", "measures_of", "title_of"]

KILOGRAMS = 1000


class EffectRow(Answer):
    """What is taken off of one substance in a year."""

    substance: str = said("物质", "the substance")
    tonnes: float = said("年减排量(吨)", "tonnes a year; negative where it adds")
    low: float = said("下限(吨)", "lower end of the range")
    high: float = said("上限(吨)", "upper end of the range")


def measures_of(
    region: "Region", places: Iterable[str] = ()
) -> tuple[list[Measure], dict[str, dict[str, Any]]]:
    """Measures of some places, or of all, and their rows by id.

    Raises:
        NotFound: No measure is in a place.
    """
    rows = {row["measure"]: row for row in region.records("measure")}
    wanted = set(places)
    there = {str(row["place"]) for row in rows.values()}
    for place in sorted(wanted - there):
        raise one_of(place, "unit or place", sorted(there))
    effects: dict[str, dict[str, Spread]] = defaultdict(dict)
    for one in region.records("measure_effect"):
        effects[one["measure"]][one["substance"]] = Spread.of(
            one["tonnes"], one["low"], one["high"]
        )
    found = [
        Measure(
            name,
            Spread.of(row["cost_yuan"], row["cost_low"], row["cost_high"]),
            effects[name],
            row["place"],
            row["choice"],
            tuple((row["needs"] or "").split("|")) if row["needs"] else (),
        )
        for name, row in rows.items()
        if not wanted or row["place"] in wanted
    ]
    return found, rows


def title_of(row: Mapping[str, Any]) -> Text:
    """What a measure is called."""
    return Text(row["zh"], row["en"])


def effect_rows(effects: Mapping[str, Spread]) -> list[EffectRow]:
    """Effects by substance, CO2 first."""
    order = sorted(effects.items(), key=lambda item: (item[0] != CO2, item[0]))
    return [EffectRow(substance=n, tonnes=m.value, low=m.low, high=m.high) for n, m in order]


def aimed(aim: str, co2_price: float | None, tax: float | None) -> dict[str, float]:
    """What a tonne of each substance counts for: tonnes of CO2, or equivalents.

    Raises:
        BadAsk: Pollutants and CO2 are to be weighed and a price is missing.
    """
    if aim != "both":
        weights = weights_of(aim)
        return {name: w * (1 if aim == "co2" else KILOGRAMS) for name, w in weights.items()}
    if co2_price is None or tax is None:
        raise BadAsk(
            Text("aim为both时须给出co2_price和tax", "aim both needs co2_price and tax"),
            Text(
                "如碳价90元/吨、税额4.8元/当量",
                "as 90 yuan a tonne of CO2 and 4.8 yuan an equivalent",
            ),
        )
    weights = weights_of("both", co2_weight(co2_price, tax))
    return {name: w * KILOGRAMS for name, w in weights.items()}
