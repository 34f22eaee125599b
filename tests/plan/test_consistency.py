"""What contradicts itself in a plan: each rule by hand, and what holds of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.glossary import Text
from hutuo.plan.consistency import (
    CAUTION,
    DOUBTFUL,
    SURE,
    Fact,
    Goal,
    counts,
    double_counting,
    faster_than_product,
    later_looser,
    met_already,
    outside_horizon,
    parts_against_whole,
    too_steep,
    two_values,
)
from hutuo.plan.status import Point

PLAIN = Goal(
    target="t", clause="一", title=Text("目标", "Target"), indicator="revenue", place="set:area",
    operator=">=", value=100, unit="亿元", year=2030, counts="", adds_up=True, base=None,
)  # fmt: skip
MEMBERS = {"set:area": {"a", "b"}}


def goal(**other):
    return PLAIN._replace(**other)


def rules(flaws):
    return [(flaw.rule, flaw.grade) for flaw in flaws]


@pytest.mark.parametrize(
    ("whole", "parts", "found"),
    [
        (("<=", 100), {"a": (">=", 60), "b": (">=", 50)}, [("parts_above", SURE)]),
        (("=", 100), {"a": (">=", 101)}, [("parts_above", SURE)]),
        ((">=", 100), {"a": ("<=", 40), "b": ("=", 50)}, [("parts_below", SURE)]),
        ((">=", 100), {"a": (">=", 40), "b": (">=", 50)}, [("parts_short", DOUBTFUL)]),
        ((">=", 100), {"a": (">=", 40)}, []),
        ((">=", 100), {"a": ("<=", 40)}, []),
        ((">=", 100), {"a": (">=", 60), "b": (">=", 50)}, []),
        (("<=", 100), {"a": ("<=", 60), "b": ("<=", 60)}, []),
        (("=", 100), {"a": ("=", 50), "b": ("=", 50)}, []),
    ],
)
def test_parts_against_the_whole(whole, parts, found):
    """Two members; a sum is only held from above where every member has a target."""
    goals = [goal(operator=whole[0], value=whole[1])]
    goals += [goal(target=p, place=p, operator=o, value=v) for p, (o, v) in parts.items()]
    assert rules(parts_against_whole(goals, MEMBERS)) == found


def test_parts_in_another_unit_are_converted_and_told():
    (flaw,) = parts_against_whole(
        [goal(operator="<="), goal(clause="二", target="a", place="a", value=1.2e6, unit="万元")],
        MEMBERS,
    )
    assert (flaw.clauses, flaw.targets) == (("一", "二"), ("t", "a"))
    assert "come to 120 at least" in flaw.says.en
    assert "合计至少120" in flaw.says.zh
    assert [(fact.value, fact.unit) for fact in flaw.facts] == [(1.2e6, "万元"), (100, "亿元")]


def test_what_does_not_add_up_is_not_summed():
    goals = [goal(operator="<=", adds_up=False), goal(place="a", value=200, adds_up=False)]
    assert parts_against_whole(goals, MEMBERS) == []


def test_other_years_and_indicators_are_not_summed():
    goals = [
        goal(operator="<="),
        goal(place="a", value=200, year=2035),
        goal(place="a", indicator="x", value=200),
    ]
    assert parts_against_whole(goals, MEMBERS) == []


def test_a_band_is_no_contradiction_and_ends_that_do_not_meet_are_one():
    band = [goal(), goal(operator="<=", value=200)]
    assert two_values(band) == []
    (flaw,) = two_values([goal(), goal(clause="二", operator="<=", value=90)])
    assert (flaw.rule, flaw.grade, flaw.clauses) == ("excluding", SURE, ("一", "二"))
    assert "≥100亿元、≤90亿元" in flaw.says.zh


def test_two_values_in_one_direction_are_doubted_and_the_same_in_another_unit_are_not():
    assert rules(two_values([goal(), goal(value=120)])) == [("two_values", DOUBTFUL)]
    assert two_values([goal(), goal(value=1e6, unit="万元")]) == []
    assert two_values([goal(), goal(value=120, year=2035)]) == []
    assert two_values([goal(), goal(value=120, place="a")]) == []


def test_a_later_year_that_asks_less():
    (flaw,) = later_looser([goal(value=90, year=2035), goal()])
    assert "2030 asks for ≥ 100 yi yuan" in flaw.says.en
    assert later_looser([goal(), goal(value=110, year=2035)]) == []
    lower = [goal(operator="<="), goal(operator="<=", value=110, year=2035)]
    assert rules(later_looser(lower)) == [("later_looser", DOUBTFUL)]


def test_a_target_that_its_base_meets():
    (flaw,) = met_already([goal(base=Point(2024, 120)), goal(base=Point(2024, 80)), goal()])
    assert (flaw.grade, flaw.facts[0][1:4]) == (CAUTION, (120, "亿元", 2024))
    assert "2024年已为120" in flaw.says.zh


def test_growth_beyond_the_bound_either_way():
    """From 10 in 2025 to 100 in 2030 is 58 % a year; from 1000 to at most 100 a fall of 37 %."""
    up, down = goal(base=Point(2025, 10)), goal(operator="<=", base=Point(2025, 1000))
    both = too_steep([up, down, goal(base=Point(2025, 80))], 0.2)
    assert [
        word in flaw.says.en for flaw, word in zip(both, ("+58.5%", "-36.9%"), strict=True)
    ] == [True, True]
    assert too_steep([up], 0.6) == []
    assert too_steep([goal(base=Point(2025, 300))], 0.01) == []


def test_a_year_outside_the_plan():
    goals = [goal(year=2020), goal(year=2030), goal(year=2040), goal(year=None)]
    assert [flaw.facts[0].year for flaw in outside_horizon(goals, 2025, 2035)] == [2020, 2040]
    assert outside_horizon(goals, None, None) == []


def test_revenues_that_invite_to_be_added_up():
    two = [goal(counts="gross"), goal(counts="gross", indicator="other", value=2e6, unit="万元")]
    (flaw,) = double_counting(two)
    assert (flaw.rule, flaw.grade) == ("double_counting", CAUTION)
    assert "2 targets add up to 300 yi yuan" in flaw.says.en
    assert double_counting([two[0], two[1]._replace(counts="net")]) == []
    assert double_counting([two[0], two[1]._replace(place="a")]) == []


def test_revenue_that_outgrows_gdp():
    """15 % a year against GDP's 5 % with a margin of 5 points; 8 % is within it."""
    product = {"set:area": (0.05, [Fact(Text("国", "GDP"), 1, "亿元", 2024)])}
    fast = goal(counts="gross", base=Point(2025, 100 / 1.15**5))
    (flaw,) = faster_than_product([fast], product, 0.05)
    assert "15.0% a year where GDP grows by 5.0%: 10.0 points more" in flaw.says.en
    assert len(flaw.facts) == 3
    assert (
        faster_than_product([goal(counts="gross", base=Point(2025, 100 / 1.08**5))], product, 0.05)
        == []
    )
    assert faster_than_product([fast._replace(counts="net")], product, 0.05) == []
    assert faster_than_product([fast._replace(place="a")], product, 0.05) == []


@pytest.mark.parametrize(
    ("zh", "en", "unit", "kind"),
    [
        ("地区生产总值", "GDP", "亿元", "product"),
        ("工业增加值", "Value added", "亿元", "net"),
        ("食品产业营业收入", "Revenue", "万亿元", "gross"),
        ("工业总产值", "Output", "亿元", "gross"),
        ("人均地区生产总值", "GDP per capita", "元", ""),
        ("生产总值增速", "Growth of GDP", "%", ""),
        ("财政投入", "Spending", "亿元", ""),
    ],
)
def test_how_money_is_counted_is_told_by_its_name(zh, en, unit, kind):
    assert counts(Text(zh, en), unit) == kind


goals_of = st.lists(
    st.builds(
        goal,
        target=st.text("tuvw", min_size=1, max_size=3),
        place=st.sampled_from(["set:area", "a", "b"]),
        operator=st.sampled_from([">=", ">", "<=", "<", "="]),
        value=st.integers(1, 50).map(float),
        year=st.sampled_from([2028, 2030]),
    ),
    max_size=8,
)


@given(goals_of)
def test_what_the_whole_and_its_parts_can_meet_together_is_never_called_a_contradiction(goals):
    """Brute force over small whole numbers for both members."""
    sure = [f for f in parts_against_whole(goals, MEMBERS) if f.grade == SURE]
    for flaw in sure:
        years = {fact.year for fact in flaw.facts}
        assert len(years) == 1
    for year in (2028, 2030):
        mine = [g for g in goals if g.year == year]
        fits = any(
            all(_holds(g, {"a": a, "b": b, "set:area": a + b}[g.place]) for g in mine)
            for a in range(102)
            for b in range(102)
        )
        if fits:
            assert not [f for f in sure if f.facts[0].year == year]
            assert not [f for f in two_values(mine) if f.grade == SURE]


def _holds(g, value):
    from hutuo.plan.status import REACHED

    return REACHED[g.operator](value, g.value)
