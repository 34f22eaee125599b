"""What a contract would bring: both books over the years, before anybody signs or posts."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import JsonValue, model_validator

from hutuo.base.branches import Object
from hutuo.base.uploads import path_of
from hutuo.errors import BadInput
from hutuo.glossary import label
from hutuo.ledger import accounts
from hutuo.ledger.commodities import commodity_of
from hutuo.verbs import Answer, Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.exchange.contracts.outlook import Line

__all__ = ["CheckRow", "LineRow", "Preview", "PreviewAnswer", "SumRow", "names_of", "preview"]

LARGEST = 20_000_000


class Preview(Ask):
    """A contract and what is expected of its periods."""

    contract: Object | None = said(
        "合同(JSON):id、template、parties、terms、schedule等",
        "contract as JSON: id, template, parties, terms, schedule and so on",
        default=None,
    )
    figures: Object | None = said(
        '各期数据(JSON),自首期起逐期,如{"2027": {…}}',
        'figures by period as JSON, from the first on, as {"2027": {...}}',
        default=None,
    )
    file: str | None = said(
        "JSON文件,含contract与figures,代替前两项",
        "JSON file with contract and figures, instead of both",
        default=None,
    )

    @model_validator(mode="after")
    def _file_or_both(self) -> "Preview":
        if (self.file is None) == (self.contract is None or self.figures is None):
            zh, en = "给出文件,或合同与数据", "give a file, or both contract and figures"
            raise wrong(Text(zh, en))
        return self


class LineRow(Answer):
    """What a period brings a body on one account."""

    period: str = said("时期", "the period")
    body: str = said("机构", "body, outside for the world outside the region")
    body_name: Text = said("机构名称", "what the body is called")
    account: str = said("账户", "account of the body, as due:OTHER for what OTHER owes it")
    commodity: str = said("记账对象", "what is counted")
    commodity_name: Text = said("记账对象名称", "what that is called")
    book: str = said("账本", "in_place or as_agreed")
    book_name: Text = said("账本名称", "what the book is called")
    amount: int = said(
        "金额(最小单位)", "amount in the smallest unit; below 0 what it owes or gives"
    )
    in_unit: float = said("金额(常用单位)", "the amount in the unit that people read")
    unit: Text = said("常用单位", "that unit")


class SumRow(Answer):
    """What a body has over all periods."""

    body: str = said("机构", "the body")
    body_name: Text = said("机构名称", "what the body is called")
    account: str = said("账户种类", "kind of account: due for all that it owes and is owed")
    commodity: str = said("记账对象", "what is counted")
    commodity_name: Text = said("记账对象名称", "what that is called")
    in_place: float = said(
        "在地(常用单位)", "sum in the book in place, in the unit that people read"
    )
    as_agreed: float = said("分算(常用单位)", "sum in the book as agreed")
    unit: Text = said("常用单位", "that unit")


class CheckRow(Answer):
    """A fact that must hold."""

    fact: str = said("检查", "id of the check")
    holds: bool = said("是否成立", "whether it holds")
    says: Text = said("说明", "what it says")


class PreviewAnswer(Answer):
    """Both books over the years."""

    contract: str = said("合同与版本", "contract and version")
    title: Text = said("合同名称", "what it is called")
    template: str = said("模板", "its template")
    periods: list[str] = said("时期", "periods that are foreseen")
    rows: list[SumRow] = said("合计", "sums by body, kind of account and commodity")
    lines: list[LineRow] = said("各期", "by period, body, account, commodity and book")
    checks: list[CheckRow] = said("检查", "facts that must hold")
    entries: list[dict[str, JsonValue]] = said("分录", "entries as they would be posted")


@verb(
    "试算合同:两本账逐年",
    columns=("body_name", "account", "commodity_name", "in_place", "as_agreed", "unit"),
)
def preview(region: "Region", ask: Preview) -> PreviewAnswer:
    """Show what a contract would bring in both books over the years; nothing is stored."""
    from hutuo.exchange.contracts import foreseen, read_contract

    given = _given(ask)
    name = "contract" if ask.file is None else f"{given.name}: contract"
    contract = read_contract(given.contract, name)
    found = foreseen(contract, given.figures)
    names = names_of(region)
    return PreviewAnswer(
        contract=contract.label,
        title=contract.title,
        template=contract.template,
        periods=sorted(given.figures),
        rows=_sums(found.lines, names),
        lines=[_line(one, names) for one in found.lines],
        checks=[CheckRow(fact=one.check, holds=one.ok, says=one.says) for one in found.checks],
        entries=[dict(one) for one in found.entries],  # type: ignore[arg-type]
    )


def names_of(region: "Region") -> dict[str, Text]:
    """What bodies and units are called, and the two that stand for none."""
    none = {name: label(f"account_of:{name}") for name in ("outside", "eliminated")}
    return {**accounts.names_of(region), **none}


class _Given(NamedTuple):
    name: str
    contract: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Any]]


def _given(ask: Preview) -> _Given:
    """Contract and figures, from the ask or from its file.

    Raises:
        BadInput: The file is too large, no JSON, or has not both; or figures are not by period.
    """
    contract, figures, name = ask.contract, ask.figures, "figures"
    if ask.file is not None:
        path = path_of(ask.file)
        name = path.name
        found = _read(path.read_bytes() if path.stat().st_size <= LARGEST else b"", name)
        contract, figures = found.get("contract"), found.get("figures")
    if not isinstance(contract, dict) or not isinstance(figures, dict):
        says = Text(f"{name}应含contract与figures", f"{name} should have contract and figures")
        raise BadInput(says)
    odd = [period for period, one in figures.items() if not isinstance(one, dict)]
    if odd:
        zh, en = (
            f"{name}应逐期给出对象:{'、'.join(odd)}",
            f"{name}: no object for {', '.join(odd)}",
        )
        raise BadInput(Text(zh, en), hint=Text('如{"2027": {…}}', 'as {"2027": {...}}'))
    return _Given(name, contract, figures)


def _read(content: bytes, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        most = f"{LARGEST // 1_000_000} MB"
        zh, en = f"{name}不是{most}以内的JSON", f"{name} is no JSON of at most {most}"
        raise BadInput(Text(zh, en)) from error
    return found if isinstance(found, dict) else {}


def _line(one: "Line", names: Mapping[str, Text]) -> LineRow:
    kind = commodity_of(one.commodity)
    return LineRow(
        **one._asdict(),
        body_name=names.get(one.body, Text(one.body, one.body)),
        commodity_name=kind.name,
        book_name=label(f"book:{one.book}"),
        in_unit=one.amount / 10**kind.digits,
        unit=kind.unit,
    )


def _sums(lines: "Iterable[Line]", names: Mapping[str, Text]) -> list[SumRow]:
    """By body, kind of account and commodity, in each book."""
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for one in lines:
        key = one.body, one.account.partition(":")[0], one.commodity
        books = sums.setdefault(key, {"in_place": 0, "as_agreed": 0})
        books[one.book] += one.amount
    rows = []
    for (body, account, commodity), books in sorted(sums.items()):
        kind = commodity_of(commodity)
        rows.append(
            SumRow(
                body=body,
                body_name=names.get(body, Text(body, body)),
                account=account,
                commodity=commodity,
                commodity_name=kind.name,
                unit=kind.unit,
                **{book: amount / 10**kind.digits for book, amount in books.items()},
            )
        )
    return rows
