"""Opening a region: by name or folder, at a time, as of a time, on a branch."""

from datetime import UTC, date, datetime
from typing import ClassVar

import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.base import about
from hutuo.base import region as regions
from hutuo.errors import BadAsk, BadInput, NotFound


def test_what_is_opened_says_what_it_is(little):
    assert (little.info.id, little.title.zh, little.branch) == ("little", "小都市圈", "main")
    assert (little.at, little.as_of) == (None, None)


def test_a_region_without_a_name_is_the_default_one(embedded):
    assert embedded.info.id == regions.default_region()
    assert embedded.info.id in regions.embedded()


def test_a_folder_that_is_the_default_is_listed_but_comes_with_nobody(own_folder, monkeypatch):
    """What comes with the program may be named over the network; a folder may not."""
    monkeypatch.setenv("HUTUO_REGION", str(own_folder))
    before = list(regions.embedded())
    assert [row.region for row in about.regions(None, about.Regions())] == [
        *before,
        str(own_folder),
    ]
    assert list(regions.embedded()) == before


def test_an_unknown_region_is_told_with_those_that_there_are():
    with pytest.raises(NotFound, match="no region 'nope'") as told:
        hutuo.open("nope")
    assert regions.default_region() in told.value.hint
    assert "path of a pack's folder" in told.value.hint


def test_two_packs_of_one_name_in_two_folders_have_a_lake_each(home, tmp_path):
    one = hutuo.open(str(tiny.write_pack(tmp_path / "one")))
    two = hutuo.open(str(tiny.write_pack(tmp_path / "two")))
    one.create_branch("b")
    assert (one.lake.branches(), two.lake.branches()) == (["main", "b"], ["main"])


def test_a_pack_that_takes_the_name_of_an_embedded_one_does_not_touch_its_lake(home, tmp_path):
    name = regions.default_region()
    other = hutuo.open(str(tiny.write_pack(tmp_path / "other", name)))
    assert other.lake.folder.name.startswith(f"{name}-")


def test_the_data_lie_in_the_folder_of_the_user(own, home):
    assert own.lake.folder.is_relative_to(home / "regions")
    assert (own.lake.folder / "lake.sqlite").is_file()


@pytest.mark.parametrize("given", ["2024-06-01", date(2024, 6, 1)])
def test_a_day_is_given_as_text_or_date(given, little, little_folder):
    assert hutuo.open(str(little_folder), at=given).at == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2024-06-01", datetime(2024, 6, 1, 23, 59, 59, 999999, UTC)),
        (date(2024, 6, 1), datetime(2024, 6, 1, 23, 59, 59, 999999, UTC)),
        ("2024-06-01T08:00:00+08:00", datetime(2024, 6, 1, tzinfo=UTC)),
        ("2024-06-01T00:00:00Z", datetime(2024, 6, 1, tzinfo=UTC)),
        (datetime(2024, 6, 1, 5, tzinfo=UTC), datetime(2024, 6, 1, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_and_a_day_means_its_end(given, instant, little, little_folder):
    assert hutuo.open(str(little_folder), as_of=given).as_of == instant


@pytest.mark.parametrize(
    "view",
    [
        {"at": "2024-13-01"},
        {"at": "soon"},
        {"as_of": "2024-02-30"},
        {"as_of": "2024-06-01T08:00"},
        {"as_of": datetime(2024, 6, 1)},  # noqa: DTZ001 - what is refused
        {"as_of": ""},
    ],
)
def test_what_is_no_date_or_no_instant_is_told_with_an_example(view, little, little_folder):
    with pytest.raises(BadAsk) as told:
        hutuo.open(str(little_folder), **view)
    assert "2024-12-31" in told.value.hint or "+08:00" in told.value.hint


def test_an_unknown_branch_is_told(little, little_folder):
    with pytest.raises(NotFound, match="no branch 'x'"):
        hutuo.open(str(little_folder), branch="x")


def test_names_are_those_of_units_and_places(little):
    assert little.name_of("990101").zh == "甲区"
    assert little.name_of("part:delta-town").en == "Delta town"
    with pytest.raises(NotFound, match="no unit or place '990109'"):
        little.name_of("990109")
    with pytest.raises(NotFound) as error:
        little.name_of("甲区")
    assert error.value.hint == "it is asked for by its id: 990101"


def test_an_unknown_table_or_column_is_told(little):
    with pytest.raises(NotFound, match="no table 'units'"):
        little.table("units")
    with pytest.raises(NotFound, match="no column of unit 'code'"):
        little.table("unit", code="990101")


@pytest.fixture(scope="module")
def shared(tmp_path_factory, shared_home):
    """A tiny region for tests whose rows are refused, or do not meet."""
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("shared") / "pack")))


class TestAppend:
    """Rows of a user, checked as a pack's rows are."""

    good: ClassVar = {"place": "990101", "indicator": "people", "valid_from": date(2023, 1, 1), "value": 5.0,
            "unit": "person", "source": "book"}  # fmt: skip

    def frame(self, **changed):
        return pd.DataFrame([self.good | changed])

    def test_what_is_left_out_takes_its_default(self, own):
        assert own.append("observation", self.frame()) == 1
        (row,) = own.records("observation", valid_from=date(2023, 1, 1))
        assert (row["quality"], row["estimate"], row["note"]) == ("A", False, None)
        assert row["batch"].startswith("append:")

    def test_a_day_is_taken_as_text_date_or_timestamp(self, shared):
        days = {2031: "2031-01-01", 2032: date(2032, 1, 1), 2033: pd.Timestamp("2033-01-01")}
        for year, day in days.items():
            shared.append("observation", self.frame(valid_from=day))
            assert len(shared.records("observation", valid_from=date(year, 1, 1))) == 1

    @pytest.mark.parametrize(
        ("changed", "column"),
        [
            ({"place": "990109"}, "place"),
            ({"source": None}, "source"),
            ({"value": float("inf")}, "value"),
            ({"unit": "furlong"}, "unit"),
            ({"valid_from": "2023-13-01"}, "valid_from"),
            ({"quality": "D"}, "quality"),
            ({"valid_to": date(2022, 1, 1)}, "valid_to"),
        ],
    )
    def test_a_faulty_row_is_told_and_none_is_written(self, shared, changed, column):
        before = shared.lake.snapshot()
        rows = [self.good | {"valid_from": "2022-01-01"}, self.good | {"valid_from": "2023-01-01"}]
        frame = pd.DataFrame([rows[0], rows[1] | changed])
        with pytest.raises(BadInput) as told:
            shared.append("observation", frame)
        assert [(f.row, f.column) for f in told.value.findings] == [(2, column)]
        assert shared.lake.snapshot() == before

    def test_two_rows_of_one_key_are_refused(self, shared):
        with pytest.raises(BadInput, match="stands already in observation:1"):
            shared.append("observation", pd.concat([self.frame(), self.frame(value=6.0)]))

    def test_an_unknown_column_is_told(self, shared):
        with pytest.raises(NotFound, match="colour"):
            shared.append("observation", self.frame(colour="red"))

    def test_rows_of_one_batch_may_refer_to_each_other(self, own):
        rows = [
            {"unit": "990200", "zh": "大都", "en": "Big", "level": "prefecture", "parent": None},
            {"unit": "990201", "zh": "戊区", "en": "Eps", "level": "county", "parent": "990200"},
        ]
        frame = pd.DataFrame(rows).assign(source="book", boundary=False)
        assert own.append("unit", frame) == 2

    def test_a_day_of_recording_without_a_zone_is_refused_or_utc(self, own):
        """A naive instant would be read in the zone of the machine."""
        frame = self.frame(recorded_at=datetime(2025, 6, 1, 12))  # noqa: DTZ001 - what is given
        try:
            own.append("observation", frame)
        except (BadAsk, BadInput):
            return
        (row,) = own.records("observation", valid_from=date(2023, 1, 1))
        assert row["recorded_at"] == datetime(2025, 6, 1, 12, tzinfo=UTC)

    def test_no_row_is_no_fault(self, shared):
        assert shared.append("observation", self.frame().iloc[:0]) == 0
