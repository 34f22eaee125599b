"""What moves where when travel, trade, places or productivity change.

People choose where to live and where to work at once, goods are traded, housing is dearer where more is
earned, work is more productive where there is more of it.

Source: F. Monte, S. J. Redding and E. Rossi-Hansberg, Commuting, migration and local employment elasticities,
American Economic Review 108 (2018) 3855-3890; with agglomeration and housing supply as in T. Seidel and
J. Wickerath, Rush hours and urbanization, Regional Science and Urban Economics 85 (2020) 103580.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hutuo.economy.cautions import apart, modelled, refuse_growth, unlikely
from hutuo.economy.changes import System
from hutuo.economy.given import array, changes, empty, lengths, refuse, shapes, signs
from hutuo.economy.parameters import Parameters
from hutuo.economy.solving import DAMPING, Solved, balanced, fixed_point
from hutuo.errors import BadAsk
from hutuo.glossary import Text

__all__ = ["CommutingModel", "Counterfactual", "Uniqueness"]

Array = npt.NDArray[np.float64]
Closure = Literal["mobile", "residents_fixed", "open"]
CLOSURES = ("mobile", "residents_fixed", "open")
TOLERANCE, LIMIT = 1e-10, 5_000


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """Changes by zone, each as the new value over the old.

    Attributes:
        w_hat: Wages where people work, (zones,); the mean wage stays 1, so that these are relative.
        R_hat: Residents.
        L_hat: Jobs.
        P_hat: Prices of goods.
        Q_hat: Rents.
        v_hat: Mean wage of those who live there.
        real_income_hat: That wage over what a life costs there.
        welfare: 1 for no change; where residents stay, the mean over them.
        welfare_by_zone: Of those who live there, (zones,); the same everywhere where people move.
        population: All people over all before; 1 unless the region is open.
        steps: Steps taken.
        residual: Largest relative change that one more step would make.
        converged: Whether that is within the tolerance.
        trail: The residual after each step.
        doubts: What should be known before the figures are used.
    """

    w_hat: Array
    R_hat: Array
    L_hat: Array
    P_hat: Array
    Q_hat: Array
    v_hat: Array
    real_income_hat: Array
    welfare: float
    welfare_by_zone: Array
    population: float
    steps: int
    residual: float
    converged: bool
    trail: list[float]
    doubts: list[Text]
    _system: System
    _solved: Solved

    def flows(self) -> Array:
        """Shares of all people by home and workplace afterwards, (zones, zones)."""
        system, now = self._system, self._system.at(self._solved.point)
        if system.closure == "residents_fixed":
            homes = system.residents / now.reach / len(system.residents)
            return homes[:, None] * system.commuting * now.b
        return now.a[:, None] * system.commuting * now.b / now.z


@dataclass(frozen=True)
class Uniqueness:
    """Whether other starts lead to the same changes.

    Attributes:
        radius: Largest factor by which a step stretches a small error at the solution; below 1 it is at rest.
        spread: Largest relative difference between the changes that random starts lead to.
        starts: Number of starts that converged, of those that were tried.
        tried: Number of starts.
    """

    radius: float
    spread: float
    starts: int
    tried: int


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
        doubts: What should be known of the data it was made from.
    """

    def __init__(
        self, commuting: Array, wages: Array, distance: Array, parameters: Parameters
    ) -> None:
        self.parameters, self.commuting, self.wages = parameters, commuting, wages
        self.residents = commuting.sum(axis=1) * len(wages)
        self.jobs = commuting.sum(axis=0) * len(wages)
        self._incomes = (commuting @ wages) * len(wages) / self.residents
        cost = (distance / distance.min()) ** (parameters.psi * (1 - parameters.sigma))
        earned, spent = self.wages * self.jobs, self._incomes * self.residents
        factors, _, missed = balanced(cost, spent, earned)
        self.trade = cost * factors
        self.trade /= self.trade.sum(axis=1, keepdims=True)
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
            flows: People by home (rows) and workplace (columns), (zones, zones), >= 0.
            wages: Wages where people work, (zones,), > 0.
            distance: Between zones, (zones, zones), > 0, own zone too; trade costs are
                ``(distance / smallest) ** psi``.
            **elasticities: Of :class:`Parameters`, by name.

        Raises:
            BadInput: Shapes do not fit, a figure is out of range, or a zone has no residents or no jobs.
        """
        people, pay = array(flows), array(wages)
        far = array(distance)
        findings = [*shapes(len(pay), flows=people, distance=far)]
        if not findings:
            findings = [
                *signs("flows", people, least=0.0, strict=False),
                *signs("wages", pay, least=0.0, strict=True),
                *signs("distance", far, least=0.0, strict=True),
                *empty("residents", people.sum(axis=1)),
                *empty("jobs", people.sum(axis=0)),
            ]
        refuse(findings)
        return cls(people / people.sum(), pay / pay.mean(), far, Parameters(**elasticities))

    @classmethod
    def calibrate(
        cls,
        residents: npt.ArrayLike,
        jobs: npt.ArrayLike,
        minutes: npt.ArrayLike,
        *,
        wages: npt.ArrayLike | None = None,
        distance: npt.ArrayLike | None = None,
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
            **elasticities: Of :class:`Parameters`, by name; ``mu`` turns minutes into commuting costs.

        Raises:
            BadInput: Shapes do not fit, or a figure is out of range.

        Source: G. Ahlfeldt, S. Redding, D. Sturm and N. Wolf, The economics of density, Econometrica 83
        (2015) 2127-2189, for wages from the filling of jobs.
        """
        parameters = Parameters(**elasticities)
        homes, work, time = array(residents), array(jobs), array(minutes)
        findings = [*shapes(len(homes), minutes=time), *lengths(len(homes), jobs=work)]
        if not findings:
            findings = [
                *signs("residents", homes, least=0.0, strict=True),
                *signs("jobs", work, least=0.0, strict=True),
                *signs("minutes", time, least=0.0, strict=True),
            ]
        refuse(findings)
        easy = time ** (-parameters.mu * parameters.epsilon)
        attraction, _, missed = balanced(easy, homes / homes.sum(), work / work.sum())
        flows = easy * attraction
        flows *= (homes / flows.sum(axis=1))[:, None]
        pay = attraction ** (1 / parameters.epsilon) if wages is None else array(wages)
        far = time if distance is None else distance
        made = cls.from_flows(flows, pay, far, **elasticities)
        made.doubts.append(modelled(wages is None, missed, homes.sum() / work.sum()))
        return made

    def counterfactual(
        self,
        *,
        kappa_hat: npt.ArrayLike | None = None,
        d_hat: npt.ArrayLike | None = None,
        A_hat: npt.ArrayLike | None = None,  # noqa: N803
        B_hat: npt.ArrayLike | None = None,  # noqa: N803
        closure: Closure = "mobile",
        tolerance: float = TOLERANCE,
    ) -> Counterfactual:
        """Changes that follow from outside ones, each given as the new value over the old; 1 where none is.

        Args:
            kappa_hat: Commuting costs, (zones, zones) or one number; of travel times their change to the
                power of ``mu``.
            d_hat: Trade costs, (zones, zones) or one number.
            A_hat: Productivity, (zones,) or one number.
            B_hat: Amenity of homes (zones, 1), or of pairs of home and workplace (zones, zones), or one
                number.
            closure: ``mobile``: people move within the region; ``residents_fixed``: they stay; ``open``: they
                come and go until life is as good as it was.
            tolerance: Largest relative change that counts as none.

        Raises:
            BadInput: A change is not above 0, or its shape does not fit.
            BadAsk: No such closure; or an open region whose people would all be better off the more they are,
                which has no rest.
        """
        if closure not in CLOSURES:
            says = Text(f"没有闭合方式“{closure}”", f"no closure '{closure}'")
            raise BadAsk(
                says, Text(f"可用:{'、'.join(CLOSURES)}", f"possible: {', '.join(CLOSURES)}")
            )
        refuse_growth(self.parameters, closure)
        system, doubts = self._changed(kappa_hat, d_hat, A_hat, B_hat, closure)
        start = np.zeros(3 * len(self.wages) + (closure == "open"))
        solved = fixed_point(system.step, start, tolerance=tolerance, limit=LIMIT)
        return _counterfactual(system, solved, [*self.doubts, *doubts])

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
        return Uniqueness(_radius(system, solved.point), max(ends, default=0.0), len(ends), starts)

    def _changed(
        self,
        kappa: npt.ArrayLike | None,
        d: npt.ArrayLike | None,
        productivity: npt.ArrayLike | None,
        amenity: npt.ArrayLike | None,
        closure: str,
    ) -> tuple[System, list[Text]]:
        n, par = len(self.wages), self.parameters
        pairs = {"kappa_hat": kappa, "d_hat": d, "B_hat": amenity}
        read = {name: array(value) for name, value in pairs.items() if value is not None}
        places = {"A_hat": array(productivity)} if productivity is not None else {}
        findings = [*changes(read, {(), (n, n), (n, 1)}), *changes(places, {(), (n,)})]
        refuse(findings)
        commuting = self.commuting
        if "B_hat" in read:
            commuting = commuting * read["B_hat"]
        if "kappa_hat" in read:
            commuting = commuting * read["kappa_hat"] ** -par.epsilon
        trade = (
            self.trade if "d_hat" not in read else self.trade * read["d_hat"] ** (1 - par.sigma)
        )
        productive = np.broadcast_to(places.get("A_hat", np.ones(())), (n,)) ** (par.sigma - 1)
        system = System(
            par,
            commuting,
            trade,
            productive,
            self.wages,
            self.residents,
            self.jobs,
            self._incomes,
            closure,
        )
        return system, unlikely(read.get("kappa_hat"), self.commuting, par.mu)


def _counterfactual(system: System, solved: Solved, doubts: list[Text]) -> Counterfactual:
    now, par = system.at(solved.point), system.parameters
    living = now.p**par.alpha * now.q ** (1 - par.alpha)
    if system.closure == "residents_fixed":
        before = system.residents / len(system.residents)
        by_zone = (now.reach / before) ** (1 / par.epsilon) / living
        welfare = float(by_zone @ before)
    else:
        welfare = now.z ** (1 / par.epsilon)
        by_zone = np.full(len(now.w), welfare)
    population = float(np.exp(solved.point[-1])) if system.closure == "open" else 1.0
    if not solved.converged:
        zh = f"{solved.steps}步后仍未收敛,残差{solved.residual:.1e}"
        en = f"it did not come to rest in {solved.steps} steps: residual {solved.residual:.1e}"
        doubts = [*doubts, Text(zh, en)]
    return Counterfactual(
        w_hat=now.w,
        R_hat=now.r,
        L_hat=now.e,
        P_hat=now.p,
        Q_hat=now.q,
        v_hat=now.v,
        real_income_hat=now.v / living,
        welfare=welfare,
        welfare_by_zone=by_zone,
        population=population,
        steps=solved.steps,
        residual=solved.residual,
        converged=solved.converged,
        trail=solved.trail,
        doubts=[*doubts, *apart(system, now)],
        _system=system,
        _solved=solved,
    )


def _radius(system: System, point: Array, rounds: int = 60) -> float:
    """Largest stretching of a small error by one damped step, by the power method on differences."""
    rng = np.random.default_rng(0)
    error = rng.normal(size=len(point))
    size, rest, stretched = 1e-6, system.step(point), 0.0
    for _ in range(rounds):
        error /= np.linalg.norm(error)
        moved = (system.step(point + size * error) - rest) / size
        error = (1 - DAMPING) * error + DAMPING * moved
        stretched = float(np.linalg.norm(error))
    return stretched
