"""Schemes of mutual recognition between places: who recognises whom, and what expires."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.geographies import today
from hutuo.base.tables import table as declared
from hutuo.exchange.accords import SIDES, Row, called, holding, holds, latest
from hutuo.exchange.lying import EXCLUDED, around
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Kind = Literal["medical_test", "training", "permit", "standard", "other"]
# What may end, and the columns that name the same thing over its periods.
ENDING = {
    "scheme": ("scheme",),
    "scheme_party": ("scheme", "place", "institution", "side"),
    "scheme_item": ("scheme", "item"),
    "recognition": ("scheme", "institution", "item", "side"),
}


class Schemes(Ask):
    """Which schemes to look at."""

    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)
    kind: Kind | None = said("只要该类型的", "only those of this kind", default=None)
    places: tuple[str, ...] = said(
        "要两两比较的地点;缺省为本地区的成员(有生效的制度时)",
        "places to pair; the members of the region's set if none is given and a scheme is in force",
        default=(),
    )
    within_days: int = said(
        "多少天内到期的算作将到期", "days within which something counts as expiring", default=90,
        ge=0, le=36_600,
    )  # fmt: skip
    limit: int = said(
        "将到期的最多列出多少行", "most rows that expire to list", default=100, ge=1, le=10_000
    )


class SchemeRow(Answer):
    """One scheme."""

    scheme: str = said("互认制度", "id of the scheme")
    title: Text = said("互认制度名称", "what it is called")
    kind: str = said("类型", "what is recognised")
    kind_name: Text = said("类型名称", "what the kind is called")
    in_force: bool = said("是否生效", "whether it is in force on the day")
    valid_from: date | None = said("有效期起", "first day on which it is in force")
    valid_to: date | None = said("有效期止(不含)", "day from which it is no longer in force")
    days_left: int | None = said("剩余天数", "days until then; null if no end is known")
    parties: int = said("参加方数", "places and institutions that are parties on the day")
    items: int = said("项目数", "items on its list on the day")
    institutions: int = said("列有项目的机构数", "institutions that list an item on the day")
    listings: int = said("机构与项目的登记数", "listings of items by institutions on the day")
    document: str | None = said("依据文件", "document that it rests on")
    source: str | None = said("来源", "source of the row")


class SchemePairRow(Answer):
    """What one place recognises of another."""

    place: str = said("地点", "place that recognises")
    place_name: Text = said("地点名称", "what it is called")
    other: str = said("对方", "place whose results are recognised")
    other_name: Text = said("对方名称", "what it is called")
    schemes: list[str] = said("互认制度", "schemes in force under which it does")
    recognised: int = said("互认制度数", "number of them")
    share: float | None = said(
        "互认比例(比值)", "their share in the schemes in force, 0..1; null if none is"
    )


class ExpiryRow(Answer):
    """Something that ends within the days asked, with nothing after it."""

    table: str = said("表名", "table of the row")
    key: dict[str, Any] = said("主键", "columns that name the row")
    says: Text = said("说明", "what ends")
    valid_to: date = said("有效期止(不含)", "day from which it no longer holds")
    days_left: int = said("剩余天数", "days until then")


class SchemesAnswer(Answer):
    """Schemes on a day, pair by pair, and what expires."""

    day: date = said("日期", "day that is looked at")
    rows: list[SchemeRow] = said("互认制度", "schemes")
    pairs: list[SchemePairRow] = said("互认矩阵", "by ordered pair of places")
    share: float | None = said(
        "总体互认比例(比值)",
        "share of recognised pairs and schemes in all pairs and schemes in force, 0..1",
    )
    expiring: int = said("将到期的行数", "rows that expire")
    expiries: list[ExpiryRow] = said("将到期的", "what expires, the first first")


@verb(
    "列出互认制度、两地互认矩阵与到期提醒",
    columns=(
        "title", "kind_name", "in_force", "valid_to", "days_left", "parties", "items", "institutions",
    ),
)  # fmt: skip
def schemes(region: "Region", ask: Schemes) -> SchemesAnswer:
    """List schemes of mutual recognition, which places recognise each other under them, and what expires.

    Example:
        ``hutuo exchange schemes --kind medical_test --within-days 180``
    """
    day = ask.day or today(region)
    rows = _registers(region, ask.kind)
    names = sorted({row["scheme"] for row in rows["scheme"]})
    told = [_scheme(rows, name, day) for name in names]
    alive = [row.scheme for row in told if row.in_force]
    places = list(dict.fromkeys(ask.places)) or (_members(region) if alive else [])
    for place in places:
        region.name_of(place)
    here = around(replace(region, at=day))
    pairs = [
        _pair(region, pair, under, alive)
        for pair, under in accepted(rows["scheme_party"], alive, places, day, here).items()
    ]
    ends = list(expiring(rows, day, day + timedelta(days=ask.within_days)))
    ends.sort(key=lambda row: (row.valid_to, row.table, str(row.key)))
    total = len(pairs) * len(alive)
    return SchemesAnswer(
        day=day,
        rows=told,
        pairs=pairs,
        share=sum(pair.recognised for pair in pairs) / total if total else None,
        expiring=len(ends),
        expiries=ends[: ask.limit],
    )


def accepted(
    parties: Sequence[Row],
    schemes: Sequence[str],
    places: Sequence[str],
    day: date,
    lies: Mapping[str, frozenset[str]],
) -> dict[tuple[str, str], list[str]]:
    """For each ordered pair of places the schemes under which the first accepts what the second issues.

    Args:
        parties: Rows of parties; those of single institutions make no place a party.
        schemes: Schemes that are in force.
        places: Places to pair.
        day: Day on which they must be parties.
        lies: By place, what it lies in, itself among it.
    """
    now = [row for row in parties if row["institution"] is None and holds(row, day)]

    def joined(place: str, side: str) -> set[str]:
        around_it = lies.get(place, {place})
        return {r["scheme"] for r in now if r["side"] in SIDES[side] and r["place"] in around_it}

    issues = {place: joined(place, "issues") for place in places}
    accepts = {place: joined(place, "accepts") for place in places}
    return {
        (place, other): [name for name in schemes if name in accepts[place] & issues[other]]
        for place, other in permutations(places, 2)
    }


def expiring(rows: Mapping[str, Sequence[Row]], day: date, last: date) -> Iterator[ExpiryRow]:
    """Rows that hold on a day and end by another, without a later row that goes on from there.

    Args:
        rows: Rows of all periods by table.
        day: Day on which they hold.
        last: Last day of the end of a row.
    """
    for table, names in ENDING.items():
        same: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows[table]:
            same.setdefault(tuple(row[name] for name in names), []).append(row)
        for several in same.values():
            now = holding(several, day)
            if now is None or now["valid_to"] is None or now["valid_to"] > last:
                continue
            if holding(several, now["valid_to"]) is None:
                yield _ending(table, now, day)


def _ending(table: str, row: Row, day: date) -> ExpiryRow:
    what = "、".join(str(row[name]) for name in ENDING[table][:3] if row[name] is not None)
    kind = label(f"ending:{table}")
    return ExpiryRow(
        table=table,
        key={name: row[name] for name in declared(table).keys},
        says=Text(f"{kind.zh}:{what}", f"{kind.en}: {what.replace('、', ', ')}"),
        valid_to=row["valid_to"],
        days_left=(row["valid_to"] - day).days,
    )


def _registers(region: "Region", kind: str | None) -> dict[str, list[dict[str, Any]]]:
    """Rows of all periods by table, of schemes of one kind if one is named."""
    whole = replace(region, at=None)
    found = {table: whole.records(table) for table in ENDING}
    kept = {row["scheme"] for row in found["scheme"] if kind in {None, row["kind"]}}
    return {table: [row for row in rows if row["scheme"] in kept] for table, rows in found.items()}


def _scheme(rows: Mapping[str, Sequence[Row]], name: str, day: date) -> SchemeRow:
    of = {
        table: [row for row in several if row["scheme"] == name] for table, several in rows.items()
    }
    now = {table: [row for row in several if holding([row], day)] for table, several in of.items()}
    row = holding(of["scheme"], day) or latest(of["scheme"]) or {}
    same = ("scheme", "kind", "valid_from", "valid_to", "document", "source")
    return SchemeRow(
        **{column: row[column] for column in same},
        title=called(row, name),
        kind_name=label(f"kind:{row['kind']}"),
        in_force=bool(now["scheme"]),
        days_left=(row["valid_to"] - day).days if row["valid_to"] else None,
        parties=len(now["scheme_party"]),
        items=len({one["item"] for one in now["scheme_item"]}),
        institutions=len({one["institution"] for one in now["recognition"]}),
        listings=len({(one["institution"], one["item"]) for one in now["recognition"]}),
    )


def _members(region: "Region") -> list[str]:
    rows = region.current("membership", set=region.info.set)
    return sorted(row["member"] for row in rows if row["role"] != EXCLUDED)


def _pair(
    region: "Region", pair: tuple[str, str], under: Sequence[str], alive: Sequence[str]
) -> SchemePairRow:
    place, other = pair
    return SchemePairRow(
        place=place,
        place_name=region.name_of(place),
        other=other,
        other_name=region.name_of(other),
        schemes=list(under),
        recognised=len(under),
        share=len(under) / len(alive) if alive else None,
    )
