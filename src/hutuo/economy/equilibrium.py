"""What moves where when travel, trade, places or productivity change.

People choose where to live and where to work at once, goods are traded, housing is dearer where more is
earned, work is more productive where there is more of it.

Source: F. Monte, S. J. Redding and E. Rossi-Hansberg, Commuting, migration and local employment elasticities,
American Economic Review 108 (2018) 3855-3890; with agglomeration and housing supply as in T. Seidel and
J. Wickerath, Rush hours and urbanization, Regional Science and Urban Economics 85 (2020) 103580.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from hutuo.economy.calibration import commuters
from hutuo.economy.cautions import modelled, own_zones, refuse_growth, unlikely
from hutuo.economy.changes import System
from hutuo.economy.given import (
    arrays,
    changes,
    empty,
    lengths,
    names_of,
    orders,
    refuse,
    shapes,
    signs,
    vector,
)
from hutuo.economy.outcomes import Counterfactual, Uniqueness, outcome, radius
from hutuo.economy.parameters import Parameters
from hutuo.economy.solving import Solved, balanced, fixed_point
from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CommutingModel", "Counterfactual", "Uniqueness"]

Array = npt.NDArray[np.float64]
Closure = Literal["mobile", "residents_fixed", "open"]
CLOSURES = ("mobile", "residents_fixed", "open")
TOLERANCE, LIMIT = 1e-10, 5_000
# Changes that places have, not pairs of them.
OF_PLACES = ("A_hat", "H_hat")
# What single precision can tell apart.
ROUGH = 2e-6


class CommutingModel:
    """Zones with commuters, wages and trade, from which changes are computed.

    Made by :meth:`from_flows` where commuting is known, by :meth:`calibrate` where it is not.

    Attributes:
        parameters: Elasticities.
        commuting: Shares of all people by home and workplace, (zones, zones), summing to 1.
        trade: Shares of spending by buyer and seller, (zones, zones), each row summing to 1.
        wages: Wages where people work, (zones,), mean 1.
        residents: People by home, (zones,), mean 1.
        jobs: People by workplace, (zones,), mean 1.
        names: What zones are called where they are told of, (zones,); their numbers from 0 if nothing is set.
        doubts: What should be known of the data it was made from.
    """

    def __init__(
        self, commuting: Array, wages: Array, distance: Array, parameters: Parameters
    ) -> None:
        self.parameters, self.commuting, self.wages = parameters, commuting, wages
        self.residents = commuting.sum(axis=1) * len(wages)
        self.jobs = commuting.sum(axis=0) * len(wages)
        self._incomes = (commuting @ wages) * len(wages) / self.residents
        # In place: at ten thousand zones each matrix takes 800 MB.
        trade = distance / distance.min()
        np.power(trade, parameters.psi * (1 - parameters.sigma), out=trade)
        earned, spent = self.wages * self.jobs, self._incomes * self.residents
        factors, _, missed = balanced(trade, spent, earned)
        trade *= factors
        trade /= trade.sum(axis=1, keepdims=True)
        self.trade = trade
        self.names: Sequence[object] = range(len(wages))
        self.doubts: list[Text] = []
        if missed > TOLERANCE:
            zh = f"贸易份额与收入相差{missed:.1e}"
            self.doubts.append(Text(zh, f"trade misses incomes by {missed:.1e}"))

    @classmethod
    def from_flows(
        cls,
        flows: npt.ArrayLike,
        wages: npt.ArrayLike,
        distance: npt.ArrayLike,
        **elasticities: float,
    ) -> "CommutingModel":
        """A model of zones whose commuting is known.

        Args:
            flows: People by home (rows) and workplace (columns), (zones, zones), >= 0. Labels of a frame or
                series are what zones are called; frames and series with the same labels in another order
                are refused.
            wages: Wages where people work, (zones,), > 0.
            distance: Between zones, (zones, zones), > 0, own zone too; trade costs are
                ``(distance / smallest) ** psi``.
            **elasticities: Of :class:`Parameters`, by name.

        Raises:
            BadInput: Shapes or the order of labels do not fit, a cell is no number or out of range, or a
                zone has no residents or no jobs.
        """
        given = {"flows": flows, "wages": wages, "distance": distance}
        people, pay, far = arrays(given).values()
        refuse(vector("wages", pay) or shapes(len(pay), flows=people, distance=far))
        names = names_of(given.values(), len(pay))
        refuse(
            [
                *orders(names, given),
                *signs("flows", people, least=0.0, strict=False, names=names),
                *signs("wages", pay, least=0.0, strict=True, names=names),
                *signs("distance", far, least=0.0, strict=True, names=names),
                *empty("residents", people.sum(axis=1), names),
                *empty("jobs", people.sum(axis=0), names),
            ]
        )
        made = cls(people / people.sum(), pay / pay.mean(), far, Parameters(**elasticities))
        made.names = names
        return made

    @classmethod
    def calibrate(
        cls,
        residents: npt.ArrayLike,
        jobs: npt.ArrayLike,
        minutes: npt.ArrayLike,
        *,
        wages: npt.ArrayLike | None = None,
        distance: npt.ArrayLike | None = None,
        leaving: float | None = None,
        **elasticities: float,
    ) -> "CommutingModel":
        """A model of zones whose commuting follows from residents, jobs and travel times.

        Workplaces are made as attractive as it takes for the jobs to be filled.

        Args:
            residents: People by home, (zones,), > 0.
            jobs: People by workplace, (zones,), > 0; scaled to as many as residents.
            minutes: Travel time from home to workplace, (zones, zones), > 0, own zone too.
            wages: Where people work; if none are known, those that would make workplaces so attractive.
            distance: Between zones, > 0; travel time if none is given.
            leaving: Share of people who work outside their zone, 0 to 1; working at home's zone is made as
                attractive as that takes. None: as the travel times say.
            **elasticities: Of :class:`Parameters`, by name; ``mu`` turns minutes into commuting costs.

        Raises:
            BadInput: Shapes or the order of labels do not fit, a cell is no number or out of range, or no
                travel times let so many leave.

        Source: G. Ahlfeldt, S. Redding, D. Sturm and N. Wolf, The economics of density, Econometrica 83
        (2015) 2127-2189, for wages from the filling of jobs.
        """
        parameters = Parameters(**elasticities)
        told = {"residents": residents, "jobs": jobs, "minutes": minutes}
        told |= {} if wages is None else {"wages": wages}
        told |= {} if distance is None else {"distance": distance}
        known = arrays(told)
        homes, work, time = (known[name] for name in ("residents", "jobs", "minutes"))
        names = _checked(told, known)
        flows, attraction, missed = commuters(homes, work, time, parameters, leaving)
        pay = known.get("wages", attraction ** (1 / parameters.epsilon))
        made = cls.from_flows(flows, pay, known.get("distance", time), **elasticities)
        made.names = names
        made.doubts += [
            modelled(wages is None, missed, homes.sum() / work.sum()),
            *own_zones(time, leaving),
        ]
        return made

    def counterfactual(  # noqa: PLR0913 - one for each thing that may change
        self,
        *,
        kappa_hat: npt.ArrayLike | None = None,
        d_hat: npt.ArrayLike | None = None,
        A_hat: npt.ArrayLike | None = None,  # noqa: N803
        B_hat: npt.ArrayLike | None = None,  # noqa: N803
        H_hat: npt.ArrayLike | None = None,  # noqa: N803
        closure: Closure = "mobile",
        tolerance: float | None = None,
        single: bool = False,
    ) -> Counterfactual:
        """Changes that follow from outside ones, each given as the new value over the old; 1 where none is.

        Args:
            kappa_hat: Commuting costs, (zones, zones) or one number; of travel times their change to the
                power of ``mu``.
            d_hat: Trade costs, (zones, zones) or one number.
            A_hat: Productivity, (zones,) or one number.
            B_hat: Amenity of homes, (zones,) or (zones, 1), or of pairs of home and workplace (zones, zones),
                or one number.
            H_hat: Land that housing is built on, (zones,) or one number.
            closure: ``mobile``: people move within the region; ``residents_fixed``: they stay; ``open``: they
                come and go until life is as good as it was.
            tolerance: Largest relative change that counts as none: 1e-10, in single precision 2e-6.
            single: Whether the large matrices are kept in single precision (float32): half the time a step;
                the ``residual`` is told in double precision all the same.

        Raises:
            BadInput: A change is no number, not above 0, or its shape or the order of its labels does not
                fit.
            BadAsk: No such closure, or a tolerance that is not above 0; or an open region whose people would
                all be better off the more they are, which has no rest.
        """
        _possible(closure, tolerance)
        refuse_growth(self.parameters, closure)
        given = {
            "kappa_hat": kappa_hat,
            "d_hat": d_hat,
            "A_hat": A_hat,
            "B_hat": B_hat,
            "H_hat": H_hat,
        }
        system, doubts = self._changed(
            {name: value for name, value in given.items() if value is not None}, closure
        )
        start = np.zeros(3 * len(self.wages) + (closure == "open"))
        within = tolerance or (ROUGH if single else TOLERANCE)
        if not single:
            solved = fixed_point(system.step, start, tolerance=within, limit=LIMIT)
        else:
            solved = _roughly(system, start, within)
        return outcome(system, solved, [*self.doubts, *doubts])

    def uniqueness(self, found: Counterfactual, *, starts: int = 20, seed: int = 0) -> Uniqueness:
        """Whether other starts lead to the same changes, and whether they are at rest.

        Args:
            found: Changes to look at.
            starts: Random starts, with logs of standard deviation 0.3.
            seed: Of the random starts.
        """
        system, solved = found._system, found._solved
        rng = np.random.default_rng(seed)
        ends = []
        for _ in range(starts):
            start = rng.normal(0.0, 0.3, len(solved.point))
            other = fixed_point(system.step, start, tolerance=TOLERANCE, limit=LIMIT)
            ends += [np.abs(other.point - solved.point).max()] if other.converged else []
        return Uniqueness(radius(system, solved.point), max(ends, default=0.0), len(ends), starts)

    def _changed(self, told: dict[str, Any], closure: str) -> tuple[System, list[Text]]:
        n, par, given = len(self.wages), self.parameters, arrays(told)
        if "B_hat" in given and given["B_hat"].shape == (n,):
            given["B_hat"] = given["B_hat"][:, None]
        places = {name: value for name, value in given.items() if name in OF_PLACES}
        pairs = {name: value for name, value in given.items() if name not in OF_PLACES}
        findings = changes(pairs, {(), (n, n), (n, 1)}, self.names)
        refuse([*findings, *changes(places, {(), (n,)}, self.names), *orders(self.names, told)])
        kappa, amenity, one = given.get("kappa_hat"), given.get("B_hat"), np.ones(())
        commuting = self.commuting
        if kappa is not None:
            commuting = commuting * kappa**-par.epsilon
        if amenity is not None:
            commuting = commuting * amenity
        trade = self.trade
        if "d_hat" in given:
            trade = trade * given["d_hat"] ** (1 - par.sigma)
        system = System(
            par,
            commuting,
            trade,
            np.broadcast_to(given.get("A_hat", one), (n,)) ** (par.sigma - 1),
            np.broadcast_to(given.get("H_hat", one), (n,)),
            self.wages,
            self.residents,
            self.jobs,
            self._incomes,
            closure,
        )
        return system, unlikely(kappa, self.commuting, par.mu, self.names)


def _checked(told: dict[str, Any], known: dict[str, Array]) -> "Sequence[object]":
    """What zones are called, once what calibration is given fits.

    Raises:
        BadInput: Shapes, signs or the order of labels do not fit.
    """
    n = len(known["residents"]) if known["residents"].ndim else 0
    of_places = {name: one for name, one in known.items() if name in ("jobs", "wages")}
    of_pairs = {name: one for name, one in known.items() if name in ("minutes", "distance")}
    refuse(
        vector("residents", known["residents"])
        or [*lengths(n, **of_places), *shapes(n, **of_pairs)]
    )
    names = names_of(told.values(), n)
    refuse(
        [
            *orders(names, told),
            *(
                f
                for name, one in known.items()
                for f in signs(name, one, least=0.0, strict=True, names=names)
            ),
        ]
    )
    return names


def _possible(closure: str, tolerance: float | None) -> None:
    if closure not in CLOSURES:
        says = Text(f"没有闭合方式“{closure}”", f"no closure '{closure}'")
        raise BadAsk(says, Text(f"可用:{'、'.join(CLOSURES)}", f"possible: {', '.join(CLOSURES)}"))
    if tolerance is not None and not tolerance > 0:
        says = Text(f"容差{tolerance}应大于0", f"tolerance {tolerance}; above 0 would be right")
        raise BadAsk(says)


def _roughly(system: System, start: Array, tolerance: float) -> Solved:
    """Where a system comes to rest with its matrices in single precision; the residual in double."""
    rough = replace(
        system,
        commuting=system.commuting.astype(np.float32),
        trade=system.trade.astype(np.float32),
    )
    solved = fixed_point(rough.step, start, tolerance=tolerance, limit=LIMIT)
    left = float(np.max(np.abs(system.step(solved.point) - solved.point)))
    return solved._replace(residual=left)
