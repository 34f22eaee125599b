"""Reconciliation: each figure that a plan states about itself, held against what the stored data give."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import unit_name
from hutuo.base.series import Observed, Total, observed, observed_row, total
from hutuo.plan.document import OfPlan, clause_rows, plan_of, target_rows
from hutuo.plan.exclusions import Fit, Size, fits
from hutuo.units import convert, shown
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

MOST_CANDIDATES = 8
MOST_EXCLUDED = 2


class Reconcile(OfPlan):
    """Which plan to reconcile."""


class Named(Answer):
    """A unit that is left out."""

    unit: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")


class Rest(Answer):
    """What one stated size leaves for the undelimited part."""

    figure: str = said("基数的标识", "figure that is stated")
    whole: float = said("保留的整建制成员之和", "sum over the whole members that stay")
    rest: float = said("留给未划界部分的量", "what is left for the undelimited part")
    unit_name: Text = said("计量单位的名称", "what the unit is called")


class Candidate(Answer):
    """One way to close an open list of exclusions."""

    excluded: list[Named] = said("另行排除的单元", "units that would be left out too")
    rests: list[Rest] = said(
        "各项口径下的余量", "what each stated size leaves for the undelimited part"
    )
    misfit: float | None = said(
        "余量与该部分估计值之差占所述规模的比值,越小越合",
        "distance between rest and estimate of the part, as a share of the stated size",
    )


class Reconciled(Answer):
    """One stated figure beside what the stored data give."""

    figure: str = said("基数的标识", "id of the figure")
    title: Text = said("名称", "what it is")
    clause: str | None = said("条款编号", "clause that states it")
    operator: str | None = said("算子", "~ about, > more than, = exactly")
    stated: float | None = said("规划所述", "what the plan states")
    computed: float | None = said(
        "数据所得", "what the stored data give; null if they give nothing"
    )
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    gap: float | None = said("差(数据所得减规划所述)", "computed minus stated")
    note: Text = said("说明", "what explains the gap")
    sources: list[str] = said("来源", "sources of both")
    inference: bool = said("是否为推断", "whether it is an inference, not a fact", default=False)
    candidates: list[Candidate] = said(
        "推断的候选", "ways that fit, where it is an inference", default=[]
    )


class _Stated(NamedTuple):
    row: dict[str, Any]
    figure: Observed


@verb(
    "核对规划自述的数字",
    columns=("title", "clause", "operator", "stated", "computed", "unit_name", "gap", "note"),
)
def reconcile(region: "Region", ask: Reconcile) -> list[Reconciled]:
    """Reconcile what a plan states about itself with the stored data, and explain each gap."""
    plan = plan_of(region, ask.plan)
    order = {row["clause"]: row["ordinal"] for row in clause_rows(region, plan)}
    rows = sorted(
        region.records("baseline", plan=plan["plan"]),
        key=lambda r: (order.get(r["clause"], 0), r["baseline"]),
    )
    stated = [found for row in rows if (found := _stated(region, row, plan)) is not None]
    answers = [CHECKS[found.row["check"]](region, found) for found in stated]
    return [*answers, *_inferences(region, stated)]


def _stated(region: "Region", row: dict[str, Any], plan: dict[str, Any]) -> _Stated | None:
    """The stated figure: the observation of that place and indicator with the plan as its source."""
    found = region.history("observation", place=row["place"], indicator=row["indicator"])
    mine = [r for r in found if r["source"] == plan["source"]]
    if not mine:
        return None
    return _Stated(row, observed_row(mine[-1]))


def _none(region: "Region", stated: _Stated) -> Reconciled:
    about = region.indicators[stated.row["indicator"]]
    place = region.name_of(stated.row["place"])
    note = Text(
        f"库中没有可核对的数据;需要{place.zh}各单元的“{about['zh']}”",
        f"nothing is stored to hold it against; '{about['en']}' of each unit of {place.en} would settle it",
    )
    return _answer(stated, None, note, [])


def _sum(region: "Region", stated: _Stated) -> Reconciled:
    row, figure = stated
    found = total(region, row["place"], row["of"] or row["indicator"], figure.unit)
    sources = [name for seen in found.have.values() for name in seen.source.split("|")]
    if not found.have or found.missing:
        return _answer(stated, None, _incomplete(region, stated, found), sources)
    return _answer(stated, found.value, _sum_note(region, stated, found), sources)


def _incomplete(region: "Region", stated: _Stated, found: Total) -> Text:
    """What is there of an incomplete sum: shown, and never taken for the sum."""
    measure = unit_name(stated.figure.unit)
    names = [region.names[unit] for unit in found.missing]
    years = sorted({seen.valid_from.year for seen in found.have.values()})
    span_zh = f",年份为{'、'.join(map(str, years))}" if years else ""
    span_en = f", of {', '.join(map(str, years))}" if years else ""
    have, all_of, value = len(found.have), len(found.have) + len(names), shown(found.value)
    zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
    return Text(
        f"{all_of} 个整建制成员中有数据的 {have} 个,合计 {value} {measure.zh}{span_zh};"
        f"不能相加为全域,缺:{zh}",
        f"{have} of {all_of} whole members have a figure, {value} {measure.en} together{span_en};"
        f" this is no total, missing: {en}",
    )


def _sum_note(region: "Region", stated: _Stated, found: Total) -> Text:
    row, figure = stated
    measure = unit_name(figure.unit)
    precision = row["precision"] or 0.0
    zh = [f"{len(found.have)} 个整建制成员之和"]
    en = [f"sum of {len(found.have)} whole members"]
    if found.parts:
        names = [region.name_of(part) for part in found.parts]
        zh.append(
            f"另有未划界的部分:{'、'.join(n.zh for n in names)};"
            f"若按整个单元计入则为 {found.highest:,.0f} {measure.zh}"
        )
        en.append(
            f"{', '.join(n.en for n in names)} is a part without a boundary; counted as its whole unit"
            f" the sum is {found.highest:,.0f} {measure.en}"
        )
    if found.value > figure.value + precision:
        zh.append("不计该部分已超过所述规模,未列尽的排除名单(“等”)必然还含其他单元,见推断")
        en.append(
            "even without it the sum is above what is stated, so the open list of exclusions must go on;"
            " see the inference"
        )
    elif found.highest < figure.value - precision:
        zh.append("全部计入仍低于所述规模")
        en.append("even with everything counted the sum is below what is stated")
    else:
        zh.append("所述规模落在两者之间")
        en.append("what is stated lies between the two")
    years = sorted({seen.valid_from.year for seen in found.have.values()})
    zh.append(
        f"数据年份 {'、'.join(map(str, years))}"
        + ("" if row["year_from"] == "stated" else ",规划未写明年份")
    )
    en.append(
        f"figures of {', '.join(map(str, years))}"
        + ("" if row["year_from"] == "stated" else "; the plan does not state its year")
    )
    return Text(";".join(zh) + "。", "; ".join(en) + ".")


def _ratio(region: "Region", stated: _Stated) -> Reconciled:
    row, figure = stated
    above, below = _latest(region, row["of"]), _latest(region, row["per"])
    if above is None or below is None:
        return _none(region, stated)
    share = convert(above.value, above.unit, below.unit) / below.value
    computed = convert(share, "ratio", figure.unit)
    measure = unit_name(figure.unit)
    note = Text(
        f"{above.value:,.6g} ÷ {below.value:,.6g} = {computed:.4g} {measure.zh};两数均为规划所述",
        f"{above.value:,.6g} ÷ {below.value:,.6g} = {computed:.4g} {measure.en};"
        " both are the plan's own figures",
    )
    return _answer(stated, computed, note, [above.source, below.source])


def _targets(region: "Region", stated: _Stated) -> Reconciled:
    """Targets that add up, held against the figure of today: how many times it they come to."""
    row, figure = stated
    wanted = row["of"].split("|")
    rows = [r for r in target_rows(region, row["plan"]) if r["target"] in wanted]
    values = [convert(r["value"], r["unit"], figure.unit) for r in rows]
    computed, year = sum(values), max((r["year"] or 0 for r in rows), default=0)
    times = computed / figure.value
    years = year - figure.valid_from.year
    pace = f"{times ** (1 / years) - 1:.1%}" if years > 0 else "-"
    measure = unit_name(figure.unit)
    note = Text(
        f"{len(rows)} 项目标合计 {computed:,.0f} {measure.zh},"
        f"为{figure.valid_from.year}年所述数的 {times:.2f} 倍;"
        f"营业收入含中间投入,与增加值口径不同,不能直接相减;若两者同比例,须年均增长 {pace}",
        f"{len(rows)} targets add up to {computed:,.0f} {measure.en}, {times:.2f} times the figure stated"
        f" for {figure.valid_from.year}; revenue counts intermediate inputs and value added does not,"
        f" so the gap is no shortfall; at an even pace it means {pace} a year",
    )
    return _answer(stated, computed, note, [figure.source])


CHECKS = {"none": _none, "sum": _sum, "ratio": _ratio, "targets": _targets}


def _answer(stated: _Stated, computed: float | None, note: Text, sources: list[str]) -> Reconciled:
    row, figure = stated
    return Reconciled(
        figure=row["baseline"],
        title=Text(row["zh"], row["en"]),
        clause=row["clause"],
        operator=row["operator"],
        stated=figure.value,
        computed=computed,
        unit=figure.unit,
        unit_name=unit_name(figure.unit),
        gap=None if computed is None else computed - figure.value,
        note=note,
        sources=sorted({figure.source, *sources}),
    )


def _latest(region: "Region", named: str) -> Observed | None:
    """Last figure of ``indicator@place``."""
    indicator, _, place = named.partition("@")
    found = observed(region, place, indicator)
    return found[-1] if found else None


def _inferences(region: "Region", stated: list[_Stated]) -> list[Reconciled]:
    """For each set whose exclusions are left open: which further ones make all its sizes fit at once."""
    open_sets = [row for row in region.records("place", kind="set") if row["open_within"]]
    return [
        answer
        for row in open_sets
        if (
            sized := [
                s for s in stated if s.row["check"] == "sum" and s.row["place"] == row["place"]
            ]
        )
        and (answer := _inference(region, row, sized)) is not None
    ]


def _inference(region: "Region", row: dict[str, Any], stated: list[_Stated]) -> Reconciled | None:
    totals = [
        total(region, row["place"], s.row["of"] or s.row["indicator"], s.figure.unit)
        for s in stated
    ]
    known = [
        (s, t)
        for s, t in zip(stated, totals, strict=True)
        if t.have and not t.missing and None not in t.parts.values()
    ]
    if not known:
        return None
    sizes = [_size(region, s, t) for s, t in known]
    open_units = _open_units(region, row, known[0][0].row["clause"])
    found = fits(sizes, open_units, MOST_EXCLUDED)
    figure = known[0][0].figure
    return Reconciled(
        figure=f"exclusions:{row['place']}",
        title=Text(f"{row['zh']}:未列尽的排除名单", f"{row['en']}: exclusions left open"),
        clause=known[0][0].row["clause"],
        operator=None,
        stated=None,
        computed=found[0].whole[0] if found else None,
        unit=figure.unit,
        unit_name=unit_name(figure.unit),
        gap=None,
        note=_inference_note(region, found, len(open_units)),
        sources=sorted(
            {name for _, t in known for seen in t.have.values() for name in seen.source.split("|")}
        ),
        inference=True,
        candidates=[_candidate(region, fit, known) for fit in found[:MOST_CANDIDATES]],
    )


def _open_units(region: "Region", row: dict[str, Any], clause: str) -> list[str]:
    """Members that only the open list holds: inside its unit, and named by no other clause of the plan.

    A plan that counts on a place by name elsewhere can hardly mean to leave it out.
    """
    parents = {unit["unit"]: unit["parent"] for unit in region.current("unit")}
    members = region.current("membership", set=row["place"], role="whole")
    inside = [r for r in members if parents.get(r["member"]) == row["open_within"]]
    return [r["member"] for r in inside if (r["clause"] or clause) == clause]


def _size(region: "Region", stated: _Stated, found: Total) -> Size:
    guesses = [
        observed(region, part, stated.row["of"] or stated.row["indicator"]) for part in found.parts
    ]
    guess = sum(convert(g[-1].value, g[-1].unit, found.unit) for g in guesses if g)
    return Size(
        stated=stated.figure.value,
        precision=stated.row["precision"] or 0.0,
        members={
            unit: convert(seen.value, seen.unit, found.unit) for unit, seen in found.have.items()
        },
        part=found.highest - found.value,
        part_guess=guess if guesses and all(guesses) else None,
    )


def _candidate(region: "Region", fit: Fit, known: list[tuple[_Stated, Total]]) -> Candidate:
    return Candidate(
        excluded=[Named(unit=unit, name=region.names[unit]) for unit in fit.excluded],
        rests=[
            Rest(
                figure=s.row["baseline"],
                whole=whole,
                rest=rest,
                unit_name=unit_name(s.figure.unit),
            )
            for (s, _), whole, rest in zip(known, fit.whole, fit.rest, strict=True)
        ],
        misfit=fit.misfit,
    )


def _inference_note(region: "Region", found: list[Fit], tried: int) -> Text:
    if not found:
        return Text(
            f"推断:在 {tried} 个单元中再排除至多 {MOST_EXCLUDED} 个,仍不能使各项规模同时吻合",
            f"inference: leaving out up to {MOST_EXCLUDED} more of {tried} units makes no way fit all sizes"
            " at once",
        )
    first = found[0]
    if not first.excluded:
        return Text(
            "推断:名单照所列即可使各项规模同时吻合,无须再排除",
            "inference: all sizes fit at once with the list as it stands; nothing more need be left out",
        )
    zh = "、".join(region.names[unit].zh for unit in first.excluded)
    en = ", ".join(region.names[unit].en for unit in first.excluded)
    guess_zh = "余量最接近该部分的估计值" if first.misfit is not None else "各候选无从区分"
    guess_en = (
        "leaves a rest nearest to the part's own estimate"
        if first.misfit is not None
        else "cannot be told from the others"
    )
    return Text(
        f"推断(非规划所述):在正文未另行点名的 {tried} 个成员中,再排除 {len(first.excluded)} 个"
        f"即可使各项规模同时成立,共 {len(found)} 种可能;其中“{zh}”{guess_zh}",
        f"inference, not stated by the plan: of the {tried} members that no other clause names, leaving out"
        f" {len(first.excluded)} makes all sizes fit at once, in {len(found)} ways; '{en}' {guess_en}",
    )
