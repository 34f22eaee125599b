"""What a report is made from: evaluation, reconciliation, findings, members and sources, read once."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.figures import source_rows
from hutuo.base.series import Observed, observed_all, total
from hutuo.glossary import label
from hutuo.plan.contradictions import Contradiction, Contradictions, contradictions
from hutuo.plan.document import plan_of
from hutuo.plan.evaluate import Assessment, Evaluate, evaluate
from hutuo.plan.lineage import Notes
from hutuo.plan.reconcile import Reconcile, Reconciled, reconcile

if TYPE_CHECKING:
    from hutuo.base.region import Region

Kind = Literal["evaluation", "yearly", "midterm", "final"]


@dataclass(frozen=True)
class Material:
    """What the chapters of a report tell of, and the notes that they collect.

    Attributes:
        region: View of the region, at the end of the report's year if it has one.
        plan: Row of the plan.
        kind: Kind of report.
        year: Year that it reports on.
        lang: ``zh`` or ``en``.
        targets: Where each target stands.
        figures: What the plan states about itself, held against the data.
        flaws: Contradictions and implausibilities.
        members: Units of the area.
        series: Figures of each member by indicator.
        sources: Every source named, in the report's language.
        seen: Figures by place and indicator of the targets.
        known: When each target's row was recorded.
        stated: For each figure that the plan states: when it was recorded, and when what it is held against.
        notes: Where figures come from; filled as chapters are written.
    """

    region: "Region"
    plan: dict[str, Any]
    kind: Kind
    year: int
    lang: str
    targets: list[Assessment]
    figures: list[Reconciled]
    flaws: list[Contradiction]
    members: list[str]
    series: dict[str, dict[str, list[Observed]]]
    sources: list[dict[str, Any]]
    seen: dict[tuple[str, str], list[Observed]]
    known: dict[str, datetime]
    stated: dict[str, tuple[datetime | None, datetime | None]]
    notes: Notes = field(default_factory=Notes)

    def say(self, zh: str, en: str) -> str:
        """Words in the report's language."""
        return en if self.lang == "en" else zh

    def head(self, *terms: str) -> list[str]:
        """Labels of these terms in the report's language."""
        return [label(term).say(self.lang) for term in terms]


def gathered(
    region: "Region", plan_name: str | None, kind: Kind, year: int | None, lang: str
) -> Material:
    """Everything that a report tells of, computed anew.

    Args:
        region: View of the region.
        plan_name: Plan; None for the main one.
        kind: Kind of report.
        year: Year to report on: what began after it is left out; None: all that is known counts.
        lang: ``zh`` or ``en``.
    """
    if year is not None:
        end = date(year, 12, 31)
        region = replace(region, at=end if region.at is None else min(end, region.at, key=_day))
    plan = plan_of(region, plan_name)
    targets = evaluate(region, Evaluate(plan=plan_name))
    figures = reconcile(region, Reconcile(plan=plan_name))
    rows = region.current("membership", set=region.info.set)
    members = [row["member"] for row in rows if row["role"] != "excluded"]
    series = _series(region, members)
    names = [plan["source"], *(name for row in figures for name in row.sources)]
    names += [name for row in targets if row.observed for name in row.observed.source.split("|")]
    names += [s.source for of in series.values() for rows_of in of.values() for s in rows_of]
    return Material(
        region=region,
        plan=plan,
        kind=kind,
        year=year or _last_year(targets, plan),
        lang=lang,
        targets=targets,
        figures=figures,
        flaws=contradictions(region, Contradictions(plan=plan_name)),
        members=members,
        series=series,
        sources=[row.model_dump(context={"lang": lang}) for row in source_rows(region, names)],
        seen=observed_all(region, ((row.geography, row.indicator) for row in targets)),
        stated=_stated(region, plan, figures),
        known={row["target"]: row["recorded_at"] for row in region.records("target")},
    )


def shown_indicators(region: "Region") -> list[str]:
    """Indicators shown for every member: the first core one, and the area of its polygon."""
    core = [
        row["indicator"]
        for row in region.indicators.values()
        if row["core"] and row["aggregation"] == "sum"
    ]
    area = region.info.boundaries.area_indicator if region.info.boundaries else None
    preferred = sorted(
        core, key=lambda name: (region.indicators[name]["topic"] != "population", name)
    )
    return [*preferred[:1], *([area] if area else [])]


def _series(region: "Region", members: list[str]) -> dict[str, dict[str, list[Observed]]]:
    shown = shown_indicators(region)
    seen = observed_all(region, ((unit, name) for name in shown for unit in members))
    return {name: {unit: seen[unit, name] for unit in members} for name in shown}


def _stated(
    region: "Region", plan: dict[str, Any], figures: list[Reconciled]
) -> dict[str, tuple[datetime | None, datetime | None]]:
    found = {}
    units = {row.figure: row.unit for row in figures}
    for row in region.records("baseline", plan=plan["plan"]):
        seen = region.history("observation", place=row["place"], indicator=row["indicator"])
        own = max((r["recorded_at"] for r in seen if r["source"] == plan["source"]), default=None)
        other = own
        if row["check"] == "sum" and row["baseline"] in units:
            of = row["of"] or row["indicator"]
            have = total(region, row["place"], of, units[row["baseline"]]).have
            other = max((r.recorded_at for r in have.values()), default=None)
        found[row["baseline"]] = own, other
    return found


def _last_year(targets: list[Assessment], plan: dict[str, Any]) -> int:
    """Year of the last figure of any target; without one the year of issue, or the plan's first."""
    seen = [row.observed.valid_from.year for row in targets if row.observed]
    issued = plan["issued"].year if plan["issued"] else None
    return max(seen, default=plan["horizon_from"] or issued or 0)


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when
