"""What is known of zones before and after, from which a model is made and changes are computed at once.

A scenario can be computed with any elasticities: that is what a sensitivity needs, for calibration and the
change of commuting costs depend on them too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.economy.equilibrium import Closure, CommutingModel
from hutuo.economy.outcomes import Counterfactual
from hutuo.economy.parameters import VARIANTS, Parameters, Variant
from hutuo.errors import BadAsk, BadInput
from hutuo.glossary import Text

__all__ = ["LEAVINGS", "Scenario", "Tried", "sensitivity"]

Array = npt.NDArray[np.float64]
_ASSUMED = Text("为假定", "an assumption")
LEAVINGS = (Variant("leaving", 0.2, _ASSUMED), Variant("leaving", 0.5, _ASSUMED))


@dataclass(frozen=True)
class Scenario:
    """Zones before and what changes.

    Attributes:
        residents: People by home, (zones,), > 0.
        jobs: People by workplace, (zones,), > 0.
        minutes: Travel time before, (zones, zones), > 0, own zone too.
        minutes_after: The same afterwards.
        freight: Travel time of goods before; trade costs follow it.
        freight_after: The same afterwards.
        productivity: Change of productivity, (zones,).
        amenity: Change of what makes homes attractive, (zones,).
        land: Change of the land that housing is built on, (zones,).
        wages: Where people work, (zones,); None if they are not known.
        flows: People by home and workplace, (zones, zones); None if nobody counted them.
        leaving: Share who work outside their zone where flows are modelled; None: as the travel times say.
        closure: Who moves.
        places: What zones are called; empty for their numbers.
    """

    residents: Array
    jobs: Array
    minutes: Array
    minutes_after: Array
    freight: Array
    freight_after: Array
    productivity: Array
    amenity: Array
    land: Array
    wages: Array | None = None
    flows: Array | None = None
    leaving: float | None = None
    closure: Closure = "mobile"
    places: Sequence[str] = ()

    def model(self, parameters: Parameters) -> CommutingModel:
        """The model of the zones before.

        Raises:
            BadInput: A figure is out of range, or jobs cannot be filled.
        """
        made = self._made(parameters)
        made.names = self.places or made.names
        return made

    def _made(self, parameters: Parameters) -> CommutingModel:
        told = {name: getattr(parameters, name) for name in parameters.__slots__}
        if self.flows is not None:
            pay = np.ones(len(self.flows)) if self.wages is None else self.wages
            made = CommutingModel.from_flows(self.flows, pay, self.freight, **told)
            made.doubts += self._unserved() + ([] if self.wages is not None else [ALIKE])
            return made
        return CommutingModel.calibrate(
            self.residents,
            self.jobs,
            self.minutes,
            wages=self.wages,
            distance=self.freight,
            leaving=self.leaving,
            **told,
        )

    def changed(self, model: CommutingModel) -> Counterfactual:
        """Changes from outside and all that follows."""
        par = model.parameters
        return model.counterfactual(
            kappa_hat=(self.minutes_after / self.minutes) ** par.mu,
            d_hat=(self.freight_after / self.freight) ** par.psi,
            A_hat=self.productivity,
            B_hat=self.amenity[:, None],
            H_hat=self.land,
            closure=self.closure,
        )

    def _unserved(self) -> list[Text]:
        """Pairs whose travel changes but among which nobody was counted: they stay empty."""
        flows = self.flows
        if flows is None:
            return []
        empty = int(((flows == 0) & ~np.isclose(self.minutes, self.minutes_after)).sum())
        if not empty:
            return []
        zh = f"{empty}对地区之间没有统计到通勤者,出行时间虽有变化,模型中仍为零"
        en = f"nobody was counted between {empty} pairs of zones whose travel changes: there they stay none"
        return [Text(zh, en)]


ALIKE = Text("没有工资数据,各地工资设为相同", "no wages are known: they are taken to be alike")


class Tried(NamedTuple):
    """What another value of one parameter leads to; None where it leads nowhere.

    Attributes:
        variant: Parameter, value, source.
        found: Changes.
        why: Why there are none.
    """

    variant: Variant
    found: Counterfactual | None
    why: Text | None


def sensitivity(scenario: Scenario, parameters: Parameters) -> Iterator[Tried]:
    """The same scenario with each parameter at other values, one at a time.

    Args:
        scenario: Zones before and what changes.
        parameters: Elasticities that the others are beside.
    """
    shares = LEAVINGS if scenario.flows is None and scenario.leaving is not None else ()
    for variant in (*VARIANTS, *shares):
        name, value = variant.parameter, variant.value
        if name == "leaving":
            other, elasticities = replace(scenario, leaving=value), parameters
        elif getattr(parameters, name) == value:
            continue
        else:
            other, elasticities = scenario, replace(parameters, **{name: value})
        try:
            found = other.changed(other.model(elasticities))
        except (BadAsk, BadInput) as error:
            yield Tried(variant, None, Text(*error.words))
            continue
        if found.converged:
            yield Tried(variant, found, None)
        else:
            yield Tried(variant, None, found.doubts[-1])
