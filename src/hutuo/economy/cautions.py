"""What should be known before changes are used: weak ties, unlikely changes, modelled data, no rest."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hutuo.economy.changes import State, System
from hutuo.economy.parameters import Parameters
from hutuo.errors import BadAsk
from hutuo.glossary import Text

Array = npt.NDArray[np.float64]
# Changes of travel beyond these are more often faults of the data than of the world.
LEAST_CHANGE, MOST_CHANGE = 0.5, 2.0
# Blocks of zones that are tied by less than this have prices of their own.
WEAK = 1e-6
# Rows that are looked at together.
ROWS = 64


def apart(system: System, now: State) -> list[Text]:
    """Blocks of zones that neither trade nor commuting ties: between them wages and prices say nothing."""
    blocks = len(set(_blocks(system, now).tolist()))
    if blocks == 1:
        return []
    zh = f"地区分成{blocks}块,块间几乎没有通勤和贸易:块间的工资、价格不可比"
    en = f"zones fall into {blocks} blocks that hardly trade or commute: wages and prices do not compare"
    return [Text(zh, f"{en} between them")]


def _blocks(system: System, now: State) -> npt.NDArray[np.int64]:
    """The block of each zone; some rows at a time, so that no third matrix is needed."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    par, n = system.parameters, len(now.w)
    offered, prices = system.offered(now.w, now.e), now.p ** (1 - par.sigma)
    block = np.arange(n)
    for begin in range(0, n, ROWS):
        rows = slice(begin, begin + ROWS)
        tied = system.trade[rows] * offered > (WEAK / n) * prices[rows, None]
        tied |= system.commuting[rows] * now.b > (WEAK / n) * now.reach[rows, None]
        home, other = np.nonzero(tied)
        pairs = block[home + begin], block[other]
        linked = csr_array((np.ones(len(home), dtype=bool), pairs), shape=(n, n))
        block = connected_components(linked, directed=False)[1].astype(np.int64)[block]
        if not block.any():
            break
    return block


def refuse_growth(parameters: Parameters, closure: str) -> None:
    """An open region comes to rest only where more people make life worse.

    With more people there are more goods, and work is more productive; homes are dearer. Wages being
    relative, welfare moves with the number of people by the first elasticity less the second.
    """
    par = parameters
    gain = par.alpha * (1 / (par.sigma - 1) + par.nu)
    loss = (1 - par.alpha) / (1 + par.delta)
    if closure == "open" and gain >= loss:
        zh = f"人越多越好({gain:.3f}不小于{loss:.3f}),开放的区域没有均衡"
        en = f"more people are better off ({gain:.3f} against {loss:.3f}): an open region has no rest"
        hint = Text("提高sigma,或降低nu、alpha、delta", "raise sigma, or lower nu, alpha or delta")
        raise BadAsk(Text(zh, en), hint)


def unlikely(
    kappa: Array | None, commuting: Array, mu: float, names: Sequence[object]
) -> list[Text]:
    """Changes of travel that are beyond what is likely, with the share of people whom they touch."""
    if kappa is None:
        return []
    change = np.broadcast_to(kappa, commuting.shape)
    beyond = (change < LEAST_CHANGE) | (change > MOST_CHANGE)
    if not beyond.any():
        return []
    inside = int(np.diag(beyond).sum())
    home, work = np.argwhere(beyond)[0]
    pair = names[home], names[work]
    share = float(commuting[beyond].sum())
    zh = (
        f"{int(beyond.sum())}对地区的通勤成本变化在{LEAST_CHANGE}至{MOST_CHANGE}之外,涉及{share:.2%}的人,"
        f"如{pair[0]}到{pair[1]}为{change[home, work]:.3g}"
    )
    en = (
        f"commuting costs of {int(beyond.sum())} pairs change beyond {LEAST_CHANGE} to {MOST_CHANGE}, which"
        f" touches {share:.2%} of people; as from {pair[0]} to {pair[1]}: {change[home, work]:.3g}"
    )
    if inside:
        zh += f";其中{inside}个是地区内部的出行时间,多为数据有误"
        en += f"; {inside} of them are times within a zone, which are mostly faults of the data"
    return [Text(zh, f"{en} (travel times to the power of {mu})")]


def own_zones(minutes: Array, leaving: float | None) -> list[Text]:
    """Zones within which one travels longer than to the next: half of those who live there would leave."""
    if leaving is not None or len(minutes) == 1:
        return []
    others = minutes + np.diag(np.full(len(minutes), np.inf))
    long = np.flatnonzero(np.diag(minutes) > others.min(axis=1))
    if not len(long):
        return []
    zh = f"{len(long)}个地区内部的出行时间比到邻近地区还长,如第{long[0]}个:通勤外出会被高估"
    en = f"within {len(long)} zones one travels longer than to the next, as in {long[0]}: too many leave them"
    return [Text(zh, en)]


def modelled(pay: bool, missed: float, scale: float) -> Text:  # noqa: FBT001
    """What calibration without flows rests on."""
    zh = f"通勤流为模型值(残差{missed:.0e}),岗位数乘以{scale:.4g}以等于居民数"
    en = f"commuting is modelled (residual {missed:.0e}); jobs were scaled by {scale:.4g} to residents"
    return Text(f"{zh},工资亦为模型值", f"{en}; wages are modelled too") if pay else Text(zh, en)
