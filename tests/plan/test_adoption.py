"""Plans taken in, decided, bound and laid side by side."""

import pandas as pd
import pytest

from hutuo.base.branches import Undo, undo
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.plan.adoption import Adopt, adopt
from hutuo.plan.align import Align, Goal, Relation, align, relation_of
from hutuo.plan.binding import Bind, bind
from hutuo.plan.bindings import Bindings, bindings
from hutuo.plan.review import Decide, Review, decide, review
from hutuo.plan.rollout import title_of
from plan.samples import NOTICE

TEXT = """青原规划

一、目标
(一)产业。到2030年,青原市营业收入力争突破300亿元,新建园区5个。
(二)交通。实现一小时通勤。鼓励企业参与建设。
"""
REVENUE, PARKS = "qy/一(一)#q1", "qy/一(一)#q2"


@pytest.fixture
def paper(tmp_path):
    def write(text, name="plan.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def adopted(own, paper):
    adopt(own, Adopt(file=paper(TEXT), plan="qy", issuer="青原市", by="office"))
    return own


def items(region, **ask):
    return {one.item: one for one in review(region, Review(plan="qy", **ask)).items}


def test_a_plan_is_taken_in_with_its_text_and_its_proposals(adopted):
    found = review(adopted, Review(plan="qy"))
    assert found.text == TEXT
    assert [one.clause for one in found.clauses] == ["序", "一", "一(一)", "一(二)"]
    assert {name: one.fields["value"] for name, one in items(adopted).items() if one.sort == "quantity"} == {
        REVENUE: 300, PARKS: 5, "qy/一(二)#q1": 1,
    }  # fmt: skip
    assert {one.decision for one in found.items} == {"proposed"}
    assert all(TEXT[one.start : one.end] == one.quote for one in found.items)


def test_with_check_nothing_is_written(own, paper):
    told = adopt(own, Adopt(file=paper(TEXT), plan="qy", issuer="青原市", check=True))
    assert (told.batch, told.quantities.new) == (None, 3)
    assert own.records("document") == []


def test_a_plan_that_does_not_say_who_issued_it_is_asked_for_it(own, paper):
    with pytest.raises(BadAsk, match="issuer") as told:
        adopt(own, Adopt(file=paper(TEXT), plan="qy"))
    assert told.value.words[0] == "文件没有写明发布机关"
    assert told.value.advice[0] == "请用--issuer给出"


def test_what_was_decided_survives_reading_the_plan_again(adopted, paper):
    """The mend stays on the words it was made on, also where the clause got another number."""
    decide(
        adopted,
        Decide(action="mend", items=[REVENUE], fields={"value": 320, "unit": "亿元"}, by="lin"),
    )
    decide(adopted, Decide(action="accept", items=[PARKS], by="lin"))
    later = TEXT.replace("(一)产业", "(一)总则。加强协调。\n(二)产业").replace(
        "(二)交通", "(三)交通"
    )
    told = adopt(adopted, Adopt(file=paper(later.replace("一小时", "半小时"), "b.txt"), plan="qy"))
    found = items(adopted)
    assert (found[REVENUE].fields["value"], found[REVENUE].clause) == (320, "一(二)")
    assert (found[PARKS].decision, found[PARKS].by) == ("accepted", "lin")
    assert (told.quantities.decided, told.quantities.gone) == (2, 1)
    assert found["qy/一(二)#q1"].decision == "withdrawn"


def test_decided_words_that_the_document_lost_are_told_and_stay(adopted, paper):
    decide(adopted, Decide(action="accept", items=[PARKS]))
    told = adopt(
        adopted, Adopt(file=paper(TEXT.replace("新建园区5个", "新建园区"), "b.txt"), plan="qy")
    )
    assert told.quantities.orphans == [PARKS]
    assert items(adopted)[PARKS].decision == "accepted"


def test_every_decision_stays_known_and_can_be_taken_back(adopted):
    decide(adopted, Decide(action="accept", items=[REVENUE], by="lin"))
    done = decide(adopted, Decide(action="reject", items=[REVENUE], by="wu"))
    history = review(adopted, Review(plan="qy", item=REVENUE)).history
    assert [(one.decision, one.by) for one in history] == [
        ("proposed", None), ("accepted", "lin"), ("rejected", "wu"),
    ]  # fmt: skip
    undo(adopted, Undo(batch=done.batch))
    assert items(adopted)[REVENUE].decision == "accepted"


def test_merged_ones_become_one_and_split_ones_several(adopted):
    decide(
        adopted,
        Decide(action="merge", items=[REVENUE, PARKS], fields={"subject": "产业"}, by="lin"),
    )
    found = items(adopted)
    assert (found[REVENUE].made_from, found[PARKS].decision) == ([REVENUE, PARKS], "rejected")
    decide(
        adopted,
        Decide(action="split", items=["qy/一(二)#q1"], parts=[{"value": 1}, {"value": 0.5}]),
    )
    parts = [one for one in items(adopted).values() if one.made_from == ["qy/一(二)#q1"]]
    assert [(one.item, one.fields["value"]) for one in parts] == [
        ("qy/一(二)#q1.1", 1),
        ("qy/一(二)#q1.2", 0.5),
    ]


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        ({"action": "merge", "items": [REVENUE]}, BadAsk),
        ({"action": "split", "items": [REVENUE], "parts": [{"value": 1}]}, BadAsk),
        ({"action": "mend", "items": [REVENUE]}, BadAsk),
        (
            {"action": "mend", "items": [REVENUE], "fields": {"quantity": "x", "colour": 1}},
            BadInput,
        ),
        ({"action": "mend", "items": [REVENUE], "fields": {"operator": "!="}}, BadInput),
        ({"action": "accept", "items": ["qy/九#q1"]}, NotFound),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(adopted, ask, error):
    before = items(adopted)
    with pytest.raises(error):
        decide(adopted, Decide(**ask))
    assert items(adopted) == before


def test_a_figure_is_bound_to_an_indicator_once_it_is_accepted(adopted):
    """From then on it is a target of the plan, evaluated as every other."""
    with pytest.raises(BadAsk, match="nobody decided on it") as told:
        bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
    assert told.value.words[0] == f"“{REVENUE}”不能绑定:尚未审定,须先通过或修改"
    decide(adopted, Decide(action="accept", items=[REVENUE]))
    assert bind(adopted, Bind(quantity=REVENUE)).candidates[0].indicator == "revenue"
    bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
    [row] = adopted.records("target", plan="qy")
    assert [row[name] for name in ("indicator", "operator", "value", "unit", "year")] == [
        "revenue",
        ">",
        300,
        "亿元",
        2030,
    ]
    with pytest.raises(BadAsk, match="measures money, indicator 'people' measures people"):
        bind(adopted, Bind(quantity=REVENUE, indicator="people"))


def goal(operator, value, year=2030, place="set:area", *, total=True):
    return Goal(operator, value, year, place, total)


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        (goal(">=", 100), goal(">=", 100), Relation.COVERED),
        (goal(">=", 100), goal(">=", 120), Relation.TIGHTER),
        (goal(">=", 100), goal(">", 100), Relation.TIGHTER),
        (goal(">=", 100), goal(">=", 90), Relation.LOOSER),
        (goal(">=", 100), goal(">=", 100, 2028), Relation.TIGHTER),
        (goal(">=", 100), goal(">=", 120, 2035), Relation.LOOSER),
        (goal(">=", 100), goal("<=", 90), Relation.CONTRADICTED),
        (goal(">=", 100), goal("<", 100), Relation.CONTRADICTED),
        (goal(">=", 100), goal("<=", 110), Relation.LOOSER),
        (goal("<=", 60), goal("<=", 45), Relation.TIGHTER),
        (goal("=", 1), goal("=", 2), Relation.CONTRADICTED),
        (goal(">=", 100), goal(">=", 100, place="130000"), Relation.INCOMPARABLE),
        (
            goal(">=", 30, total=False),
            goal(">=", 35, place="130000", total=False),
            Relation.TIGHTER,
        ),
    ],
)
def test_how_two_targets_stand(first, second, relation):
    assert relation_of(first, second) is relation


def test_two_plans_lie_side_by_side_with_both_quotes(adopted):
    """The little plan wants 200 by 2028, the other over 300 by 2030: later, so looser; both are quoted."""
    decide(adopted, Decide(action="accept", items=[REVENUE]))
    bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
    found = align(adopted, Align(first="p", second="qy"))
    pair = next(one for one in found.targets if one.first.id == "grow")
    assert (pair.relation, pair.second.quote) == (Relation.LOOSER, "青原市营业收入力争突破300亿元")
    assert {one.first.id: one.relation.value for one in found.targets} == {
        "grow": "looser", "parks": "tighter", "ride": "missing", "p/一#q1": "looser",
    }  # fmt: skip
    assert [one.id for one in found.only_second] == [PARKS, "qy/一(二)#q1"]


def test_a_plan_is_not_laid_beside_itself(own):
    with pytest.raises(BadAsk, match="twice") as told:
        align(own, Align(first="p", second="p"))
    assert told.value.words[0] == "“p”给出了两次"


def test_what_is_mended_names_the_columns_that_can_be(adopted):
    with pytest.raises(BadInput) as told:
        decide(adopted, Decide(action="mend", items=[REVENUE], fields={"colour": 1}))
    zh = told.value.words[0]
    assert zh.startswith("1列不能修改:\n  quantity: colour: 不能修改;可修改的列为")


def test_a_notice_says_who_issued_the_plan(own, paper):
    told = adopt(own, Adopt(file=paper(NOTICE), plan="qingyuan"))
    [plan] = own.records("plan", plan="qingyuan")
    assert (plan["zh"], plan["issuer"], plan["horizon_to"]) == (
        "青原都市圈发展规划",
        "云河省人民政府",
        2030,
    )
    assert told.empty == ["二(二)", "二(三)"]


def test_aims_stand_beside_what_measures_them_or_may(adopted):
    """Nobody decided, then accepted, then bound; targets of the pack have no words of their own."""
    of = {row.quantity: row for row in bindings(adopted, Bindings(plan="qy"))}
    assert (of[REVENUE].state, of[REVENUE].says.zh) == ("hindered", "尚未审定,须先通过或修改")
    decide(adopted, Decide(action="accept", items=[REVENUE]))
    [row] = bindings(adopted, Bindings(plan="qy", state="open"))
    assert (row.quantity, row.candidates[0].indicator) == (REVENUE, "revenue")
    assert {one.unit for one in row.candidates} == {"亿元"}
    bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
    [row] = bindings(adopted, Bindings(plan="qy", state="bound"))
    assert (row.target, row.indicator, row.candidates) == ("revenue-2030", "revenue", [])
    assert {row.target for row in bindings(adopted, Bindings(plan="p", state="bound"))} == {
        "grow", "ride", "parks",
    }  # fmt: skip


def test_a_figure_never_becomes_the_target_of_another(adopted):
    """Neither a second figure of the same year, nor one of another plan; bound again, it stays itself."""
    adopted.record(
        {
            "target": pd.DataFrame(
                [{**adopted.records("target", plan="p")[0], "target": "revenue-2030"}]
            )
        },
        verb="test",
    )
    decide(adopted, Decide(action="accept", items=[REVENUE]))
    with pytest.raises(BadAsk, match="a target of plan 'p'"):
        bind(adopted, Bind(quantity=REVENUE, indicator="revenue", target="revenue-2030"))
    for _ in range(2):
        done = bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
        assert done.target == "qy-revenue-2030"
    assert len(adopted.records("target", plan="qy")) == 1
    assert [row["plan"] for row in adopted.records("target", target="revenue-2030")] == ["p"]


def test_merged_duties_say_all_that_is_done_and_split_ones_their_part(adopted, paper):
    """What the plan says in one breath: two verbs become one task, one verb two tasks."""
    text = "新谷规划\n\n一、保障\n(一)组织。建立联席会议制度,编制工作要点,编制目录。鼓励企业参与建设。\n"
    adopt(adopted, Adopt(file=paper(text, "xg.txt"), plan="xg", issuer="新谷"))
    first, second, third, fourth = [f"xg/一(一)#d{number}" for number in range(1, 5)]
    merged = decide(adopted, Decide(action="merge", items=[first, second])).items[0]
    assert merged.fields["object"] == "联席会议制度,编制工作要点"
    again = decide(adopted, Decide(action="merge", items=[second, third])).items[0]
    assert again.fields["object"] == "工作要点、目录"
    parts = [{"object": "企业参与"}, {"object": "园区建设"}]
    split = decide(adopted, Decide(action="split", items=[fourth], parts=parts)).items
    rows = {row["duty"]: row for row in adopted.records("duty", plan="xg")}
    assert title_of(rows[first]) == "建立联席会议制度,编制工作要点"
    assert [title_of(rows[one.item]) for one in split[1:]] == ["鼓励企业参与", "鼓励园区建设"]


def test_a_target_follows_its_figure_and_a_bound_figure_is_not_dropped_unnoticed(adopted):
    decide(adopted, Decide(action="accept", items=[REVENUE]))
    bind(adopted, Bind(quantity=REVENUE, indicator="revenue"))
    batch = decide(
        adopted, Decide(action="mend", items=[REVENUE], fields={"value": 350, "target_year": 2031})
    ).batch
    [row] = adopted.records("target", plan="qy")
    assert (row["value"], row["year"], row["indicator"]) == (350, 2031, "revenue")
    undo(adopted, Undo(batch=batch))
    [row] = adopted.records("target", plan="qy")
    assert (row["value"], row["year"]) == (300, 2030)
    for ask in ({"action": "reject"}, {"action": "mend", "fields": {"unit": "万人"}}):
        with pytest.raises(BadAsk, match="is bound as target 'revenue-2030'"):
            decide(adopted, Decide(items=[REVENUE], **ask))
