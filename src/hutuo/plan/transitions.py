"""How a task may change: states that follow each other, what each asks for, and no waiting in a ring.

open ──> in_progress ──> done
 │  ╲        │ ▲    ╲      │ (taken up again, with a reason: in_progress)
 │   ╲       ▼ │     ╲     ▼
 │    ──> blocked     ╲
 ▼           ▼         ▼
dropped <────┴─────────┘   (taken up again, with a reason: open)
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]
MOVES: Mapping[str, tuple[str, ...]] = {
    "open": ("in_progress", "blocked", "done", "dropped"),
    "in_progress": ("blocked", "done", "dropped"),
    "blocked": ("in_progress", "dropped"),
    "done": ("in_progress",),
    "dropped": ("open",),
}
REASONED = ("blocked", "dropped")


class Fault(NamedTuple):
    """What is wrong with a change: the column, and what would be right."""

    column: str
    says: str


def moved(before: Row, given: Row) -> dict[str, Any]:
    """A task after a report: what is given is taken, and what follows from it.

    Progress on an open task begins it; what is done is done whole; a reason goes with the state that it was
    given for; none of this where the report says otherwise.

    Args:
        before: The task as it is.
        given: Columns that are reported.
    """
    row = dict(before) | dict(given)
    if "state" not in given and before["state"] == "open" and (given.get("progress") or 0) > 0:
        row["state"] = "in_progress"
    if row["state"] == before["state"]:
        return row
    if row["state"] == "done" and "progress" not in given:
        row["progress"] = 1.0
    if "reason" not in given and before["state"] in REASONED and row["state"] not in REASONED:
        row["reason"] = None
    return row


def faults(before: Row, after: Row, states: Mapping[str, str]) -> list[Fault]:
    """What is wrong with a change of a task; nothing where it may be.

    Args:
        before: The task as it is.
        after: The task as it would be.
        states: State of every task by id, to tell what it still waits for.
    """
    found = []
    old, new = before["state"], after["state"]
    if new != old and new not in MOVES[old]:
        found.append(
            Fault("state", f"{old} cannot become {new}; it can become {', '.join(MOVES[old])}")
        )
    again = new != old and old in ("done", "dropped")
    if (new in REASONED or again) and not after["reason"]:
        what = f"taking up again what was {old}" if again else f"state {new}"
        found.append(Fault("reason", f"is empty; {what} needs a reason"))
    elif again and after["reason"] == before["reason"]:
        found.append(
            Fault("reason", f"is the one for which it was {old}; say why it is taken up again")
        )
    found += _of_done(before, after, states)
    if after["due"] < after["start"]:
        found.append(Fault("due", f"{after['due']} lies before the start, {after['start']}"))
    return found


def ring(links: Mapping[str, Sequence[str]]) -> list[str]:
    """A ring of tasks that wait for each other, the first one again at its end; empty where there is none.

    Args:
        links: Of each task those that it waits for.
    """
    done: set[str] = set()
    for start in links:
        way: list[tuple[str, Iterable[str]]] = (
            [(start, iter(links[start]))] if start not in done else []
        )
        while way:
            name, rest = way[-1]
            after = next((one for one in rest if one not in done), None)
            on = [one for one, _ in way]
            if after is None:
                done.add(name)
                way.pop()
            elif after in on:
                return [*on[on.index(after) :], after]
            else:
                way.append((after, iter(links.get(after, ()))))
    return []


def _of_done(before: Row, after: Row, states: Mapping[str, str]) -> list[Fault]:
    if after["state"] != "done":
        if after["state"] == "open" and (after["progress"] or 0) > 0:
            return [Fault("progress", "is above 0, but the state is open; report in_progress")]
        return []
    found = []
    if after["progress"] != 1:
        found.append(
            Fault("progress", f"{after['progress']:.0%} is done; a task that is done has 100%")
        )
    if before["state"] == "done":
        return found
    if not after["evidence"]:
        found.append(Fault("evidence", "is empty; what is done needs evidence"))
    waiting = [
        one for one in (after["after"] or "").split("|") if one and states.get(one) != "done"
    ]
    if waiting:
        found.append(
            Fault("state", f"cannot be done before {', '.join(waiting)}, for which it waits")
        )
    return found
