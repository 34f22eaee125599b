"""The pool of leads: first contact, terms, duplicates, and that nobody but a party sees anything."""

import dataclasses
import threading
from datetime import date, timedelta

import pytest

from hutuo.errors import BadAsk, NotFound
from hutuo.exchange import leads as module
from hutuo.exchange.contacting import STAGES, TERM, holds
from hutuo.exchange.creditcodes import check_letter
from hutuo.exchange.leads import Lead, Leads, lead, leads
from hutuo.verbs import find_verb

DAY = date(2026, 3, 2)
BODY17 = "91130100MA07ABCD1"
CODE = BODY17 + check_letter(BODY17)
FIRM = {
    "investor": "河北宏远新材料科技有限公司",
    "credit_code": CODE,
    "address": "石家庄市裕华区槐安东路105号",
    "title": "高强铝箔生产线",
    "text": "年产两万吨电池铝箔",
    "money_fen": 50_000_000_000,
}
SAME = FIRM | {"investor": "宏远新材料", "title": "铝箔项目", "text": "电池铝箔"}
OTHER = {"investor": "邢台锐达轴承股份有限公司", "title": "轴承基地", "text": "精密轴承"}


def ask(shop, action, body="a", name="l1", day=DAY, **given):
    return lead(shop, Lead(action=action, as_=body, lead_id=name, day=day, **given))


def names(shop, body, **given):
    return [row.lead_id for row in leads(shop, Leads(as_=body, **{"day": DAY} | given))]


def test_who_records_first_has_the_lead_for_a_term(shop):
    first = ask(shop, "record", **FIRM)
    assert (first.held_by, first.held, first.until) == ("a", True, DAY + TERM)
    with pytest.raises(BadAsk, match="another member of the pool has that investor"):
        ask(shop, "record", "b", "l2", **SAME)
    last = DAY + TERM
    with pytest.raises(BadAsk, match="another member"):
        ask(shop, "record", "b", "l2", day=last, **SAME)
    after = ask(shop, "record", "b", "l2", day=last + timedelta(days=1), **SAME)
    assert after.held_by == "b"
    assert not ask(shop, "show", day=last + timedelta(days=1)).held
    with pytest.raises(BadAsk, match="its term did"):
        ask(shop, "step", day=last + timedelta(days=1), stage="visit")


def test_a_refusal_tells_nothing_of_the_lead(shop):
    ask(shop, "record", name="secret-id", parties=["c"], **FIRM | {"phone": "0311-87654321"})
    with pytest.raises(BadAsk) as told:
        ask(shop, "record", "b", "l2", **SAME)
    words = " ".join([*told.value.words, *told.value.advice])
    for hidden in ("secret-id", "高强", "宏远", "河北", "槐安", CODE, "87654321", "0311"):
        assert hidden not in words
    # A party is told which one it is, and why.
    with pytest.raises(BadAsk, match="it duplicates lead secret-id"):
        ask(shop, "record", "c", "l2", **SAME)


def test_only_parties_see_a_lead_or_know_of_it(shop):
    ask(shop, "record", parties=["c"], **FIRM)
    ask(shop, "record", "b", "l2", **OTHER)
    assert (names(shop, "a"), names(shop, "b"), names(shop, "c")) == (["l1"], ["l2"], ["l1"])
    assert names(shop, "d") == []
    for action, more in (("show", {}), ("step", {"stage": "visit"}), ("amend", {"note": "x"})):
        with pytest.raises(NotFound) as hidden:
            ask(shop, action, "b", "l1", **more)
        with pytest.raises(NotFound) as missing:
            ask(shop, action, "b", "l9", **more)
        assert hidden.value.message.replace("l1", "l9") == missing.value.message
        assert hidden.value.hint == missing.value.hint
    with pytest.raises(BadAsk, match="only a may change l1"):
        ask(shop, "step", "c", stage="visit")


def test_no_answer_to_another_body_holds_a_field_of_a_lead(shop):
    """Whatever is listed, in whatever state."""
    for at, stage in enumerate((*STAGES, "lost")):
        one = OTHER | {
            "investor": f"{'甲乙丙丁戊己庚'[at]}{FIRM['investor'][at : at + 6]}",
            "phone": None,
        }
        ask(shop, "record", name=f"l{at}", **one, despite=True)
        if stage != "contact":
            ask(shop, "step", name=f"l{at}", stage=stage)
    verb = find_verb("exchange", "leads")
    for given in ({}, {"held": True}, {"held": False}, {"stage": STAGES}):
        assert verb.plain(leads(shop, Leads(as_="b", day=DAY, **given))) == []
    assert len(names(shop, "a")) == 7


def test_each_step_renews_the_term_and_none_goes_back(shop):
    ask(shop, "record", **FIRM)
    later = DAY + timedelta(days=60)
    assert ask(shop, "step", day=later, stage="negotiation").until == later + TERM
    with pytest.raises(BadAsk, match="l1 is at being negotiated and does not go back to visit"):
        ask(shop, "step", day=later, stage="visit")
    signed = ask(shop, "step", day=later, stage="signed")
    assert [one.stage for one in signed.versions] == ["contact", "negotiation", "signed"]
    far = later + timedelta(days=4000)
    assert ask(shop, "show", day=far).held
    with pytest.raises(BadAsk, match=r"has that investor .* and has signed"):
        ask(shop, "record", "b", "l2", day=far, **SAME)


def test_a_lost_lead_is_free_for_others(shop):
    ask(shop, "record", **FIRM)
    ask(shop, "step", stage="lost")
    assert ask(shop, "record", "b", "l2", **SAME).held_by == "b"
    assert names(shop, "a", held=False) == ["l1"]


def test_a_lead_is_handed_over_and_still_seen(shop):
    ask(shop, "record", parties=["c"], **FIRM)
    ask(shop, "hand_over", to="b", note="园区更合适")
    row = ask(shop, "show", "b")
    assert (row.held_by, row.parties, row.versions[0].held_by) == ("b", ["a", "c"], "a")
    assert ask(shop, "step", "b", stage="visit").stage == "visit"


def test_nobody_takes_an_investor_by_an_amendment(shop):
    ask(shop, "record", **FIRM)
    ask(shop, "record", "b", "l2", **OTHER)
    with pytest.raises(BadAsk, match="another member"):
        ask(shop, "amend", "b", "l2", investor=FIRM["investor"], credit_code=CODE)
    assert ask(shop, "amend", "b", "l2", money_fen=1).money_fen == 1
    assert ask(shop, "amend", text="年产三万吨").version == 2


def test_the_same_body_is_told_of_its_own_duplicate(shop):
    ask(shop, "record", **FIRM)
    with pytest.raises(BadAsk, match="it duplicates lead l1"):
        ask(shop, "record", name="l2", **SAME)
    with pytest.raises(BadAsk, match="id 'l1' is taken"):
        ask(shop, "record", **OTHER)


def test_a_wrong_credit_code_is_refused(shop):
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    with pytest.raises(BadAsk, match="wrong check letter"):
        ask(shop, "record", **FIRM | {"credit_code": wrong})
    made = ask(shop, "record", **FIRM | {"credit_code": CODE.lower()})
    assert made.credit_code == CODE


def test_what_is_only_checked_is_not_written(shop):
    assert ask(shop, "record", check=True, **FIRM).versions == []
    assert names(shop, "a") == []


def test_of_many_who_record_at_once_one_has_the_lead(shop):
    told, ready = [], threading.Barrier(8)

    def race(at):
        ready.wait()
        try:
            told.append(ask(shop, "record", f"b{at}", f"l{at}", **FIRM).held_by)
        except BadAsk:
            told.append(None)

    crowd = [threading.Thread(target=race, args=(at,)) for at in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(told) == 8
    assert sum(one is not None for one in told) == 1


def test_leads_are_told_as_they_were_known(shop):
    first = ask(shop, "record", **FIRM)
    ask(shop, "step", stage="visit")
    then = dataclasses.replace(shop, as_of=first.versions[0].recorded_at)
    assert [row.stage for row in leads(then, Leads(as_="a", day=DAY))] == ["contact"]


def test_a_term_holds_its_last_day():
    row = {"stage": "visit", "until": DAY}
    assert holds(row, DAY)
    assert not holds(row, DAY + timedelta(days=1))
    assert holds(row | {"stage": "signed"}, DAY + timedelta(days=1))
    assert not holds(row | {"stage": "lost"}, DAY)


def test_the_verb_says_who_asks():
    with pytest.raises(BadAsk, match="as"):
        find_verb("exchange", "leads").read({})
    assert module.Leads(as_="a").as_ == "a"
