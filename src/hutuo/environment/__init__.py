"""Environment: energy and carbon in one account, pollutants with carbon, quotas that swap.

The pure functions need no region: ``from hutuo.environment import combustion_co2, lmdi``.
"""

from typing import TYPE_CHECKING

from hutuo.environment import (
    account,
    cocontrol,
    decompose,
    ecosystem,
    effluents,
    episodes,
    factors,
    inventory,
    materials,
    measurechoice,
    orderviews,
    pilotfiles,
    pilotpacks,
    quotas,
    quotavolume,
    rulebook,
    shares,
    solar,
    swaps,
    wasteheat,
    waterepisodes,
    waterzones,
)
from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.environment.abatement import abatement_curve
    from hutuo.environment.accounts import account_of, amounts, recomputed, uncertainty
    from hutuo.environment.activity import Activity, Stream, Use, laid_out
    from hutuo.environment.airquality import air_quality_index
    from hutuo.environment.choosing import best_set, cheapest_set, drawn, gain_together
    from hutuo.environment.control import budget_left, counted, path_to
    from hutuo.environment.decomposition import Decomposition, lmdi, logarithmic_mean
    from hutuo.environment.ecosystem import closing
    from hutuo.environment.emissions import coal_equivalent, combustion_co2, electricity_co2
    from hutuo.environment.equivalents import co2_weight, pollutant_equivalent
    from hutuo.environment.factorfiles import read_factors
    from hutuo.environment.frames import frame_activity
    from hutuo.environment.heatmatching import Limits, Point, matched
    from hutuo.environment.materials import MaterialFlow, balanced
    from hutuo.environment.measures import Measure, Spread
    from hutuo.environment.register import Factor, conflicts, method_of, published
    from hutuo.environment.solar import potential
    from hutuo.environment.synergy import (
        Coupling,
        composite_synergy,
        coordinates,
        coupling_coordination,
        cross_elasticity,
        order_degree,
    )
    from hutuo.environment.trading import heat_coal_equivalent, quota_trade_volume
    from hutuo.environment.uses import read_uses
    from hutuo.environment.waterquality import water_class

__all__ = [
    "Activity",
    "Coupling",
    "Decomposition",
    "Factor",
    "Limits",
    "MaterialFlow",
    "Measure",
    "Point",
    "Spread",
    "Stream",
    "Use",
    "abatement_curve",
    "account",
    "account_of",
    "air_quality_index",
    "amounts",
    "balanced",
    "best_set",
    "budget_left",
    "cheapest_set",
    "closing",
    "co2_weight",
    "coal_equivalent",
    "cocontrol",
    "combustion_co2",
    "composite_synergy",
    "conflicts",
    "coordinates",
    "counted",
    "coupling_coordination",
    "cross_elasticity",
    "decompose",
    "drawn",
    "ecosystem",
    "effluents",
    "electricity_co2",
    "episodes",
    "factors",
    "frame_activity",
    "gain_together",
    "heat_coal_equivalent",
    "inventory",
    "laid_out",
    "lmdi",
    "logarithmic_mean",
    "matched",
    "materials",
    "measurechoice",
    "method_of",
    "order_degree",
    "orderviews",
    "path_to",
    "pilotfiles",
    "pilotpacks",
    "pollutant_equivalent",
    "potential",
    "published",
    "quota_trade_volume",
    "quotas",
    "quotavolume",
    "read_factors",
    "read_uses",
    "recomputed",
    "rulebook",
    "shares",
    "solar",
    "swaps",
    "uncertainty",
    "wasteheat",
    "water_class",
    "waterepisodes",
    "waterzones",
]

_LENT = {
    "Activity": "activity",
    "Coupling": "synergy",
    "Decomposition": "decomposition",
    "Factor": "register",
    "Limits": "heatmatching",
    "MaterialFlow": "materials",
    "Measure": "measures",
    "Point": "heatmatching",
    "Spread": "measures",
    "Stream": "activity",
    "Use": "activity",
    "abatement_curve": "abatement",
    "account_of": "accounts",
    "air_quality_index": "airquality",
    "amounts": "accounts",
    "balanced": "materials",
    "best_set": "choosing",
    "budget_left": "control",
    "cheapest_set": "choosing",
    "closing": "ecosystem",
    "co2_weight": "equivalents",
    "coal_equivalent": "emissions",
    "combustion_co2": "emissions",
    "composite_synergy": "synergy",
    "conflicts": "register",
    "coordinates": "synergy",
    "counted": "control",
    "coupling_coordination": "synergy",
    "cross_elasticity": "synergy",
    "drawn": "choosing",
    "electricity_co2": "emissions",
    "frame_activity": "frames",
    "gain_together": "choosing",
    "heat_coal_equivalent": "trading",
    "laid_out": "activity",
    "lmdi": "decomposition",
    "logarithmic_mean": "decomposition",
    "matched": "heatmatching",
    "method_of": "register",
    "order_degree": "synergy",
    "path_to": "control",
    "pollutant_equivalent": "equivalents",
    "potential": "solar",
    "published": "register",
    "quota_trade_volume": "trading",
    "read_factors": "factorfiles",
    "read_uses": "uses",
    "recomputed": "accounts",
    "uncertainty": "accounts",
    "water_class": "waterquality",
}

__getattr__ = lending(__name__, _LENT)
