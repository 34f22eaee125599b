"""What a contract would bring over the years: its entries, and what each body has in both books."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hutuo.errors import BadAsk
from hutuo.exchange.contracts.agreement import Contract, version_in
from hutuo.exchange.contracts.form import Split
from hutuo.exchange.contracts.postings import Book, Entry
from hutuo.exchange.contracts.settlement import settled
from hutuo.exchange.contracts.spans import Span, span_of, spans
from hutuo.glossary import Text

__all__ = ["Checked", "Line", "Outlook", "checked", "foreseen"]

BOOKS: tuple[Book, ...] = ("in_place", "as_agreed")
OUTSIDE = "outside"


class Line(NamedTuple):
    """What one period brings a body, of a commodity in a book, in its smallest unit."""

    period: str
    body: str
    account: str
    commodity: str
    book: Book
    amount: int


class Checked(NamedTuple):
    """One fact that must hold, and whether it does."""

    check: str
    ok: bool
    says: Text


class Outlook(NamedTuple):
    """What is foreseen.

    Attributes:
        entries: All entries, in the order in which they would be posted.
        lines: By period, body, account, commodity and book.
        checks: Facts that must hold, and whether they do.
        carried: What the last period leaves.
    """

    entries: list[Entry]
    lines: list[Line]
    checks: list[Checked]
    carried: dict[str, int]


def foreseen(
    versions: Contract | Sequence[Contract], figures: Mapping[str, Mapping[str, Any]]
) -> Outlook:
    """What a contract brings over its periods, from the first.

    Args:
        versions: The contract, or its versions.
        figures: Figures by period, without a gap from the first period on.

    Raises:
        BadAsk: A period is missing, or is none of the contract.
        BadInput: Figures of a period are missing or faulty.
    """
    held = [versions] if isinstance(versions, Contract) else list(versions)
    carried: dict[str, int] = {}
    made: list[Entry] = []
    lines: list[Line] = []
    for span in _spans(held, figures):
        version = version_in(held, span) or held[0]
        found = settled(version, figures[span.name], span.name, carried)
        carried = found.carried
        made += found.entries
        lines += _lines(span.name, found.entries)
    return Outlook(made, lines, [*checked(made), *_caps(held[-1], carried)], carried)


def checked(made: Sequence[Entry]) -> list[Checked]:
    """Whether entries balance, have keys of their own, and regional totals are the same in both books."""
    keys = [one["key"] for one in made]
    return [
        Checked(
            "balanced",
            not any(amount for one in made for amount in _sums([one], whole=True).values()),
            Text("每笔分录按品类和账册平衡", "every entry balances by commodity and book"),
        ),
        Checked(
            "same_total",
            all(_same_total(one) for one in made),
            Text("两本账的区域合计相同", "regional totals are the same in both books"),
        ),
        Checked(
            "once",
            len(keys) == len(set(keys)),
            Text("每期每条只记一次", "each clause is posted once a period"),
        ),
    ]


def _caps(contract: Contract, carried: Mapping[str, int]) -> Iterable[Checked]:
    """Of each split with a cap: what was got of it."""
    agreed = contract.agreed
    for clause in agreed.template.clauses:
        if not isinstance(clause, Split) or not clause.cap or not clause.cap_role:
            continue
        given = agreed.terms[clause.cap]
        cap = sum(given) if isinstance(given, tuple) else given
        for body in agreed.parties[clause.cap_role]:
            got = carried.get(f"{clause.clause}:{body}", 0)
            zh = f"{body}累计{got / 100:.2f}元,上限{cap / 100:.2f}元,差{(cap - got) / 100:.2f}元"
            en = f"{body} got {got / 100:.2f} yuan of at most {cap / 100:.2f}; {(cap - got) / 100:.2f} unmet"
            yield Checked("cap", got <= cap, Text(zh, en))


def _spans(
    versions: Sequence[Contract], figures: Mapping[str, Mapping[str, Any]]
) -> Iterable[Span]:
    """Periods from the first of the contract to the last that is told."""
    first = versions[0].schedule.begins
    told = {name: span_of(name) for name in figures}
    odd = [name for name, one in told.items() if one is None or one.kind != first.kind]
    early = [name for name, one in told.items() if one and one.first < first.first]
    if not told or odd or early:
        named = "、".join([*odd, *early]) or "无"
        raise BadAsk(
            Text(
                f"数据的时期有误:{named}",
                f"periods of figures are wrong: {named.replace('无', 'none')}",
            ),
            Text(f"应自{first.name}起逐期给出", f"give each {first.kind} from {first.name} on"),
        )
    last = max((one for one in told.values() if one), key=lambda one: one.first)
    wanted = list(spans(first, last))
    gaps = [one.name for one in wanted if one.name not in figures]
    if gaps:
        raise BadAsk(
            Text(f"缺{'、'.join(gaps)}的数据", f"no figures of {', '.join(gaps)}"),
            Text("逐期给出,没有发生的给0", "give each period; 0 for what did not happen"),
        )
    return wanted


def _lines(period: str, made: Iterable[Entry]) -> list[Line]:
    """What a period brings, by account, commodity and book."""
    return [
        Line(period, account.partition("/")[0], account.partition("/")[2], commodity, book, amount)
        for (account, commodity, book), amount in sorted(_sums(made).items())
    ]


def _sums(made: Iterable[Entry], *, whole: bool = False) -> dict[tuple[str, str, Book], int]:
    """Amounts by account (or all together), commodity and book; what has no book stands in both."""
    found: dict[tuple[str, str, Book], int] = {}
    for entry in made:
        for one in entry["postings"]:
            for book in BOOKS if one["book"] is None else (one["book"],):
                key = "" if whole else one["account"], one["commodity"], book
                found[key] = found.get(key, 0) + one["amount"]
    return found


def _same_total(entry: Entry) -> bool:
    """Whether what came from outside is the same in both books, by commodity."""
    totals: dict[tuple[str, Book], int] = {}
    for (account, commodity, book), amount in _sums([entry]).items():
        if account.startswith(f"{OUTSIDE}/"):
            totals[commodity, book] = totals.get((commodity, book), 0) + amount
    named = {commodity for commodity, _ in totals}
    return all(totals.get((one, BOOKS[0]), 0) == totals.get((one, BOOKS[1]), 0) for one in named)
