"""Listings: versions are rows, states follow one another, rights are shown, filters pass what they name."""

from datetime import date

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange import schema
from hutuo.exchange.listings import Listing, Listings, listing, listings
from hutuo.exchange.markets import Market, checked, market, markets
from hutuo.exchange.moves import MOVES
from hutuo.exchange.rights import RANK, position, stands
from hutuo.exchange.schema import EXCHANGE
from traded import LISTINGS, trade

NEED = {"market": "need", "body": "firm", "title": "轴承磨损快"}


def make(shop, **given):
    return listing(shop, Listing(action="make", **NEED | given))


def move(shop, action, name, **given):
    return listing(shop, Listing(action=action, listing=name, **given))


def test_the_tables_are_as_the_program_knows_them(shop):
    with store_of(shop).reading(EXCHANGE) as connection:
        about = {"include_name": lambda name, kind, _: kind != "table" or _ours(name)}
        found = compare_metadata(MigrationContext.configure(connection, opts=about), schema.tables)
    assert [one for one in found if "exchange_version" not in str(one)] == []


def _ours(name):
    return name in schema.tables.tables


def test_a_listing_goes_from_state_to_state_and_keeps_every_version(shop):
    trade(shop)
    need = make(shop, by="a")
    assert (need.listing, need.version, need.state) == ("need-1", 1, "listed")
    move(shop, "amend", "need-1", text="想延长寿命")
    move(shop, "match", "need-1", partner="coating")
    move(shop, "negotiate", "need-1", note="已通话")
    move(shop, "contract", "need-1", contract="c-1@1")
    last = move(shop, "settle", "need-1")
    assert [one.state for one in last.versions] == [
        "listed", "listed", "matched", "negotiated", "contracted", "settled",
    ]  # fmt: skip
    assert last.versions[1].differs == ["text"]
    assert last.versions[2].differs == ["partner", "state"]
    assert (last.contract, last.partner) == ("c-1@1", "coating")


def test_the_other_side_of_a_match_moves_along(shop):
    trade(shop)
    make(shop)
    move(shop, "match", "need-1", partner="coating")
    other = move(shop, "show", "coating")
    assert (other.state, other.partner) == ("matched", "need-1")
    move(shop, "withdraw", "need-1")
    other = move(shop, "show", "coating")
    assert (other.state, other.partner) == ("listed", None)


def test_one_that_serves_many_stays_on_the_market(shop):
    trade(shop)
    for name in ("need-1", "need-2"):
        make(shop, listing=name)
        move(shop, "match", name, partner="xrd")
        move(shop, "negotiate", name)
    assert move(shop, "show", "xrd").state == "listed"
    with pytest.raises(BadAsk, match="matched from the other side"):
        move(shop, "match", "xrd", partner="need-1")


def test_only_markets_that_are_matched_can_be(shop):
    trade(shop)
    with pytest.raises(BadAsk, match="vaccine is on market result; result is matched with need"):
        move(shop, "match", "coating", partner="vaccine")
    with pytest.raises(BadAsk, match="a match needs partner"):
        move(shop, "match", "coating")
    with pytest.raises(NotFound, match="no listing 'nothing'"):
        move(shop, "match", "coating", partner="nothing")


@given(st.lists(st.sampled_from([*MOVES, "amend"]), max_size=8))
def test_no_way_leads_past_a_state_and_what_is_refused_changes_nothing(actions):
    """The moves as a machine: each starts from the states that it names."""
    state = "listed"
    for action in actions:
        if action != "amend" and state in MOVES[action].before:
            state = MOVES[action].after
    order = ["listed", "matched", "negotiated", "contracted", "settled"]
    if state in order:
        needed = [
            name for name, one in MOVES.items() if one.after in order[1 : order.index(state) + 1]
        ]
        assert set(needed) <= set(actions)


def test_what_is_refused_writes_nothing(shop):
    trade(shop)
    make(shop)
    for action, more in {
        "negotiate": {}, "settle": {}, "contract": {"contract": "c"}, "relist": {},
    }.items():  # fmt: skip
        with pytest.raises(BadAsk, match="need-1 is listed and cannot"):
            move(shop, action, "need-1", **more)
    move(shop, "match", "need-1", partner="coating", check=True)
    assert make(shop, check=True).listing == "need-2"
    assert len(move(shop, "show", "need-1").versions) == 1
    assert move(shop, "show", "coating").version == 1
    assert make(shop).listing == "need-2"


def test_an_id_is_taken_once(shop):
    make(shop, listing="mine")
    with pytest.raises(BadAsk, match="listing 'mine' is there already"):
        make(shop, listing="mine")


def test_all_that_is_wrong_with_fields_of_a_market_is_told(shop):
    more = {"price_fen": -1, "hours": "always", "least_minutes": 1.5, "nope": 1, "holidays": "no"}
    with pytest.raises(BadInput) as told:
        make(shop, market="instrument", details=more)
    assert sorted(one.column for one in told.value.findings) == [
        "holidays", "hours", "least_minutes", "nope", "price_fen",
    ]  # fmt: skip
    with pytest.raises(BadInput, match=r"price_fen: it is needed\n.*hours: it is needed"):
        make(shop, market="instrument")
    assert checked("need", {"budget_fen": 1, "wanted_by": "2026-01-01"})["budget_fen"] == 1
    with pytest.raises(BadInput, match="wanted_by: a date, as 2026-12-31 would be right"):
        checked("need", {"wanted_by": "soon"})


def test_rights_that_nobody_registered_are_refused(shop):
    with pytest.raises(BadInput, match=r"rights: .* table ip_right"):
        make(shop, rights=["ZL1", "ZL99"])


def test_each_offer_shows_where_its_rights_stand(shop):
    trade(shop)
    found = move(shop, "show", "coating")
    assert [(one.right, one.state, one.holder) for one in found.rights] == [
        ("ZL1", "granted", "uni"),
        ("ZL2", "expired", "uni"),
    ]
    assert found.right_state == "granted"
    assert move(shop, "show", "xrd").right_state == "none"


def test_a_granted_right_ends_on_the_day_of_its_end():
    row = {"state": "granted", "expires": date(2030, 1, 1)}
    assert stands(row, date(2029, 12, 31)) == "granted"
    assert stands(row, date(2030, 1, 1)) == "expired"
    assert stands(row | {"state": "lapsed"}, date(2031, 1, 1)) == "lapsed"
    assert position(["a", "b"], {"a": row}, date(2031, 1, 1)) == "expired"
    assert position(["b"], {}, date(2031, 1, 1)) == RANK[0]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["xrd", "vaccine", "coating"]),
        ({"market": "result"}, ["vaccine", "coating"]),
        ({"field": "医药"}, ["vaccine"]),
        ({"readiness": 5}, ["coating"]),
        ({"place": "set:area"}, ["xrd", "vaccine", "coating"]),
        ({"place": "990102"}, ["vaccine"]),
        ({"right_state": "applied"}, ["vaccine"]),
        ({"right_state": "none"}, ["xrd"]),
        ({"body": "uni"}, ["xrd", "coating"]),
        ({"words": "类金刚石"}, ["coating"]),
        ({"words": "x射线"}, ["xrd"]),
        ({"words": "100%"}, []),
        ({"state": ["withdrawn"]}, []),
        ({"most": 1, "offset": 1}, ["vaccine"]),
    ],
)
def test_filters_pass_what_they_name(little, asked, names):
    found = listings(little, Listings(**asked))
    assert [row.listing for row in found.rows] == names
    assert found.total == (3 if "most" in asked else len(names))


def test_what_was_known_then_is_shown_as_it_was(shop):
    import dataclasses

    first = make(shop)
    move(shop, "amend", "need-1", title="改过的标题")
    then = dataclasses.replace(shop, as_of=first.recorded_at)
    old = move(then, "show", "need-1")
    assert (old.title, len(old.versions)) == (NEED["title"], 1)
    assert listings(then, Listings()).rows[0].title == NEED["title"]
    assert move(shop, "show", "need-1").title == "改过的标题"


def test_markets_count_what_is_on_them(little):
    rows = {row.market: row for row in market(little, Market())}
    assert set(rows) == set(markets())
    assert (rows["result"].listed, rows["instrument"].listed, rows["need"].listed) == (2, 1, 0)
    for row in rows.values():
        assert all(row.market in rows[other].matches for other in row.matches), row.market


def test_two_writers_never_make_the_same_version(shop):
    """The key of listing and version stands in the database, whatever program writes."""
    make(shop)
    with store_of(shop).writing(EXCHANGE) as connection:
        row = dict(connection.execute(sa.select(schema.listing)).mappings().one())
        del row["change"]
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(schema.listing.insert().values(**row))


def test_the_seeds_name_markets_that_there_are():
    assert {one["market"] for one in LISTINGS} <= set(markets())
