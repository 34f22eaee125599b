"""Tables as they come: encodings, headers, layouts; bombs are refused, every cell is accounted for."""

import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base import delimited, grids, headers, numbers, packages, spreadsheets, tabular
from hutuo.base.mapping import Mapping
from hutuo.base.proposals import proposed
from hutuo.errors import BadInput, NotFound

PEOPLE = {"column": "常住人口", "indicator": "people"}
LONG = "place,what,when,value\n990101,常住人口,2020,5\n990102,people,2020-Q1,7\n"


def csv(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(grid):
    return grid.cells.to_numpy().tolist()


def read(region, path, **mapping):
    told = Mapping(**{"format": tabular.KINDS[path.suffix], "source": "book", **mapping})
    return tabular.frames(path, told, region)


def rows(found):
    frame = found.frames["observation"]
    return [
        (p, i, str(start), v)
        for p, i, start, v in zip(
            frame["place"], frame["indicator"], frame["valid_from"], frame["value"], strict=True
        )
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_table_is_read_in_each_encoding_delimiter_and_line_end(tmp_path, mark, code, end):
    text = end.join([f"地区{mark}人口", f"甲区{mark}1", f"乙县{mark}2", ""])
    grid = delimited.grid(csv(tmp_path, text.encode(code)))
    assert cells(grid) == [["地区", "人口"], ["甲区", "1"], ["乙县", "2"]]
    assert grid.lines.tolist() == [1, 2, 3]


def test_rows_are_numbered_by_the_line_they_begin_on(tmp_path):
    grid = delimited.grid(csv(tmp_path, 'title\na,b\n"1\n2",3\n\n4,5\n'))
    assert cells(grid) == [["title", ""], ["a", "b"], ["1\n2", "3"], ["", ""], ["4", "5"]]
    assert grid.lines.tolist() == [1, 2, 3, 5, 6]


def test_a_row_with_too_many_cells_is_held_back_and_the_rest_is_read(tmp_path):
    grid = delimited.grid(csv(tmp_path, "a,b\n1,2\n3,4,5\n6,7,\n8\n9,9\n"))
    assert cells(grid) == [["a", "b"], ["1", "2"], ["6", "7"], ["8", ""], ["9", "9"]]
    (wrong,) = grid.wrong
    assert (wrong.row, wrong.text) == (3, "3,4,5")
    assert "has 3 cells where others have 2" in wrong.reason.en


@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.text('ab,"\n ;é中', max_size=6), min_size=width, max_size=width),
            min_size=2,
            max_size=8,
        )
    )
)
def test_what_a_csv_writer_wrote_is_read_as_pandas_reads_it(tmp_path_factory, table):
    """An independent oracle; cells and the lines they begin on."""
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    frame = pd.DataFrame(table)
    text = frame.to_csv(index=False, header=False, quoting=1, lineterminator="\n")
    path.write_text(text, encoding="utf-8", newline="")
    grid = delimited.grid(path)
    assert cells(grid) == table
    breaks = np.cumsum([0] + [1 + sum(c.count("\n") for c in row) for row in table])[:-1]
    assert grid.lines.tolist() == (1 + breaks).tolist()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"a,b\n1,\xff\xff\n", "t.csv:2: byte 0xff is neither"),
        (b"a\0b,c\n1,2\n", "zero bytes"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "t.csv:3: a quote opens"),
    ],
)
def test_a_text_table_that_cannot_be_read_says_where(tmp_path, content, told):
    with pytest.raises(BadInput) as error:
        grids.read(csv(tmp_path, content), "csv")
    assert told in error.value.message


def yearbook(folder, name="年鉴.xlsx"):
    """A table as yearbooks print it: title, unit, header of two rows with merged cells, a note below."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1-2"
    for row in (
        ["1-2 2023年各县(市、区)人口与收入"],
        [None, None, None, "单位:万人"],
        ["地  区", "常住人口", None, "营业收入(亿元)"],
        [None, "合计", "占比(%)", None],
        ["小 都", 0.3, None, 12],
        [],
        ["甲 区", 0.12, 40, 5.5],
        ["乙 县", 0.08, "—", "…"],
        ["注:本表为快报数。"],
    ):
        sheet.append(row)
    for cells_of in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        sheet.merge_cells(cells_of)
    book.create_sheet("空")
    book.save(folder / name)
    return folder / name


def test_a_yearbook_table_is_proposed_and_read(little, tmp_path):
    """Worked by hand: 0.3 of 10,000 persons are 3,000; the shares are under the merged header."""
    path = yearbook(tmp_path)
    found = proposed(path, little)
    assert found.sheets == ("1-2", "空")
    assert found.mapping.header_rows == (3, 4)
    assert found.mapping.period.value == "2023"
    assert (found.mapping.place.column, found.mapping.place.by) == ("地区", "name")
    assert [(f.column, f.indicator, f.unit) for f in found.mapping.figures] == [
        ("常住人口 / 合计", "people", "万人"),
        ("常住人口 / 占比(%)", "share", "%"),
        ("营业收入(亿元)", "revenue", "亿元"),
    ]
    got = read(little, path, **found.mapping.model_dump(exclude={"format", "source"}))
    assert sorted(rows(got)) == [
        ("990100", "people", "2023-01-01", 3000.0),
        ("990100", "revenue", "2023-01-01", 12.0),
        ("990101", "people", "2023-01-01", 1200.0),
        ("990101", "revenue", "2023-01-01", 5.5),
        ("990101", "share", "2023-01-01", 40.0),
        ("990102", "people", "2023-01-01", 800.0),
    ]
    assert [(q.row, q.text) for q in got.quarantined] == [(8, "—"), (8, "…")]
    assert sorted(got.rows["observation"]) == [5, 5, 7, 7, 7, 8]


def test_the_same_table_without_merged_cells_as_csv(little, tmp_path):
    text = "2023年人口,,\n,,单位:人\n地区,常住人口,\n,合计,占比\n甲区,1200,40\n"
    found = proposed(csv(tmp_path, text.encode("gb18030")), little)
    assert found.mapping.header_rows == (3, 4)
    assert [(f.column, f.indicator) for f in found.mapping.figures] == [
        ("常住人口 / 合计", "people"),
        ("常住人口 / 占比", "share"),
    ]
    assert found.mapping.figures[0].unit == "person"


def test_one_column_a_year(little, tmp_path):
    path = csv(tmp_path, "指标,单位,2019年,2020年\n常住人口,万人,0.1,0.2\n占比,%,5,6\n")
    mapping = proposed(path, little).mapping
    assert [(f.column, f.period) for f in mapping.figures] == [
        ("2019年", "2019年"),
        ("2020年", "2020年"),
    ]
    told = mapping.model_dump(exclude={"format", "source", "place"})
    got = read(little, path, place={"value": "甲区"}, **told)
    assert sorted(rows(got)) == [
        ("990101", "people", "2019-01-01", 1000.0),
        ("990101", "people", "2020-01-01", 2000.0),
        ("990101", "share", "2019-01-01", 5.0),
        ("990101", "share", "2020-01-01", 6.0),
    ]


def test_one_row_a_figure(little, tmp_path):
    path = csv(tmp_path, LONG)
    mapping = proposed(path, little).mapping
    assert (mapping.place.by, mapping.indicator.column, mapping.period.column) == (
        "code",
        "what",
        "when",
    )
    got = read(little, path, **mapping.model_dump(exclude={"format", "source"}))
    assert rows(got) == [
        ("990101", "people", "2020-01-01", 5.0),
        ("990102", "people", "2020-01-01", 7.0),
    ]
    assert [str(end) for end in got.frames["observation"]["valid_to"]] == [
        "2021-01-01",
        "2020-04-01",
    ]


def test_parquet_has_names_and_rows_from_one(little, tmp_path):
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame(
        {"地区代码": [990101, 990102], "常住人口": [5.5, None], "年份": ["2020", "2021"]}
    )
    frame.to_parquet(path)
    mapping = proposed(path, little).mapping
    got = read(little, path, **mapping.model_dump(exclude={"format", "source"}))
    assert rows(got) == [("990101", "people", "2020-01-01", 5.5)]
    assert (got.rows["observation"].tolist(), got.empty) == ([1], 1)


def test_instants_and_days_in_one_column(little, tmp_path):
    """08:00 on a clock of the region is 00:00 UTC."""
    text = "code,when,常住人口\n990101,2020-05-06T08:00,1\n990101,2020-05-06,2\n"
    got = read(
        little,
        csv(tmp_path, text),
        header_rows=(1,),
        place={"column": "code", "by": "code"},
        period={"column": "when"},
        figures=(PEOPLE,),
    )
    assert rows(got)[0][2] == "2020-05-06T00:00:00+00:00"
    assert rows(got)[1][2] == "2020-05-06"


def test_rows_of_another_table_keep_their_cells(little, tmp_path):
    path = csv(tmp_path, "编号,名称\nx:1,甲\n,\nx:2,乙\n")
    got = read(
        little, path, table="place", header_rows=(1,), columns={"place": "编号", "zh": "名称"}
    )
    assert got.frames["place"].to_numpy().tolist() == [["x:1", "甲"], ["x:2", "乙"]]
    assert got.rows["place"].tolist() == [2, 4]


def test_words_settled_by_hand_go_before_matching(little, tmp_path):
    got = read(
        little,
        csv(tmp_path, "地区,项目,值\n老城,人数,7\n"),
        header_rows=(1,),
        place={"column": "地区"},
        period={"value": "2020"},
        indicator={"column": "项目"},
        figures=({"column": "值"},),
        places={"老城": "990101"},
        indicators={"人数": "people"},
    )
    assert rows(got) == [("990101", "people", "2020-01-01", 7.0)]


def test_words_settled_by_hand_need_not_have_the_spaces_of_the_file_nor_lie_where_the_others_do(
    little, tmp_path
):
    got = read(
        little,
        csv(tmp_path, "地区,常住人口\n全    市,7\n甲区,3\n"),
        header_rows=(1,),
        place={"column": "地区", "within": "小都"},
        period={"value": "2020"},
        figures=(PEOPLE,),
        places={"全市": "990100"},
    )
    assert {(place, value) for place, _, _, value in rows(got)} == {
        ("990100", 7.0),
        ("990101", 3.0),
    }
    assert got.quarantined == []


def test_of_several_units_in_the_title_each_column_has_its_own(little, tmp_path):
    text = "2023年主要指标,,\n单位:万人、亿元,,\n地区,常住人口,营业收入\n甲区,0.12,5.5\n"
    (people, revenue) = proposed(csv(tmp_path, text), little).mapping.figures
    assert (people.unit, revenue.unit) == ("万人", "亿元")
    (people, _) = proposed(
        csv(tmp_path, text.replace("万人、", "人、万人、")), little
    ).mapping.figures
    assert people.unit is None


def test_a_cell_said_again_is_counted_and_one_that_contradicts_is_held_back(little, tmp_path):
    got = read(
        little,
        csv(tmp_path, "地区,常住人口\n甲区,1\n甲区,1\n乙县,2\n乙县,3\n"),
        header_rows=(1,),
        place={"column": "地区"},
        period={"value": "2020"},
        figures=(PEOPLE,),
    )
    assert (rows(got), got.repeated) == ([("990101", "people", "2020-01-01", 1.0)], 1)
    assert [(q.row, q.text) for q in got.quarantined] == [(4, "2"), (5, "3")]
    assert "stand in 5:常住人口 too, with '3'" in got.quarantined[0].reason.en


def test_a_unit_of_another_kind_is_held_back_with_what_is_possible(little, tmp_path):
    got = read(
        little,
        csv(tmp_path, "地区,常住人口\n甲区,1\n"),
        header_rows=(1,),
        place={"column": "地区"},
        period={"value": "2020"},
        figures=({**PEOPLE, "unit": "亿元"},),
    )
    (held,) = got.quarantined
    assert "does not convert to 'persons'" in held.reason.en
    assert "万人" in held.reason.en


def test_all_reasons_of_a_cell_are_told_at_once(little, tmp_path):
    got = read(
        little,
        csv(tmp_path, "地区,年,常住人口\n哪里,何时,多少\n"),
        header_rows=(1,),
        place={"column": "地区"},
        period={"column": "年"},
        figures=(PEOPLE,),
    )
    (held,) = got.quarantined
    assert all(
        word in held.reason.en for word in ("'哪里' is not", "'何时' is no", "'多少' is no")
    )


def test_a_mapping_of_columns_that_are_not_there_is_told_with_those_that_are(little, tmp_path):
    path = csv(tmp_path, LONG)
    with pytest.raises(BadInput, match=r"t\.csv: x: is no column") as told:
        read(little, path, header_rows=(1,), figures=({"column": "x"}, {"column": "y"}))
    assert len(told.value.findings) == 2
    assert "place, what, when, value" in told.value.hint
    with pytest.raises(BadInput, match="no row 9"):
        read(little, path, header_rows=(9,), figures=({"column": "value"},))
    with pytest.raises(BadInput, match="'gif' is no table"):
        read(little, path, format="gif")


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path):
    with pytest.raises(NotFound, match="no sheet '1-3'") as told:
        grids.read(yearbook(tmp_path), "xlsx", "1-3")
    assert "1-2" in told.value.hint


@given(
    values=st.lists(
        st.floats(-1e15, 1e15).map(lambda v: float(f"{v:.12g}")), min_size=1, max_size=20
    )
)
def test_a_number_written_in_any_usual_way_is_read(values):
    ways = (repr, lambda v: f"{v:,.3f}", lambda v: f"{v:+.2f}", lambda v: f"{v:e}")
    for way in ways:
        text = pd.Series([way(v) for v in values], dtype="str")
        found, percent = numbers.read(text)
        assert found.tolist() == [float(way(v).replace(",", "")) for v in values]
        assert not percent.any()


@pytest.mark.parametrize(
    ("text", "value", "percent"),
    [
        ("1,234", 1234, False),
        ("1,234.5", 1234.5, False),
        ("12%", 12, True),
        ("-3", -3, False),
        ("1 234", 1234, False),
        ("1,23", None, False),
        ("12a", None, False),
        ("nan", None, False),
        ("inf", None, False),
        ("1e999", None, False),
        ("--", None, False),
        (".", None, False),
    ],
)
def test_a_cell_is_a_number_or_it_is_not(text, value, percent):
    found, shares = numbers.read(pd.Series([text, "1"], dtype="str"))
    assert (None if np.isnan(found[0]) else found[0], shares[0]) == (value, percent)


@given(value=st.floats(-1e12, 1e12), factor=st.sampled_from([1e4, 1e-4, 1e8, 1 / 15]))
def test_tidying_changes_less_than_the_fifteenth_figure(value, factor):
    there = numbers.tidy(np.array([value * factor]))[0]
    assert there == pytest.approx(value * factor, rel=1e-14)


def test_a_conversion_leaves_no_dust():
    assert numbers.tidy(np.array([0.07 * 1e4, 0.0, np.nan]))[:2].tolist() == [700.0, 0.0]


def package(parts, compress=zipfile.ZIP_DEFLATED):
    """An XLSX with the given parts put in place of, or beside, those of a small one."""
    book, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w", compress) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_of(cells_xml):
    return f"<worksheet {MAIN}><sheetData><row>{cells_xml}</row></sheetData></worksheet>"


BOMBS = {
    "one repeated byte": package({SHEET: sheet_of("<c r='A1'><v>1</v></c>") + " " * 60_000_000}),
    "larger than allowed": package(
        {f"xl/x{n}.xml": b" " * 100_000_000 for n in range(6)}, zipfile.ZIP_DEFLATED
    ),
    "entities": package(
        {SHEET: '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>' + sheet_of("")}
    ),
    "entities out of sight": package({SHEET: sheet_of("").encode("utf-16")}),
    "a cell far out": package(
        {SHEET: sheet_of('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>')}
    ),
    "cells that do not say where": package({SHEET: sheet_of("<c><v>1</v></c>" * 3)}),
    "merged cells without end": package(
        {SHEET: sheet_of("") + '<mergeCell ref="A1:B2"/>' * 100_001}
    ),
    "a long text shared by many cells": package(
        {
            SHEET: sheet_of("".join(f'<c r="A{n}" t="s"><v>0</v></c>' for n in range(1, 10_000))),
            "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>{'x' * 100_000}</t></si></sst>",
        }
    ),
    "a sheet under another name": package(
        {"xl/other.xml": sheet_of('<c r="XFD1048576"><v>1</v></c>')}
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_a_parser_sees_it(tmp_path, name):
    path = csv(tmp_path, BOMBS[name], "bomb.xlsx")
    with pytest.raises(BadInput) as told:
        packages.checked(path)
    assert told.value.hint


def test_a_package_whose_list_lies_about_sizes_is_refused(tmp_path):
    """The list says that the sheet unpacks to 100 bytes; it unpacks to millions."""
    content = bytearray(package({SHEET: sheet_of("<c r='A1'><v>1</v></c>") + " " * 5_000_000}))
    at = content.rindex(SHEET.encode()) - 46
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BadInput):
        packages.checked(csv(tmp_path, bytes(content), "lie.xlsx"))


def test_numbers_dates_and_codes_of_a_spreadsheet_are_written_as_a_person_would():
    written = [
        spreadsheets.text_of(cell) for cell in (130102.0, 0.1, 1e20, True, "x", 2**53 + 0.0)
    ]
    assert written == ["130102", "0.1", "1e+20", "yes", "x", "9007199254740992.0"]


def test_errors_percentages_and_formulas_without_a_value_are_not_lost(little, tmp_path):
    """0.437 shown as 43.7% is 43.7 %, not 0.437 %; an error is held back as it stands."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["地区", "年", "占比(%)"])
    for place, value in (("甲区", 0.437), ("乙县", 43.7), ("丙县", "#DIV/0!"), ("丁区", "=1/0")):
        sheet.append([place, 2020, value])
    sheet["C2"].number_format = "0.0%"
    sheet["C4"].data_type = "e"
    book.save(tmp_path / "t.xlsx")
    mapping = proposed(tmp_path / "t.xlsx", little).mapping
    got = read(little, tmp_path / "t.xlsx", **mapping.model_dump(exclude={"format", "source"}))
    assert [(p, v) for p, _, _, v in rows(got)] == [("990101", 43.7), ("990102", 43.7)]
    assert [(q.row, q.text) for q in got.quarantined] == [
        (4, "#DIV/0!"),
        (5, "公式没有值 / formula without a value"),
    ]


def test_a_spreadsheet_is_known_by_its_first_bytes(tmp_path):
    with pytest.raises(BadInput, match="is no spreadsheet"):
        grids.read(csv(tmp_path, "a,b\n", "t.xlsx"), "xlsx")
    with pytest.raises(BadInput, match="XLS file"):
        grids.read(csv(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(600), "t.xls"), "xls")


def test_columns_are_called_by_letters_where_a_name_is_missing_or_stands_twice(tmp_path):
    grid = delimited.grid(csv(tmp_path, "a,,a,b\n1,2,3,4\n"))
    assert headers.head_of(grid).names == ("a [A]", "[B]", "a [C]", "b")
    assert [headers.letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(
    table=st.lists(
        st.tuples(
            st.sampled_from(["甲区", "乙县", "小都", "哪里", ""]),
            st.sampled_from(["2020", "2021年", "x", ""]),
            st.sampled_from(["1", "2.5", "—", "3%", "", "1,000"]),
            st.sampled_from(["7", "y", ""]),
        ),
        max_size=12,
    )
)
def test_every_cell_is_a_row_or_repeated_or_held_back_or_empty(little, tmp_path_factory, table):
    path = tmp_path_factory.mktemp("cells") / "t.csv"
    pd.DataFrame(table, columns=["地区", "年", "常住人口", "占比"]).to_csv(path, index=False)
    got = read(
        little,
        path,
        header_rows=(1,),
        place={"column": "地区"},
        period={"column": "年"},
        figures=(PEOPLE, {"column": "占比", "indicator": "share"}),
    )
    there = sum(bool(cell) for row in table for cell in row[2:])
    assert len(rows(got)) + got.repeated + len(got.quarantined) == there
    assert got.empty + there == 2 * len(table)
    assert all(q.reason.zh and q.reason.en and q.column for q in got.quarantined)
    places = {q.row for q in got.quarantined} | set(got.rows["observation"])
    assert places <= set(range(2, len(table) + 2))


def test_the_module_names_endings_of_its_formats():
    assert {Path(f"a{ending}").suffix for ending in tabular.ENDINGS} == set(tabular.ENDINGS)
