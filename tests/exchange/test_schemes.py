"""Schemes of the tiny region: pairs, and what expires."""

from datetime import date

import pandas as pd

from hutuo.exchange.schemes import Schemes, accepted, schemes


def test_a_day_shows_what_is_in_force_and_who_takes_part(little):
    found = schemes(little, Schemes(day=date(2025, 6, 1)))
    (row,) = found.rows
    assert (row.scheme, row.in_force, row.parties, row.items) == ("tests", True, 1, 2)
    # h1, h2, h3 and lab list something; seven listings less none of them ended.
    assert (row.institutions, row.listings, row.days_left) == (4, 6, 579)


def test_members_of_the_area_recognise_each_other_and_others_do_not(little):
    found = schemes(little, Schemes(day=date(2025, 6, 1)))
    assert (len(found.pairs), found.share) == (6, 1.0)
    ask = Schemes(day=date(2025, 6, 1), places=("990101", "990104"))
    found = schemes(little, ask)
    assert [(p.place, p.other, p.schemes) for p in found.pairs] == [
        ("990101", "990104", []),
        ("990104", "990101", []),
    ]
    assert found.share == 0.0


def test_before_the_scheme_there_are_no_pairs(little):
    found = schemes(little, Schemes(day=date(2023, 6, 1)))
    assert (found.rows[0].in_force, found.pairs, found.share) == (False, [], None)
    assert schemes(little, Schemes(kind="permit")).rows == []


def test_what_ends_soon_is_told_the_first_first(little):
    found = schemes(little, Schemes(day=date(2025, 6, 1), within_days=30))
    (row,) = found.expiries
    assert (row.table, row.key["institution"], row.key["item"]) == ("recognition", "h1", "ct")
    assert (row.valid_to, row.days_left) == (date(2025, 7, 1), 30)
    assert schemes(little, Schemes(day=date(2025, 6, 1), within_days=29)).expiring == 0
    found = schemes(little, Schemes(day=date(2025, 6, 1), within_days=600, limit=1))
    assert (found.expiring, len(found.expiries)) == (2, 1)


def test_what_goes_on_in_a_later_row_does_not_expire(tried):
    later = {
        "scheme": "tests", "institution": "h1", "item": "ct", "valid_from": date(2025, 7, 1),
        "side": "both", "quality": 2, "source": "book",
    }  # fmt: skip
    tried.append("recognition", pd.DataFrame([later]))
    assert schemes(tried, Schemes(day=date(2025, 6, 1), within_days=30)).expiring == 0


def test_a_party_of_one_side_is_recognised_or_recognises_and_not_both():
    base = {"scheme": "s", "institution": None, "valid_from": None, "valid_to": None}
    rows = [base | {"place": "a", "side": "issues"}, base | {"place": "b", "side": "accepts"}]
    found = accepted(rows, ["s"], ["a", "b"], date(2025, 1, 1), {})
    assert found == {("a", "b"): [], ("b", "a"): ["s"]}
