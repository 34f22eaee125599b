"""Lines of a text."""

import re
from typing import NamedTuple


class Line(NamedTuple):
    """A line that is not empty: where it begins and ends, and its words."""

    start: int
    end: int
    words: str


def lines_of(text: str) -> list[Line]:
    """The lines of a text that are not empty, without the spaces around them."""
    found = []
    for match in re.finditer(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+", text):
        words_ = match.group().strip()
        if words_:
            start = match.start() + match.group().index(words_[0])
            found.append(Line(start, start + len(words_), words_))
    return found
