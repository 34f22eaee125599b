"""SQL of the rows of a table as known at an instant, on a branch, as they hold at a time.

Names come from the declarations of the tables, never from a user; values are bound.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from hutuo.base.periods import CLOCK, moment
from hutuo.base.tables import SYSTEM, Table, quoted
from hutuo.errors import one_of

MAIN = "main"
# What rows are given out with: when each became known, and by which batch.
DATED = ("recorded_at", "batch")
MANY = (list, tuple, set, frozenset)
# ``place+indicator`` asks for pairs; they are compared as one text, its parts apart by a control character.
JOINED, APART = "+", "\x1f"

ON_CLOCK = f"grain IN {CLOCK}"
ROWS = """
    SELECT {names} FROM (SELECT {all} FROM {source} WHERE {inner} {last})
    WHERE {outer}
"""
# Most readings have one version. Only those whose key may stand twice, by its hash, are ranked: less than
# half the work of ranking all; and by an aggregate, 15 of 100 less than by a window. What is materialized is
# not narrowed by the engine to the columns that are asked for.
READINGS = """
    WITH found AS MATERIALIZED ({found}),
    twice AS MATERIALIZED (SELECT key_hash FROM found GROUP BY key_hash HAVING count(*) > 1)
    SELECT {names} FROM (
        SELECT * FROM found ANTI JOIN twice USING (key_hash)
        UNION ALL SELECT one.* FROM (
            SELECT arg_max(found, ({newest})) AS one FROM found SEMI JOIN twice USING (key_hash)
            GROUP BY {keys}
        )
    ) WHERE {outer}
"""


class When(NamedTuple):
    """What ``at`` asks for; see :func:`hutuo.base.periods.bounds`.

    Attributes:
        past: Whether rows that no longer hold then are asked for too: all that began by then.
        day: Nominal midnight of the civil day, which rows made of dates are compared with.
        first: First instant asked for.
        last: Last instant asked for.
    """

    day: datetime
    first: datetime
    last: datetime
    past: bool = False


class Question(NamedTuple):
    """Which rows are asked for.

    Attributes:
        table: Declared table.
        where: Column to value, to a collection of values, or to a slice (from, before).
        at: Rows that hold then; None for every period.
        as_of: Only what was recorded by then; None for all.
        lane: Mark of the branch whose rows stand over those of main.
        shown: Columns that are given out; empty for all.
    """

    table: Table
    where: Mapping[str, object]
    at: When | None
    as_of: datetime | None
    lane: str
    shown: Sequence[str] = ()


class Span(NamedTuple):
    """Between which times the periods lie that can answer a question; None for no bound.

    Attributes:
        first: They begin no earlier.
        last: They begin no later.
        until: They end later, or never.
    """

    first: datetime | None = None
    last: datetime | None = None
    until: datetime | None = None


class Source(NamedTuple):
    """SQL of the table that rows are taken from.

    Attributes:
        rows: Of all of it, or of what may hold the rows.
        endless: Of the part in which periods may have no end; empty where all have one.
    """

    rows: str
    endless: str


def span(asked: Question) -> Span:
    """Times outside of which no row answers; without bounds where a period is not part of the key."""
    if not asked.table.times:
        return Span()
    wanted, at = asked.where.get("valid_from", slice(None)), asked.at
    if isinstance(wanted, slice):
        first, last = (end if end is None else _aware(end) for end in (wanted.start, wanted.stop))
    else:
        values = [_aware(value) for value in stored(asked.table, "valid_from", wanted)]
        first, last = min(values, default=None), max(values, default=None)
    if at is None:
        return Span(first, last)
    begun = max(at.day, at.last)
    return Span(
        first,
        begun if last is None else min(last, begun),
        None if at.past else min(at.day, at.first),
    )


def _aware(when: date) -> datetime:
    """A time as the engine compares it: an instant without a zone is in UTC."""
    found = moment(when)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def selection(asked: Question, source: Source | None = None) -> tuple[str, list[object]]:
    """SQL of the rows as known, and what is bound in it.

    Args:
        asked: What is asked for.
        source: What rows are taken from; None for the lake's own table.
    """
    table, where, at, as_of, lane, shown = asked
    source = source or Source(f"lake.{table.name}", f"lake.{table.name}")
    inner, outer = _lane_test(lane), ["NOT retracted"]
    values: list[object] = [] if lane == MAIN else [lane]
    late: list[object] = []
    if as_of is not None:
        inner.append("recorded_at <= ?")
        values.append(as_of)
    for name, wanted in where.items():
        for test, value in _tests(table, name, wanted):
            early = set(name.split(JOINED)) <= set(table.keys)
            (inner if early else outer).append(test)
            (values if early else late).append(value)
    for test, held in _holding(table, at):
        # What stands in the key is the same for all versions of a row, and is tested before they are ranked.
        (inner if table.times else outer).append(test)
        (values if table.times else late).extend(held)
    ends = list(_ends(at, source)) if table.times else [("true", [], source.rows)]
    values = [value for _, held, _ in ends for value in (*values, *held)]
    first = [] if lane == MAIN else [lane]
    newest = ["recorded_at", "batch"] if lane == MAIN else ["branch = ?", "recorded_at", "batch"]
    keys = quoted(*table.keys)
    order = ", ".join(f"{part} DESC" for part in newest)
    last = f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {order}) = 1"
    # A coarser hash ranks some rows for nothing and saves two columns of all: periods that begin at once
    # are few.
    apart = [key for key in table.keys if key not in ("grain", *table.times[1:])]
    tested = [part for name in where for part in name.split(JOINED)]
    taken = quoted(*dict.fromkeys([*table.keys, *tested, *(shown or table.names), *SYSTEM]))
    # Names come from the declarations, never from a user; values are bound.
    sql = (READINGS if table.times else ROWS).format(
        names=quoted(*(shown or table.names), *DATED),
        all=quoted(*table.names, *SYSTEM),
        source=source.rows,
        inner=" AND ".join(inner),
        found=" UNION ALL ".join(
            f"SELECT {taken}, hash({quoted(*apart)}) AS key_hash FROM {place}"
            f" WHERE {' AND '.join([*inner, test])}"
            for test, _, place in ends
        ),
        outer=" AND ".join(outer),
        last=last,
        newest=", ".join(newest),
        keys=keys,
    )
    return sql, [*values, *first, *late]


def stored(table: Table, name: str, wanted: object) -> list[Any]:
    """Wanted values of a column as they are stored, in order."""
    several: list[Any] = sorted(wanted) if isinstance(wanted, MANY) else [wanted]
    if JOINED in name:
        return [APART.join(parts) for parts in several]
    return [moment(value) for value in several] if name in table.times else several


def columns_named(table: Table, sql: str) -> list[str]:
    """Columns that SQL names, by its words; all of them where a star may stand for them."""
    plain = sql.replace("count(*)", "")
    words = set(re.findall(r"\w+", plain.lower()))
    if "*" in plain or "columns" in words:
        return table.names
    return [name for name in table.names if name.lower() in words] or table.keys


def among(known: str, sql: str) -> str:
    """SQL over ``known`` beside what it defines itself."""
    first, _, rest = sql.strip().partition(" ")
    return f"WITH known AS ({known}){',' if first == 'WITH' else ' ' + first} {rest}"


def _tests(table: Table, name: str, wanted: object) -> Iterator[tuple[str, object]]:
    """Tests of one column, each with what is bound in it."""
    if JOINED in name:
        joined = f" || chr({ord(APART)}) || ".join(quoted(part) for part in name.split(JOINED))
        yield f"{joined} IN (SELECT unnest(?))", stored(table, name, wanted)
    elif isinstance(wanted, slice):
        for sign, end in ((">=", wanted.start), ("<", wanted.stop)):
            if end is not None:
                yield f"{quoted(name)} {sign} ?", stored(table, name, end)[0]
    elif isinstance(wanted, MANY):
        yield f"{quoted(name)} IN (SELECT unnest(?))", stored(table, name, wanted)
    else:
        yield f"{quoted(name)} = ?", stored(table, name, wanted)[0]


def _lane_test(lane: str) -> list[str]:
    # Not a plain column: DuckLake would look up the statistics of every file for a test that leaves out none,
    # 2 ms of a question's 25.
    mark = "branch || ''"
    return [f"{mark} = 'main'"] if lane == MAIN else [f"{mark} IN ('main', ?)"]


def _holding(table: Table, at: When | None) -> Iterator[tuple[str, list[object]]]:
    """Tests of whether a row holds, each with what is bound in it; of a time, whether it began by then."""
    if at is None or not table.versioned:
        return
    if not table.times:
        day = at.day.date()
        yield "(valid_from IS NULL OR valid_from <= ?)", [day]
        if not at.past:
            yield "(valid_to IS NULL OR valid_to > ?)", [day]
        return
    # Plain bounds first: by them whole files and row groups are passed over.
    yield "valid_from <= ?", [max(at.day, at.last)]
    yield f"valid_from <= CASE WHEN {ON_CLOCK} THEN ? ELSE ? END", [at.last, at.day]


def _ends(at: When | None, source: Source) -> Iterator[tuple[str, list[object], str]]:
    """Ways in which a time may not have ended by then, apart from each other, and where such periods lie.

    Together, by OR, the engine would pass over no row group: an hour far into 20 million readings took 85 ms,
    apart it takes 20. Files tell of no row group whether a period in it has an end: those in which all
    have one are left out here, else each would be read to its end (an hour 55 ms instead of 17).
    """
    if at is None or at.past:
        yield "true", [], source.rows
        return
    yield (
        f"valid_to > ? AND valid_to > CASE WHEN {ON_CLOCK} THEN ? ELSE ? END",
        [min(at.day, at.first), at.first, at.day],
        source.rows,
    )
    if source.endless:
        yield "valid_to IS NULL", [], source.endless


def check_columns(table: Table, where: Mapping[str, object]) -> None:
    """Refuse columns that a table has not.

    Raises:
        NotFound: It has no such column.
    """
    named = [part for name in where for part in name.split(JOINED)]
    unknown = [name for name in named if name not in table.names]
    if unknown:
        raise one_of(unknown[0], f"column of {table.name}", table.names)
