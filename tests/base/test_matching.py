"""Words of a file and the places, indicators and units they mean: worked cases, and nothing guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.matching import Places, Refused
from hutuo.base.measures import SURE, Indicators, unit_in, unit_of
from hutuo.units import UNITS, convert

Y2010, Y2014, Y2023 = ((date(y, 1, 1), date(y + 1, 1, 1)) for y in (2010, 2014, 2023))


@pytest.fixture(scope="module")
def places(embedded):
    return Places(embedded.history("unit"), embedded.records("place"))


@pytest.fixture(scope="module")
def indicators(embedded):
    return Indicators(embedded.records("indicator"))


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("130121", "130121"),
        ("130121000000", "130121"),
        ("130121.0", "130121"),
        ("井陉县", "130121"),
        ("井 陉 县", "130121"),
        ("井\u3000陉\u3000县", "130121"),
        (" 井陉 ", "130121"),
        ("Jingxing", "130121"),
        ("石家庄", "130100"),
        ("石家庄市井陉县", "130121"),
        ("河北省石家庄市井陉县", "130121"),
        ("其中:辛集市", "130181"),
        ("#辛集市", "130181"),
        ("part:130503-urban", "part:130503-urban"),
        ("cell:8531aa47fffffff", "cell:8531aa47fffffff"),
    ],
)
def test_a_place_is_told_by_code_or_by_name(places, word, place):
    assert places.find(word, Y2023) == place


@pytest.mark.parametrize(
    ("word", "span", "place"),
    [
        # Gaocheng was a city until 2014-09-09, then a district: the same ground under another code.
        ("藁城市", Y2010, "130182"),
        ("藁城市", Y2023, "130109"),
        ("130182", Y2023, "130109"),
        ("藁城区", Y2010, "130182"),
        ("藁城区", Y2023, "130109"),
        # The reform of Xingtai of 2020 renamed Ren county.
        ("任县", Y2023, "130505"),
        ("任泽区", Y2010, "130526"),
    ],
)
def test_a_name_of_another_time_leads_to_the_unit_with_that_ground(places, word, span, place):
    assert places.find(word, span) == place


def test_in_the_year_of_a_change_each_name_means_its_own_unit(places):
    assert places.find("藁城市", Y2014) == "130182"
    assert places.find("藁城区", Y2014) == "130109"


@pytest.mark.parametrize(
    ("word", "span", "told"),
    [
        ("邢台县", Y2023, "went into Xiangdu (130502), Xindu (130503)"),
        ("襄都区", Y2010, "is there from 2020-06-23"),
        ("桥西区", Y2023, "may be Qiaoxi (130104), Qiaoxi (130703)"),
        ("井径县", Y2023, "the nearest are Jingxing (130121)"),
        ("130121101", Y2023, "lies below Jingxing (130121)"),
        ("999999", Y2023, "is not known"),
        ("", Y2023, "is not known"),
    ],
)
def test_what_means_nothing_or_several_things_is_refused_with_what_is_near(
    places, word, span, told
):
    found = places.find(word, span)
    assert isinstance(found, Refused)
    assert told in found.reason.en
    assert found.reason.zh


def test_what_a_place_lies_in_decides_where_a_name_stands_twice(places):
    assert places.find("桥西区", Y2023, within="石家庄市") == "130104"
    assert places.find("桥西区", Y2023, within="130700") == "130703"
    assert places.find("桥西区", Y2023, context="130100") == "130104"
    # In Xingtai it was renamed in 2020 under the same code.
    assert places.find("桥西区", Y2023, context="130500") == "130503"


def test_surroundings_do_not_hide_a_name_that_stands_once(places):
    assert places.find("辛集市", Y2023, context="130500") == "130181"


def test_a_place_that_is_not_where_it_is_said_to_be_is_refused(places):
    found = places.find("井陉县", Y2023, within="邢台市")
    assert isinstance(found, Refused)
    assert "elsewhere there is Jingxing (130121)" in found.reason.en


def test_every_unit_is_found_by_its_code_and_its_own_name(places, embedded):
    for row in embedded.history("unit"):
        span = (row["valid_from"] or date(2001, 1, 1), row["valid_to"] or date(2026, 1, 1))
        assert places.find(row["unit"], span) == row["unit"]
        above = row["parent"]
        found = (
            places.find(row["zh"], span, within=above) if above else places.find(row["zh"], span)
        )
        assert found == row["unit"], row["zh"]


@given(word=st.text(max_size=30))
def test_any_word_is_a_known_place_or_refused(places, word):
    found = places.find(word, Y2023)
    assert isinstance(found, Refused) or found in places.by_id or found.startswith("cell:")


@pytest.mark.parametrize(
    ("header", "indicator"),
    [
        ("gdp", "gdp"),
        ("地区生产总值", "gdp"),
        ("地区生产总值(亿元)", "gdp"),
        ("地 区 生 产 总 值", "gdp"),
        ("GDP", "gdp"),
        ("GDP(万元)", "gdp"),
        ("常住人口", "resident_population"),
        ("年末常住人口(万人) / 合计", "resident_population_end"),
        ("Area", "area"),
        ("城镇化率(%)", "urban_share"),
    ],
)
def test_an_indicator_is_told_by_its_header(indicators, header, indicator):
    found, sure, why = indicators.find(header)
    assert (found, sure >= SURE) == (indicator, True)
    assert why.zh


def test_a_header_that_is_only_alike_is_not_taken_but_told(indicators):
    found, sure, why = indicators.find("地区生产总直")
    assert (found, sure) == (None, 0.0)
    assert "gdp" in why.en


@pytest.mark.parametrize(
    ("header", "symbol"),
    [
        ("常住人口(万人)", "万人"),
        ("常住人口(万 人)", "万人"),
        ("2023年人口 单位:万人", "万人"),
        ("面积[平方公里]", "km2"),
        ("面积(平方千米)", "km2"),
        ("耕地(万亩)", "万亩"),
        ("能源消费量(吨标准煤)", "tce"),
        ("地区生产总值(现价)", None),
        ("地区生产总值", None),
    ],
)
def test_a_unit_is_told_by_brackets_or_title(header, symbol):
    assert unit_in(header) == symbol


@pytest.mark.parametrize(
    ("value", "given_unit", "wanted", "result"),
    [
        (1, "万人", "person", 1e4),
        (1, "亿元", "万元", 1e4),
        (15, "亩", "公顷", 1),
        (1, "万亩", "亩", 1e4),
        # GB/T 2589-2020: 7,000 kcal of 4.1868 kJ a kilogram.
        (1, "tce", "GJ", 7000 * 4.1868 / 1000),
        (1, "万吨标准煤", "tce", 1e4),
        (1, "亿千瓦时", "kWh", 1e8),
        # Electricity at its calorific value: 0.1229 kg of standard coal a kWh.
        (1, "万千瓦时", "tce", 1.2284),
    ],
)
def test_units_of_yearbooks_convert(value, given_unit, wanted, result):
    assert convert(value, given_unit, wanted) == pytest.approx(result, rel=1e-4)


@pytest.mark.parametrize("symbol", list(UNITS))
def test_every_unit_is_known_by_its_symbol_and_its_chinese_name(symbol):
    assert unit_of(symbol) == symbol
    assert UNITS[unit_of(UNITS[symbol].zh)].factor == UNITS[symbol].factor
