"""The system of changes: one step from changes of wages, residents and jobs to the next.

All is in changes (the new value over the old), so that what no data tell - amenities, productivities, land -
cancels out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.economy.parameters import Parameters

__all__ = ["State", "System", "blocks", "times"]

Array = npt.NDArray[np.float64]
# The large matrices may be of single precision, what is computed from them never is.
Matrix = npt.NDArray[np.floating]
# Bytes of two matrices that are looked at together; measured at 3,000 zones: half of the time of all at once.
CACHED = 1_000_000


class State(NamedTuple):
    """Changes at a point, and what follows from them.

    Attributes:
        w: Wages, (zones,); r: residents; e: jobs (employed).
        v: Mean wage of residents; p: prices; q: rents.
        a: Attraction of homes; b: of workplaces.
        reach: What the workplaces in reach of each home are worth, by its residents' share.
        offered: What sellers offer.
        sold: What is spent on it, by what it costs.
        filled: How strongly homes pull to each workplace.
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
    offered: Array
    sold: Array
    filled: Array
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
        land: Change of the land that housing is built on, (zones,).
        wages, residents, jobs, incomes: Levels before, (zones,), each with mean 1 but incomes.
        closure: ``mobile``, ``residents_fixed`` or ``open``.
    """

    parameters: Parameters
    commuting: Matrix
    trade: Matrix
    productive: Array
    land: Array
    wages: Array
    residents: Array
    jobs: Array
    incomes: Array
    closure: str

    def at(self, logs: Array) -> State:
        """Everything that follows from wages, residents and jobs, given as logs of their changes.

        All that a home or a buyer decides needs only its own rows, so each matrix is read from memory once,
        some rows at a time, though five products are taken of the two.
        """
        n, par = len(self.wages), self.parameters
        w, r, e = np.exp(logs[: 3 * n].reshape(3, n))
        b = w**par.epsilon
        earned, offered = b * w * self.wages, self.offered(w, e)
        reach, v, p, q, a = np.empty((5, n))
        sold, filled = np.zeros((2, n))
        for at in blocks(n):
            homes, goods = self.commuting[at], self.trade[at]
            reach[at] = times(homes, b)
            v[at] = times(homes, earned) / reach[at] / self.incomes[at]
            q[at] = (v[at] * r[at] / self.land[at]) ** (1 / (1 + par.delta))
            cost = times(goods, offered)
            p[at] = cost ** (1 / (1 - par.sigma))
            a[at] = p[at] ** (-par.alpha * par.epsilon) * q[at] ** (-(1 - par.alpha) * par.epsilon)
            stay = self.closure == "residents_fixed"
            filled += times(homes.T, self.residents[at] / reach[at] if stay else a[at])
            spent = v[at] * self.incomes[at] * r[at] * self.residents[at]
            sold += times(goods.T, spent / cost)
        return State(w, r, e, v, p, q, a, b, reach, offered, sold, filled, float(a @ reach))

    def step(self, logs: Array) -> Array:
        """The next point; wages and residents move only so far as supply and demand allow in one step."""
        n, par = len(self.wages), self.parameters
        now = self.at(logs)
        r_new, e_new = self._people(now, logs)
        w_raw = now.offered * now.sold / (self.wages * self.jobs * now.e)
        w_new = now.w * (w_raw / now.w) ** (1 / par.sigma)
        w_new /= np.mean(w_new * self.wages)
        g = (1 - par.alpha) * par.epsilon / (1 + par.delta)
        r_new = now.r * (r_new / now.r) ** (1 / (1 + g))
        ahead: Array = np.log(np.concatenate([w_new, r_new, e_new]))
        if self.closure == "open":
            # People come as long as life is better than outside, where it is as it was.
            return np.append(ahead, logs[3 * n] + np.log(now.z) / (1 + g))
        return ahead

    def _people(self, now: State, logs: Array) -> tuple[Array, Array]:
        """Changes of residents and of jobs as homes and workplaces attract."""
        total = float(len(self.wages))
        if self.closure == "residents_fixed":
            return np.ones_like(now.r), now.b * now.filled / self.jobs
        if self.closure == "open":
            total *= float(np.exp(logs[-1]))
        homes = now.a * now.reach * (total / now.z)
        return homes / self.residents, now.b * now.filled * (total / now.z) / self.jobs

    def offered(self, w: Array, e: Array) -> Array:
        """What sellers offer: by how much more is bought of them at the same trade cost, (zones,)."""
        par = self.parameters
        dense = e ** (1 - (1 - par.sigma) * par.nu)
        offered: Array = self.productive * dense * w ** (1 - par.sigma)
        return offered


def blocks(n: int) -> list[slice]:
    """Rows that are taken together: as many of two matrices as stay in the cache, all of small ones."""
    rows = max(CACHED // (16 * n), 16)
    return [slice(begin, begin + rows) for begin in range(0, n, rows)]


def times(matrix: Matrix, vector: Array) -> Array:
    """The product in the precision of the matrix, as float64."""
    product: Array = (matrix @ vector.astype(matrix.dtype, copy=False)).astype(np.float64)
    return product
