"""Figures of plans: aims apart from facts, names that hold digits apart from both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.reader.numbers import numbers_of
from hutuo.plan.reader.words import plain
from hutuo.plan.reading import read_text
from plan.samples import CHAPTERS, NOTICE


@pytest.fixture(scope="module")
def notice():
    return read_text(NOTICE).quantities


def told(found, *kinds):
    """Figures of these kinds as short rows."""
    return [
        (one.subject, one.operator, one.value, one.unit, one.target_year, one.year_from)
        for one in found
        if one.kind in kinds
    ]


def test_aims_are_read_with_operator_value_unit_and_year(notice):
    assert told(notice, "target") == [
        ("地区生产总值", ">", 9000, "亿元", 2027, "stated"),
        ("青原至临山通达", "<=", 1, "小时", 2027, "inherited"),
        ("断头路", "=", 100, "%", 2027, "inherited"),
        ("轨道交通运营里程", ">=", 320, "公里", 2027, "inherited"),
        ("研发经费投入强度", ">=", 2.8, "%", 2027, "inherited"),
        ("国家级专精特新企业", ">=", 100, "家", 2027, "inherited"),
        ("产业集群", ">=", 1000, "亿元", 2027, "inherited"),
        ("单位地区生产总值能耗", ">=", 14, "%", 2030, "stated"),
        ("PM2.5浓度", "<=", 32, "微克/立方米", 2030, "stated"),
        ("城镇调查失业率", "<=", 5.5, "%", 2030, "stated"),
        ("新增充电桩", ">=", 5, "万个", 2030, "inherited"),
        ("新增公交专用道", ">=", 200, "公里", 2030, "inherited"),
        ("新增停车泊位", ">=", 3, "万个", 2030, "inherited"),
        ("义务教育", ">=", 99, "%", 2030, "inherited"),
        ("学前教育普惠率", ">=", 90, "%", 2030, "inherited"),
        ("应急救援圈", "<=", 1, "小时", 2030, "inherited"),
        ("社区养老服务", "=", 100, "%", 2030, "inherited"),
        ("能源消费指标跨市置换", "=", 1, "比值", 2030, "inherited"),
        ("生物医药产业营业收入", ">", 1, "万亿元", 2035, "stated"),
        ("经济总量", ">=", 2, "倍", 2035, "stated"),
    ]


def test_facts_are_kept_apart_from_aims(notice):
    assert told(notice, "baseline") == [
        ("地区生产总值", "=", 7200, "亿元", 2023, "stated"),
        ("占全省的比重", "=", 21.5, "%", 2023, "stated"),
        ("常住人口城镇化率", "=", 58.2, "%", 2018, "stated"),
        ("常住人口城镇化率", "=", 65.4, "%", 2023, "stated"),
        ("4A级以上景区", "=", 26, "个", 2023, "inherited"),
        ("铁路", ">", 1200, "公里", 2023, "inherited"),
    ]


def test_what_the_plan_covers_is_neither_aim_nor_fact(notice):
    assert told(notice, "scope") == [
        ("面积", "~", 2.4, "万平方公里", None, "none"),
        ("常住人口", "~", 980, "万人", None, "none"),
    ]


def test_a_change_counts_from_its_base_year_and_a_span_has_two_ends(notice):
    changes = {one.subject: (one.value_type, one.base_year) for one in notice if one.base_year}
    assert changes == {
        "常住人口城镇化率": ("share", 2018),
        "单位地区生产总值能耗": ("change", 2023),
        "经济总量": ("change", 2020),
    }
    assert [one.value_hi for one in notice if one.value_hi] == [5]


def test_quotes_are_the_words_of_the_document(notice):
    assert all(NOTICE[one.start : one.end] == one.quote for one in notice)
    stances = {one.subject: one.stance for one in notice if one.kind == "target"}
    assert (stances["地区生产总值"], stances["断头路"]) == ("力争", "全面")


def test_tables_of_indicators_are_read_row_by_row():
    found = read_text(CHAPTERS).quantities
    rows = [
        (one.subject, one.kind, one.operator, one.value, one.unit, one.target_year, one.value_type)
        for one in found
        if "\t" in one.quote
    ]
    assert rows == [
        ("地区生产总值", "baseline", "=", 210, "亿元", 2020, "level"),
        ("地区生产总值", "target", ">", 300, "亿元", 2025, "level"),
        ("地区生产总值", "target", "~", 7, "%", 2025, "growth"),
        ("常住人口城镇化率", "baseline", "=", 48.5, "%", 2020, "share"),
        ("常住人口城镇化率", "target", ">=", 56, "%", 2025, "share"),
        ("常住人口城镇化率", "target", ">=", 7.5, "%", 2025, "growth"),
        ("粮食综合生产能力", "baseline", "=", 30, "万吨", 2020, "level"),
        ("粮食综合生产能力", "target", ">=", 31, "万吨", 2025, "level"),
    ]


@pytest.mark.parametrize(
    ("said", "value", "high", "unit"),
    [
        ("一小时", 1, None, "小时"),
        ("半小时", 0.5, None, "小时"),
        ("万亿元", 1, None, "万亿元"),
        ("五千亿级", 5000, None, "亿元"),
        ("千亿级", 1000, None, "亿元"),
        ("三万五千公里", 35000, None, "公里"),
        ("1,234.5亿元", 1234.5, None, "亿元"),
        ("120万千瓦", 120, None, "万千瓦"),
        ("3—5个", 3, 5, "个"),
        ("10%—15%", 10, 15, "%"),
        ("1.2万至1.5万人", 1.2, 1.5, "万人"),
        ("四成", 40, None, "%"),
        ("翻一番", 2, None, "倍"),
        ("全覆盖", 100, None, "%"),
        ("等量", 1, None, "比值"),
        ("全国前十", 10, None, "位"),
        ("2.1:1", 2.1, None, ""),
        ("４５％", 45, None, "%"),
    ],
)
def test_numbers_are_read_in_digits_words_and_magnitudes(said, value, high, unit):
    [found] = numbers_of(plain(said), [])
    assert (found.value, found.value_hi, found.unit) == (value, high, unit)


@pytest.mark.parametrize(
    "said",
    [
        "5G网络", "5G-A基站", "4A级景区", "IPv6", "二级医院", "二级及以上医疗机构", "PM2.5", "“1+2+N”格局",
        "党的二十届三中全会", "第三代半导体", "G107国道", "十四五规划", "三年行动计划", "一体化", "统一",
        "《2030年议程》", "万众创新", "每千人口", "3岁以下婴幼儿", "这五年",
    ],
)  # fmt: skip
def test_names_and_grades_are_no_numbers(said):
    assert [one for one in numbers_of(plain(said), []) if not one.grade] == []


@given(
    st.text(
        st.sampled_from("一二三十百千万亿元个%12345.,-年到由增长达力争小时级第“”(),。、;:\n\t "),
        max_size=60,
    )
)
def test_any_text_is_read_and_each_quote_is_in_it(text):
    """No text of such signs breaks the reader; what it quotes stands where it says."""
    found = read_text(f"某市规划\n一、目标\n{text}\n二、任务\n{text}")
    whole = f"某市规划\n一、目标\n{text}\n二、任务\n{text}"
    assert all(
        whole[one.start : one.end] == one.quote for one in [*found.quantities, *found.duties]
    )
