"""Any bytes as a table: a grid, or an error that is declared. The long form takes 100,000 inputs a parser."""

import io
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from hutuo.base import grids, headers
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import loads
from hutuo.base.plausibility import doubts
from hutuo.base.tabular import frames
from hutuo.errors import HutuoError

SHORT, LONG = 300, 100_000
# An input takes a second at most; a shared machine may stop the process for longer than the work takes.
SECONDS = 1.0
KINDS = ("csv", "xlsx", "parquet", "mapping")
ENDING = {"csv": "csv", "xlsx": "xlsx", "xls": "xls", "parquet": "parquet", "mapping": "toml"}
TOKENS = [
    *(bytes([n]) for n in (0, 9, 10, 13, 34, 39, 44, 59, 60, 62, 127, 255)),
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PAR1",
    b"\xd0\xcf\x11\xe0",
    b"<!DOCTYPE",
    b"99999999999999999999",
    b"-1",
    "单位:万人".encode(),
    "单位".encode("gb18030"),
]


def workbook():
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in (["地区", "人口", "x"], ["甲区", 1.5, True], ["乙县", "—", "a&b"], [None, 3, ""]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    book.save(made)
    return made.getvalue()


def parquet():
    made = io.BytesIO()
    pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, 2.5]}).to_parquet(made)
    return made.getvalue()


SEEDS = {
    "csv": [
        "地区,人口\n甲区,1\n".encode(),
        'a;b\n"1\n2";3\n'.encode("utf-16"),
        "县\t数\n甲\t2".encode("gb18030"),
        b'a,b\n1,"2""3"\n4,5,6\n7\n',
    ],
    "xlsx": [workbook()],
    "parquet": [parquet()],
    "mapping": [b'format = "csv"\nfigures = [{ column = "a" }]\n[place]\ncolumn = "b"\n'],
}


MEANT = {
    "csv": [
        "2023年,单位:万人\n地区,年,常住人口,占比(%)\n甲区,2020,1,2%\n小都,2020-05-06T08:00,1,\n".encode(),
        "地区,2019,2020\n甲区,1,2\n乙县,3,4\n".encode(),
        "code,what,when,value,unit\n990101,people,2020,5,万人\n".encode(),
    ]
}


def mutated(chance, seed):
    """Bytes of a seed with some changed, cut, put in, taken twice; or bytes from nowhere."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    content = bytearray(seed)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(content) + 1)
        way = chance.randrange(5)
        if way == 0 and at < len(content):
            content[at] = chance.randrange(256)
        elif way == 1:
            content[at:at] = chance.choice(TOKENS)
        elif way == 2:
            del content[at : at + chance.randrange(1, 30)]
        elif way == 3:
            content[at:at] = content[at : at + chance.randrange(1, 60)]
        else:
            del content[at:]
    return bytes(content)


def repacked(chance, seed):
    """A package whose zip is sound and whose XML is not: what gets past the checks of the zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seed)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        worse = chance.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, mutated(chance, content) if name == worse else content)
    return made.getvalue()


def inputs(kind, number, seeds=None):
    for turn in range(number):
        chance = random.Random(f"{kind}{turn}")  # noqa: S311 - the same inputs in every run
        seed = chance.choice(seeds or SEEDS[kind])
        broken = repacked if kind == "xlsx" and chance.random() < 0.7 else mutated
        yield turn, broken(chance, seed)


def taken(kind, path, content):
    """Whether an input is read; an error that is not declared goes through."""
    path.write_bytes(content)
    try:
        if kind == "mapping":
            loads(content.decode("utf-8", "replace"))
        else:
            headers.head_of(grids.read(path, kind))
    except HutuoError:
        return False
    return True


def run(kind, number, folder):
    """Take inputs in; how many were read, how many refused, and the slowest."""
    path, counts, slowest = Path(folder) / f"t.{ENDING[kind]}", [0, 0], (0.0, -1)
    for turn, content in inputs(kind, number):
        start = time.process_time()
        try:
            counts[taken(kind, path, content)] += 1
        except BaseException as error:
            error.add_note(f"input {turn} of {kind}")
            raise
        slowest = max(slowest, (time.process_time() - start, turn))
    return counts, slowest


@pytest.mark.parametrize("kind", KINDS)
def test_any_bytes_give_a_table_or_a_declared_error(kind, tmp_path):
    (refused, read), slowest = run(kind, SHORT, tmp_path)
    assert refused + read == SHORT
    assert min(refused, read) > 0
    assert slowest[0] < SECONDS, slowest


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_100_000_inputs_give_a_table_or_a_declared_error_within_a_gigabyte(kind, tmp_path):
    """In a process of its own whose memory is bounded: an allocation beyond it would end the process."""
    code = (
        "import resource, sys\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from test_fuzz_tables import run\n"
        "import pyarrow, pyarrow.csv, pyarrow.parquet, pandas, python_calamine\n"
        f"(refused, read), slowest = run({kind!r}, {LONG}, {str(tmp_path)!r})\n"
        f"assert refused + read == {LONG} and slowest[0] < {SECONDS}, slowest\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert peak < 1 << 20, peak\n"
        "print(refused, read, slowest, peak)\n"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_an_old_spreadsheet_of_any_bytes_is_refused_by_a_process_of_its_own(tmp_path):
    """Few, as each has a process; ``test_spreadsheets`` gives the parser by itself as many as the others."""
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for turn in range(3):
        content = start + random.Random(turn).randbytes(3000)  # noqa: S311 - no secret
        assert not taken("xls", tmp_path / "t.xls", content)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_any_table_is_inspected_and_read_as_proposed(kind, little, tmp_path):
    """Every step after the parser: header, roles, places, periods, units, doubts."""
    path, read = tmp_path / f"t.{kind}", 0
    for _, content in inputs(kind, 60, seeds=[*SEEDS[kind], *MEANT.get(kind, [])]):
        path.write_bytes(content)
        try:
            mapping = inspect(little, Inspect(file=str(path))).mapping
            found = frames(path, mapping.model_copy(update={"source": "book"}), little)
        except HutuoError:
            continue
        doubts(found.frames["observation"], little)
        read += 1
    assert read
