"""Floating catchments: what is on offer in reach, shared among all who reach it.

All of them are sums along and across the minutes: each streams them once to four times and keeps nothing of
their size. A supply that no demand reaches has no ratio of supply to demand: it is given to nobody, and
`Catchments.unserved` names it. A place that reaches nothing has 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadAsk, BadInput
from hutuo.glossary import Text
from hutuo.space.access import summed
from hutuo.space.decay import Decay
from hutuo.space.pairs import Rows
from hutuo.space.reach import Batches, Minutes, Reach, figures, reach_of
from hutuo.space.streams import both, spread

__all__ = ["Catchments", "balanced", "spatial_availability", "three_step", "two_step"]

Floats = NDArray[np.float64]


def two_step(minutes: Minutes, supply: ArrayLike, demand: ArrayLike, decay: Decay) -> Floats:
    """Supply per person in reach: the sum over destinations of supply by the demand that reaches it.

    Args:
        minutes: Minutes, (origins, destinations), 0 or more, inf where there is no way; or a reach.
        supply: Beds, places, jobs at each destination, (destinations,), 0 or more.
        demand: People at each origin, (origins,), 0 or more.
        decay: ``binary`` gives 2SFCA, ``stepped`` E2SFCA, ``gaussian_to_zero`` the Gaussian 2SFCA.

    Returns:
        Supply per person, (origins,).

    Raises:
        BadInput: Minutes, supply or demand that are negative or missing, or shapes that do not meet.

    Source: Luo and Wang 2003, "Measures of spatial accessibility to health care in a GIS environment"; Luo
    and Qi 2009, "An enhanced two-step floating catchment area (E2SFCA) method"; Dai 2010.
    """
    reach, offered, wanted = _given(minutes, supply, demand)
    return _shared(reach, decay, offered, wanted)


def three_step(minutes: Minutes, supply: ArrayLike, demand: ArrayLike, decay: Decay) -> Floats:
    """Two steps after a first one: people divide their demand among the sites that compete for them.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        supply: Supply at each destination, (destinations,).
        demand: People at each origin, (origins,).
        decay: Weight by minutes, for the choice and for the catchments.

    Returns:
        Supply per person, (origins,).

    Raises:
        BadInput: As for ``two_step``.

    Source: Wan, Zou and Sternberg 2012, "A three-step floating catchment area method for analyzing spatial
    access to health services".
    """
    reach, offered, wanted = _given(minutes, supply, demand)
    chosen = _inverse(summed(reach, decay, np.ones(reach.shape[1]), to="origin"))
    return chosen * _shared(reach, decay, offered, wanted * chosen, power=2)


def balanced(minutes: Minutes, supply: ArrayLike, demand: ArrayLike, decay: Decay) -> Floats:
    """Two steps with weights that sum to one, so that no person and no bed is counted twice.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        supply: Supply at each destination, (destinations,).
        demand: People at each origin, (origins,).
        decay: Weight by minutes.

    Returns:
        Supply per person, (origins,); the demand at the sites sums to the people who reach any.

    Raises:
        BadInput: As for ``two_step``.

    Source: Paez, Higgins and Vivona 2019, "Demand and level of service inflation in floating catchment area
    (FCA) methods"; named BFCA by Pereira, Braga, Servo, Serra, Amaral, Gouveia and Paez 2021.
    """
    reach, offered, wanted = _given(minutes, supply, demand)
    share = _inverse(summed(reach, decay, np.ones(reach.shape[1]), to="origin"))
    served = summed(reach, decay, wanted * share, to="destination")
    spread_over = summed(reach, decay, np.ones(reach.shape[0]), to="destination")
    ratio = offered * _inverse(served) * _inverse(spread_over)
    return summed(reach, decay, ratio, to="origin")


def spatial_availability(
    minutes: Minutes,
    opportunities: ArrayLike,
    demand: ArrayLike,
    decay: Decay,
    *,
    alpha: float = 1.0,
) -> Floats:
    """Opportunities allotted to each origin; together all that anybody can reach.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        opportunities: Opportunities at each destination, (destinations,).
        demand: People at each origin, (origins,).
        decay: Weight by minutes.
        alpha: Below 1 places with few people get more, above 1 those with many; 0 or more.

    Returns:
        Opportunities, (origins,), in their own unit; they sum to the opportunities in reach of anyone.

    Raises:
        BadAsk: Alpha is negative or not finite.
        BadInput: As for ``two_step``.

    Source: Soukhov, Paez, Higgins and Mohamed 2023, "Introducing spatial availability, a singly-constrained
    measure of competitive accessibility". Both balancing factors of the paper have the destination's sum of
    weights below the line; it cancels, and demand to the power alpha times E2SFCA is left.
    """
    if not (alpha >= 0 and np.isfinite(alpha)):
        says = Text(
            f"alpha为{alpha:g};应有限且不小于0",
            f"alpha is {alpha:g}; it must be finite and 0 or more",
        )
        raise BadAsk(says)
    reach, offered, wanted = _given(minutes, opportunities, demand)
    # Nobody gets nothing, also at alpha 0, where numpy has 0 ** 0 = 1.
    pull = np.where(wanted > 0, wanted**alpha, 0.0)
    return pull * _shared(reach, decay, offered, pull)


@dataclass(frozen=True, slots=True, eq=False)
class Catchments:
    """Two-step catchments with the demand of each destination kept, so that a changed supply costs little.

    Once demand is fixed the access is a sum over sites: one site more, or one with other supply, changes only
    those who reach it. Pairs are kept in rows by destination, where that is one row; those that come by
    origin are turned, a second copy for as long as the caller holds the first.

    Attributes:
        reach: The minutes.
        decay: Weight by minutes.
        demand: People at each origin, (origins,).
        served: Weighted demand at each destination, (destinations,).
    """

    reach: Reach
    decay: Decay
    demand: Floats
    served: Floats

    @classmethod
    def of(cls, minutes: Minutes, demand: ArrayLike, decay: Decay) -> "Catchments":
        """The catchments of minutes, (origins, destinations) or a reach, and of demand, (origins,).

        Raises:
            BadInput: As for ``two_step``, or minutes that come in batches.
        """
        reach = reach_of(minutes)
        wanted = figures("demand", demand, reach.shape[0])
        if isinstance(reach, Batches):
            says = Text(
                "保留的服务范围须同时保留其分钟数:矩阵或可达范围",
                "catchments that are kept need their minutes kept: a matrix or a reach",
            )
            raise BadInput(says)
        if not reach.every:
            reach = reach.rows_by("destination")
        return cls(reach, decay, wanted, summed(reach, decay, wanted, to="destination"))

    @property
    def unserved(self) -> NDArray[np.int64]:
        """Destinations that no demand reaches, ascending."""
        return np.flatnonzero(self.served == 0)

    def access(self, supply: ArrayLike) -> Floats:
        """Supply per person, (origins,), as ``two_step``.

        Raises:
            BadInput: As for ``two_step``.
        """
        offered = figures("supply", supply, self.reach.shape[1])
        return summed(self.reach, self.decay, offered * _inverse(self.served), to="origin")

    def with_supply(self, access: Floats, destination: int, more: float) -> Floats:
        """The access after ``more`` supply (less, if negative) at one destination; a new array.

        Raises:
            BadInput: There is no such destination, or access of another shape.
        """
        self._meets(access)
        if not 0 <= destination < self.reach.shape[1]:
            last = self.reach.shape[1] - 1
            says = Text(
                f"没有目的地{destination};可用0至{last}",
                f"there is no destination {destination}; they are 0 to {last}",
            )
            raise BadInput(says)
        changed = access.copy()
        if self.served[destination] > 0:
            origins, minutes = self.reach.pairs_of("destination", destination)
            changed[origins] += more / self.served[destination] * self.decay(minutes)
        return changed

    def with_site(self, access: Floats, minutes: ArrayLike, supply: float) -> Floats:
        """The access with one more site; a new array.

        Args:
            access: Supply per person before, (origins,).
            minutes: Minutes from every origin to the new site, (origins,), inf where there is no way.
            supply: Supply of the new site, 0 or more.

        Raises:
            BadInput: Minutes that are negative or missing, or of another shape.
        """
        self._meets(access)
        column = Reach.dense(np.reshape(np.asarray(minutes), (-1, 1)))
        wanted = figures("demand", self.demand, column.shape[0])
        weights = self.decay(column.minutes)
        served = weights @ wanted
        return access + (weights * (supply / served) if served > 0 else 0.0)

    def _meets(self, access: Floats) -> None:
        if access.shape != self.demand.shape:
            given, right = access.shape, self.demand.shape
            says = Text(
                f"access的形状为{given};应为{right}",
                f"access has shape {given}; it must be {right}",
            )
            raise BadInput(says)


def _given(
    minutes: Minutes, supply: ArrayLike, demand: ArrayLike
) -> tuple[Reach | Batches, Floats, Floats]:
    reach = reach_of(minutes)
    offered = figures("supply", supply, reach.shape[1])
    return reach, offered, figures("demand", demand, reach.shape[0])


def _inverse(values: Floats) -> Floats:
    """1 / value, and 0 where there is nothing to divide by."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def _shared(
    reach: Reach | Batches, decay: Decay, supply: Floats, demand: Floats, power: int = 1
) -> Floats:
    """Both steps; with rows by destination in one go, each row read from memory once."""
    if reach.by == "origin":
        served = summed(reach, decay, demand, to="destination", power=power)
        return summed(reach, decay, supply * _inverse(served), to="origin", power=power)
    sums, served = np.zeros(reach.shape[0]), np.zeros(reach.shape[1])

    def work(part: Rows, out: Floats) -> None:
        both(part, decay.weighing(part.values.dtype, power), (demand, supply), served, out)

    spread(reach, decay, work, sums, apart=True)
    return sums
