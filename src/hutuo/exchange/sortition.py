"""Drawing by lot that anybody can do again: a list that is closed first, a public value, and hashes.

The order of all who are eligible is that of SHA-256 of the seed and their id. It does not depend on how the
list is sorted, and one who is left out does not change the order of the others. Seats go down that order;
where fields or cities ask for some, one is passed over whose seat would leave too few for them.

Source: RFC 3797 (Eastlake 2004), publicly verifiable selection, for closing the list before a public value is
known; ranks by keyed hashes instead of its remainders. Seats by field are a transversal matroid, in which
taking the heavier first is optimal (Edmonds 1971, Matroids and the greedy algorithm).
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

RULE = "sha256-rank/1"


class Candidate(NamedTuple):
    """One who may be drawn.

    Attributes:
        id: Id.
        fields: Fields of expertise.
        elsewhere: Whether they are from another city than those whose matter it is.
    """

    id: str
    fields: frozenset[str] = frozenset()
    elsewhere: bool = False


class Wanted(NamedTuple):
    """What is drawn.

    Attributes:
        seats: Number of seats.
        reserves: Number in reserve.
        by_field: Least number by field; their sum is at most the seats.
        elsewhere: Least number from elsewhere.
    """

    seats: int
    reserves: int = 0
    by_field: Mapping[str, int] = {}
    elsewhere: int = 0


class Drawn(NamedTuple):
    """Who was drawn, in the order of the draw."""

    seated: list[str]
    reserve: list[str]


def digest_of(content: Any) -> str:
    """SHA-256 of plain values as JSON with sorted keys and no blanks, in UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(value: str, call: str) -> str:
    """The seed: SHA-256 of a public value and the call, with a line feed between them, in hexadecimal."""
    return hashlib.sha256(f"{value}\n{call}".encode()).hexdigest()


def ranked(ids: Collection[str], seed: str) -> list[str]:
    """Ids in the order of SHA-256 of the seed and the id, with a line feed between them.

    Args:
        ids: Ids, in any order.
        seed: Seed; see :func:`seed_of`.
    """

    def rank(one: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"{seed}\n{one}".encode()).digest(), one

    return sorted(set(ids), key=rank)


def drawn(
    candidates: Sequence[Candidate], wanted: Wanted, seed: str, declined: Sequence[str] = ()
) -> Drawn | None:
    """Who is seated and who is in reserve.

    Args:
        candidates: All who are eligible, in any order.
        wanted: What is drawn.
        seed: Seed; see :func:`seed_of`.
        declined: Those who declined a seat or a reserve, in the order in which they did; each is replaced
            by the first in order with whom the seats still fit, and the others keep theirs.

    Returns:
        Both in the order of the draw; fewer in reserve where there are not enough. None if those who are left
        cannot fill the seats as they are wanted.
    """
    of = {one.id: one for one in candidates}
    order = [of[one] for one in ranked(of, seed)]
    seated = _seated(order, wanted, [])
    for gone in declined:
        order = [one for one in order if one.id != gone]
        if seated is not None:
            seated = _seated(order, wanted, [one for one in seated if one.id != gone])
    if seated is None:
        return None
    kept = {one.id for one in seated}
    waiting = [one.id for one in order if one.id not in kept]
    return Drawn([one.id for one in order if one.id in kept], waiting[: wanted.reserves])


def fillable(candidates: Sequence[Candidate], wanted: Wanted) -> bool:
    """Whether the seats can be filled as they are wanted."""
    return _completes([], candidates, wanted)


def _seated(
    order: Sequence[Candidate], wanted: Wanted, kept: Sequence[Candidate]
) -> list[Candidate] | None:
    """Those who are kept, and down the order those with whom the seats can still be filled."""
    chosen = list(kept)
    if not _completes(chosen, order, wanted):
        return None
    free = not wanted.by_field and not wanted.elsewhere
    for at, one in enumerate(order):
        if len(chosen) == wanted.seats:
            break
        if one not in chosen and (free or _completes([*chosen, one], order[at + 1 :], wanted)):
            chosen.append(one)
    return chosen


def _completes(chosen: Sequence[Candidate], rest: Sequence[Candidate], wanted: Wanted) -> bool:
    """Whether those who are chosen can all be seated, and the other seats be filled as they are wanted.

    Of all sets that fill the seats one with the most from elsewhere is found by seating these first.
    """
    slots: list[str | None] = [
        field for field, least in sorted(wanted.by_field.items()) for _ in range(least)
    ]
    slots += [None] * (wanted.seats - len(slots))
    taken: dict[int, Candidate] = {}
    if not all(_seat(one, slots, taken, set()) for one in chosen):
        return False
    others = [one for one in rest if one not in chosen]
    for one in sorted(others, key=lambda one: not one.elsewhere):
        if len(taken) == len(slots):
            break
        _seat(one, slots, taken, set())
    far = sum(one.elsewhere for one in taken.values())
    return len(taken) == len(slots) and far >= wanted.elsewhere


def _seat(
    one: Candidate, slots: Sequence[str | None], taken: dict[int, Candidate], seen: set[int]
) -> bool:
    """Seat one, moving others to seats that fit them too (an augmenting path)."""
    for at, field in enumerate(slots):
        if at in seen or (field is not None and field not in one.fields):
            continue
        seen.add(at)
        if at not in taken or _seat(taken[at], slots, taken, seen):
            taken[at] = one
            return True
    return False
