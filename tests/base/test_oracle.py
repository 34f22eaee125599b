"""Five hundred questions to the base, each answered again by a brute force in plain Python.

The oracle knows nothing of SQL, branches as overlays, or caches: it walks over all rows that were ever
written and keeps, for each key, the one that counts.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.base.writing import About, retract

ZONE = ZoneInfo("Asia/Shanghai")
PLACES = ["990101", "990102", "990103", "set:area"]
INDICATORS = ["minutes", "share"]
UNITS = {"minutes": "minute", "share": "%"}
FIRST, RELEASED = date(2024, 1, 1), datetime(2025, 1, 1, tzinfo=UTC)
GRAINS = ("year", "month", "day", "days", "hour", "instant", "open")
QUESTIONS, ROWS, TAKEN, APPENDS = 500, 60, 12, 6


class Written(NamedTuple):
    """A row as it was written, with its place in the order of writing."""

    place: str
    indicator: str
    valid_from: date
    valid_to: date | None
    value: float
    recorded_at: datetime
    branch: str
    retracted: bool
    order: int

    @property
    def key(self):
        return self.place, self.indicator, self.valid_from, self.valid_to


def period(chance, grain):
    """A random period near the first days of 2024, so that many meet."""
    day = FIRST + timedelta(days=chance.randrange(4))
    if grain == "year":
        return date(2024, 1, 1), date(2025, 1, 1)
    if grain == "month":
        return date(2024, chance.choice([1, 2]), 1), date(2024, 3, 1)
    if grain == "day":
        return day, day + timedelta(days=1)
    if grain == "days":
        return day, day + timedelta(days=chance.randrange(2, 5))
    hour = datetime(
        day.year, day.month, day.day, chance.choice([0, 8, 15, 16, 17, 23]), tzinfo=UTC
    )
    if grain == "hour":
        return hour, hour + timedelta(hours=1)
    if grain == "instant":
        instant = hour + timedelta(minutes=chance.randrange(60))
        return instant, chance.choice([None, instant + timedelta(minutes=30)])
    return chance.choice([day, hour]), None


def drawn(chance):
    """What a row says and when it holds."""
    valid_from, valid_to = period(chance, chance.choice(GRAINS))
    return {
        "place": chance.choice(PLACES),
        "indicator": chance.choice(INDICATORS),
        "valid_from": valid_from,
        "valid_to": valid_to,
        "value": float(chance.randrange(100)),
    }


class Base:
    """A region, and beside it every row that was written to it."""

    def __init__(self, region):
        self.region, self.branch = region, region.create_branch("what-if")
        # What the pack says of these indicators.
        year = date(2024, 1, 1), date(2025, 1, 1)
        pack = Written("990101", "share", *year, 50.0, RELEASED, "main", retracted=False, order=0)
        self.written = [pack]

    def view(self, branch):
        return self.region if branch == "main" else self.branch

    def append(self, chance, branch, *, dated):
        """Some new rows and some corrections of known keys, of several grains, as one batch."""
        rows = [drawn(chance) for _ in range(ROWS)]
        known = chance.sample(self.written, min(len(self.written), ROWS // 2))
        rows += [
            {**dict(zip(rows[0], w.key, strict=False)), "value": float(chance.randrange(100))}
            for w in known
        ]
        if dated:
            for row in rows:
                row["recorded_at"] = RELEASED + timedelta(hours=chance.randrange(1, 500))
        one = {
            (r["place"], r["indicator"], r["valid_from"], r["valid_to"], r.get("recorded_at")): r
            for r in rows
        }
        # Civil rows and instants come in one frame of objects.
        frame = pd.DataFrame(list(one.values()), dtype=object)
        frame["unit"], frame["source"] = frame["indicator"].map(UNITS), "book"
        self.view(branch).append("observation", frame)
        self.note(one.values(), branch, retracted=False)

    def retract(self, chance, branch):
        """Take some known rows back."""
        view = self.view(branch)
        rows = chance.sample(view.records("observation", indicator=INDICATORS), TAKEN)
        keys = ["place", "indicator", "valid_from", "valid_to", "grain"]
        retract(view, "observation", pd.DataFrame(rows, dtype=object)[keys], About("put"))
        self.note(rows, branch, retracted=True)

    def note(self, rows, branch, *, retracted):
        """Write down what was written; what brought no time of its own was recorded with its batch."""
        last = self.view(branch).batches()[-1]["recorded_at"]
        for row in rows:
            when = row.get("recorded_at", last) if not retracted else last
            said = [row[n] for n in ("place", "indicator", "valid_from", "valid_to", "value")]
            self.written.append(Written(*said, when, branch, retracted, len(self.written)))

    def known(self, branch, as_of):
        """For each key the row that counts: the branch's over main's, then the last recorded by then."""
        found = {}
        for w in self.written:
            if w.branch in ("main", branch) and (as_of is None or w.recorded_at <= as_of):
                rank = (w.branch == branch, w.recorded_at, w.order)
                if w.key not in found or rank > found[w.key][0]:
                    found[w.key] = rank, w
        return [w for _, w in found.values() if not w.retracted]


def holds(w, at):
    """Whether a row holds at a day or an instant."""
    if isinstance(w.valid_from, datetime):
        if isinstance(at, datetime):
            return w.valid_from <= at and (w.valid_to is None or at < w.valid_to)
        # Any part of the day, as it runs in the zone of the region.
        day = datetime(at.year, at.month, at.day, tzinfo=ZONE)
        return w.valid_from < day + timedelta(days=1) and (w.valid_to is None or w.valid_to > day)
    day = at.astimezone(ZONE).date() if isinstance(at, datetime) else at
    return w.valid_from <= day and (w.valid_to is None or day < w.valid_to)


def began(w, at):
    """Whether a row's period began by then."""
    if isinstance(w.valid_from, datetime):
        if isinstance(at, datetime):
            return w.valid_from <= at
        return w.valid_from < datetime(at.year, at.month, at.day, tzinfo=ZONE) + timedelta(days=1)
    return w.valid_from <= (at.astimezone(ZONE).date() if isinstance(at, datetime) else at)


def plain(rows):
    return sorted((tuple(map(str, w.key)), w.value, w.recorded_at) for w in rows)


def answered(rows):
    """Rows that were read, in the oracle's form."""
    keys = ("place", "indicator", "valid_from", "valid_to")
    return sorted((tuple(str(r[k]) for k in keys), r["value"], r["recorded_at"]) for r in rows)


def framed(frame):
    """Rows of a frame: dates are dates, or midnight in UTC beside instants."""
    found = []
    for row in frame.to_dict("records"):
        civil = row["grain"] not in ("hour", "instant")
        for name in ("valid_from", "valid_to"):
            cell = row[name]
            cell = None if pd.isna(cell) else cell
            if isinstance(cell, pd.Timestamp):
                cell = cell.to_pydatetime().astimezone(UTC)
                cell = cell.date() if civil else cell
            row[name] = cell
        found.append(row | {"recorded_at": row["recorded_at"].to_pydatetime().astimezone(UTC)})
    return answered(found)


@pytest.fixture(scope="module")
def base(tmp_path_factory, shared_home):
    """Rows of several grains on main and on a branch: written, corrected, taken back."""
    chance = random.Random(3)  # noqa: S311 - no secret
    made = Base(hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("oracle") / "pack"))))
    for number in range(APPENDS):
        branch = ("main", "main", "what-if")[number % 3]
        made.append(chance, branch, dated=number != 4)
        made.retract(chance, branch)
    return made


def asked(chance, base):
    """A random question: when, as of when, on which branch, of what."""
    day = FIRST + timedelta(days=chance.randrange(-1, 6))
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        hours=chance.randrange(24), minutes=chance.choice([0, 0, 30])
    )
    edge = chance.choice(base.written)
    edges = [t for t in (edge.valid_from, edge.valid_to) if t is not None]
    at = chance.choice([None, day, instant, *edges])
    as_of = chance.choice(
        [None, RELEASED + timedelta(hours=chance.randrange(1, 500)), edge.recorded_at]
    )
    where = {"indicator": INDICATORS}
    if chance.random() < 0.5:
        where["indicator"] = chance.choice(INDICATORS)
    if chance.random() < 0.7:
        where["place"] = chance.choice([*PLACES, chance.sample(PLACES, 2)])
    return at, as_of, chance.choice(["main", "what-if"]), where


def wanted(w, where):
    """Whether a row is one of those that are asked for."""
    return all(
        getattr(w, name) in (value if isinstance(value, list) else [value])
        for name, value in where.items()
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("small", [True, False], ids=["in memory", "in the lake"])
def test_every_question_is_answered_as_by_the_oracle(base, seed, small, monkeypatch):
    chance = random.Random(seed)  # noqa: S311 - no secret
    if not small:
        # Else small tables are filtered in memory, and the SQL of filters would go untested.
        monkeypatch.setattr(base.region.lake, "_is_small", lambda _: False)
    met = 0
    for _ in range(QUESTIONS // 10):
        at, as_of, branch, where = asked(chance, base)
        view = replace(base.region, at=at, as_of=as_of, branch=branch)
        known = [w for w in base.known(branch, as_of) if wanted(w, where)]
        now = [w for w in known if at is None or holds(w, at)]
        then = [w for w in known if at is None or began(w, at)]
        told = f"seed {seed}: at {at}, as of {as_of}, on {branch}, {where}"
        assert answered(view.records("observation", **where)) == plain(now), told
        assert framed(view.table("observation", **where)) == plain(now), told
        assert answered(view.history("observation", **where)) == plain(then), told
        met += bool(now)
    # Questions that find nothing would prove little.
    assert met > QUESTIONS // 25
