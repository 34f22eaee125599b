"""Registers of what moves, of technology gaps, of balances: by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.economy.balances import Balances, balances, sheet_of
from hutuo.economy.funnel import Funnel, funnel
from hutuo.economy.relocations import Relocations, relocations
from hutuo.economy.technology_gaps import TechnologyGaps, technology_gaps
from hutuo.errors import BadAsk


def test_what_moved_has_from_to_and_date_and_what_lacks_is_told(little):
    found = relocations(little, Relocations(day=date(2026, 3, 1)))
    market, works = found.rows
    assert (market.from_place, market.to_place, market.moved_on) == (
        "990101",
        "990102",
        date(2025, 7, 30),
    )
    assert (market.days_late, market.not_told) == (30, [])
    assert works.days_late == 60
    assert [says.en for says in works.not_told] == ["where it moves to"]
    assert (found.moved_count, found.late_count) == (1, 1)
    (pair,) = found.moves
    assert (pair.people, pair.freed_mu) == (400, 120)


def test_what_is_asked_for_alone_is_shown(little):
    assert [r.relocation for r in relocations(little, Relocations(kind="factory")).rows] == [
        "works"
    ]
    assert relocations(little, Relocations(from_place="990104")).rows == []
    assert len(relocations(little, Relocations(from_place="990100")).rows) == 2


def test_each_gap_has_owner_call_and_outcome_or_says_which_it_lacks(little):
    found = technology_gaps(little, TechnologyGaps(day=date(2026, 6, 1)))
    dyes, looms, needles = found.rows
    assert dyes.overdue
    assert [says.en for says in dyes.not_told] == ["an outcome"]
    assert [says.en for says in looms.not_told] == ["an owner", "a call", "a day by which"]
    assert (needles.gap_outcome, needles.not_told, needles.solvers) == (
        "solved",
        [],
        ["uni", "lab"],
    )
    assert found.complete_share == pytest.approx(1 / 3)
    assert (found.without_owner, found.without_call, found.still_open) == (1, 1, 2)


def test_a_gap_is_not_overdue_before_its_day(little):
    found = technology_gaps(little, TechnologyGaps(day=date(2025, 12, 1), chain="cloth"))
    assert not any(row.overdue for row in found.rows)


def test_grain_supplied_is_used_or_stored(little):
    (found,) = balances(little, Balances(good="粮食")).rows
    assert (found.supply_total, found.use_total, found.stock_change, found.unexplained) == (
        110,
        95,
        15,
        0,
    )
    assert found.balanced
    assert found.self_sufficiency == pytest.approx(100 / 95)
    assert found.not_told == []


def row(side, amount, unit="万吨"):
    return {"good": "g", "item": side, "side": side, "amount": amount, "unit": unit}


SIDES = ("production", "inflow", "use", "outflow", "loss", "stock_change")


@given(st.lists(st.tuples(st.sampled_from(SIDES), st.integers(-50, 50)), min_size=1, max_size=9))
def test_what_is_unexplained_closes_the_sheet_when_it_is_stored(lines):
    rows = [row(side, float(amount)) for side, amount in lines]
    open_ = sheet_of(rows)
    closed = sheet_of([*rows, row("stock_change", open_.unexplained)])
    assert closed.unexplained == pytest.approx(0)


def test_lines_in_other_units_are_converted_and_other_kinds_refused():
    found = sheet_of([row("production", 2.0), row("use", 20_000.0, "吨")])
    assert (found.unit, found.unexplained) == ("万吨", 0)
    with pytest.raises(BadAsk, match="sheet 'g'"):
        sheet_of([row("production", 2.0), row("use", 1.0, "亿立方米")])


def test_empty_registers_say_where_rows_belong(own):
    for table in ("relocation", "technology_gap", "goods_balance"):
        assert own.records(table) == []
    assert "relocation" in relocations(own, Relocations()).doubts[0].en
    assert "technology_gap" in technology_gaps(own, TechnologyGaps()).doubts[0].en
    assert "goods_balance" in balances(own, Balances()).doubts[0].en


def test_what_left_the_main_city_has_from_to_and_date(embedded):
    found = relocations(embedded, Relocations())
    assert {
        (row.relocation, row.from_place, row.to_place, row.moved_on.year) for row in found.rows
    } == {
        ("crrc-2014", "130100", "130111", 2014),
        ("shigang-2020", "130102", "130107", 2020),
    }
    assert all(row.not_told == [] for row in found.rows)


def test_the_water_of_the_province_is_used_to_the_last_of_its_digits(embedded):
    found = balances(embedded, Balances())
    assert {(row.year, round(row.supply_total, 2)) for row in found.rows} == {
        (2006, 204.04),
        (2010, 193.68),
    }
    assert all(row.balanced and abs(row.unexplained) < 1e-9 for row in found.rows)


def test_gaps_that_the_plan_names_lack_owner_and_call(embedded):
    found = technology_gaps(embedded, TechnologyGaps())
    assert (len(found.rows), found.without_owner, found.without_call) == (3, 3, 3)


def test_leads_that_were_signed_stand_there(embedded):
    found = {row.stage: row for row in funnel(embedded, Funnel()).rows}
    assert (found["signed"].came, found["signed"].went_on, found["started"].came) == (4, 0, 0)
