"""Notes to a report: for each figure its source, when it was recorded, and the formula with its numbers."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.glossary import both, label
from hutuo.report.content import Table
from hutuo.units import shown
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from hutuo.base.series import Observed
    from hutuo.plan.evaluate import Assessment
    from hutuo.plan.material import Material
    from hutuo.plan.reconcile import Reconciled


class Note(NamedTuple):
    """Where a figure comes from.

    Attributes:
        what: Which figure.
        source: What the source is called, or the notes that the figure was computed from.
        recorded: When its row was recorded; empty for what was computed.
        formula: How it was computed.
    """

    what: str
    source: str
    recorded: str
    formula: str


class Notes:
    """Notes in the order in which they are first asked for; the same note has one number."""

    def __init__(self) -> None:
        self._numbers: dict[Note, int] = {}

    def number(self, note: Note) -> int:
        """Its number, from 1."""
        return self._numbers.setdefault(note, len(self._numbers) + 1)

    def all(self) -> list[Note]:
        """All notes by number."""
        return list(self._numbers)


def table(told: "Material") -> Table:
    """The notes as a table, the appendix of a report."""
    heads = [told.say("编号", "no."), *told.head("figure", "source", "recorded_at", "formula")]
    rows = [[str(n), *note] for n, note in enumerate(told.notes.all(), start=1)]
    return Table(heads, rows, widths=(6, 32, 40, 24, 50), first_note=1)


def of_target(told: "Material", row: "Assessment") -> int:
    """The value that the plan sets."""
    name = Text(told.plan["zh"], told.plan["en"]).say(told.lang)
    source = told.say(f"{name},{row.clause}", f"{name}, {row.clause}")
    as_set = told.say("规划所定", "as the plan sets it")
    return _number(told, row, "value", source, _instant(told.known[row.target]), as_set)


def of_year(told: "Material", row: "Assessment", *years: int) -> int:
    """The figures of a target in these years, the last of each; together where there are several."""
    rows = {r.valid_from.year: r for r in told.seen[row.geography, row.indicator]}
    used = [rows[year] for year in years]
    what = f"{row.indicator_name.say(told.lang)}, {row.geography_name.say(told.lang)}"
    span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]} ({len(years)})"
    return told.notes.number(Note(f"{what}, {span}", *_origin(told, used)))


def of_series(told: "Material", indicator: str, seen: "Observed") -> int:
    """A figure of a member; those of one source, recorded at once, have one note."""
    about = told.region.indicators[indicator]
    what = Text(about["zh"], about["en"]).say(told.lang)
    return told.notes.number(Note(what, *_origin(told, [seen])))


def _origin(told: "Material", used: "Sequence[Observed]") -> tuple[str, str, str]:
    """Sources of some figures, when the last of them was recorded, and how they were made."""
    ids = dict.fromkeys(name for seen in used for name in seen.source.split("|"))
    methods = dict.fromkeys(seen.method for seen in used if seen.method)
    formula = "; ".join(text.say(told.lang) for method in methods if (text := both(method)))
    recorded = _instant(max(seen.recorded_at for seen in used))
    return _sources(told, ids), recorded, formula or told.say("原值", "as recorded")


def of_stated(told: "Material", row: "Reconciled") -> int:
    """A figure that a plan states about itself."""
    recorded, _ = told.stated.get(row.figure, (None, None))
    as_stated = told.say("规划所述", "as the plan states it")
    source = _sources(told, [told.plan["source"]])
    when = _instant(recorded) if recorded else ""
    return told.notes.number(Note(row.title.say(told.lang), source, when, as_stated))


def of_computed(told: "Material", row: "Reconciled") -> int:
    """What the data give for a figure that a plan states."""
    _, recorded = told.stated.get(row.figure, (None, None))
    what = f"{row.title.say(told.lang)}: {label('computed').say(told.lang)}"
    when = _instant(recorded) if recorded else ""
    return told.notes.number(
        Note(what, _sources(told, row.sources), when, row.note.say(told.lang))
    )


def of_gap(told: "Material", row: "Reconciled", stated: int, computed: int) -> int:
    """How far what the data give lies from what a plan states."""
    what = f"{row.title.say(told.lang)}: {label('gap').say(told.lang)}"
    computed_word, stated_word = (label(term).say(told.lang) for term in ("computed", "stated"))
    return _computed(told, what, f"{computed_word} − {stated_word}", [stated, computed])


def of_kept(told: "Material", row: "Reconciled", figure: str) -> int:
    """What the members that stay come to, for one stated size."""
    what = f"{row.title.say(told.lang)}: {figure} {told.say('保留之和', 'kept')}"
    formula = told.say("保留的整建制成员之和", "sum over the whole members that stay")
    return told.notes.number(Note(what, _sources(told, row.sources), "", formula))


def of_rest(told: "Material", row: "Reconciled", figure: str, inputs: "Sequence[int]") -> int:
    """What one stated size leaves beside the members that stay."""
    what = f"{row.title.say(told.lang)}: {figure} {told.say('余量', 'rest')}"
    return _computed(told, what, told.say("规划所述 − 保留之和", "stated − kept"), inputs)


def of_misfit(told: "Material", row: "Reconciled", inputs: "Sequence[int]") -> int:
    """How badly a way of leaving units out fits."""
    what = f"{row.title.say(told.lang)}: {label('misfit').say(told.lang)}"
    formula = told.say(
        "|余量 − 该部分估计值| ÷ 所述规模", "|rest − estimate of the part| ÷ stated size"
    )
    return _computed(told, what, formula, inputs)


def _computed(told: "Material", what: str, formula: str, inputs: "Sequence[int]") -> int:
    of = "".join(f"[{n}]" for n in inputs)
    source = told.say(f"由{of}计算", f"computed from {of}")
    return told.notes.number(Note(what, source, "", formula))


def derived(
    told: "Material", row: "Assessment", term: str, formula: str, inputs: "Sequence[int]"
) -> int:
    """A figure that was computed from others, which are named by the numbers of their notes."""
    what = f"{row.title.say(told.lang)}: {label(term).say(told.lang)}"
    return _computed(told, what, formula, inputs)


def _sources(told: "Material", ids: "Iterable[str]") -> str:
    rows = [told.region.sources.get(name) for name in ids]
    return "; ".join(Text(row["zh"], row["en"]).say(told.lang) for row in rows if row)


def due_formula(told: "Material", row: "Assessment", year: int) -> str:
    """How the value due in a year follows from base and target."""
    way = row.trajectory
    if way.base_figure is None or way.kind == "own":
        return told.say("用户所设路径,其间均匀递进", "path set by a user, even steps between")
    base, end = way.points[0], way.points[-1]
    a, b = shown(base.value), shown(end.value)
    part = f"{year - base.year}/{end.year - base.year}"
    if way.kind == "growth":
        return f"{a} × ({b} ÷ {a})^({part})"
    return f"{a} + ({b} − {a}) × {part}"


def growth_formula(start: float, end: float, years: int) -> str:
    """Compound growth a year."""
    return f"({shown(end)} ÷ {shown(start)})^(1/{years}) − 1"


def _number(
    told: "Material", row: "Assessment", term: str, source: str, recorded: str, formula: str
) -> int:
    what = f"{row.title.say(told.lang)}: {label(term).say(told.lang)}"
    return told.notes.number(Note(what, source, recorded, formula))


def _instant(when: "datetime") -> str:
    return when.strftime("%Y-%m-%d %H:%M UTC")
