"""The verb on the register of relocations: what moves from where to where, when, and what is late."""

from datetime import date
from typing import TYPE_CHECKING, Any

from hutuo.base.figures import SourceRow, source_rows
from hutuo.base.geographies import today
from hutuo.economy.whereabouts import called, sources_of, whereabouts
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["MoveRow", "RelocationRow", "Relocations", "RelocationsAnswer", "relocations"]

DONE, DROPPED = "moved", "dropped"


class Relocations(Ask):
    """Which relocations to show."""

    kind: str | None = said("只要该类型的", "only of this kind", default=None)
    state: str | None = said("只要该状态的", "only in this state", default=None)
    from_place: str | None = said("只要由此迁出的", "only leaving this unit", default=None)
    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)


class RelocationRow(Answer):
    """One thing that moves."""

    relocation: str = said("疏解事项", "id of it")
    name: Text = said("名称", "what moves")
    kind: str = said("类型", "kind of function")
    kind_name: Text = said("类型名称", "what the kind is called")
    from_place: str = said("迁出地", "place that it leaves")
    from_place_name: Text = said("迁出地名称", "what it is called")
    to_place: str | None = said("迁入地", "place that it moves to; null where not decided")
    to_place_name: Text | None = said("迁入地名称", "what it is called")
    decided_on: date | None = said("决定日期", "day on which it was decided")
    due: date | None = said("完成期限", "day by which it is to be done")
    moved_on: date | None = said("迁出日期", "day on which it had moved")
    state: str = said("状态", "planned, moving, moved or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    days_late: int | None = said("逾期天数", "days that it is late, or was; null where it is not")
    freed_mu: float | None = said("腾出土地(亩)", "land that is freed in mu")
    people: int | None = said("人数", "people who work or learn there")
    not_told: list[Text] = said("缺少的信息", "what the register does not tell of it")


class MoveRow(Answer):
    """What moved between two units."""

    from_place: str = said("迁出地", "unit that is left")
    from_place_name: Text = said("迁出地名称", "what it is called")
    to_place: str = said("迁入地", "unit that is moved to")
    to_place_name: Text = said("迁入地名称", "what it is called")
    moved_things: int = said("事项数", "things that moved")
    people: int = said("人数", "people of those that tell")
    freed_mu: float = said("腾出土地(亩)", "land that was freed, of those that tell")


class RelocationsAnswer(Answer):
    """The register."""

    day: date = said("日期", "day that is shown")
    rows: list[RelocationRow] = said("疏解事项", "what moves")
    moves: list[MoveRow] = said("迁出地到迁入地", "what has moved, by pair of units")
    moved_count: int = said("已迁出数", "things that have moved")
    late_count: int = said("逾期数", "things that are late and have not moved")
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "功能疏解登记:迁出、迁入、时间、逾期",
    columns=("name", "from_place_name", "to_place_name", "state_name", "moved_on"),
)
def relocations(region: "Region", ask: Relocations) -> RelocationsAnswer:
    """Show what moves out of the core: from where to where, when, what is late, what is not told.

    Example:
        ``hutuo economy relocations --state moving``
    """
    day = ask.day or today(region)
    lies = whereabouts(region)
    kept = [
        row
        for row in region.records("relocation")
        if ask.kind in {None, row["kind"]}
        and ask.state in {None, row["state"]}
        and ask.from_place
        in {None, row["from_place"], lies.unit(row["from_place"]), lies.city(row["from_place"])}
    ]
    rows = [_row(region, row, day) for row in kept]
    return RelocationsAnswer(
        day=day,
        rows=rows,
        moves=_moves(region, kept, lies.unit),
        moved_count=sum(row.state == DONE for row in rows),
        late_count=sum(row.state not in (DONE, DROPPED) and bool(row.days_late) for row in rows),
        doubts=[]
        if rows
        else [
            Text(
                "没有这样的疏解事项;登记在数据表relocation",
                "there is no such relocation; they are registered in table relocation",
            )
        ],
        sources=source_rows(region, sources_of(kept)),
    )


def _row(region: "Region", row: "Row", day: date) -> RelocationRow:
    ended = row["moved"] or (None if row["state"] in (DONE, DROPPED) else day)
    late = (ended - row["due"]).days if ended and row["due"] else 0
    lacks = [
        (row["to_place"] is None, Text("迁入地", "where it moves to")),
        (row["due"] is None and row["moved"] is None, Text("期限", "by when")),
        (row["state"] == DONE and row["moved"] is None, Text("迁出日期", "when it had moved")),
        (
            row["moved"] is not None and row["state"] != DONE,
            Text("与迁出日期相符的状态", "a state that fits the day of the move"),
        ),
    ]
    same = (
        "relocation", "kind", "from_place", "to_place", "due", "state", "freed_mu", "people",
    )  # fmt: skip
    return RelocationRow(
        **{name: row[name] for name in same},
        name=called(row),
        decided_on=row["decided"],
        moved_on=row["moved"],
        kind_name=label(f"relocated:{row['kind']}"),
        from_place_name=region.name_of(row["from_place"]),
        to_place_name=region.name_of(row["to_place"]) if row["to_place"] else None,
        state_name=label(f"relocation:{row['state']}"),
        days_late=late if late > 0 else None,
        not_told=[says for lacking, says in lacks if lacking],
    )


def _moves(
    region: "Region", rows: "Sequence[Row]", unit: "Callable[[str], str | None]"
) -> list[MoveRow]:
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["state"] == DONE and row["to_place"]:
            here, there = (unit(row[side]) or row[side] for side in ("from_place", "to_place"))
            pairs.setdefault((here, there), []).append(row)
    return [
        MoveRow(
            from_place=here,
            from_place_name=region.name_of(here),
            to_place=there,
            to_place_name=region.name_of(there),
            moved_things=len(found),
            people=sum(row["people"] or 0 for row in found),
            freed_mu=sum(row["freed_mu"] or 0.0 for row in found),
        )
        for (here, there), found in sorted(pairs.items())
    ]
