"""The system of changes: one step from changes of wages, residents and jobs to the next.

All is in changes (the new value over the old), so that what no data tell - amenities, productivities, land -
cancels out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.economy.parameters import Parameters

__all__ = ["State", "System"]

Array = npt.NDArray[np.float64]


class State(NamedTuple):
    """Changes at a point, and what follows from them.

    Attributes:
        w: Wages, (zones,); r: residents; e: jobs (employed).
        v: Mean wage of residents; p: prices; q: rents.
        a: Attraction of homes; b: of workplaces.
        reach: What the workplaces in reach of each home are worth, by its residents' share.
        z: Sum of all attraction: welfare to the power of epsilon where people move.
    """

    w: Array
    r: Array
    e: Array
    v: Array
    p: Array
    q: Array
    a: Array
    b: Array
    reach: Array
    z: float


@dataclass(frozen=True)
class System:
    """A region before, and what changes from outside.

    Attributes:
        parameters: Elasticities.
        commuting: Shares of all people by home and workplace, each times its change in amenity over its
            change in commuting cost to the power of epsilon, (zones, zones).
        trade: Shares of spending by buyer and seller, each times its change of trade cost to the power of
            1 - sigma, (zones, zones).
        productive: Change of productivity to the power of sigma - 1, (zones,).
        wages, residents, jobs, incomes: Levels before, (zones,), each with mean 1 but incomes.
        closure: ``mobile``, ``residents_fixed`` or ``open``.
    """

    parameters: Parameters
    commuting: Array
    trade: Array
    productive: Array
    wages: Array
    residents: Array
    jobs: Array
    incomes: Array
    closure: str

    def at(self, logs: Array) -> State:
        """Everything that follows from wages, residents and jobs, given as logs of their changes."""
        n, par = len(self.wages), self.parameters
        w, r, e = np.exp(logs[: 3 * n].reshape(3, n))
        b = w**par.epsilon
        # One pass over the matrix for both.
        both = self.commuting @ np.stack([b, b * w * self.wages], axis=1)
        reach = both[:, 0]
        v = both[:, 1] / reach / self.incomes
        q = (v * r) ** (1 / (1 + par.delta))
        p = (self.trade @ self.offered(w, e)) ** (1 / (1 - par.sigma))
        a = p ** (-par.alpha * par.epsilon) * q ** (-(1 - par.alpha) * par.epsilon)
        return State(w, r, e, v, p, q, a, b, reach, float(a @ reach))

    def step(self, logs: Array) -> Array:
        """The next point; wages and residents move only so far as supply and demand allow in one step."""
        n, par = len(self.wages), self.parameters
        now = self.at(logs)
        r_new, e_new = self._people(now, logs)
        offered = self.offered(now.w, now.e)
        spent = now.v * self.incomes * now.r * self.residents
        sold = self.trade.T @ (spent / now.p ** (1 - par.sigma))
        w_raw = offered * sold / (self.wages * self.jobs * now.e)
        w_new = now.w * (w_raw / now.w) ** (1 / par.sigma)
        w_new /= np.mean(w_new * self.wages)
        g = (1 - par.alpha) * par.epsilon / (1 + par.delta)
        r_new = now.r * (r_new / now.r) ** (1 / (1 + g))
        ahead = np.concatenate([np.log(w_new), np.log(r_new), np.log(e_new)])
        if self.closure == "open":
            # People come as long as life is better than outside, where it is as it was.
            return np.append(ahead, logs[3 * n] + np.log(now.z) / (1 + g))
        return ahead

    def _people(self, now: State, logs: Array) -> tuple[Array, Array]:
        """Changes of residents and of jobs as homes and workplaces attract."""
        total = float(len(self.wages))
        if self.closure == "residents_fixed":
            filled = now.b * (self.commuting.T @ (self.residents / now.reach))
            return np.ones_like(now.r), filled / self.jobs
        if self.closure == "open":
            total *= float(np.exp(logs[-1]))
        homes = now.a * now.reach * (total / now.z)
        filled = now.b * (self.commuting.T @ now.a) * (total / now.z)
        return homes / self.residents, filled / self.jobs

    def offered(self, w: Array, e: Array) -> Array:
        """What sellers offer: by how much more is bought of them at the same trade cost, (zones,)."""
        par = self.parameters
        dense = e ** (1 - (1 - par.sigma) * par.nu)
        offered: Array = self.productive * dense * w ** (1 - par.sigma)
        return offered
