"""Draws of experts: nobody in conflict is drawn, and everything comes out again from the stored rows."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange.conflicts import Matter, Roll, bars, years_before
from hutuo.exchange.draws import Draw, draw
from hutuo.exchange.experts import Experts, by_field, experts
from hutuo.exchange.panels import Held, candidates, content, placed, unlike
from hutuo.exchange.sortition import digest_of, seed_of

DAY = date(2025, 6, 1)


def step(region, action, **ask):
    return draw(region, Draw(action=action, call="c1", **ask))


def standing(found):
    return {row.expert: row.standing for row in found.rows}


def more(region, table, *rows):
    region.append(table, pd.DataFrame(list(rows), dtype=object))


def test_who_is_left_out_is_told_why(little):
    """The matter is the university's: e2 has a joint project with it, e3 works there, e5 withdrew consent."""
    found = step(little, "propose")
    assert (found.state, found.verified, found.candidates, found.barred) == (
        "proposed",
        None,
        2,
        3,
    )
    assert {row.expert: row.reasons for row in found.rows} == {
        "e1": [],
        "e2": ["tie_project"],
        "e3": ["same_employer"],
        "e4": [],
        "e5": ["no_consent"],
    }
    says = {row.expert: row.says for row in found.rows}
    assert says["e2"].en == "joint project with an applicant: University of Alpha (2024-05-01)"
    (silent,) = [row for row in found.rows if row.expert == "e5"]
    assert (silent.name.zh, silent.employer, silent.expertise) == ("e5", None, [])
    assert silent.says.zh == "未同意该用途"
    assert [row.elsewhere for row in found.rows if row.expert in ("e1", "e4")] == [False, False]


def test_a_draw_is_closed_drawn_and_done_again(tried):
    closed = step(tried, "commit", by="secretary")
    assert (closed.draw, closed.state, closed.verified) == ("c1#1", "committed", True)
    assert closed.digest == step(tried, "propose").digest
    done = step(tried, "reveal", value="3456.78")
    assert done.seed == hashlib.sha256(b"3456.78\nc1").hexdigest()
    order = sorted(
        ["e1", "e4"], key=lambda e: hashlib.sha256(f"{done.seed}\n{e}".encode()).hexdigest()
    )
    assert [(row.expert, row.standing, row.rank) for row in done.rows[:2]] == [
        (order[0], "seated", 1),
        (order[1], "reserve", 2),
    ]
    shown = step(tried, "show")
    assert (shown.verified, shown.findings, standing(shown)) == (True, [], standing(done))
    left = step(tried, "decline", expert=order[0], note="出差")
    assert standing(left)[order[1]] == "seated"
    assert standing(left)[order[0]] == "declined"
    assert step(tried, "show").verified
    known = experts(tried, Experts(purpose="review", day=DAY))
    assert {row.expert: row.seated for row in known.rows} == {
        "e1": int(order[1] == "e1"), "e2": 0, "e3": 0, "e4": int(order[1] == "e4"),
    }  # fmt: skip
    assert known.withheld == 1
    by = {row["expert"]: row["by"] for row in tried.records("drawn", draw="c1#1")}
    assert set(by.values()) == {"secretary"}


def test_a_stranger_does_the_draw_again_from_the_rows_alone(tried):
    """Without any of the functions that drew: JSON, SHA-256 and the table."""
    step(tried, "commit")
    done = step(tried, "reveal", value="1")
    (row,) = tried.records("draw", draw="c1#1")
    rows = tried.records("drawn", draw="c1#1")
    (call,) = tried.records("expert_call", call="c1")
    plain = {
        "rule": row["rule"],
        "call": {
            "call": "c1", "purpose": "review", "day": "2025-06-01", "applicants": ["uni"], "seats": 1,
            "reserves": 1, "by_field": {}, "elsewhere": 0, "years": 3, "same_city": False,
            "value_source": call["value_source"],
        },
        "eligible": sorted(
            [one["expert"], one["fields"].split("|"), one["elsewhere"]]
            for one in rows
            if one["standing"] != "excluded"
        ),
        "excluded": sorted(
            [one["expert"], one["reasons"].split("|")] for one in rows if one["standing"] == "excluded"
        ),
    }  # fmt: skip
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == row["digest"] == done.digest


def test_a_list_that_was_changed_is_not_drawn_from(tried):
    step(tried, "commit")
    (row,) = tried.records("drawn", draw="c1#1", expert="e2")
    plain = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
    more(tried, "drawn", plain | {"standing": "eligible", "reasons": None})
    with pytest.raises(BadInput, match="changed after it was closed"):
        step(tried, "reveal", value="1")
    shown = step(tried, "show")
    assert (shown.verified, shown.findings[0].en) == (
        False,
        "list or call do not have the digest",
    )


def test_a_seat_that_was_given_to_another_is_found(tried):
    step(tried, "commit")
    step(tried, "reveal", value="1")
    for row in tried.records("drawn", draw="c1#1", standing=["seated", "reserve"]):
        plain = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
        swapped = {"seated": "reserve", "reserve": "seated"}[row["standing"]]
        more(tried, "drawn", plain | {"standing": swapped})
    shown = step(tried, "show")
    assert [one.en for one in shown.findings] == ["the draw is not that of the seed"]


def test_who_became_in_conflict_later_needs_a_new_draw(tried):
    step(tried, "commit")
    with pytest.raises(BadAsk, match="there is draw c1#1 already"):
        step(tried, "commit")
    with pytest.raises(BadAsk, match="void for a reason"):
        step(tried, "void")
    more(tried, "expert_tie", {"expert": "e4", "with": "uni", "kind": "declared", "day": None})
    assert step(tried, "show").verified
    assert step(tried, "void", note="补充申报").state == "void"
    again = step(tried, "commit")
    assert (again.draw, standing(again)["e4"]) == ("c1#2", "excluded")


def test_an_appeal_stands_with_its_draw(tried):
    step(tried, "commit")
    appeal = {"draw": "c1#1", "ordinal": 1, "day": DAY, "expert": "e1", "says": "曾共事"}
    more(tried, "draw_appeal", appeal | {"outcome": "refused", "answer": "超过年限"})
    (row,) = step(tried, "show").appeals
    assert (row.expert, row.ruling, row.reply.zh) == ("e1", "refused", "超过年限")


def test_steps_out_of_order_are_refused(tried):
    with pytest.raises(NotFound, match="no draw"):
        step(tried, "show")
    with pytest.raises(NotFound, match="no call 'c9'"):
        draw(tried, Draw(action="commit", call="c9"))
    step(tried, "commit")
    with pytest.raises(BadAsk, match="draw c1#1 is committed"):
        step(tried, "decline", expert="e1")
    with pytest.raises(BadAsk, match="no public value"):
        step(tried, "reveal")
    assert step(tried, "reveal", value="1", check=True).stored == 0
    step(tried, "reveal", value="1")
    with pytest.raises(NotFound, match="seated or in reserve"):
        step(tried, "decline", expert="e2")
    with pytest.raises(BadAsk, match="draw c1#1 is drawn"):
        step(tried, "reveal", value="2")


def test_too_few_are_told_before_the_list_is_closed(tried):
    (call,) = tried.records("expert_call")
    plain = {name: call[name] for name in call if name not in ("recorded_at", "batch")}
    more(tried, "expert_call", plain | {"seats_by_field": "材料:2", "seats": 2})
    with pytest.raises(BadAsk, match="too few may be drawn: 2 seats, by field 材料:2"):
        step(tried, "commit")
    assert [row.reasons for row in step(tried, "propose").rows if row.expert == "e1"] == [
        ["other_field"]
    ]
    more(tried, "expert_call", plain | {"seats_by_field": "材料:two"})
    with pytest.raises(BadInput, match="should be as 材料:2"):
        step(tried, "propose")


def test_applicants_that_nobody_knows_are_told(tried):
    (call,) = tried.records("expert_call")
    plain = {name: call[name] for name in call if name not in ("recorded_at", "batch")}
    more(tried, "expert_call", plain | {"applicants": "uni|unj"})
    (one,) = step(tried, "propose").findings
    assert one.en.startswith("applicant 'unj' is in no register")


def test_a_person_who_applies_brings_employer_and_ties(tried):
    """e4 applies: of the institute elsewhere, with a paper with e1 of last year."""
    (call,) = tried.records("expert_call")
    plain = {name: call[name] for name in call if name not in ("recorded_at", "batch")}
    more(tried, "expert_call", plain | {"applicants": "e4", "same_city": False})
    more(
        tried,
        "expert_tie",
        {"expert": "e4", "with": "e1", "kind": "paper", "day": date(2024, 6, 1)},
        {"expert": "e2", "with": "far", "kind": "relative", "day": date(2001, 6, 1)},
    )
    found = {row.expert: row.reasons for row in step(tried, "propose").rows}
    assert (found["e4"], found["e1"]) == (["applicant", "same_employer"], ["tie_paper"])
    assert (found["e2"], found["e3"]) == (["tie_relative"], [])


def test_experts_of_the_same_city_are_left_out_where_that_is_asked(tried):
    """All of the tiny region lies in one city."""
    (call,) = tried.records("expert_call")
    plain = {name: call[name] for name in call if name not in ("recorded_at", "batch")}
    more(tried, "expert_call", plain | {"same_city": True})
    found = step(tried, "propose")
    assert all("same_city" in row.reasons for row in found.rows if row.expert != "e5")
    assert found.candidates == 0


def test_a_draw_as_it_was_known_stays_as_it_was(tried):
    step(tried, "commit")
    done = step(tried, "reveal", value="1")
    before = tried.lake.now()
    seat = next(row.expert for row in done.rows if row.standing == "seated")
    step(tried, "decline", expert=seat)
    then = step(replace(tried, as_of=before), "show")
    assert standing(then) == standing(done)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("材料:2|装备", {"材料": 2, "装备": 1}),
        (None, {}),
        ("材料 : 1 | 材料:1", {"材料": 2}),
        ("x:0", {}),
    ],
)
def test_seats_by_field_are_read(written, read):
    assert by_field({"call": "c", "seats_by_field": written}) == read


def test_years_before_a_leap_day_end_in_february():
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)


@pytest.mark.parametrize(("days", "barred"), [(-1, False), (0, True), (1, True)])
def test_past_work_counts_up_to_the_day_some_years_ago(days, barred):
    since = years_before(DAY, 3)
    tie = {"kind": "project", "day": since + timedelta(days), "source": None}
    row = {"expert": "e", "employer": "x", "fields": "f", "zh": "e", "en": None}
    row |= {"valid_from": None, "valid_to": None}
    consent = {"purpose": "p", "valid_from": DAY, "valid_to": None}
    matter = Matter("p", DAY, frozenset({"a"}), frozenset(), since, frozenset(), same_city=False)
    roll = Roll({"e": [consent]}, {"e": [("a", tie)]}, {}, {})
    assert bool(bars(row, matter, roll)) == barred


NAMES = [f"p{i}" for i in range(6)]
HOUSES = ["u", "v", "w"]
people = st.fixed_dictionaries(
    {
        name: st.fixed_dictionaries(
            {
                "employer": st.sampled_from(HOUSES),
                "city": st.sampled_from(["x", "y"]),
                "consent": st.booleans(),
            }
        )
        for name in NAMES
    }
)  # fmt: skip
links = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from([*NAMES, *HOUSES]),
        st.sampled_from(["employment", "project", "paper", "relative", "declared"]),
        st.none() | st.dates(date(2020, 1, 1), date(2025, 6, 1)),
    ),
    max_size=6,
)


@given(
    people,
    links,
    st.sets(st.sampled_from([*NAMES, *HOUSES]), min_size=1, max_size=2),
    st.integers(0, 5),
    st.booleans(),
    st.text(max_size=4),
)
@settings(max_examples=300)
def test_no_expert_in_conflict_is_ever_drawn(who, tied, applicants, years, same_city, value):
    """Against rules written once more, for everyone who comes out of the draw, declining one by one."""
    since = date(2025 - years, 6, 1)
    parties = applicants | {who[name]["employer"] for name in applicants & set(NAMES)}
    cities = {who[name]["city"] for name in applicants & set(NAMES)}
    roll = Roll(
        {n: [{"purpose": "p", "valid_from": DAY, "valid_to": None}] for n in NAMES if who[n]["consent"]},
        {}, {name: who[name]["city"] for name in NAMES}, {},
    )  # fmt: skip
    for one, other, kind, day in tied:
        row = {"kind": kind, "day": day}
        roll.ties.setdefault(one, []).append((other, row))
        roll.ties.setdefault(other, []).append((one, row))
    matter = Matter(
        "p", DAY, frozenset(parties), frozenset(), since, frozenset(cities), same_city=same_city
    )
    rows = []
    for name in NAMES:
        expert = {"expert": name, "employer": who[name]["employer"], "fields": "f", "zh": name}
        expert |= {"en": None, "valid_from": None, "valid_to": None}
        found = bars(expert, matter, roll)
        rows.append(
            {
                "expert": name, "standing": "excluded" if found else "eligible", "rank": None,
                "fields": "f", "elsewhere": who[name]["city"] not in cities, "turn": None,
                "reasons": "|".join(bar.reason for bar in found) or None,
            }
        )  # fmt: skip

    def in_conflict(name):
        if name in applicants or who[name]["employer"] in parties or not who[name]["consent"]:
            return True
        if same_city and who[name]["city"] in cities:
            return True
        for one, other, kind, day in tied:
            met = (one == name and other in parties) or (other == name and one in parties)
            if met and (kind in ("relative", "declared") or day is None or day >= since):
                return True
        return False

    assert {row["expert"] for row in rows if row["standing"] == "excluded"} == {
        name for name in NAMES if in_conflict(name)
    }
    call = {
        "call": "c", "purpose": "p", "day": DAY, "applicants": "|".join(applicants), "seats": 2,
        "reserves": 1, "seats_by_field": None, "least_elsewhere": None, "years": years,
        "same_city": same_city, "value_source": None,
    }  # fmt: skip
    turn = 0
    while len(candidates(rows)) - turn >= 2:
        rows = placed(rows, call, seed_of(value, "c"))
        seated = [row["expert"] for row in rows if row["standing"] in ("seated", "reserve")]
        assert not any(in_conflict(name) for name in seated)
        row = {"draw": "d", "call": "c", "rule": "sha256-rank/1", "seed": seed_of(value, "c")}
        row |= {"value": value, "digest": digest_of(content(call, rows))}
        assert unlike(Held(row, call, rows)) == []
        turn += 1
        rows = [r | {"turn": turn} if r["expert"] == seated[0] else r for r in rows]


def test_a_share_from_elsewhere_is_rounded_up(tried):
    """One of two seats is 0.3 of two, rounded up; all of the tiny region lies in one city."""
    (call,) = tried.records("expert_call")
    plain = {name: call[name] for name in call if name not in ("recorded_at", "batch")}
    more(tried, "expert_call", plain | {"seats": 2, "least_elsewhere": 0.3})
    with pytest.raises(BadAsk, match="1 from elsewhere"):
        step(tried, "commit")


def test_experts_are_found_by_field_place_and_employer(little):
    found = experts(little, Experts(day=DAY, expertise="材料", place="990102"))
    assert [(row.expert, row.place, row.purposes) for row in found.rows] == [
        ("e2", "990102", ["review"])
    ]
    assert [row.expert for row in experts(little, Experts(day=DAY, employer="uni")).rows] == ["e3"]
    (none,) = [experts(little, Experts(day=DAY, purpose="advice"))]
    assert (none.rows, none.withheld) == ([], 5)
