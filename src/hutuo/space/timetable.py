"""Timetables of one day of service: read from feeds or frames, asked for earliest arrivals."""

from dataclasses import dataclass, field, replace
from datetime import date as civil
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.errors import BadAsk, BadInput, Finding, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.space.feeds import Frames
    from hutuo.space.lines import Line
    from hutuo.space.patterns import Patterns
    from hutuo.space.runs import Linked

STOPS = {"stop": "str", "name": "str", "lon": "float64", "lat": "float64"}
TRIPS = {"trip": "str", "route": "str", "name": "str", "mode": "Int64"}
LATEST_HOUR = 48


@dataclass(frozen=True, eq=False)
class Timetable:
    """A timetable on one day of service; it never changes, a planned line makes another one.

    Attributes:
        stops: ``stop, name, lon, lat``, a row for each stop in the order of its number.
        trips: ``trip, route, name, mode``, by number.
        findings: What is wrong with what it was made from: file, row, column.
        base: Trips as they were read.
        added: Trips of planned lines.
        linked: What is said of changing.
        lines: Planned lines.
        read: The timetable without planned lines; None if it has none.
    """

    stops: "pd.DataFrame"
    trips: "pd.DataFrame"
    findings: tuple[Finding, ...]
    base: "Patterns" = field(repr=False)
    added: "Patterns" = field(repr=False)
    linked: "Linked" = field(repr=False)
    lines: "tuple[Line, ...]" = ()
    read: "Timetable | None" = field(default=None, repr=False)

    @classmethod
    def from_gtfs(
        cls, paths: "str | PathLike[str] | Iterable[str | PathLike[str]]", date: str | civil
    ) -> "Timetable":
        """Feeds on one day of service.

        Args:
            paths: GTFS archives; ids that several of them have get the name of the feed in front.
            date: The day, as 2024-12-18. Trips of that day that run past midnight belong to it, those of the
                day before do not.

        Raises:
            BadInput: A file or column is missing, or the day is outside a feed; its span is named.
        """
        from hutuo.space import feeds

        several = [paths] if isinstance(paths, str | PathLike) else list(paths)
        if not several:
            raise BadAsk(
                Text("没有给出时刻表", "no feed is given"),
                Text("请至少给出一个GTFS压缩包", "name at least one GTFS archive"),
            )
        return cls._made(feeds.read([Path(path) for path in several], _day(date)))

    @classmethod
    def from_frames(
        cls,
        stops: "pd.DataFrame",
        trips: "pd.DataFrame",
        calls: "pd.DataFrame",
        transfers: "pd.DataFrame | None" = None,
    ) -> "Timetable":
        """Frames of one day.

        Args:
            stops: ``stop, name, lon, lat`` (degrees, missing where unknown); ``parent`` is a stop's station.
            trips: ``trip``; ``route``, ``name`` and ``mode`` (as ``route_type`` of GTFS) may be missing.
            calls: ``trip, sequence, stop, arrival_seconds, departure_seconds`` after midnight, missing where
                they lie evenly between those around them; ``boards, alights``, True where they are missing.
            transfers: ``from_stop, to_stop, seconds``, and ``kind`` as ``transfer_type`` of GTFS (3 forbids).

        Raises:
            BadInput: A call names a stop or a trip that there is none of.
        """
        import pandas as pd

        from hutuo.space.feeds import Frames

        if transfers is None:
            transfers = pd.DataFrame(columns=["from_stop", "to_stop", "seconds"])
        no_column = Text("缺少此列", "column is missing")
        lacking = [
            Finding(name, None, column, no_column)
            for name, frame, columns in (
                ("stops", stops, tuple(STOPS)),
                ("trips", trips, ("trip",)),
                ("calls", calls, ("trip", "sequence", "stop", *TIMES)),
                ("transfers", transfers, ("from_stop", "to_stop", "seconds")),
            )
            for column in columns
            if column not in frame
        ]
        if lacking:
            says = Text("时刻表的表格缺少列:", "the frames of a timetable lack columns:")
            raise BadInput(says, lacking, Text("请补上", "add them"))
        return cls._made(
            Frames(
                _with(stops, {"parent": None}).reset_index(drop=True),
                _with(trips, {"route": None, "name": None, "mode": None}).reset_index(drop=True),
                _with(calls, {"boards": True, "alights": True}).reset_index(drop=True),
                _with(transfers, {"kind": 2}).reset_index(drop=True),
                [],
            )
        )

    @classmethod
    def _made(cls, frames: "Frames") -> "Timetable":
        import pandas as pd

        from hutuo.space import runs
        from hutuo.space.patterns import no_patterns, patterns

        runs.known(
            {name: getattr(frames, name) for name in ("stops", "trips", "calls", "transfers")}
        )
        calls, findings = runs.mended(frames.calls)
        findings += runs.repeated(calls, frames.trips)
        ids = (pd.Index(frames.stops["stop"]), pd.Index(frames.trips["trip"]))
        count = len(frames.stops)
        return cls(
            frames.stops[list(STOPS)].astype(STOPS),
            frames.trips[list(TRIPS)].astype(TRIPS),
            (*frames.findings, *findings),
            patterns(runs.as_calls(calls, *ids), count),
            no_patterns(count),
            runs.linked(frames.transfers, frames.stops),
        )

    @property
    def blocks(self) -> "tuple[Patterns, Patterns]":
        """The trips as the kernels read them: those that were read, those that were added."""
        return self.base, self.added

    def number(self, stop_id: str) -> int:
        """Number of a stop.

        Raises:
            NotFound: There is none of that id.
        """
        found = (self.stops["stop"] == stop_id).to_numpy().nonzero()[0]
        if not len(found):
            raise one_of(stop_id, "stop", self.stops["stop"].astype(str).tolist())
        return int(found[0])

    def arrivals(
        self, stop_id: str, departure: str = "08:00", max_transfers: int | None = None
    ) -> "pd.Series[float]":
        """Earliest arrivals at every stop from one stop.

        A change at a stop takes no time: who arrives at t gets on what departs at t or later. Links of
        ``transfers.txt`` take their ``min_transfer_time`` and may follow one another, before, between and
        after rides; a link of type 3 is none, and where a stop's row to itself has type 3 nobody changes.
        There is no other walking.

        Args:
            stop_id: Stop, or a station, which stands for its platforms.
            departure: Clock time, past 24:00 for the night after the day of service.
            max_transfers: Most changes from ride to ride; None for any number.

        Returns:
            Minutes after the departure by ``stop_id``, inf where there is no way.

        Raises:
            NotFound: There is no such stop.
            BadAsk: The departure is no time, or the transfers are fewer than none.
        """
        import numpy as np
        import pandas as pd

        from hutuo.space import raptor
        from hutuo.space.patterns import MINUTE

        if max_transfers is not None and max_transfers < 0:
            raise BadAsk(
                Text(f"max_transfers为{max_transfers}", f"max_transfers is {max_transfers}"),
                Text("应不小于0,不限次数写None", "0 or more, or None for any number"),
            )
        start = milliseconds(departure)
        rides = 0 if max_transfers is None else max_transfers + 1
        rules = raptor.Rules(
            np.array([start], np.int32),
            self.changes(0, told=False),
            0,
            raptor.NEVER - 1 - start,
            rides,
            rides + 1,
            True,  # noqa: FBT003
        )
        number = self.number(stop_id)
        begin = np.append(number, np.flatnonzero(self.linked.station == number)).astype(np.int32)
        found = raptor.labels(self.blocks, self.linked.links, (begin, 0 * begin), rules).label[
            :, 0
        ]
        minutes = np.where(found < raptor.NEVER, (found - start) / MINUTE, np.inf)
        index = pd.Index(self.stops["stop"], name="stop_id")
        return pd.Series(minutes, index=index, name="minutes")

    def changes(self, least: int, *, told: bool = True) -> "NDArray[np.int32]":
        """Milliseconds between getting off and getting on at each stop; NEVER where one may not.

        Args:
            least: Milliseconds that it takes anywhere.
            told: Whether what the feed says of a stop raises it.
        """
        import numpy as np

        from hutuo.space.raptor import NEVER

        count = len(self.stops)
        found = np.full(count, least, np.int32)
        if told:
            found[:] = np.maximum(found, self.linked.change)
        barred = self.linked.forbidden
        found[barred[barred[:, 0] == barred[:, 1], 0]] = NEVER
        return found

    def with_lines(self, lines: "Sequence[Line] | Line") -> "Timetable":
        """The timetable with planned lines; what was read is shared, not built again.

        Args:
            lines: Lines, each with its stations, running times and headways.

        Raises:
            BadInput: A station is unknown, or a line's numbers do not fit together.
        """
        from hutuo.space import lines as planned

        several = [lines] if isinstance(lines, planned.Line) else list(lines)
        if not several:
            return self
        return replace(self, **planned.added(self, several))


TIMES = ("arrival_seconds", "departure_seconds")


def milliseconds(clock: str) -> int:
    """A clock time as milliseconds after midnight.

    Raises:
        BadAsk: It is none.
    """
    from hutuo.base.schedules import CLOCK_TIME

    time = CLOCK_TIME.fullmatch(str(clock))
    if time is None or int(time[1]) >= LATEST_HOUR:
        says = Text(f"“{clock}”不是时刻", f"'{clock}' is no time")
        hint = Text(
            f"写如08:30或08:30:00,早于{LATEST_HOUR}:00",
            f"write it as 08:30 or 08:30:00, before {LATEST_HOUR}:00",
        )
        raise BadAsk(says, hint)
    return (int(time[1]) * 3600 + int(time[2]) * 60 + int(time[3] or 0)) * 1000


def _day(given: str | civil) -> civil:
    if isinstance(given, civil):
        return given
    try:
        return civil.fromisoformat(given)
    except (TypeError, ValueError) as error:
        says = Text(f"“{given}”不是日期", f"'{given}' is no date")
        raise BadAsk(says, Text("如2024-12-18", "write it as 2024-12-18")) from error


def _with(frame: "pd.DataFrame", defaults: dict[str, bool | int | None]) -> "pd.DataFrame":
    return frame.assign(**{name: one for name, one in defaults.items() if name not in frame})
