"""Entries as they are asked for: read, checked for what needs no ledger, and made canonical."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, TypeAdapter

from hutuo.base.chain import Name, canonical
from hutuo.errors import BadInput, Finding, NotFound
from hutuo.glossary import Text
from hutuo.ledger.commodities import commodity_of
from hutuo.verbs import told

__all__ = [
    "Book",
    "Entry",
    "Leg",
    "Terms",
    "asked_of",
    "body_of",
    "faults",
    "named",
    "read_entries",
    "unbalanced",
]

# 10 trillion yuan in fen, a thousand times; sums of a million such postings still fit into 64 bits by far.
LARGEST = 10**16
MOST_LEGS = 1000
BOTH, BOOKS = "both", ("in_place", "as_agreed")
OUTSIDE = "outside"
# Kinds that carry postings of their own, and kinds that refer to an entry.
POSTING, REFERRING = ("posted", "pending", "settle"), ("settle", "void", "reversal")

Book = Literal["in_place", "as_agreed"]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Leg(_Asked):
    """One posting.

    Attributes:
        account: ``BODY/NAME``; ``outside/NAME`` is the world outside the region.
        commodity: What is counted; see :mod:`hutuo.ledger.commodities`.
        amount: In its smallest unit; positive into the account, negative out of it.
        book: Book that it stands in; both, if none is given.
    """

    account: Name
    commodity: Name
    amount: Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
    book: Book | None = None


class Terms(_Asked):
    """What holds for an account.

    Attributes:
        account: Account that is opened, or whose terms change.
        body: Body that it is of; the part of its id before ``/`` if none is given.
        name: What it is called.
        least: Least balance available in every commodity and book; none: it may go below zero freely.
    """

    account: Name
    body: Name | None = None
    name: Name | None = None
    least: Annotated[StrictInt, Field(ge=-LARGEST, le=0)] | None = None


class Entry(_Asked):
    """What shall be written to the ledger.

    Attributes:
        key: Who asks twice with the same key writes once.
        effective: Day on which it counts.
        kind: ``posted``, ``pending`` (reserves until settled or voided), ``settle``, ``void``, ``reversal``,
            ``open`` (terms of an account) or ``close`` (nothing more up to the day ``effective``).
        postings: Two or more; none of ``void``, ``reversal``, ``open`` and ``close``; ``settle`` without any
            takes those of the pending entry.
        refers: Key of the entry that is settled, voided or reversed.
        memo: What it is for.
        contract: Contract and version that it follows from.
        clause: Clause of the plan that it serves.
        terms: Of an account, for ``open``.
    """

    key: Name
    effective: date
    kind: Literal["posted", "pending", "settle", "void", "reversal", "open", "close"] = "posted"
    postings: Annotated[tuple[Leg, ...], Field(max_length=MOST_LEGS)] = ()
    refers: Name | None = None
    memo: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    contract: Name | None = None
    clause: Name | None = None
    terms: Terms | None = None


_one: TypeAdapter[Entry] = TypeAdapter(Entry)
_name: TypeAdapter[str | None] = TypeAdapter(Name | None)


def read_entries(given: object, file: str) -> list[Entry]:
    """Entries of plain values, as JSON gives them: one, or a list of them.

    Args:
        given: A mapping or a list of mappings.
        file: What the values came in, for findings; ``row`` of a finding is the entry's position from 1.

    Raises:
        BadInput: An entry is malformed or does not balance; all findings are told.
    """
    from pydantic import ValidationError

    rows = given if isinstance(given, list) else [given]
    entries, findings = [], []
    for row, values in enumerate(rows, 1):
        try:
            entry = _one.validate_python(values, strict=None)
        except ValidationError as error:
            findings += [
                Finding(file, row, _column(fault["loc"]), _both(fault))
                for fault in error.errors(include_url=False)
            ]
        else:
            entries.append(entry)
            findings += [Finding(file, row, column, says) for column, says in faults(entry)]
    findings += _keys_twice(entries, file) if len(entries) == len(rows) else []
    if findings or not rows:
        many = len(findings)
        raise BadInput(
            Text(f"{file}的分录有{many}处问题:", f"entries of {file} have {many} findings:")
            if rows
            else Text(f"{file}里没有分录", f"there is no entry in {file}"),
            findings,
        )
    return entries


def named(by: str | None, file: str) -> str | None:
    """Who writes, if it is a name.

    Raises:
        BadInput: It is none: too long, or with characters that no name has.
    """
    from pydantic import ValidationError

    try:
        return _name.validate_python(by)
    except ValidationError as error:
        found = [
            Finding(file, None, "by", _both(fault)) for fault in error.errors(include_url=False)
        ]
        raise BadInput(Text("经手不是名称", "who writes is given by no name"), found) from error


def faults(entry: Entry) -> Iterator[tuple[str, Text]]:
    """What is wrong with an entry by itself: column and words."""
    yield from _shape(entry)
    unknown = set()
    for number, leg in enumerate(entry.postings):
        if leg.amount == 0:
            yield f"postings[{number}].amount", Text("金额不能为0", "an amount is not 0")
        if leg.commodity not in unknown:
            try:
                commodity_of(leg.commodity)
            except NotFound as error:
                unknown.add(leg.commodity)
                says, hint = error.words, error.advice
                words = Text(f"{says[0]};{hint[0]}", f"{says[1]}; {hint[1]}")
                yield f"postings[{number}].commodity", words
    yield from _legs_twice(entry.postings)
    yield from unbalanced(entry.postings)


def unbalanced(legs: Sequence[Leg]) -> Iterator[tuple[str, Text]]:
    """Commodities whose postings do not sum to zero in a book, or whose regional total differs by book."""
    # By commodity: totals in place and as agreed, and what of them is the world outside the region.
    sums: dict[str, list[int]] = {}
    for leg in legs:
        one, amount, book = sums.setdefault(leg.commodity, [0, 0, 0, 0]), leg.amount, leg.book
        outside = amount if body_of(leg.account) == OUTSIDE else 0
        for number, own in enumerate(BOOKS):
            if book is None or book == own:
                one[number] += amount
                one[number + 2] += outside
    for commodity, (*totals, _, _) in sorted(sums.items()):
        for own, total in sorted(zip(BOOKS, totals, strict=True)):
            if total:
                yield (
                    "postings",
                    Text(
                        f"{commodity}在账本{own}里合计为{total},应为0",
                        f"{commodity} sums to {total} in book {own}; 0 would be right",
                    ),
                )
    for commodity, (_, _, here, agreed) in sorted(sums.items()):
        if here != agreed:
            yield (
                "postings",
                Text(
                    f"{commodity}的区域合计在地为{-here},分算为{-agreed},应相同",
                    f"{commodity} comes to {-here} for the region in place and to {-agreed} as agreed;"
                    " both would be the same",
                ),
            )


def body_of(account: str) -> str:
    """Body that an account is of by its id: what stands before the first ``/``."""
    return account.partition("/")[0]


def asked_of(entry: Entry) -> str:
    """Digest of what was asked for: the same key with another digest is another entry."""
    return hashlib.sha256(canonical(entry.model_dump(mode="json"))).hexdigest()


def _shape(entry: Entry) -> Iterator[tuple[str, Text]]:
    """What a kind needs or may not have."""
    kind, legs = entry.kind, len(entry.postings)
    if kind in POSTING and legs < 2 and not (kind == "settle" and legs == 0):  # noqa: PLR2004
        yield "postings", Text(f"{kind}至少要有两条记录", f"{kind} takes two postings or more")
    if kind not in POSTING and legs:
        yield "postings", Text(f"{kind}不带记录", f"{kind} takes no postings")
    if (kind in REFERRING) != (entry.refers is not None):
        yield "refers", _needs(kind, needed=kind in REFERRING)
    if (kind == "open") != (entry.terms is not None):
        yield "terms", _needs(kind, needed=kind == "open")


def _needs(kind: str, *, needed: bool) -> Text:
    return Text(
        f"{kind}{'必填' if needed else '不填'}", f"{kind} {'needs' if needed else 'takes no'} it"
    )


def _legs_twice(legs: Sequence[Leg]) -> Iterator[tuple[str, Text]]:
    seen: set[tuple[str, str, str | None]] = set()
    for number, leg in enumerate(legs):
        key = (leg.account, leg.commodity, leg.book)
        if key in seen:
            yield (
                f"postings[{number}].account",
                Text(
                    f"账户{leg.account}的{leg.commodity}出现两次,应合并",
                    f"account {leg.account} stands twice with {leg.commodity}; once would be right",
                ),
            )
        seen.add(key)


def _keys_twice(entries: Sequence[Entry], file: str) -> list[Finding]:
    many = Counter(entry.key for entry in entries)
    return [
        Finding(file, row, "key", Text(f"键“{entry.key}”重复", f"key '{entry.key}' stands twice"))
        for row, entry in enumerate(entries, 1)
        if many[entry.key] > 1
    ]


def _column(place: Sequence[str | int]) -> str:
    """Where a fault is, as ``postings[0].amount``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).lstrip(".")


def _both(fault: Mapping[str, Any]) -> Text:
    zh, en = told(fault)
    return Text(zh, en)
