"""Broken files: bytes that nobody meant, and good files with some of their bytes changed."""

import random
import time

import pytest

from hutuo.errors import HutuoError

# As many inputs in an ordinary run and in a long one; every input has a second.
COUNTS = [100, pytest.param(100_000, marks=pytest.mark.long)]
SECONDS = 1.0
# A busy machine may be slow once; a reader that hangs or grows is slow each time.
PATIENCE = 10


def mangled(good, chance):
    """A good file with some of its bytes changed, taken out, doubled or cut off; or only noise."""
    way = chance.randrange(6)
    if way == 0:
        return chance.randbytes(chance.randrange(400))
    content = bytearray(good)
    if way == 1:
        return bytes(content[: chance.randrange(len(content) + 1)])
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(content))
        if way == 2:
            content[at] = chance.randrange(256)
        elif way == 3:
            content[at] ^= 1 << chance.randrange(8)
        elif way == 4:
            del content[at : at + chance.randrange(1, 30)]
        else:
            size = chance.randrange(1, 30)
            content[at:at] = content[at : at + size]
        if not content:
            break
    return bytes(content)


def survives(read, good, count, path):
    """Each broken file is read, or refused with a declared error, within a second; how many were read."""
    chance = random.Random(count)  # noqa: S311 - the same files in every run
    done, slow, told = 0, [], []
    for turn in range(count):
        content = mangled(good, chance)
        path.write_bytes(content)
        begin = time.process_time()
        try:
            read(path)
            done += 1
        except HutuoError as error:
            told.append(str(error))
        if time.process_time() - begin > SECONDS * PATIENCE:
            slow.append((turn, len(content)))
    assert slow == []
    assert [text for text in told if str(path.parent) in text] == []
    return done
