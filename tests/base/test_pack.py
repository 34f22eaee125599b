"""Packs that come in faulty: every fault at once, where it is and what would be right; nothing is stored."""

import csv

import duckdb
import pytest

import hutuo
import tiny
from hutuo.base import pack
from hutuo.base import region as regions
from hutuo.base.pack import read_info
from hutuo.errors import BadInput, say


@pytest.fixture
def folder(tmp_path):
    """A tiny pack of the test's own, not to be opened."""
    return tiny.write_pack(tmp_path / "pack")


def findings(folder):
    """Every fault of a pack as (file, row, column, words)."""
    with duckdb.connect() as connection:
        told = pack.stage(connection, folder, read_info(folder))
        return [(*found[:3], say(found.says, "en")) for found in told]


def cut(folder, table, column):
    """Take a column out of a pack's table."""
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    at = rows[0].index(column)
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(r[:at] + r[at + 1 :] for r in rows)


def replace(folder, file, before, after):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_tiny_pack_has_no_fault(folder):
    assert findings(folder) == []


# One cell changed: table, line, column, what is written; then what the finding says.
CELLS = {
    "bad date": ("observation", 3, "valid_from", "2020-13-01", "is not a date as 2020-11-01"),
    "date with hours": ("source", 2, "published", "2020-11-01 08:00:00", "is not a date"),
    "bad number": ("observation", 4, "value", "abc", "'abc' is not a number, as 12.5"),
    "thousands comma": ("observation", 4, "value", "1,000", "'1,000' is not a number"),
    "not finite": ("observation", 4, "value", "inf", "'inf' is not a finite number"),
    "no whole number": ("clause", 2, "level", "1.5", "'1.5' is not a whole number, as 2030"),
    "too small": ("clause", 2, "level", "-1", "'-1' is below 0"),
    "too large": ("plan", 2, "horizon_to", "2900", "'2900' is above 2200"),
    "no yes": ("indicator", 2, "core", "maybe", "'maybe' is not yes or no"),
    "not in list": ("unit", 4, "level", "town", "is none of province, prefecture, county, zone"),
    "no code": ("unit", 5, "unit", "99010X", "does not match [0-9]{6}"),
    "no end": ("observation", 3, "valid_to", "2020-11-01", "is not after valid_from"),
    "unknown source": ("observation", 5, "source", "tale", "'tale' is no source of table source"),
    "no source": ("observation", 5, "source", "", "is empty; "),
    "unknown indicator": ("observation", 5, "indicator", "luck", "is no indicator of table"),
    "unknown measure": (
        "observation",
        5,
        "unit",
        "furlong",
        "is no unit of measure; known: person",
    ),
    "unknown place": ("observation", 5, "place", "set:x", "is neither a code of table unit, nor"),
    "unknown clause": ("target", 2, "clause", "九", "'九' is no clause of table clause"),
    "unknown in a list": ("target", 3, "related", "revenue|luck", "names something that is no"),
    "empty name": ("unit", 3, "zh", "", "is empty; "),
    "blank name": ("unit", 3, "zh", "  ", "is empty; "),
    "no polygon": ("unit", 3, "unit", "990109", "'990109' has no polygon in layer units.geojson"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_faulty_cell_is_told_with_file_line_and_column(name, folder):
    table, line, column, text, says = CELLS[name]
    tiny.edit(folder, table, {(line, column): text})
    found = findings(folder)
    mine = [f for f in found if f[:3] == (f"{table}.csv", line, column) and says in f[3]]
    assert len(mine) == 1, found


def test_a_period_from_a_date_to_an_instant_is_told(folder):
    tiny.edit(folder, "observation", {(3, "valid_from"): "2020-11-01 08:00"})
    (found,) = findings(folder)
    assert found[:3] == ("observation.csv", 3, "grain")
    assert "a date and an instant" in found[3]


def test_a_key_that_stands_twice_is_told_with_where_it_stands_first(folder):
    with (folder / "observation.csv").open("a", encoding="utf-8") as file:
        file.write("990101,people,2020-11-01,2020-11-02,7,person,book,no\n")
    (found,) = findings(folder)
    key = "place+indicator+valid_from+valid_to"
    # The head is the first line, what was added the last.
    assert found[:3] == ("observation.csv", len(tiny.ROWS["observation"]) + 2, key)
    assert "stands already in observation.csv:3" in found[3]


def test_a_key_in_two_files_of_a_table_is_told(folder):
    (folder / "observation").mkdir()
    head, row = tiny.HEADS["observation"], tiny.ROWS["observation"][1]
    (folder / "observation" / "more.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    (found,) = findings(folder)
    assert found[:2] == ("observation.csv", 3)
    assert "stands already in observation/more.csv:2" in found[3]


def test_a_missing_column_is_told_once_and_not_again_for_every_row(folder):
    cut(folder, "unit", "level")
    assert findings(folder) == [("unit.csv", 1, "level", "column is missing; it is required")]


def test_observations_without_a_column_of_sources_are_refused(folder):
    cut(folder, "observation", "source")
    assert findings(folder)[0] == (
        "observation.csv", 1, "source", "column is missing; it is required",
    )  # fmt: skip


def test_an_unknown_column_is_told_with_those_that_there_are(folder):
    replace(folder, "unit.csv", "level", "levle")
    found = {f[2]: f for f in findings(folder)}
    assert found["levle"][:2] == ("unit.csv", 1)
    assert "columns are unit, valid_from" in found["levle"][3]
    assert found["level"][3] == "column is missing; it is required"


def test_a_column_that_stands_twice_is_told(folder):
    replace(folder, "body.csv", "body,zh,en", "body,zh,zh")
    found = {(f[1], f[2], f[3]) for f in findings(folder) if f[0] == "body.csv"}
    assert (1, "zh", "column stands twice") in found


@pytest.mark.parametrize("row", ["990109,己县", "990109,己县,F,county,990100,no,book,x,y"])
def test_a_row_with_too_few_or_too_many_cells_is_told_with_its_line(folder, row):
    with (folder / "unit.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    found = [f for f in findings(folder) if f[:2] == ("unit.csv", 7)]
    assert len(found) == 1
    assert "the header has 7 columns" in found[0][3]


def test_lines_after_a_refused_row_keep_their_numbers(folder):
    replace(folder, "unit.csv", "990102,", "990109,己县\n990102,")
    replace(folder, "unit.csv", "丁区,Delta,county", "丁区,Delta,town")
    tiny.write_layer(folder / "units.geojson", ["990101", "990102", "990104"])
    assert [f[:3] for f in findings(folder)] == [
        ("unit.csv", 4, ""),
        ("unit.csv", 6, "unit"),
        ("unit.csv", 7, "level"),
    ]


def test_a_line_with_two_faults_of_form_is_counted_once(folder):
    replace(folder, "unit.csv", "990102,", '990109,"己"县,F,county,990100,no,book,x\n990102,')
    replace(folder, "unit.csv", "丁区,Delta,county", "丁区,Delta,town")
    assert {f[:3] for f in findings(folder)} == {("unit.csv", 4, ""), ("unit.csv", 7, "level")}


def test_a_file_that_is_not_utf8_is_told(folder):
    text = (folder / "source.csv").read_text(encoding="utf-8")
    (folder / "source.csv").write_bytes(text.encode("gb18030"))
    found = [f for f in findings(folder) if f[0] == "source.csv"]
    assert len(found) == 1
    assert "save it as UTF-8" in found[0][3]


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder):
    text = (folder / "unit.csv").read_text(encoding="utf-8")
    (folder / "unit.csv").write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert findings(folder) == []


def test_quoted_cells_with_commas_and_line_ends_are_read(folder):
    tiny.edit(folder, "clause", {(2, "summary_zh"): '一,"二"\n三'})
    assert findings(folder) == []


def test_a_file_that_is_no_table_is_told(folder):
    (folder / "units.csv").write_text("unit\n1\n", encoding="utf-8")
    (found,) = findings(folder)
    assert found[:2] == ("units.csv", None)
    listed = found[3].partition("is no table; tables are ")[2]
    assert {"agenda", "baseline", "body"} <= set(listed.split(", "))


def test_a_header_cannot_smuggle_sql(folder):
    replace(folder, "body.csv", "body,zh,en", """body,zh,"en'); DROP TABLE new_unit; --" """)
    assert {f[0] for f in findings(folder)} == {"body.csv"}


class TestLayer:
    """Boundaries of the units."""

    def test_a_missing_layer_file_is_told(self, folder):
        (folder / "units.geojson").unlink()
        (found,) = findings(folder)
        assert found[:3] == ("region.toml", None, "boundaries.layer")
        assert "no such file" in found[3]

    def test_a_layer_without_codes_is_told_with_what_it_has(self, folder):
        replace_all(folder / "units.geojson", '"code"', '"kode"')
        (found,) = findings(folder)
        assert found == ("units.geojson", None, "code", found[3])
        assert "column is missing; it has: kode" in found[3]

    def test_a_layer_that_cannot_be_read_is_told(self, folder):
        (folder / "units.geojson").write_text("{", encoding="utf-8")
        (found,) = findings(folder)
        assert found[0] == "units.geojson"
        assert "cannot be read as a layer" in found[3]

    def test_a_polygon_that_stands_twice_is_told(self, folder):
        tiny.write_layer(folder / "units.geojson", [*tiny.SQUARES, "990101"])
        assert findings(folder) == [("units.geojson", None, "code", "'990101' stands twice")]

    def test_every_unit_without_a_polygon_is_told(self, folder):
        tiny.write_layer(folder / "units.geojson", ["990101", "990104"])
        assert [f[:3] for f in findings(folder)] == [
            ("unit.csv", 4, "unit"),
            ("unit.csv", 5, "unit"),
        ]

    def test_polygons_that_no_unit_has_are_left_out(self, folder):
        rows = [row.replace("yes,book", "no,book") for row in tiny.ROWS["unit"][:-1]]
        text = "\n".join([tiny.HEADS["unit"], *rows, tiny.ROWS["unit"][-1]]) + "\n"
        (folder / "unit.csv").write_text(text, encoding="utf-8")
        assert findings(folder) == []


def replace_all(file, before, after):
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


class TestHead:
    """``region.toml``."""

    def test_a_folder_without_it_is_told_what_a_pack_is(self, tmp_path):
        with pytest.raises(BadInput, match=r"holds no region\.toml") as told:
            read_info(tmp_path)
        assert "one CSV a table" in told.value.hint
        assert told.value.words[0] == f"{tmp_path}中没有region.toml"

    @pytest.mark.parametrize(
        ("before", "after", "column"),
        [
            ('id = "little"', 'id = "Little Town"', "id"),
            ('zh = "小都市圈"', "", "zh"),
            ("released = 2025-01-01", 'released = "soon"', "released"),
            ('set = "set:area"', 'set = "set:area"\ncolour = "red"', "colour"),
            ('layer = "units.geojson"', "", "boundaries.layer"),
            ('id = "little"', "id = little", ""),
        ],
    )
    def test_a_fault_is_told_with_its_key(self, folder, before, after, column):
        replace(folder, "region.toml", before, after)
        with pytest.raises(BadInput, match=r"region\.toml is faulty") as told:
            read_info(folder)
        assert [found.column for found in told.value.findings] == [column]

    def test_two_faults_are_told_at_once(self, folder):
        replace(folder, "region.toml", 'zh = "小都市圈"', "")
        replace(folder, "region.toml", "released = 2025-01-01", "")
        with pytest.raises(BadInput) as told:
            read_info(folder)
        assert {found.column for found in told.value.findings} == {"zh", "released"}
        assert told.value.words[0].startswith("region.toml有误\n  region.toml: zh: 必填")

    def test_a_main_set_without_members_is_told(self, folder):
        replace(folder, "region.toml", 'set = "set:area"', 'set = "set:none"')
        assert findings(folder)[0][:3] == ("region.toml", None, "set")


def spoil(folder):
    """Five different faults in four files."""
    tiny.edit(folder, "observation", {(3, "valid_from"): "2020-13-01", (5, "source"): ""})
    tiny.edit(folder, "unit", {(3, "level"): "town"})
    tiny.edit(folder, "target", {(2, "unit"): "furlong"})
    tiny.edit(folder, "clause", {(2, "level"): "x"})


SPOILED = {
    ("clause.csv", 2, "level"),
    ("observation.csv", 3, "valid_from"),
    ("observation.csv", 5, "source"),
    ("target.csv", 2, "unit"),
    ("unit.csv", 3, "level"),
}


def test_five_faults_are_told_at_once_in_the_order_of_files_and_lines(folder):
    spoil(folder)
    found = [f[:3] for f in findings(folder)]
    assert len(found) == 5
    assert set(found) == SPOILED
    assert found == sorted(found)


def test_many_faults_of_a_kind_are_listed_up_to_a_limit_and_counted(folder):
    rows = [f"990101,people,{1900 + n}-01-01,,x,person,book,no" for n in range(50)]
    with (folder / "observation.csv").open("a", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    found = findings(folder)
    assert len(found) == 21
    assert [f[3] for f in found if f[1] is None] == ["and 30 more like these"]


class TestStored:
    """What a faulty pack leaves in the lake: nothing."""

    def rows(self, region):
        lake = region.lake
        return {name: len(region.records(name)) for name in tiny.ROWS} | {
            "batch": lake.rows("SELECT count(*) FROM lake.batch")[0][0]
        }

    def test_nothing_of_a_faulty_pack_is_stored(self, own_folder):
        spoil(own_folder)
        with pytest.raises(BadInput) as told:
            hutuo.open(str(own_folder))
        assert len(told.value.findings) == 5
        assert "5 findings" in told.value.message
        assert told.value.message.count("\n") == 5
        tiny.write_pack(own_folder)
        region = hutuo.open(str(own_folder))
        assert self.rows(region) == {name: len(rows) for name, rows in tiny.ROWS.items()} | {
            "batch": 1,
            "observation": len(tiny.ROWS["observation"]) + 4,
        }

    def test_a_region_loaded_before_keeps_its_rows_beneath_a_faulty_pack(self, own, own_folder):
        before, snapshot = self.rows(own), own.lake.snapshot()
        spoil(own_folder)
        with pytest.raises(BadInput):
            hutuo.open(str(own_folder))
        assert self.rows(own) == before
        assert own.lake.snapshot() == snapshot
        for name, rows in tiny.ROWS.items():
            text = "\n".join([tiny.HEADS[name], *rows]) + "\n"
            (own_folder / f"{name}.csv").write_text(text, encoding="utf-8")
        again = hutuo.open(str(own_folder))
        assert again.lake.snapshot() == snapshot
        assert self.rows(again) == before

    def test_a_fault_is_told_again_each_time_until_it_is_mended(self, own_folder):
        tiny.edit(own_folder, "unit", {(3, "level"): "town"})
        for _ in range(2):
            with pytest.raises(BadInput, match=r"unit\.csv:3: level: 'town'"):
                hutuo.open(str(own_folder))
            regions._lakes.clear()

    def test_a_refused_row_of_an_earlier_try_is_not_told_again(self, own_folder):
        text = (own_folder / "unit.csv").read_text(encoding="utf-8")
        (own_folder / "unit.csv").write_text(text + "990109,己县\n", encoding="utf-8")
        with pytest.raises(BadInput):
            hutuo.open(str(own_folder))
        (own_folder / "unit.csv").write_text(text, encoding="utf-8")
        assert len(hutuo.open(str(own_folder)).records("unit")) == 5


def test_the_content_of_a_pack_tells_any_change(folder):
    info = read_info(folder)
    before = pack.digest(folder, info)
    assert pack.digest(folder, info) == before
    seen = {before}
    for table in tiny.ROWS:
        file = folder / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        seen.add(pack.digest(folder, info))
    tiny.write_layer(folder / "units.geojson", ["990101"])
    seen.add(pack.digest(folder, info))
    assert len(seen) == len(tiny.ROWS) + 2
