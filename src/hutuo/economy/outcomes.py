"""What changes come to: by zone, as a whole, and whether other starts lead there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hutuo.economy.cautions import apart
from hutuo.economy.changes import System
from hutuo.economy.solving import DAMPING, Solved
from hutuo.glossary import Text

__all__ = ["Counterfactual", "Uniqueness", "outcome", "radius"]

Array = npt.NDArray[np.float64]


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
        land_hat: What is paid for land, 1 / (1 + delta) of all spending on housing before and after.
        land_gain: The same as a difference, over all wages of the region before.
        welfare: 1 for no change; where residents stay, the mean over them.
        welfare_by_zone: Of those who live there, (zones,); the same everywhere where people move.
        population: All people over all before; 1 unless the region is open.
        steps: Steps taken.
        residual: Largest relative change that one more step in double precision would make.
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
    land_hat: Array
    land_gain: Array
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


def outcome(system: System, solved: Solved, doubts: list[Text]) -> Counterfactual:
    """What a system comes to where it came to rest.

    Args:
        system: The region and what changes.
        solved: Where it came to rest.
        doubts: What is known already that should be known.
    """
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
    land = now.v * now.r
    earned = system.incomes * system.residents / (system.incomes @ system.residents)
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
        land_hat=land,
        land_gain=(1 - par.alpha) / (1 + par.delta) * earned * (land - 1),
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


def radius(system: System, point: Array, rounds: int = 60) -> float:
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
