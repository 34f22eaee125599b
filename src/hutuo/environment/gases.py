"""Other gases and pollutants of an activity, by factors of its sectors; what warms or is taxed as much."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.environment.equivalents import equivalents, pollutant_equivalent
from hutuo.environment.register import Factor, Method, choose, sector_of

if TYPE_CHECKING:
    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients, Lacking

__all__ = [
    "GREENHOUSE",
    "Emitted",
    "Gases",
    "air_equivalents",
    "equivalent_mass",
    "gases_of",
    "warming",
]

# Greenhouse gases that burning lets out besides CO2.
GREENHOUSE = ("CH4", "N2O")
# Fine particles are among all of them (烟尘); equivalents count the latter.
WITHIN = "PM25"
KILOGRAMS = 1000.0


class Emitted(NamedTuple):
    """How much of a gas or pollutant a part lets out.

    Attributes:
        known: What of it is known, kg by year.
        complete: Whether that is all of it, by year.
    """

    known: tuple[float, ...]
    complete: tuple[bool, ...]


class Gases(NamedTuple):
    """What burning lets out in each sector of an activity.

    Attributes:
        activity: What is burnt.
        names: Gases and pollutants.
        by_sector: Sectors by number, and the coefficients of their kind.
    """

    activity: "Activity"
    names: tuple[str, ...]
    by_sector: "tuple[tuple[tuple[int, ...], Coefficients], ...]"

    def of(
        self,
        places: Sequence[int] | None = None,
        sectors: Sequence[int] | None = None,
        streams: Sequence[int] | None = None,
    ) -> dict[str, Emitted]:
        """What all of it, or some of its places, sectors or streams let out, by gas."""
        import numpy as np

        from hutuo.environment.accounts import amounts

        known = np.zeros((len(self.activity.years), len(self.names)))
        gaps = np.zeros(known.shape, dtype=bool)
        for members, found in self.by_sector:
            those = [s for s in members if sectors is None or s in sectors]
            if those:
                some = amounts(self.activity, found, places=places, sectors=those, streams=streams)
                known += some.of(found)
                gaps |= some.incomplete(found)
        return {
            name: Emitted(tuple(known[:, n].tolist()), tuple((~gaps[:, n]).tolist()))
            for n, name in enumerate(self.names)
        }

    def used(self) -> Iterable[Factor]:
        """Factors that were taken, each once."""
        found = (
            one for _, table in self.by_sector for those in table.used.values() for one in those
        )
        return dict.fromkeys(found)

    def gaps(self) -> "Iterable[tuple[Coefficients, Lacking]]":
        """Factors that are lacking of what is in fact burnt."""
        from hutuo.environment.accounts import amounts, gaps

        for members, found in self.by_sector:
            some = amounts(self.activity, found, sectors=members)
            yield from ((found, lack) for lack in gaps(some, found))


def gases_of(activity: "Activity", known: Sequence[Factor], method: Method) -> Gases:
    """What an activity lets out besides CO2, by factors of each of its sectors.

    Args:
        activity: A cube.
        known: Factors to choose from; gases are those that they tell an emission of.
        method: Which sources are taken.
    """
    from hutuo.environment.coefficients import of_gases

    names = tuple(dict.fromkeys(one.gas for one in known if one.kind == "emission"))
    members: dict[str, list[int]] = {}
    for s, key in enumerate(activity.sectors):
        members.setdefault(sector_of(key).sector, []).append(s)
    tables = [
        (tuple(those), of_gases(activity, names, known, method, sector))
        for sector, those in members.items()
    ]
    return Gases(activity, names, tuple(tables))


def warming(
    known: Iterable[Factor], method: Method, source: str | None = None
) -> dict[str, Factor]:
    """Warming potentials over 100 years by gas: a user's own, else of a source or of the method's.

    Args:
        known: Factors to choose from.
        method: Order of the sources.
        source: Only of this one, as ``ipcc-ar6``.
    """
    cases: dict[str, list[Factor]] = {}
    for one in known:
        if one.kind == "gwp":
            cases.setdefault(one.gas, []).append(one)
    ranked = method._replace(sources=(source,)) if source else method
    found = {gas: choose(those, ranked, ("CN", "world"), 0) for gas, those in cases.items()}
    return {gas: one for gas, one in found.items() if one is not None}


def equivalent_mass(gas: str, kilograms: float, potentials: Mapping[str, Factor]) -> float | None:
    """Tonnes of CO2 that warm as much; None for what has no potential, as pollutants."""
    factor = potentials.get(gas)
    return None if factor is None else kilograms * factor.value / KILOGRAMS


def air_equivalents(kilograms: Mapping[str, float]) -> float:
    """Taxed equivalents of air pollutants; fine particles are left out where all of them are told.

    Source: 环境保护税法, 应税污染物和当量值表.
    """
    law = equivalents()
    air = {gas: kg for gas, kg in kilograms.items() if gas in law and law[gas].medium == "air"}
    if "SOOT" in air:
        air.pop(WITHIN, None)
    return pollutant_equivalent(air)
