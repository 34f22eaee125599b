"""An English sentence with its years and numbers: where the words of a figure begin, which year it has."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hutuo.plan.reader.englishnumbers import Amount
from hutuo.plan.reader.englishsubjects import Said, said_before
from hutuo.plan.reader.sentences import Quantity, Setting
from hutuo.plan.reader.years import Role, Year

TURN = re.compile(r"[,:(]\s*|\b(?:and|while|with|but|or|whereas|including)\b")
# With these words between a figure and a year, the year is that of another clause.
APART = re.compile(r"\b(?:will|shall|was|were|is|are|has|had|from|which|while|but)\b|:")
# Words farther off than this say nothing of a figure, however long its sentence.
WIDEST = 800
UNCOUNTED = ("grade", "hyphen")


class Read(NamedTuple):
    """A figure that was read, with what those after it may take from it."""

    amount: Amount
    row: Quantity
    year: Year | None


class Place(NamedTuple):
    """A figure where it stands.

    Attributes:
        amount: The figure.
        start: Where its part of the sentence begins; parts end at semicolons.
        end: Where that ends.
        begin: Where its own words begin, after those of the figure before it.
        turned: Whether a new clause begins there.
        said: What those words say.
        last: The figure before it in its part; None if it is the first.
    """

    amount: Amount
    start: int
    end: int
    begin: int
    turned: bool
    said: Said
    last: Read | None


@dataclass(frozen=True, slots=True)
class Scene:
    """An English sentence, in one line and with its years masked, its years and numbers, and its setting."""

    sentence: str
    line: str
    years: Sequence[Year]
    amounts: Sequence[Amount]
    setting: Setting
    past: int | None

    def place(self, amount: Amount, span: tuple[int, int], last: Read | None) -> Place:
        """A figure with the words that are its own."""
        span = max(span[0], amount.start - WIDEST), min(span[1], amount.end + WIDEST)
        begin, turned = self._begin(amount, span[0], last)
        return Place(
            amount, *span, begin, turned, said_before(self.line[begin : amount.start]), last
        )

    def before(self, at: Place) -> str:
        """The words of a figure before it."""
        return self.line[at.begin : at.amount.start]

    def is_past(self, year: Year) -> bool:
        """Whether a year is one of which facts are told."""
        now = self.setting.now
        return year.role is not Role.BY and now is not None and year.year < now

    def following(self, at: Place) -> Amount | None:
        """The next figure in the part."""
        first = bisect_right(self.amounts, at.amount.start, key=lambda one: one.start)
        later = (one for one in self.amounts[first : first + 20] if one.sort not in UNCOUNTED)
        found = next(later, None)
        return found if found is not None and found.start < at.end else None

    def year_of(self, at: Place) -> Year | None:
        """The year of a figure: that which follows it, that before it, or that of the list it stands in."""
        following = self.following(at)
        nearest = following.start if following else at.end
        years = [
            one
            for one in self.years
            if one.role is not Role.FROM and at.start <= one.start < at.end
        ]
        after = (one for one in years if at.amount.end <= one.start < nearest)
        own = next((one for one in after if not self._leads(one, nearest, at.end)), None)
        before = [one for one in years if one.end <= at.amount.start]
        if own is not None:
            return own
        if before and not (at.last and at.last.year is before[-1] and self.is_past(before[-1])):
            return before[-1]
        leading = [
            one
            for one in before
            if not re.search(r"\w", self.line[at.start : one.start].replace("\x00", ""))
        ]
        if leading:
            return leading[-1]
        later = next((one for one in years if one.start >= nearest and one.role is Role.BY), None)
        lists = later is not None and not APART.search(self.line[at.amount.end : later.start])
        return later if lists else None

    def base_of(self, at: Place) -> int | None:
        """The year that a change counts from: the next one of that role, else the one before."""
        base = [
            one for one in self.years if one.role is Role.FROM and at.start <= one.start < at.end
        ]
        after = [one for one in base if one.start >= at.amount.end]
        following = self.following(at)
        near = [one for one in after if following is None or one.start < following.start]
        found = near or [one for one in base if one.end <= at.amount.start] or after
        return found[0].year if found else None

    def _begin(self, amount: Amount, start: int, last: Read | None) -> tuple[int, bool]:
        """Where the words of a figure begin, and whether a new clause begins there."""
        if last is None:
            return start, True
        start = max(last.amount.end, min(last.amount.noun_end, amount.start))
        if last.amount.sort == "percent" and " and " in self.line[last.amount.end : start]:
            # "43% of emissions and buildings for 31%": the second noun is the next figure's.
            start = last.amount.end
        turn = TURN.search(self.line, start, amount.start)
        if turn is None:
            return start, False
        at = turn.start() if turn.group() == "including" else turn.end()
        # After "by 2030," and the like comes the clause itself.
        again = TURN.search(self.line, at, amount.start)
        while again and not re.search(r"[A-Za-z]", self.line[at : again.start()]):
            at, again = again.end(), TURN.search(self.line, again.end(), amount.start)
        return at, True

    def _leads(self, year: Year, nearest: int, end: int) -> bool:
        """Whether a year after a figure is that of the next one: 500 homes and by 2035 900."""
        if nearest >= end:
            return False
        before, after = self.line[: year.start].rstrip(), self.line[year.end : nearest].lstrip()
        if before.endswith(" and") and after.startswith(","):
            return True
        later = any(one.start > nearest for one in self.years if one.role is not Role.FROM)
        return (
            later
            and before.endswith((",", " and", "(", ":"))
            and not after.startswith((",", ")", "and"))
        )
