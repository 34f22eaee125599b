"""Registers of rules, standards and catalogues of services, worked by hand."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from hutuo.base.branches import Put, put
from hutuo.errors import BadAsk, NotFound
from hutuo.plan.normdiff import NormDifferences, differing, norm_differences
from hutuo.plan.norms import Norms, norms, pairs_of

DAY = date(2025, 11, 25)
NORM = {"kind": "standard", "topic": "检验", "zh": "检验规程", "en": "Tests", "source": "book"}
ITEM = {"zh": "取样", "en": "Sampling", "says": "每批 / each lot", "source": "book"}


@pytest.fixture
def shared(own):
    """Two bodies with a standard each; the second recognises the first's old version and is recognised."""
    body = {"kind": "department", "source": "book", "en": "Other"}
    put(own, Put(table="body", rows=[body | {"body": "far", "zh": "外市"}]))
    rows = [
        NORM | {"norm": "a", "body": "gov", "version": "2019", "valid_to": "2025-01-01"},
        NORM | {"norm": "a", "body": "gov", "version": "2025", "valid_from": "2025-01-01"},
        NORM | {"norm": "b", "body": "far", "version": "1", "valid_to": "2026-01-01"},
    ]
    put(own, Put(table="norm", rows=rows))
    items = [
        ITEM | {"norm": "a", "version": "2025", "item": "1", "value": 2, "unit": "万元"},
        ITEM | {"norm": "b", "version": "1", "item": "1", "value": 20_000, "unit": "元"},
        ITEM | {"norm": "a", "version": "2025", "item": "2", "served": "企业 / firms"},
        ITEM | {"norm": "b", "version": "1", "item": "2", "served": "居民 / residents"},
        ITEM | {"norm": "a", "version": "2025", "item": "3"},
    ]
    put(own, Put(table="norm_item", rows=items))
    accepted = [
        {"norm": "a", "body": "far", "version": "2019"},
        {"norm": "b", "body": "gov", "valid_to": "2025-12-01", "extent": "conditional"},
    ]
    put(own, Put(table="norm_accepted", rows=accepted))
    return own


def test_a_recognition_of_a_replaced_version_recognises_nothing_and_is_told(shared):
    """By hand: far recognises version 2019, 2025 is in force; gov's of b ends within six days."""
    found = norms(shared, Norms(day=DAY, kinds=("standard",)))
    stands = {(row.norm, one.body): one.stand for row in found.rows for one in row.accepted_by}
    assert stands == {("a", "far"): "other_version", ("b", "gov"): "expiring"}
    told = {(p.body, p.other): (p.norms, p.accepted, p.stale, p.share) for p in found.pairs}
    assert told == {("gov", "far"): (1, 1, 0, 1.0), ("far", "gov"): (1, 0, 1, 0.0)}
    assert [says.en for says in found.findings] == [
        "a, recognised by Other: version 2019 is recognised, 2025 is in force"
    ]
    # Version 1 of b ends in 37 days, its recognition in 6.
    assert (found.expiring, [row.days_left for row in found.rows]) == (2, [37, None])
    before = norms(shared, Norms(day=date(2024, 6, 1), kinds=("standard",)))
    assert {(p.body, p.other): p.share for p in before.pairs} == {
        ("gov", "far"): 1.0,
        ("far", "gov"): 1.0,
    }


def test_what_has_no_version_any_more_is_recognised_in_vain(shared):
    found = norms(shared, Norms(day=date(2026, 2, 1), kinds=("standard",)))
    assert [row.norm for row in found.rows] == ["a"]
    # The recognition of b ended too: only far's of version 2019 is told.
    assert len(found.findings) == 1


def test_bodies_differ_item_by_item(shared):
    """20,000 yuan are 2 wan yuan; who is served differs; the third item stands on one side only."""
    found = norm_differences(shared, NormDifferences(topic="检验", day=DAY))
    assert [(one.body, one.version) for one in found.sides] == [("gov", "2025"), ("far", "1")]
    told = [(row.item, row.state, row.fields, row.lacking) for row in found.rows]
    assert told == [
        ("1", "same", [], []),
        ("2", "differs", ["served"], []),
        ("3", "lacking", [], [2]),
    ]
    assert (found.same, found.differ, found.missing) == (1, 1, 1)
    some = norm_differences(shared, NormDifferences(norms=("a", "b"), day=DAY, only=("lacking",)))
    assert [row.item for row in some.rows] == ["3"]


def test_a_catalogue_differs_over_time(little):
    """Aid of 50 yuan became 80 on 1 January 2025, when meals were added."""
    ask = NormDifferences(norms=("care",), before=date(2024, 1, 1), day=DAY)
    found = norm_differences(little, ask)
    assert [one.version for one in found.sides] == ["2020", "2025"]
    assert [(row.state, row.fields, row.lacking) for row in found.rows] == [
        ("differs", ["value"], []),
        ("lacking", [], [1]),
    ]


def test_what_is_not_in_the_register_is_told(little):
    with pytest.raises(BadAsk, match="name norms"):
        norm_differences(little, NormDifferences())
    with pytest.raises(NotFound, match="no topic 'x'"):
        norm_differences(little, NormDifferences(topic="x"))
    with pytest.raises(NotFound, match="no norm 'x'"):
        norm_differences(little, NormDifferences(norms=("x",)))


ROW = {"says": None, "value": None, "unit": None, "served": None, "paid_by": None, "lead": None}


@given(
    st.lists(
        st.fixed_dictionaries(
            {"value": st.integers(0, 5), "unit": st.sampled_from(["元", "万元"])}
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rows_differ_in_their_figure_if_their_yuan_do(given_rows):
    rows = [ROW | row for row in given_rows]
    yuan = {row["value"] * (10_000 if row["unit"] == "万元" else 1) for row in rows}
    assert differing(rows) == (["value"] if len(yuan) > 1 else [])


@given(
    st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("pq")), unique_by=lambda t: t[0]),
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("pqr"), st.sampled_from("12"))),
)
def test_pairs_count_each_norm_once(held, told):
    rows = [{"norm": norm, "body": body, "version": "1"} for norm, body in held]
    accepted = [{"norm": n, "body": b, "version": v} for n, b, v in told]
    for pair in pairs_of(rows, accepted, "pqr"):
        theirs = [row["norm"] for row in rows if row["body"] == pair.other]
        mine = {(n, v) for n, b, v in told if b == pair.body}
        assert pair.norms == len(theirs)
        assert pair.accepted == sum((norm, "1") in mine for norm in theirs)
        assert pair.stale == sum((n, "2") in mine and (n, "1") not in mine for n in theirs)
