"""A period within a header is read with the indicator and the unit that stand beside it."""

from datetime import UTC

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.dated import Dated, dated
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Mapping
from hutuo.base.periods import Period, read
from hutuo.base.proposals import proposed
from hutuo.base.tabular import frames

# A header, what is left of it without its period, the period, and whether it says the end of it.
HEADERS = [
    ("2023年末常住人口(万人)", "常住人口(万人)", "2023年末", True),
    ("2023年年末常住人口(万人)", "常住人口(万人)", "2023年年末", True),
    ("2023 年 末 常住人口 (万人)", "常住人口 (万人)", "2023年末", True),
    ("截至2023年底户籍人口", "户籍人口", "2023年底", True),
    ("2023年全年地区生产总值(亿元)", "地区生产总值(亿元)", "2023年全年", False),
    ("2023年度生产总值", "生产总值", "2023年度", False),
    ("2023常住人口", "常住人口", "2023", False),
    ("常住人口(2023年)", "常住人口", "2023年", False),
    ("常住人口(2023年末,万人)", "常住人口(万人)", "2023年末", True),
    ("常住人口2023年(万人)", "常住人口(万人)", "2023年", False),
    ("常住人口_2023", "常住人口", "2023", False),
    ("pop2023", "pop", "2023", False),
    ("Population, end of 2023 (10,000 persons)", "Population (10,000 persons)", "2023", True),
    ("2023年一季度GDP", "GDP", "2023年一季度", False),
    ("2023年5月末存款余额", "存款余额", "2023年5月末", True),
    ("人口(2020-11-01)", "人口", "2020-11-01", False),
    ("2023年末 / 常住人口", "常住人口", "2023年末", True),
    ("2023年", "", "2023年", False),
]
# What holds a number that is no period of its figures, or more than one.
UNDATED = [
    "常住人口",
    "GDP(2010年不变价,亿元)",
    "GDP(2020=100)",
    "2010-2020年增长",
    "2015—2020年",
    "人口(2000人以上)",
    "2023年13月人口",
    "2023.5",
    "20230501",
    "12023",
    "人口(2020)(2021)",
]


@pytest.mark.parametrize(("header", "rest", "period", "ends"), HEADERS)
def test_a_period_is_taken_out_of_a_header_and_can_be_read(header, rest, period, ends):
    assert dated(header) == Dated(rest, period, ends)
    assert isinstance(read(period, UTC), Period)


@pytest.mark.parametrize("header", UNDATED)
def test_a_number_that_is_no_period_of_the_figures_stays(header):
    assert dated(header) == Dated(header)


@given(st.text(st.sampled_from("2019 /年末底月日季度全第一()[,、-=.~截至endof万人"), max_size=30))
def test_any_header_gives_a_period_that_can_be_read_or_none(header):
    found = dated(header)
    if found.period is None:
        assert found == Dated(header)
    else:
        assert read(found.period, UTC) is not None


@pytest.mark.parametrize("words", ["2023年", "2023年末", "2023年底", "2023年全年", "2023年度"])
def test_a_year_is_read_whatever_of_it_is_said(words):
    assert read(words, UTC) == read("2023", UTC)


def table(folder, header, cells=("0.11", "0.06")):
    path = folder / "t.csv"
    path.write_text(f"地区,{header}\n甲区,{cells[0]}\n乙县,{cells[1]}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "begins"),
    [
        ("2023年末常住人口(万人)", "2023-01-01"),
        ("2023年底常住人口(万人)", "2023-01-01"),
        ("2023年全年常住人口(万人)", "2023-01-01"),
        ("2023年常住人口(万人)", "2023-01-01"),
        ('"常住人口(2023年末,万人)"', "2023-01-01"),
        ("2023年三季度常住人口(万人)", "2023-07-01"),
        ("2023年5月末常住人口(万人)", "2023-05-01"),
    ],
)
def test_a_header_of_period_indicator_and_unit_needs_no_mending(header, begins, little, tmp_path):
    path = table(tmp_path, header)
    mapping = proposed(path, little).mapping
    (figure,) = mapping.figures
    assert (figure.indicator, figure.unit, mapping.period) == ("people", "万人", None)
    found = frames(path, mapping.model_copy(update={"source": "book"}), little)
    told = found.frames["observation"]
    assert told["value"].tolist() == [1100, 600]
    assert {str(day) for day in told["valid_from"]} == {begins}
    assert found.quarantined == []


def test_numbers_below_a_period_are_figures_though_they_could_be_years(little, tmp_path):
    path = table(tmp_path, "2023年度常住人口", ("1100", "2023"))
    assert proposed(path, little).mapping.figures[0].indicator == "people"


def test_a_column_without_a_period_has_that_of_the_title(little, tmp_path):
    path = table(tmp_path, "常住人口(2020年),占比(%)", ("1,2", "3,4"))
    path = path.rename(tmp_path / "2023年.csv")
    mapping = proposed(path, little).mapping
    assert (mapping.figures[0].period, mapping.figures[1].period) == ("2020年", None)
    assert mapping.period.value == "2023"


def with_indicator(region, name, zh):
    row = {"indicator": name, "zh": zh, "en": name, "unit": "person", "topic": "population"}
    row |= {"aggregation": "sum", "definition_zh": zh, "definition_en": name, "core": "no"}
    region.append("indicator", pd.DataFrame([row]))


def test_the_end_of_a_year_goes_before_the_indicator_of_any_time(own, tmp_path):
    with_indicator(own, "people_end", "年末常住人口")
    said = [
        proposed(table(tmp_path, words), own).mapping.figures[0].indicator
        for words in ("2023年末常住人口", "2023年常住人口", "常住人口(2023年底)")
    ]
    assert said == ["people_end", "people", "people_end"]


def test_an_indicator_that_is_called_with_a_year_keeps_it(own, tmp_path):
    with_indicator(own, "old", "2010年口径人口")
    mapping = proposed(table(tmp_path, "2010年口径人口"), own).mapping
    assert [(f.indicator, f.period) for f in mapping.figures] == [("old", None)]


def test_what_is_proposed_is_stored_as_it_is(own, tmp_path):
    path = table(tmp_path, "2023年末常住人口(万人)")
    mapping = proposed(path, own).mapping.model_copy(update={"source": "book"})
    assert isinstance(mapping, Mapping)
    assert ingest(own, Ingest(file=str(path), mapping=mapping)).stored == 2


@pytest.mark.parametrize(
    ("header", "name", "rest", "period"),
    [
        ("2024年上半年常住人口(万人)", "t.csv", "常住人口(万人)", "2024年上半年"),
        ("常住人口(2024年1-6月)", "t.csv", "常住人口", "2024年1-6月"),
        ("常住人口 / 下半年", "t.csv", "常住人口", "下半年"),
        ("常住人口", "2024年上半年.csv", "常住人口", None),
    ],
)
def test_half_a_year_is_never_taken_for_its_year(own, tmp_path, header, name, rest, period):
    """A column of half a year is read as such, so that each cell is held back with what would be right."""
    found = dated(header)
    assert (found.rest, found.period) == (rest, period)
    path = table(tmp_path, header).rename(tmp_path / name)
    seen = inspect(own, Inspect(file=str(path)))
    assert seen.ready == 0
    assert [one.reason.zh.partition(";")[0] for one in seen.unmatched] == [
        f"“{period or '2024年上半年'}”是半年或几个月合计,不是时期"
    ]
