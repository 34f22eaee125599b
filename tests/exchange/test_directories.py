"""The catalogue of government information resources goes out and comes back without loss."""

import json
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from hutuo.base.branches import Put, put
from hutuo.base.spreadsheets import grid
from hutuo.errors import BadInput
from hutuo.exchange.directories import Directory, TakeDirectory, directory, take_directory
from hutuo.exchange.directorycells import HEADS, ITEM_HEADS, read, workbook
from hutuo.report.forms import fitting

TABLE = [
    ["某市政务信息资源目录", "", "", "", "", "", ""],
    ["类", "信息资源名称", "信息资源代码", "信息项名称", "共享类型", "发布日期", "所属系统"],
    ["3", "企业登记", "307001000001/000001", "企业名称", "有条件共享", "2025年1月2日", "工商库"],
    ["", "", "", "注册资本", "", "", "资本库"],
    ["1", "人口", "101000/1", "", "不予共享", "45658", "=1+1"],
]


def test_rows_below_a_code_are_items_of_its_resource():
    found = read("x.xlsx", TABLE)
    first, second = found.resources
    assert (first["title"], first["published"], first["more"]) == (
        "企业登记",
        date(2025, 1, 2),
        {},
    )
    # 45,658 days after 30 December 1899.
    assert (second["published"], second["more"]) == (date(2025, 1, 1), {"所属系统": "=1+1"})
    assert [(i["ordinal"], i["title"], i["more"]) for i in found.items] == [
        (1, "企业名称", {"所属系统": "工商库"}),
        (2, "注册资本", {"所属系统": "资本库"}),
    ]


def test_all_faults_of_a_file_are_told_with_row_and_column():
    bad = [
        TABLE[1],
        ["", "", "", "无主", "", "", ""],
        ["", "", "a/1", "x", "共享", "2025-13-01", ""],
        ["", "别名", "a/1", "y", "", "", ""],
        ["", "乙", "b/1", "", "", "", ""],
        ["", "甲", "a/1", "", "", "", ""],
    ]
    with pytest.raises(BadInput) as told:
        read("x.xlsx", bad)
    assert [(f.row, f.column) for f in told.value.findings] == [
        (2, "信息资源代码"),
        (3, "信息资源名称"),
        (3, "共享类型"),
        (3, "发布日期"),
        (4, "信息资源名称"),
        (6, "信息资源代码"),
    ]
    with pytest.raises(BadInput, match="has no columns"):
        read("x.xlsx", [["a"]])
    with pytest.raises(BadInput, match="twice"):
        read("x.xlsx", [[*TABLE[1], "类"]])


def test_what_no_workbook_holds_is_refused_rather_than_changed():
    row = dict.fromkeys(HEADS.values()) | {"resource": "a/1", "title": "a\x01"}
    with pytest.raises(BadInput, match="no workbook keeps"):
        workbook([row], {}, {})


WORDS = st.text(min_size=1, max_size=8).filter(lambda s: fitting(s) == s and s.strip())
TEXT = (
    st.none() | WORDS | st.sampled_from(["007", "=1+1", "1/2", " 甲 ", "a\nb", "_x0041_", "0x1F"])
)
RESOURCE = st.fixed_dictionaries(
    {
        name: TEXT
        for name in HEADS.values()
        if name not in ("resource", "sharing", "opened", "published")
    }
    | {
        "title": WORDS,
        "sharing": st.sampled_from([None, "无条件共享", "有条件共享", "不予共享"]),
        "opened": st.sampled_from([None, "是", "否"]),
        "published": st.none() | st.dates(),
    }
)
ITEM = st.fixed_dictionaries(dict.fromkeys(ITEM_HEADS.values(), TEXT) | {"title": WORDS})
CATALOGUE = st.lists(st.tuples(RESOURCE, st.lists(ITEM, max_size=3), TEXT), min_size=1, max_size=4)


def made(catalogue):
    """Rows, items and further cells of a drawn catalogue."""
    rows, items, more = [], {}, {}
    for number, (row, listed, other) in enumerate(catalogue, 1):
        code = f"30700{number}/{number:06}"
        rows.append(row | {"resource": code})
        items[code] = listed
        if other is not None:
            more[code, 1 if listed else 0] = {"所属系统": other}
    return rows, items, more


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CATALOGUE)
def test_every_cell_comes_back_as_it_went(tmp_path_factory, catalogue):
    rows, items, more = made(catalogue)
    file = tmp_path_factory.mktemp("out") / "resources.xlsx"
    file.write_bytes(workbook(rows, items, more))
    came = read(file.name, grid(file).cells.to_numpy().tolist())
    for row, back in zip(rows, came.resources, strict=True):
        assert {name: back[name] for name in row} == row
        assert back["more"] == more.get((row["resource"], 0), {})
        there = [item for item in came.items if item["resource"] == row["resource"]]
        for n, (item, kept) in enumerate(zip(items[row["resource"]], there, strict=True), 1):
            assert {name: kept.get(name) for name in item} == item
            assert kept["more"] == more.get((row["resource"], n), {})


def test_a_catalogue_that_is_taken_in_is_given_out_again_unchanged(own, tmp_path):
    """Through the tables, both ways: the second workbook is the first, byte by byte."""
    odd = [(" 甲 ", "=1+1"), ("乙\n丙", "007"), ("_x0041_", "1/2")]
    empty = dict.fromkeys(HEADS.values())
    rows = [
        empty | {"resource": f"30700{n}/1", "title": a, "cycle": b} for n, (a, b) in enumerate(odd)
    ]
    items = {rows[0]["resource"]: [{"title": "x", "type": "字符型C", "length": "020"}]}
    more = {(rows[0]["resource"], 1): {"所属系统": " - "}}
    file = tmp_path / "resources.xlsx"
    file.write_bytes(workbook(rows, items, more))
    ask = TakeDirectory(file=str(file), by="me")
    checked = take_directory(own, ask.model_copy(update={"check": True}))
    assert (checked.batch, checked.stored, len(own.records("resource"))) == (None, 0, 1)
    done = take_directory(own, ask)
    assert (done.stored, done.resources, done.items, done.others) == (4, 3, 1, ["所属系统"])
    assert done.findings == []
    assert json.loads(own.records("resource_item", resource="307000/1")[0]["more"]) == {
        "所属系统": " - "
    }
    # The region had a catalogue of its own.
    (mine,) = directory(own, Directory(sharing=("有条件共享",))).files
    assert mine.size < len(file.read_bytes())
    put(
        own, Put(table="resource", rows=own.records("resource", resource="101000/1"), retract=True)
    )
    assert directory(own, Directory()).files[0].content == file.read_bytes()
    assert take_directory(own, ask).stored == 0
    (one,) = directory(own, Directory(providers=("nobody",))).files
    assert one.size < len(file.read_bytes())
