"""The old binary spreadsheets, made by hand here byte by byte, since no library at hand writes them."""

import struct

import pytest

import fuzzed
from hutuo.base import grids
from hutuo.base.proposals import proposed
from hutuo.errors import BadInput, NotFound
from mangled import COUNTS, survives

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def start(kind):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def cell(row, column, value):
    if isinstance(value, float):
        return record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    text = value.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)


def workbook(cells, name="表1"):
    """BIFF8 records of a workbook with one sheet.

    Source: [MS-XLS]: BOF 0x809, BoundSheet8 0x85, Dimensions 0x200, Number 0x203, Label 0x204, EOF 0x0A.
    """

    def head(at):
        sheet = struct.pack("<IBBBB", at, 0, 0, len(name), 1) + name.encode("utf-16-le")
        return start(5) + record(0x0085, sheet) + record(0x000A)

    rows, columns = (1 + max(place[side] for place in cells) for side in (0, 1))
    body = b"".join(cell(*place, value) for place, value in cells.items())
    size = record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    return head(len(head(0))) + start(16) + size + body + record(0x000A)


def contained(stream):
    """The stream as the one file of a compound file.

    Source: [MS-CFB]: header, one sector of the allocation table, one of the directory, then the stream.
    """
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % SECTOR)
    sectors = len(stream) // SECTOR
    chain = [TABLE, END, *range(3, sectors + 2), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    entries = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(stream))
    nothing = bytes(68) + struct.pack("<III", FREE, FREE, FREE) + bytes(48)
    return header + table + entries + nothing * 2 + stream


def entry(name, kind, child, first, size):
    text = (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
    about = struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, FREE, FREE, child)
    return text + about + bytes(36) + struct.pack("<IQ", first, size)


def written(folder, cells):
    path = folder / "t.xls"
    path.write_bytes(contained(workbook(cells)))
    return path


def test_an_old_spreadsheet_is_read_in_a_process_of_its_own(little, tmp_path):
    path = written(
        tmp_path, {(0, 0): "地区", (0, 1): "常住人口(万人)", (1, 0): "甲区", (1, 1): 0.5}
    )
    grid = grids.read(path, "xls")
    assert grid.cells.to_numpy().tolist() == [["地区", "常住人口(万人)"], ["甲区", "0.5"]]
    assert (grid.sheet, grid.sheets, grid.lines.tolist()) == ("表1", ("表1",), [1, 2])
    (figure,) = proposed(path, little).mapping.figures
    assert (figure.indicator, figure.unit) == ("people", "万人")


def test_a_sheet_of_an_old_spreadsheet_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NotFound, match="no sheet '表2'") as told:
        grids.read(written(tmp_path, {(0, 0): "x"}), "xls", "表2")
    assert "表1" in told.value.hint


def test_a_cell_at_the_far_corner_ends_the_process_and_not_ours(tmp_path):
    """65,536 rows of 60,001 columns are 4 thousand million cells; the parser would ask for all of them."""
    with pytest.raises(BadInput, match="would not fit in memory") as told:
        grids.read(written(tmp_path, {(0, 0): "x", (65535, 60000): 1.0}), "xls")
    assert told.value.hint
    assert "内存不足" in told.value.words[0]


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_an_old_spreadsheet_or_refused(count, tmp_path):
    """Bytes of the file, and those of its records, which the parser takes for numbers of rows and columns."""
    good = written(tmp_path, {(0, 0): "地区", (0, 1): "人口", (1, 0): "甲区", (1, 1): 0.5})
    content = good.read_bytes()
    assert survives(fuzzed.old_sheet, content, count, tmp_path / "x.xls").read
