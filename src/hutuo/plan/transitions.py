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

from hutuo.glossary import Text, label

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
    says: Text


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
        found.append(Fault("state", _no_move(old, new)))
    again = new != old and old in ("done", "dropped")
    if (new in REASONED or again) and not after["reason"]:
        what = f"taking up again what was {old}" if again else f"state {new}"
        zh = f"重新启动{_called(old)}的任务" if again else f"状态改为{_called(new)}"
        says = Text(f"为空;{zh}须写明理由", f"is empty; {what} needs a reason")
        found.append(Fault("reason", says))
    elif again and after["reason"] == before["reason"]:
        says = Text(
            f"仍是当时{_called(old)}的理由;请写明为何重新启动",
            f"is the one for which it was {old}; say why it is taken up again",
        )
        found.append(Fault("reason", says))
    found += _of_done(before, after, states)
    due, start = after["due"], after["start"]
    if due < start:
        says = Text(f"{due}早于开始日期{start}", f"{due} lies before the start, {start}")
        found.append(Fault("due", says))
    return found


def _called(state: str) -> str:
    """A state in Chinese."""
    return label(f"task_state:{state}").zh


def _no_move(old: str, new: str) -> Text:
    zh = f"“{_called(old)}”不能改为“{_called(new)}”;可改为{'、'.join(map(_called, MOVES[old]))}"
    return Text(zh, f"{old} cannot become {new}; it can become {', '.join(MOVES[old])}")


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
            says = Text(
                "进度大于0,而状态为未开始;请填报进行中",
                "is above 0, but the state is open; report in_progress",
            )
            return [Fault("progress", says)]
        return []
    found = []
    if after["progress"] != 1:
        share = f"{after['progress']:.0%}"
        says = Text(
            f"进度为{share};已完成的任务应为100%",
            f"{share} is done; a task that is done has 100%",
        )
        found.append(Fault("progress", says))
    if before["state"] == "done":
        return found
    if not after["evidence"]:
        says = Text("为空;已完成的任务须有佐证", "is empty; what is done needs evidence")
        found.append(Fault("evidence", says))
    waiting = [
        one for one in (after["after"] or "").split("|") if one and states.get(one) != "done"
    ]
    if waiting:
        says = Text(
            f"须待{'、'.join(waiting)}完成后才能完成",
            f"cannot be done before {', '.join(waiting)}, for which it waits",
        )
        found.append(Fault("state", says))
    return found
