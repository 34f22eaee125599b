"""The verb on the account: energy and CO2 of one activity, under several rules, with path and budget."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from hutuo.environment.accountrows import (
    Account,
    AccountAnswer,
    AccountRow,
    BudgetRow,
    ControlRow,
    GasRow,
)
from hutuo.environment.control import (
    Rule,
    Totals,
    budget_left,
    counted,
    in_force,
    path_to,
    rule_of,
)
from hutuo.environment.energyflows import flow_rows
from hutuo.environment.factors import factor_row, known_factors
from hutuo.environment.gases import (
    GREENHOUSE,
    air_equivalents,
    equivalent_mass,
    gases_of,
    warming,
)
from hutuo.environment.register import fuels, method_of, sector_name
from hutuo.environment.sums import (
    SCOPES,
    Sums,
    lacking_gases,
    lacking_rows,
    summed,
    unknown_rows,
)
from hutuo.environment.uses import activity_of, uncovered
from hutuo.errors import BadAsk
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients
    from hutuo.environment.gases import Emitted, Gases
    from hutuo.environment.register import Factor

__all__ = ["account"]

# Of more parts than this, how sure each is takes longer than anyone reads.
MOST_PARTS = 200
TCE, TCO2 = "tce", "tCO2"


@verb(
    "能源与碳一本账",
    columns=("year", "cut_name", "tce", "tco2_scope1", "tco2_scope2", "tco2", "half_interval"),
)
def account(region: "Region", ask: Account) -> AccountAnswer:
    """Show energy and CO2 of one activity, under several rules, with intensity, path and budget.

    Example:
        ``hutuo environment account --file activity.csv --output-indicator gdp``
    """
    from hutuo.environment.coefficients import coefficients

    chosen = [rule_of(name) for name in ask.rules]
    method, known = method_of(ask.factor_method), known_factors(ask.factors_file)
    activity = activity_of(region, ask.file, ask.geography)
    found = coefficients(
        activity.streams, activity.years, activity.places, known, method, grid=ask.grid
    )
    whole = summed(activity, found)
    totals = _totals(activity, whole)
    path = _path(ask, chosen, totals)
    outputs = _outputs(region, ask.output_indicator, activity)
    gases = gases_of(activity, known, method)
    potentials = warming(known, method, ask.gwp_source)
    used = dict.fromkeys(one for those in found.used.values() for one in those)
    warm = [potentials[gas] for gas in GREENHOUSE if gas in gases.names and gas in potentials]
    return AccountAnswer(
        factor_method=method.method,
        factor_method_name=method.name,
        rows=_rows(region, found, (gases, potentials), ask.group_by),
        controls=[row for rule in chosen for row in _controls(rule, totals, outputs, path)],
        budgets=_budgets(totals, path),
        energy_flows=[] if ask.flow_year is None else flow_rows(activity, found, ask.flow_year),
        lacking_factors=[
            *lacking_rows(activity, found, whole.amounts),
            *lacking_gases(activity, gases),
        ],
        unknown_rows=unknown_rows(activity),
        uncovered=uncovered(region, activity),
        used_factors=[factor_row(one) for one in (*used, *gases.used(), *warm)],
        doubts=[*_of_rules(chosen, totals), *_doubts(region, activity, found, whole, ask)],
    )


def _rows(
    region: "Region",
    found: "Coefficients",
    gases: "tuple[Gases, Mapping[str, Factor]]",
    by: str,
) -> list[AccountRow]:
    activity, rows = gases[0].activity, []
    parts = list(_parts(region, activity, by))
    for cut, name, some in parts:
        part, emitted = summed(activity, found, **some), gases[0].of(**some)
        for y in range(len(activity.years)):
            row = _row(activity, found, part, (cut, name, y), sure=len(parts) <= MOST_PARTS)
            rows.append(row.model_copy(update=_with_gases(row, emitted, gases[1], y)))
    return rows


def _with_gases(
    row: AccountRow, emitted: "Mapping[str, Emitted]", potentials: "Mapping[str, Factor]", y: int
) -> dict[str, object]:
    """Gases and pollutants of a row, and what they come to with its CO2."""
    there = [
        _gas(gas, part.known[y], complete=part.complete[y], potentials=potentials)
        for gas, part in emitted.items()
    ]
    warm = [one.gas_tco2e for one in there if one.gas in GREENHOUSE]
    whole = None if row.tco2 is None or None in warm else row.tco2 + sum(w or 0.0 for w in warm)
    taxed = air_equivalents({one.gas: one.known_kilograms for one in there})
    return {"gases": there, "tco2e": whole, "known_equivalents": taxed / 1000}


def _gas(gas: str, known: float, *, complete: bool, potentials: "Mapping[str, Factor]") -> GasRow:
    return GasRow(
        gas=gas,
        kilograms=known if complete else None,
        known_kilograms=known,
        gas_tco2e=equivalent_mass(gas, known, potentials) if complete else None,
    )


def _parts(
    region: "Region", activity: "Activity", by: str
) -> Iterable[tuple[str, Text, dict[str, list[int]]]]:
    """Parts that rows are of: id, name, and which places, sectors or streams."""
    if by == "place":
        names = region.names
        for p, place in enumerate(activity.places):
            yield place, names.get(place, Text(place, place)), {"places": [p]}
    elif by == "sector":
        for s, sector in enumerate(activity.sectors):
            yield sector, sector_name(sector), {"sectors": [s]}
    elif by == "fuel":
        for fuel in dict.fromkeys(stream.fuel for stream in activity.streams):
            those = [f for f, stream in enumerate(activity.streams) if stream.fuel == fuel]
            yield fuel, fuels()[fuel].name, {"streams": those}
    else:
        yield "", Text("合计", "all"), {}


def _row(
    activity: "Activity",
    found: "Coefficients",
    part: Sums,
    of: tuple[str, Text, int],
    *,
    sure: bool,
) -> AccountRow:
    from hutuo.environment.accounts import uncertainty

    cut, name, y = of
    one, two = (part.at(scope, y) for scope in SCOPES)
    known = sum(float(part.values[scope][y]) for scope in SCOPES)
    told = uncertainty(part.amounts, found, SCOPES) if sure and known else None
    half = float(told.relative[y]) if told else 0.0
    return AccountRow(
        year=activity.years[y],
        cut=cut,
        cut_name=name,
        **{outcome: part.at(outcome, y) for outcome in ("tce", "feedstock_tce", "renewable_tce")},
        tco2_scope1=one,
        tco2_scope2=two,
        tco2=None if one is None or two is None else one + two,
        tco2_known=known,
        half_interval=half or None,
        interval_covered=float(told.covered[y]) if told else None,
        tco2_biogenic=part.at("tco2_biogenic", y),
        gases=[],
        tco2e=None,
        known_equivalents=0.0,
    )


def _totals(activity: "Activity", whole: Sums) -> dict[int, Totals]:
    found = {}
    for y, year in enumerate(activity.years):
        one, two = (whole.at(scope, y) for scope in SCOPES)
        found[year] = Totals(
            tce=whole.at("tce", y),
            feedstock_tce=whole.at("feedstock_tce", y),
            renewable_tce=whole.at("renewable_tce", y),
            tco2=None if one is None or two is None else one + two,
        )
    return found


def _path(
    ask: Account, rules: Sequence[Rule], totals: Mapping[int, Totals]
) -> tuple[Rule, dict[int, float]] | None:
    """The path of the first rule, if a target is named."""
    given = (ask.base_year, ask.target_year, ask.target_value)
    if all(one is None for one in given):
        return None
    if ask.base_year is None or ask.target_year is None or ask.target_value is None:
        raise BadAsk(
            Text(
                "路径需要base_year、target_year和target_value",
                "a path takes base_year, target_year and target_value",
            )
        )
    base = counted(rules[0], totals).get(ask.base_year) if rules else None
    if base is None:
        years = ", ".join(map(str, totals))
        raise BadAsk(
            Text(
                f"基年{ask.base_year}的计入量未知", f"what counts in {ask.base_year} is not known"
            ),
            Text(f"有数据的年份:{years}", f"years with activity: {years}"),
        )
    return rules[0], path_to(ask.base_year, base, ask.target_year, ask.target_value, ask.path_form)


def _controls(
    rule: Rule,
    totals: Mapping[int, Totals],
    outputs: Mapping[int, float],
    path: tuple[Rule, dict[int, float]] | None,
) -> Iterable[ControlRow]:
    allowed = path[1] if path and path[0] == rule else {}
    for year, amount in counted(rule, totals).items():
        output, limit = outputs.get(year), allowed.get(year)
        yield ControlRow(
            rule=rule.rule,
            version=rule.version,
            rule_name=rule.name,
            source=rule.source,
            year=year,
            applies=in_force(year) == rule,
            control_kind=rule.control,
            counted_amount=amount,
            counted_unit=TCO2 if rule.control == "carbon" else TCE,
            output_value=output,
            output_intensity=None if amount is None or not output else amount / output,
            path_amount=limit,
            over_path=None if amount is None or limit is None else amount - limit,
        )


def _budgets(
    totals: Mapping[int, Totals],
    path: tuple[Rule, dict[int, float]] | None,
) -> list[BudgetRow]:
    if path is None:
        return []
    rule, allowed = path
    left, unknown = budget_left(allowed, counted(rule, totals))
    first, last = min(allowed), max(allowed)
    return [
        BudgetRow(
            rule=rule.rule,
            base_year=first,
            base_amount=allowed[first],
            target_year=last,
            target_value=allowed[last],
            budget_left=left,
            unknown_years=list(unknown),
        )
    ]


def _outputs(region: "Region", indicator: str | None, activity: "Activity") -> dict[int, float]:
    """Output of the places of the account by year, 10,000 yuan; only of years of which all have it."""
    if indicator is None:
        return {}
    from hutuo.base.figures import indicator_of
    from hutuo.base.series import observed_all
    from hutuo.units import convert

    indicator_of(region, indicator)
    series = observed_all(region, [(place, indicator) for place in activity.places])
    sums: dict[int, list[float]] = {}
    for rows in series.values():
        for year, value in {
            row.valid_from.year: convert(row.value, row.unit, "万元") for row in rows
        }.items():
            sums.setdefault(year, []).append(value)
    return {year: sum(those) for year, those in sums.items() if len(those) == len(activity.places)}


def _of_rules(rules: Sequence[Rule], totals: Mapping[int, Totals]) -> list[Text]:
    """Rules that take a base year of which nothing is known."""
    return [
        Text(
            f"{rule.name.zh}:没有{rule.base_year}年的数据,新增可再生能源未知",
            f"{rule.name.en}: without {rule.base_year} nobody knows which renewables are new",
        )
        for rule in rules
        if rule.base_year is not None
        and rule.base_year not in totals
        and any(one.renewable_tce for one in totals.values())
    ]


def _doubts(
    region: "Region", activity: "Activity", found: "Coefficients", whole: Sums, ask: Account
) -> list[Text]:
    from hutuo.environment.coefficients import province

    doubts, names = [], region.names
    borrowed = {
        (one.region, one.year, activity.years[y])
        for (_, g, y, f), those in found.used.items()
        for one in those
        if one.kind == "electricity"
        and one.year != activity.years[y]
        and whole.amounts.values[g, y, f]
    }
    for where, of, year in sorted(borrowed):
        doubts.append(
            Text(
                f"{year}年没有{names.get(where, Text(where, where)).zh}的电力因子,用{of}年的",
                f"no factor of electricity of {names.get(where, Text(where, where)).en} for {year};"
                f" that of {of} stands in",
            )
        )
    unplaced = [place for place in activity.places if province(place) is None]
    if (
        unplaced
        and ask.grid == "province"
        and any(s.fuel == "electricity" for s in activity.streams)
    ):
        those = "、".join(unplaced[:5])
        doubts.append(
            Text(
                f"{those}的代码不指明省级,电力用全国因子",
                f"codes of {those} tell no province; electricity by the national factor",
            )
        )
    if activity.variances is None:
        doubts.append(
            Text(
                "活动水平没有不确定度,区间只含因子的",
                "no quantity tells how sure it is; intervals are those of factors alone",
            )
        )
    if any(stream.use == "feedstock" for stream in activity.streams):
        doubts.append(
            Text(
                "原料用能不按燃烧计排放;工业过程排放另行核算",
                "feedstock is not counted as burnt; process emissions are not in this account",
            )
        )
    if any(fuels()[stream.fuel].carrier in ("electricity", "heat") for stream in activity.streams):
        doubts.append(
            Text(
                "CH4、N2O和污染物只含本地燃烧,不含外购电力与热力",
                "CH4, N2O and pollutants are of what is burnt here, not of bought electricity and heat",
            )
        )
    return doubts
