"""The list of a draw: its digest, who comes out of it, and whether it comes out again.

All of it is a function of stored rows, so that anybody who has them can do it.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from hutuo.errors import BadAsk
from hutuo.exchange.accords import Row, listed
from hutuo.exchange.experts import by_field
from hutuo.exchange.sortition import RULE, Candidate, Wanted, digest_of, drawn, ranked, seed_of
from hutuo.verbs import Text

Rows = list[dict[str, Any]]
EXCLUDED, ELIGIBLE, SEATED, RESERVE, DECLINED = (
    "excluded", "eligible", "seated", "reserve", "declined",
)  # fmt: skip


class Held(NamedTuple):
    """A draw: its row, its call, and the rows of its list."""

    draw: dict[str, Any]
    call: Row
    rows: Rows


def content(call: Row, rows: Sequence[Row]) -> dict[str, Any]:
    """What the digest of a list is of: what is asked for, who may be drawn, and who was left out and why.

    Args:
        call: Row of the call.
        rows: Rows of the list; what became of those who may be drawn does not matter.
    """
    asked = wanted(call)
    return {
        "rule": RULE,
        "call": {
            "call": call["call"],
            "purpose": call["purpose"],
            "day": call["day"].isoformat(),
            "applicants": sorted(listed(call["applicants"])),
            "seats": asked.seats,
            "reserves": asked.reserves,
            "by_field": dict(asked.by_field),
            "elsewhere": asked.elsewhere,
            "years": call["years"],
            "same_city": call["same_city"],
            "value_source": call["value_source"],
        },
        "eligible": [
            [one.id, sorted(one.fields), one.elsewhere]
            for one in sorted(candidates(rows), key=lambda one: one.id)
        ],
        "excluded": sorted(
            [row["expert"], listed(row["reasons"])] for row in rows if row["standing"] == EXCLUDED
        ),
    }


def candidates(rows: Sequence[Row]) -> list[Candidate]:
    """Those of a list who may be drawn, those who declined later among them."""
    return [
        Candidate(row["expert"], frozenset(listed(row["fields"])), bool(row["elsewhere"]))
        for row in rows
        if row["standing"] != EXCLUDED
    ]


def wanted(call: Row) -> Wanted:
    """What a call asks for; a share of seats from elsewhere is rounded up."""
    share = Fraction(str(call["least_elsewhere"] or 0))
    return Wanted(call["seats"], call["reserves"], by_field(call), ceil(share * call["seats"]))


def placed(rows: Rows, call: Row, seed: str) -> Rows:
    """The rows of a list with rank and standing, as they come out of the draw.

    Args:
        rows: Rows of the list; ``turn`` tells who declined, and in which order.
        call: Row of the call.
        seed: Seed.

    Raises:
        BadAsk: Those who are left cannot fill the seats.
    """
    gone = sorted((row for row in rows if row["turn"]), key=lambda row: row["turn"])
    found = drawn(candidates(rows), wanted(call), seed, [row["expert"] for row in gone])
    if found is None:
        raise short(call)
    order = ranked([one.id for one in candidates(rows)], seed)
    standing = dict.fromkeys(found.seated, SEATED) | dict.fromkeys(found.reserve, RESERVE)
    standing |= {row["expert"]: DECLINED for row in gone}
    return [
        row
        if row["standing"] == EXCLUDED
        else row
        | {
            "rank": order.index(row["expert"]) + 1,
            "standing": standing.get(row["expert"], ELIGIBLE),
        }
        for row in rows
    ]


def unlike(held: Held) -> list[Text]:
    """What of a stored draw does not come out again; empty if all does."""
    row, found = held.draw, []
    if row["rule"] != RULE:
        rule = row["rule"]
        return [
            Text(f"抽取规则{rule}不是{RULE},未复算", f"rule {rule} is not {RULE}: not done again")
        ]
    if digest_of(content(held.call, held.rows)) != row["digest"]:
        found.append(Text("名单或要求与摘要不符", "list or call do not have the digest"))
    if row["seed"] is None:
        return found
    if seed_of(row["value"] or "", row["call"]) != row["seed"]:
        found.append(Text("种子与公开数值不符", "the seed is not that of the public value"))
    try:
        again = placed(held.rows, held.call, row["seed"])
    except BadAsk as error:
        return [*found, Text(*error.words)]
    same = [(one["standing"], one["rank"]) for one in again]
    if same != [(one["standing"], one["rank"]) for one in held.rows]:
        found.append(Text("抽取结果与种子不符", "the draw is not that of the seed"))
    return found


def short(call: Row) -> BadAsk:
    """The error of a list from which the seats cannot be filled."""
    asked = wanted(call)
    fields = ", ".join(f"{field}:{least}" for field, least in asked.by_field.items()) or "-"
    return BadAsk(
        Text(
            f"合格专家不足:须{asked.seats}人,各领域{fields},异地{asked.elsewhere}人",
            f"too few may be drawn: {asked.seats} seats, by field {fields}, {asked.elsewhere} from elsewhere",
        ),
        Text("请放宽要求或补充专家", "ask for less, or register more experts"),
    )
