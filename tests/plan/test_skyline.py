"""Rules of height and view: found by words, judged by what is stored of them."""

import hashlib

import pandas as pd
import pytest

from hutuo.plan.skyline import ViewRules, found_in, limits_of, view_rules

SAMPLE = "塑造滨水天际线,新建住宅建筑高度不超过80米。保护山水视廊。道路宽度为30米。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SAMPLE, ["height", "skyline", "view"]),
        ("道路宽度为30米。", []),
        ("The Skyline is kept; a view corridor opens to the lake.", ["skyline", "view"]),
        ("", []),
    ],
)
def test_sentences_are_found_by_words_that_are_data(text, found):
    assert sorted(one.rule for one in found_in(text)) == found


def test_a_sentence_is_quoted_whole():
    (one,) = [one for one in found_in(SAMPLE) if one.rule == "view"]
    assert (one.sentence, one.words) == ("保护山水视廊。", ["视廊"])


def test_a_rule_is_not_measurable_and_it_is_said_what_would_settle_it(own):
    document = {"document": "d", "plan": "p", "name": "d.txt", "text": SAMPLE, "source": "book"}
    document |= {"digest": hashlib.sha256(SAMPLE.encode()).hexdigest()}
    (row,) = own.records("clause", clause="一")
    clause = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
    clause |= {"document": "d", "start": 0, "end": len(SAMPLE)}
    quantity = {"quantity": "p/一#q1", "plan": "p", "clause": "一", "ordinal": 1, "kind": "target"}
    quantity |= {
        "operator": "<=",
        "value": 80.0,
        "unit": "m",
        "value_type": "level",
        "year_from": "none",
        "quote": "80米",
    }
    frames = {"document": document, "clause": clause, "quantity": quantity}
    own.record({n: pd.DataFrame([r], dtype=object) for n, r in frames.items()}, verb="test")
    found = view_rules(own, ViewRules()).rows
    assert {row.kind for row in found} == {"height", "view", "skyline"}
    assert {(row.status, row.stated, tuple(row.limits)) for row in found} == {
        ("not_measurable", True, ("≤ 80 m",))
    }
    assert "0 buildings, 0 rules of this clause" in found[0].settled_by.en
    cap = {"rule": "cap", "kind": "height", "zh": "限高", "en": "Cap", "plan": "p", "clause": "一"}
    cap |= {"area": "POLYGON ((114 38, 115 38, 115 39, 114 38))", "most_m": 80.0, "source": "book"}
    house = {"building": "a", "place": own.records("unit")[0]["unit"], "lon": 114.9, "lat": 38.1}
    house |= {"height_m": 81.0, "source": "book"}
    for height, status in ((80.0, "kept"), (81.0, "broken")):
        rows = {"view_rule": cap, "building": house | {"height_m": height}}
        own.record({n: pd.DataFrame([r], dtype=object) for n, r in rows.items()}, verb="test")
        by_kind = {row.kind: row for row in view_rules(own, ViewRules()).rows}
        assert by_kind["height"].status == status
        assert by_kind["view"].status == "not_measurable"


def test_rejected_figures_and_other_units_are_no_limits():
    row = {"clause": "一", "operator": "<=", "value": 5.0, "unit": "m", "decision": "proposed"}
    assert (
        limits_of([row | {"decision": "rejected"}, row | {"unit": "亩"}, row | {"value": None}])
        == {}
    )
    assert limits_of([row]) == {"一": ["≤ 5 m"]}


def test_the_summary_is_searched_where_the_text_is_not_stored(embedded):
    found = view_rules(embedded, ViewRules()).rows
    assert [(row.clause, row.kind, row.stated) for row in found] == [
        ("二(二)¶1", "skyline", False)
    ]
