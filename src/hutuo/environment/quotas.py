"""The verb on energy quota: who holds how much, grants, verification, and retirement, once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from hutuo.base.branches import several
from hutuo.base.store import store_of
from hutuo.environment.quotabooks import (
    COMMODITY,
    Fuel,
    Held,
    book_of,
    entry,
    moved,
    outside,
    posted,
    quantity,
    read_book,
)
from hutuo.environment.trading import in_kilograms
from hutuo.errors import BadAsk, Finding
from hutuo.glossary import label
from hutuo.ledger.accounts import called, names_of, standing_of
from hutuo.ledger.balances import balances
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.state import Balance
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Quota", "QuotaAnswer", "QuotaLine", "QuotaRow", "difference_of", "holdings", "quota"]

Action = Literal["show", "grant", "verify", "retire"]
Key = tuple[str, int, str]


class QuotaLine(Ask):
    """One grant, verification or retirement."""

    holder: str = said("地区或单位", "unit or body whose quota it is")
    year: int = said("指标年度", "year that the quota is of")
    fuel: Fuel = said("能源品种", "class of fuel; all: energy of any kind", default="all")
    amount_tce: float = said("数量(吨标准煤)", "amount in tonnes of coal equivalent")
    reference: str = said(
        "依据(文号、核查报告或项目)",
        "document that it rests on; the same one counts once for a unit, year and fuel",
        min_length=1,
        max_length=80,
        pattern=r"^[^\s]+( [^\s]+)*$",
    )
    is_verified: bool = said(
        "是否已核查(仅用于下达)", "whether a grant is verified already", default=False
    )


class Quota(Ask):
    """Which quota, and what to do with it."""

    action: Action = said(
        "操作:查看、下达、核查、注销",
        "show it; grant it; verify what was granted; retire it, once and for all",
        default="show",
    )
    rows: Annotated[list[QuotaLine], BeforeValidator(several)] = said(
        "下达、核查或注销的各行(JSON)", "what to grant, verify or retire, as JSON", default=[]
    )
    holder: str | None = said("只看该地区或单位", "only of this unit or body", default=None)
    year: int | None = said("只看该年度", "only of this year", default=None)
    fuel: Fuel | None = said("只看该能源品种", "only of this class of fuel", default=None)
    day: date | None = said(
        "记账日;缺省为今天", "day on which it counts; today if none", default=None
    )
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class QuotaRow(Answer):
    """Quota of a unit, year and fuel, in tonnes of coal equivalent."""

    holder: str = said("地区或单位", "unit or body")
    holder_name: Text = said("地区或单位名称", "what it is called")
    year: int = said("指标年度", "year that the quota is of")
    fuel: str = said("能源品种", "class of fuel")
    fuel_name: Text = said("能源品种名称", "what the class is called")
    granted: float = said("下达", "granted in all")
    claimed: float = said(
        "待核查", "granted and not verified: it can be neither swapped nor retired"
    )
    holding: float = said("持有(已核查)", "verified and held")
    requested: float = said("已申请转出", "of it asked for by swaps that are not decided")
    available: float = said("可用", "held without what is asked for")
    swapped: float = said("净转入", "what swaps and contracts brought, less what they took")
    retired: float = said("已注销", "retired")


class QuotaAnswer(Answer):
    """Quota and what became of it; all of it is somewhere."""

    rows: list[QuotaRow] = said("各地指标", "by unit, year and fuel")
    granted: float = said("下达合计", "granted in all")
    claimed: float = said("待核查合计", "granted and not verified in all")
    holding: float = said("持有合计", "held in all")
    retired: float = said("注销合计", "retired in all")
    cancelled: float = said("减量注销合计", "cancelled by swaps at a ratio above 1 in all")
    difference: float = said(
        "收支差(应为0)", "granted less all that is held, retired and cancelled; 0"
    )
    stored: int = said("写入的行数", "rows that were written; 0 if it was only checked")


@verb(
    "查看、下达、核查、注销用能指标",
    columns=(
        "holder_name",
        "year",
        "fuel_name",
        "granted",
        "claimed",
        "holding",
        "available",
        "retired",
    ),
)
def quota(region: "Region", ask: Quota) -> QuotaAnswer:
    """Show energy quota by unit, year and fuel; grant it, verify it, or retire it once.

    Example:
        ``hutuo environment quota --year 2026 --fuel coal``
    """
    stored = 0
    if ask.action != "show":
        _write(region, ask)
        stored = 0 if ask.check else len(ask.rows)
    found = holdings(region)
    names = names_of(region)
    rows = [
        row
        for row in _rows(found, names)
        if ask.holder in {None, row.holder}
        and ask.year in {None, row.year}
        and ask.fuel in {None, row.fuel}
    ]
    totals = _totals(found, ask.year, ask.fuel)
    return QuotaAnswer(rows=rows, stored=stored, **totals)


def holdings(region: "Region") -> dict[Held, Balance]:
    """Balances of all accounts of quota, in kilograms, as the view of the region knows them."""
    found: dict[Held, Balance] = defaultdict(Balance)
    with store_of(region).reading(LEDGER) as connection:
        there = balances(connection, standing_of(region), commodity=COMMODITY)
    for (account, _, book), balance in there.items():
        held = read_book(account)
        # What stands in one book only is a share of a statistic and no quota.
        if held is not None and book == "both":
            found[held] = found[held].plus(balance)
    return dict(found)


def difference_of(found: Mapping[Held, Balance]) -> int:
    """Kilograms that were granted and are neither held nor retired nor cancelled: always 0."""
    return -sum(balance.posted for balance in found.values())


def _write(region: "Region", ask: Quota) -> None:
    from hutuo.ledger.journal import journal_of

    if not ask.rows:
        raise BadAsk(
            Text(f"操作{ask.action}须给出各行", f"to {ask.action} quota, rows are needed"),
            Text(
                "rows:holder、year、fuel、amount_tce、reference",
                "rows with holder, year, fuel, amount_tce, reference",
            ),
        )
    names = names_of(region)
    day = ask.day or date.today()  # noqa: DTZ011 - civil day
    entries: dict[int, dict[str, Any]] = {}
    faults: list[Finding] = []
    for number, line in enumerate(ask.rows, 1):
        wrong = quantity(number, line.model_dump(), names)
        faults += wrong
        if not wrong:
            entries[number] = _entry(ask.action, line, day)
    posted(journal_of(store_of(region)), entries, faults, by=ask.by, check=ask.check)


def _entry(action: str, line: QuotaLine, day: date) -> dict[str, Any]:
    """The entry of a line; its key is what it rests on, so that it counts once."""
    unit, year, fuel = line.holder, line.year, line.fuel
    held, claimed = book_of(unit, year, fuel), book_of(unit, year, fuel, "quota-claimed")
    giver, taker = {
        "grant": (outside("granted", year, fuel, unit), held if line.is_verified else claimed),
        "verify": (claimed, held),
        "retire": (held, outside("retired", year, fuel, unit)),
    }[action]
    key = f"quota-{action}:{unit}:{year}:{fuel}:{line.reference}"
    legs = moved(giver, taker, in_kilograms(line.amount_tce))
    return entry(key, day, f"{action} {unit} {year} {fuel}: {line.reference}", legs)


def _rows(found: Mapping[Held, Balance], names: Mapping[str, Text]) -> Iterator[QuotaRow]:
    keys: set[Key] = {(one.unit, one.year, one.fuel) for one in found if one.unit is not None}
    for unit, year, fuel in sorted(keys):
        granted, claimed, held, retired = (
            found.get(Held(kind, unit, year, fuel), Balance())
            for kind in ("granted", "quota-claimed", "quota", "retired")
        )
        swapped = held.posted + claimed.posted + retired.posted + granted.posted
        yield QuotaRow(
            holder=unit,
            holder_name=called(unit, names),
            year=year,
            fuel=fuel,
            fuel_name=label(f"fuel:{fuel}"),
            granted=-granted.posted / 1000,
            claimed=claimed.posted / 1000,
            holding=held.posted / 1000,
            requested=held.reserved / 1000,
            available=held.available / 1000,
            swapped=swapped / 1000,
            retired=retired.posted / 1000,
        )


def _totals(found: Mapping[Held, Balance], year: int | None, fuel: str | None) -> dict[str, float]:
    mine = {
        one: balance
        for one, balance in found.items()
        if year in {None, one.year} and fuel in {None, one.fuel}
    }
    kinds = {
        "granted": "granted", "claimed": "quota-claimed", "holding": "quota", "retired": "retired",
        "cancelled": "cancelled",
    }  # fmt: skip
    sums = {
        name: abs(sum(balance.posted for one, balance in mine.items() if one.kind == kind)) / 1000
        for name, kind in kinds.items()
    }
    return sums | {"difference": difference_of(mine) / 1000}
