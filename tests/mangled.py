"""Broken files: bytes that nobody meant, and good files with some of their bytes changed.

They are read in a process of the kind that reads files (:mod:`hutuo.base.apart`), one after the other, with a
gigabyte above what the process takes to start. One that ends the process is told, and the next process goes
on behind it.
"""

import random
import re
import resource
import signal
import struct
import time
import zipfile
from io import BytesIO
from typing import NamedTuple

import pytest

from hutuo.base import apart
from hutuo.errors import BadInput, HutuoError

# As many inputs in an ordinary run and in a long one; every input has a second of work and a gigabyte.
COUNTS = [100, pytest.param(100_000, marks=pytest.mark.long)]
SECONDS = 1.0
MEMORY = 1 << 30
# By the clock, on which a busy machine may be slow: what takes this long hangs.
HANGS = 60
LIBRARIES = ("pandas", "geopandas", "rasterio", "osmium", "python_calamine")
NUMBER = re.compile(rb"\d+(?:\.\d+)?")
WHOLE = (-1, 0, 1, 2, 255, 65_535, 65_536, 0x7FFFFFFF, -0x80000000)
TOKENS = (
    *(bytes([n]) for n in (0, 9, 10, 13, 34, 44, 92, 127, 255)),
    *(
        b"-1",
        b"0",
        b"1e309",
        b"1e-320",
        b"NaN",
        b"99999999999999999999",
        b"null",
        b"[]",
        b"{}",
        b'""',
    ),
    *(
        b"24:00:00",
        b"20240230",
        "\u3000甲".encode(),
        "甲".encode("gb18030"),
        b"%s",
        b"\xed\xa0\x80",
    ),
)
STATE = struct.Struct("qqqqd")


class Tally(NamedTuple):
    """What became of the inputs.

    Attributes:
        turn: Number of the input that is read, or of the first that is not.
        read: How many were read.
        refused: How many were refused.
        worst: The input that took the most work.
        seconds: How much that was.
        ended: Inputs that ended their process, and what was said of them.
        peak: Bytes that a process grew by.
    """

    turn: int = 0
    read: int = 0
    refused: int = 0
    worst: int = -1
    seconds: float = 0.0
    ended: tuple[tuple[int, str], ...] = ()
    peak: int = 0


def mangled(good, chance):
    """A good file with some of its bytes changed, taken out, put in, doubled or cut off; or only noise."""
    way = chance.randrange(50)
    if way == 0:
        return chance.randbytes(chance.randrange(400))
    if way < 5:
        return good[: chance.randrange(len(good) + 1)]
    content = bytearray(good)
    # Mostly one change: what is read in spite of it gets further than what is broken in ten places.
    for _ in range(1 + int(chance.expovariate(0.7))):
        if content:
            changed(content, chance)
    return bytes(content)


def changed(content, chance):
    """Change something at one place."""
    at, size, way = chance.randrange(len(content)), chance.randrange(1, 30), chance.randrange(7)
    if way == 0:
        content[at] = chance.randrange(256)
    elif way == 1:
        content[at] ^= 1 << chance.randrange(8)
    elif way == 2:
        del content[at : at + size]
    elif way == 3:
        content[at:at] = content[at : at + size]
    elif way == 4:
        content[at : at + 4] = struct.pack(chance.choice("<>") + "i", chance.choice(WHOLE))
    elif way == 5:
        content[at:at] = chance.choice(TOKENS)
    elif numbers := [found.span() for found in NUMBER.finditer(content)]:
        first, last = chance.choice(numbers)
        content[first:last] = chance.choice(TOKENS)


def repacked(good, chance):
    """A zip that is sound and one of whose files is not: what gets past the checks of the zip."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(good)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        worse = chance.choice(names)
        for name in names:
            content = old.read(name)
            member = zipfile.ZipInfo(name)
            new.writestr(member, mangled(content, chance) if name == worse else content)
    return made.getvalue()


def broken(good, turn):
    """The input of a turn, the same in every run."""
    chance = random.Random(turn)  # noqa: S311 - no secret
    if good.startswith(b"PK") and chance.randrange(2):
        return repacked(good, chance)
    return mangled(good, chance)


def survives(read, good, count, path):
    """Each broken file is read, or refused with a declared error, within its second and gigabyte.

    Args:
        read: Function of a module, or a partial of one, that takes a path.
        good: Bytes of a file that can be read.
        count: How many broken ones are made of it.
        path: Where they are written.

    Returns:
        What became of them.
    """
    room = apart.Room(MEMORY, HANGS, LIBRARIES)
    state = path.with_name("state")
    tally = Tally()
    while tally.turn < count:
        try:
            tally = apart.run(path.name, room, taken, read, good, count, path, tally, state)
        except BadInput as error:
            turn, *rest = STATE.unpack(state.read_bytes())
            ended = (*tally.ended, (turn, error.message))
            tally = Tally(turn + 1, *rest, ended, tally.peak)
    print(
        f"\n{path.name}: {len(tally.ended)} ended their process; {tally._replace(ended=tally.ended[:3])}"
    )
    assert tally.read + tally.refused + len(tally.ended) == count
    assert tally.seconds < SECONDS, tally
    assert tally.peak < MEMORY, tally
    assert [turn for turn, says in tally.ended if "ended by" not in says] == []
    return tally


def taken(read, good, count, path, tally, state):
    """Read broken files one after the other in this process, and keep account of it beside them."""
    begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, done, refused, worst, slowest = tally[:5]
    with state.open("wb", buffering=0) as kept:
        for turn in range(first, count):
            kept.seek(0)
            kept.write(STATE.pack(turn, done, refused, worst, slowest))
            path.write_bytes(broken(good, turn))
            signal.alarm(HANGS)
            fits, seconds = attempt(read, path)
            if seconds > SECONDS:
                # The first of its kind may load a library, or build a table once for all.
                fits, seconds = min(
                    (attempt(read, path) for _ in range(2)), key=lambda one: one[1]
                )
            done, refused = done + fits, refused + (not fits)
            worst, slowest = max((worst, slowest), (turn, seconds), key=lambda one: one[1])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begin) << 10
    return Tally(count, done, refused, worst, slowest, tally.ended, max(tally.peak, grown))


def attempt(read, path):
    """Whether a file is read, and how much work that is; an error that is not declared goes through."""
    begin = time.process_time()
    says = None
    try:
        read(path)
    except HutuoError as error:
        says = str(error)
    seconds = time.process_time() - begin
    # A message names the file, and not where it lay.
    assert says is None or str(path.parent) not in says
    return says is None, seconds
