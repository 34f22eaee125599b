"""Recognition in the tiny region by hand, and against a judge that looks at every day by itself."""

from datetime import date, timedelta

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from hutuo.exchange.accords import Accords
from hutuo.exchange.recognition import Case, Recognise, judged, last_day, recognise, recognising

FIRST = date(2025, 1, 1)


def asked(region, item, issued_by, accepted_by, day, taken=None, **more):
    ask = {"item": item, "from": issued_by, "to": accepted_by, "date": day, "taken": taken}
    return recognise(region, Recognise.model_validate(ask | more))


def failing(found):
    return [(row.check, row.table, row.key) for row in found.rows if not row.holds]


def test_what_is_recognised_tells_how_long_and_on_which_rows_it_rests(little):
    found = asked(little, "glucose", "h1", "h2", "2025-06-05", "2025-06-01")
    assert (found.valid, found.schemes, found.until) == (True, ["tests"], date(2025, 6, 8))
    assert found.oldest_taken == date(2025, 5, 29)
    assert (found.issued_by_name.en, found.item_name.zh) == ("Hospital of Alpha", "血糖")
    assert failing(found) == []
    (row,) = [row for row in found.rows if row.check == "issues_list"]
    assert row.table == "recognition"
    assert row.key == {
        "scheme": "tests",
        "institution": "h1",
        "item": "glucose",
        "valid_from": date(2024, 1, 1),
    }


@pytest.mark.parametrize(
    ("ask", "failed"),
    [
        # Taken within the month in which the laboratory was suspended, or presented in it.
        (("glucose", "lab", "h1", "2025-04-03", "2025-03-31"), [("suspended", "suspension")]),
        (("glucose", "lab", "h1", "2025-03-01", "2025-02-28"), [("suspended", "suspension")]),
        (("glucose", "lab", "h1", "2025-04-03", "2025-04-01"), []),
        # A laboratory needs no level, but it accepts nothing.
        (("glucose", "h1", "lab", "2025-06-02", "2025-06-01"), [("accepts_list", "recognition")]),
        # The quality of Beta's scans is 1 where 2 is asked for.
        (("ct", "h2", "h1", "2025-06-02", "2025-06-01"), [("quality", "recognition")]),
        # Alpha lists scans until July; what it took before is accepted later, what it takes later not.
        (("ct", "h1", "h2", "2025-07-20", "2025-06-30"), []),
        (("ct", "h1", "h2", "2025-07-20", "2025-07-01"), [("issues_list", "recognition")]),
        # Seven days after it was taken a glucose is good, on the eighth it is not.
        (("glucose", "h1", "h2", "2025-06-08", "2025-06-01"), []),
        (("glucose", "h1", "h2", "2025-06-09", "2025-06-01"), [("age", "scheme_item")]),
        (("glucose", "h1", "h2", "2025-06-01", "2025-06-02"), [("age", "scheme_item")]),
        # Delta's hospital is of level 1, and Delta itself is no member of the area.
        (
            ("glucose", "h3", "h1", "2025-06-02", "2025-06-01"),
            [("issues_level", "institution"), ("issues_party", "scheme_party")],
        ),
        (("glucose", "h1", "h2", "2027-01-01", "2026-12-31"), [("in_force", "scheme")]),
        (
            ("glucose", "h1", "h2", "2023-12-31", None),
            [
                ("in_force", "scheme"),
                ("issues_party", "scheme_party"),
                ("issues_list", "recognition"),
                ("accepts_party", "scheme_party"),
                ("accepts_list", "recognition"),
            ],
        ),
        (
            ("glucose", "nobody", "h1", "2025-06-02", None),
            [("issues_known", "institution")],
        ),
        (("nothing", "nobody", "nowhere", "2025-06-02", None), [("item", "scheme_item")]),
    ],
)
def test_each_refusal_names_its_reason_and_the_row_behind_it(little, ask, failed):
    found = asked(little, *ask)
    assert [row[:2] for row in failing(found)] == failed
    assert found.valid == (not failed)
    for row in found.rows:
        if row.key is not None:
            assert little.records(row.table, **{k: v for k, v in row.key.items() if v is not None})


def test_a_refusal_says_why_in_both_languages(little):
    found = asked(little, "glucose", "lab", "h1", "2025-03-10")
    assert "室间质评不合格" in found.says.zh
    assert found.says.en.startswith(
        "not recognised: tests not suspended: suspended from 2025-03-01"
    )
    assert (found.until, found.oldest_taken) == (None, None)


def test_a_reason_names_the_source_of_its_row(tried):
    stop = {"scheme": "tests", "institution": "h1", "valid_from": date(2025, 6, 3), "reason": "停"}
    tried.append("suspension", pd.DataFrame([stop | {"source": "book"}], dtype=object))
    found = asked(tried, "glucose", "h1", "h2", "2025-06-05", "2025-06-01")
    assert [(row.check, row.source) for row in found.rows if not row.holds] == [
        ("suspended", "book")
    ]
    assert asked(tried, "glucose", "h1", "h2", "2025-06-02", "2025-06-01").until == date(
        2025, 6, 2
    )


def test_another_scheme_is_not_looked_at_where_one_is_named(little):
    found = asked(little, "glucose", "h1", "h2", "2025-06-02", scheme="permits")
    assert failing(found) == [("item", "scheme_item", None)]


periods = st.tuples(st.integers(-3, 12), st.integers(1, 9)).map(
    lambda span: (FIRST + timedelta(span[0]), FIRST + timedelta(span[0] + span[1]))
) | st.just((None, None))


def rows(**columns):
    """Up to three rows with periods and these columns."""
    return st.lists(
        st.tuples(periods, st.fixed_dictionaries(columns)).map(
            lambda made: (
                {"valid_from": made[0][0], "valid_to": made[0][1], "source": None} | made[1]
            )
        ),
        max_size=3,
    )


def only(value):
    return st.just(value)


sides = st.sampled_from(["both", "issues", "accepts"])
levels = st.none() | st.integers(1, 3)


def free():
    """Registers in which everything holds, of which single rows are then changed."""
    whole = {"valid_from": None, "valid_to": None, "source": None}
    listing = whole | {"scheme": "s", "item": "x", "side": "both", "quality": 3}
    who = whole | {"kind": "hospital", "level": 3, "place": "p"}
    return Accords(
        {"s": [whole | {"scheme": "s", "kinds": None, "least_level": 2, "without_level": "lab",
                        "least_quality": 2, "accepts_unlisted": False}]},
        {"s": [whole | {"scheme": "s", "place": "p", "institution": None, "side": "both"}]},
        {("s", "x"): [whole | {"scheme": "s", "item": "x", "validity_days": 30,
                               "least_level": None, "least_quality": None}]},
        {name: [who | {"institution": name}] for name in "ab"},
        {("s", name, "x"): [listing | {"institution": name}] for name in "ab"},
        {}, {"p": {"p"}},
    )  # fmt: skip


SCHEME = {
    "scheme": only("s"), "kinds": only(None), "least_level": levels, "without_level": only("lab"),
    "least_quality": levels, "accepts_unlisted": st.booleans(),
}  # fmt: skip
ITEM = {
    "scheme": only("s"), "item": only("x"), "validity_days": st.none() | st.integers(0, 5),
    "least_level": levels, "least_quality": levels,
}  # fmt: skip
PARTY = {"scheme": only("s"), "place": only("p"), "institution": only(None), "side": sides}
WHO = {"kind": st.sampled_from(["lab", "hospital"]), "level": levels, "place": only("p")}
LISTING = {"scheme": only("s"), "item": only("x"), "side": sides, "quality": levels}
STOP = {"scheme": only("s"), "item": st.sampled_from([None, "x", "y"]), "reason": only("r")}


@st.composite
def registers(draw):
    """Registers in which everything holds, but in some of which anything may stand."""
    known = free()
    places = [
        (known.schemes["s"], SCHEME),
        (known.items["s", "x"], ITEM),
        (known.parties["s"], PARTY),
        *((known.institutions[name], WHO | {"institution": only(name)}) for name in "ab"),
        *((known.listings["s", n, "x"], LISTING | {"institution": only(n)}) for n in "ab"),
        (known.suspensions.setdefault(("s", "a"), []), STOP | {"institution": only("a")}),
    ]
    for at in draw(st.sets(st.integers(0, len(places) - 1), max_size=3)):
        rows_, columns = places[at]
        made = draw(rows(**columns))
        # A register may lack the row that always holds, or have others beside it.
        rows_[:] = made if draw(st.booleans()) else [*rows_, *made]
    if not known.items["s", "x"]:
        del known.items["s", "x"]
    return known


def on(rows, day, side=None):
    """The newest of the rows that hold, of a side if one is asked for."""
    found = [
        row
        for row in rows
        if (row["valid_from"] or date.min) <= day < (row["valid_to"] or date.max)
        and (side is None or row["side"] in ("both", side))
    ]
    found.sort(key=lambda row: row["valid_from"] or date.min, reverse=True)
    return found[0] if found else None


def plainly(known, day, taken):
    """Whether a's x is recognised by b: yes or no, without reasons."""
    scheme, item = on(known.schemes["s"], day), on(known.items.get(("s", "x"), []), day)
    a, b = on(known.institutions["a"], taken), on(known.institutions["b"], day)
    listing = on(known.listings["s", "a", "x"], taken, "issues")
    accepting = on(known.listings["s", "b", "x"], day, "accepts")
    if not (scheme and item and a and b and listing):
        return False
    parties = known.parties["s"]
    if not (on(parties, day, "issues") and on(parties, day, "accepts")):
        return False
    if not (accepting or scheme["accepts_unlisted"]):
        return False
    level = scheme["least_level"] if item["least_level"] is None else item["least_level"]
    if any(one["kind"] != "lab" and (one["level"] or 0) < (level or 0) for one in (a, b)):
        return False
    quality = scheme["least_quality"] if item["least_quality"] is None else item["least_quality"]
    if (listing["quality"] or 0) < (quality or 0):
        return False
    stopped = [row for row in known.suspensions["s", "a"] if row["item"] != "y"]
    if on(stopped, day) or on(stopped, taken):
        return False
    return taken <= day and (
        item["validity_days"] is None or (day - taken).days <= item["validity_days"]
    )


@given(registers(), st.integers(0, 8), st.integers(-1, 4))
@settings(max_examples=600)
def test_the_answer_is_that_of_a_judge_who_only_says_yes_or_no(known, at, age):
    day = FIRST + timedelta(at)
    taken = day - timedelta(age)
    found = judged(known, Case("x", "a", "b", day, taken))
    assert bool(recognising(found)) == plainly(known, day, taken)


@given(periods, periods, periods, st.integers(0, 6))
@settings(max_examples=300)
def test_the_last_day_is_the_day_before_the_first_refusal(scheme, party, listing, at):
    known, day = free(), FIRST + timedelta(at)
    known.suspensions["s", "a"] = []
    for rows_, span in (
        (known.schemes["s"], scheme),
        (known.parties["s"], party),
        (known.listings["s", "b", "x"], listing),
    ):
        rows_.append(rows_[0] | {"valid_from": span[0], "valid_to": span[1]})
        rows_[0]["valid_to"] = FIRST + timedelta(3)
    taken = FIRST
    if not plainly(known, day, taken):
        return
    last = day
    while plainly(known, last + timedelta(1), taken):
        last += timedelta(1)
    assert last_day(known, Case("x", "a", "b", day, taken)) == last


def test_without_an_end_no_last_day_is_told():
    known = free()
    known.items["s", "x"][0]["validity_days"] = None
    assert last_day(known, Case("x", "a", "b", FIRST, FIRST)) is None


def test_only_kinds_that_take_part_are_recognised():
    known = free()
    known.schemes["s"][0]["kinds"] = "laboratory|imaging"
    found = judged(known, Case("x", "a", "b", FIRST, FIRST))
    assert [ground.check for ground in found if not ground.holds] == [
        "issues_kind",
        "accepts_kind",
    ]


def test_an_institution_may_be_a_party_by_itself():
    known = free()
    known.parties["s"][:] = [
        known.parties["s"][0] | {"place": None, "institution": name} for name in "ab"
    ]
    case = Case("x", "a", "b", FIRST, FIRST)
    assert recognising(judged(known, case)) == ["s"]
    known.parties["s"].pop()
    assert recognising(judged(known, case)) == []
