"""No read without an agreement that is live, and none of what it does not show."""

import json
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base import deeds
from hutuo.base.agreeing import AgreementAsk, agreement
from hutuo.base.sharing.grants import ALL, Grant, narrowed, visible
from hutuo.base.sharing.rights import rights_of
from hutuo.errors import Forbidden, NotFound

HERE = {"origin": "http://testserver"}
TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=30)).isoformat()
OTHER = {"body": "other", "zh": "他方", "en": "Other", "kind": "government", "source": "book"}
# What a table refers to and is named by is open; observations are a body's own.
OPEN = "unit,place,source,indicator,body,membership,plan,clause"


@pytest.fixture(scope="module")
def neighbours(house):
    """Two bodies in two browsers: who has the observations, and who wants them."""
    house.typed("base", "put", "body", json.dumps([OTHER]))
    house.typed("base", "dataset", "close", "all")
    house.typed("base", "dataset", "open", OPEN)
    house.typed("base", "dataset", "own", "observation", "--body", "gov")
    clients = []
    for body in ("gov", "other"):
        shown = {"account": f"{body}-steward"}
        shown["password"] = house.account(shown["account"], "steward", "--body", body)
        client = house.client()
        assert client.post("/api/session", json=shown, headers=HERE).status_code == 200
        clients.append(client)
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def both(house, neighbours):
    """The two, with no agreement between them."""
    for row in house.typed("base", "agreement", "list")["rows"]:
        if row["state"] in ("requested", "granted"):
            house.typed("base", "agreement", "revoke", row["id"])
    return neighbours


@pytest.fixture
def typed(house):
    return house.typed


def ask(client, path, values, code=200):
    answer = client.post(f"/api/{path}?lang=en", json=values, headers=HERE)
    assert answer.status_code == code, answer.text
    return answer.json()


def agree(both, **terms):
    """An agreement on observations, from request to grant; gives its id."""
    giver, reader = both
    values = {"table": "observation", "purpose": "yearly evaluation", "until": LATER} | terms
    name = ask(reader, "base/agreement", {"action": "request", **values})["id"]
    ask(giver, "base/agreement", {"action": "approve", "id": name})
    return name


READ = {"name": "observation", "limit": 10_000}


def test_no_agreement_no_rows(both):
    giver, reader = both
    assert len(ask(giver, "base/table", READ)) > 0
    told = ask(reader, "base/table", READ, 403)
    assert "no agreement that is live lets other read table observation" in told["message"]
    assert "base agreement request" in told["hint"]
    ask(reader, "base/figures", {"place": "990101"}, 403)
    ask(reader, "base/values", {"indicator": "people", "year": 2020, "level": "county"}, 403)
    ask(reader, "base/history", {"place": "990101", "indicator": "people"}, 403)
    ask(reader, "base/query", {"sql": "SELECT count(*) AS n FROM observation"}, 403)
    ask(reader, "plan/evaluate", {}, 403)


def test_who_may_not_read_a_table_of_nobody_is_sent_to_the_owner_of_the_server(both):
    _, reader = both
    told = ask(reader, "base/table", {"name": "park"}, 403)
    assert told["message"].endswith("read table park")
    assert "base dataset open park" in told["hint"]
    ask(
        reader,
        "base/agreement",
        {"action": "request", "table": "park", "purpose": "p", "until": LATER},
        422,
    )


def test_a_request_gives_nothing_before_it_is_granted(both):
    _, reader = both
    values = {"action": "request", "table": "observation", "purpose": "p", "until": LATER}
    name = ask(reader, "base/agreement", values)["id"]
    ask(reader, "base/table", READ, 403)
    told = ask(reader, "base/agreement", {"action": "approve", "id": name}, 403)
    assert "gov decides" in told["message"]
    ask(reader, "base/table", READ, 403)


def test_a_grant_opens_and_its_revocation_closes_at_once(both):
    giver, reader = both
    everything = ask(giver, "base/table", READ)
    name = agree(both)
    assert ask(reader, "base/table", READ) == everything
    assert ask(reader, "base/history", {"place": "990101", "indicator": "people"})["rows"]
    ask(giver, "base/agreement", {"action": "revoke", "id": name})
    ask(reader, "base/table", READ, 403)
    ask(reader, "base/history", {"place": "990101", "indicator": "people"}, 403)
    told = ask(giver, "base/agreement", {"action": "approve", "id": name}, 422)
    assert "is revoked" in told["message"]


def test_a_narrowed_grant_shows_just_its_fields_and_rows(both):
    giver, reader = both
    values = {
        "action": "request",
        "table": "observation",
        "purpose": "yearly evaluation",
        "until": LATER,
    }
    name = ask(reader, "base/agreement", values)["id"]
    less = {"columns": ["value", "unit"], "filter": {"place": ["990101"]}}
    ask(giver, "base/agreement", {"action": "narrow", "id": name, **less})
    ask(giver, "base/agreement", {"action": "approve", "id": name})
    rows, all_rows = ask(reader, "base/table", READ), ask(giver, "base/table", READ)
    mine = [row for row in all_rows if row["place"] == "990101"]
    assert [row["value"] for row in rows] == [row["value"] for row in mine]
    assert {row["place"] for row in rows} == {"990101"}
    assert {row["source"] for row in rows} == {None}
    counted = ask(reader, "base/query", {"sql": "SELECT count(*) AS n FROM observation"})
    assert counted["rows"] == [{"n": len(mine)}]
    found = ask(reader, "base/query", {"sql": "SELECT count(source) AS n FROM observation"})
    assert found["rows"] == [{"n": 0}]
    # History is read in another way, which knows no part of a table.
    ask(reader, "base/history", {"place": "990101", "indicator": "people"}, 403)


def test_what_is_narrowed_is_never_more_than_was_requested(both):
    giver, reader = both
    values = {
        "action": "request",
        "table": "observation",
        "purpose": "p",
        "until": LATER,
        "columns": ["value"],
        "filter": {"place": ["990101"]},
    }
    name = ask(reader, "base/agreement", values)["id"]
    beyond = [
        {"columns": ["value", "source"]},
        {"filter": {"place": ["990101", "990102"]}},
        {"filter": {"indicator": ["people"]}},
        {"until": (TODAY + timedelta(days=60)).isoformat()},
        {"since": (TODAY - timedelta(days=1)).isoformat()},
    ]
    for more in beyond:
        told = ask(giver, "base/agreement", {"action": "narrow", "id": name, **more}, 422)
        assert "beyond what was requested" in told["message"], more
    ask(reader, "base/agreement", {"action": "narrow", "id": name, "columns": ["value"]}, 403)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"purpose": ""}, "needs table, purpose"),
        ({"until": None}, "no term"),
        ({"until": "2001-01-01"}, "no term"),
        ({"columns": ["nope"]}, "has no column nope"),
        ({"filter": {"nope": ["x"]}}, "has no column nope"),
        ({"table": "target"}, "has no owner"),
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(both, values, says):
    asked = {"action": "request", "table": "observation", "purpose": "p", "until": LATER}
    told = ask(both[1], "base/agreement", asked | values, 422)
    assert says in told["message"]


def test_an_agreement_ends_by_itself_and_begins_when_it_says(both):
    _, reader = both
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    agree(both, since=tomorrow)
    ask(reader, "base/table", READ, 403)
    grant = Grant("a", since=date(2026, 1, 1), until=date(2026, 1, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [grant.holds(day) for day in days] == [False, True, True, False]


def test_every_read_under_an_agreement_is_recorded_with_its_purpose(both, typed):
    _, reader = both
    name = agree(both)
    before = typed("base", "audit", "list")["entries"]
    rows = ask(reader, "base/table", READ)
    entry = typed("base", "audit", "list", "--limit", "1")["rows"][0]
    assert (entry["kind"], entry["who"], entry["body"]) == ("read", "other-steward", "other")
    assert entry["verb"] == "base/table"
    read = {"agreement": name, "table": "observation", "purpose": "yearly evaluation"}
    assert entry["about"]["reads"] == [read | {"rows": len(rows)}]
    ask(reader, "base/table", {"name": "unit"})
    told = typed("base", "audit", "verify")
    assert (told["ok"], told["entries"]) == (True, before + 1)


def test_nobody_sees_agreements_between_others(house, both, typed):
    name = agree(both)
    third = OTHER | {"body": "third"}
    typed("base", "put", "body", json.dumps([third]))
    stranger = deeds.Actor("x", "third", rights_of(("steward",)))
    region = house.region
    with deeds.acting(stranger):
        assert agreement(region, AgreementAsk()).rows == []
        with (
            deeds.doing(deeds.Deed("rest", "base/agreement", actor=stranger)),
            pytest.raises(NotFound, match="no agreement"),
        ):
            agreement(region, AgreementAsk(action="revoke", id=name))


def test_a_steward_writes_only_what_is_of_his_body(both):
    giver, reader = both
    row = {
        "place": "990101",
        "indicator": "people",
        "valid_from": "2021-01-01",
        "valid_to": "2022-01-01",
        "value": 7,
        "unit": "person",
        "source": "book",
    }
    put = {"table": "observation", "rows": [row]}
    told = ask(reader, "base/put", put, 403)
    assert "tables observation are not of other" in told["message"]
    assert ask(giver, "base/put", put)["stored"] == 1
    ask(giver, "base/put", {"table": "body", "rows": [OTHER | {"body": "b2"}]}, 403)


def test_only_the_owner_says_whose_a_table_is(both):
    giver, reader = both
    own = {"action": "own", "tables": ["observation"], "body": "other"}
    ask(reader, "base/dataset", own, 403)
    ask(giver, "base/dataset", own, 403)
    ask(reader, "base/dataset", {"action": "open", "tables": ["observation"]}, 403)
    ask(reader, "base/table", READ, 403)
    ask(giver, "base/dataset", {"action": "open", "tables": ["observation"]})
    assert ask(reader, "base/table", READ)
    ask(giver, "base/dataset", {"action": "close", "tables": ["observation"]})
    ask(reader, "base/table", READ, 403)


def test_by_a_column_that_is_not_shown_nobody_asks(house, both):
    agree(both, columns=["value"])
    region = house.region
    reader = deeds.Actor("x", "other", rights_of(("viewer",)))
    with deeds.acting(reader):
        assert region.records("observation", place="990101")
        with pytest.raises(Forbidden, match="columns source of table observation"):
            region.records("observation", source="book")


KEYS = ("place",)
NAMES = ("place", "value", "source")
TABLE = pa.table({"place": ["a", "a", "b", "c"], "value": [1, 2, 3, 4], "source": list("wxyz")})


def test_what_several_agreements_show_is_shown():
    """Worked by hand: one shows values of a, one shows all of b."""
    first = Grant("1", fields=frozenset({"value"}), rows={"place": ["a"]})
    second = Grant("2", rows={"place": ["b"]})
    assert narrowed(TABLE, [first, second], KEYS).to_pylist() == [
        {"place": "a", "value": 1, "source": None},
        {"place": "a", "value": 2, "source": None},
        {"place": "b", "value": 3, "source": "y"},
    ]
    assert narrowed(TABLE, [first, ALL], KEYS) is TABLE
    assert visible([first, second], KEYS, NAMES) == {"place", "value"}


GRANTS = st.lists(
    st.builds(
        Grant,
        agreement=st.just("g"),
        fields=st.none() | st.frozensets(st.sampled_from(NAMES)),
        rows=st.none()
        | st.dictionaries(
            st.just("place"), st.lists(st.sampled_from("abcd"), min_size=1, max_size=3)
        ),
    ),
    min_size=1,
    max_size=3,
)


@given(GRANTS)
@settings(max_examples=60)
def test_a_cell_is_shown_if_an_agreement_shows_its_row_and_its_column(grants):
    """Against a loop over cells."""
    wanted = []
    for row in TABLE.to_pylist():
        mine = [g for g in grants if all(row[n] in values for n, values in (g.rows or {}).items())]
        if mine:
            wanted.append(
                {
                    name: value
                    if name in KEYS or any(g.fields is None or name in g.fields for g in mine)
                    else None
                    for name, value in row.items()
                }
            )
    assert narrowed(TABLE, grants, KEYS).to_pylist() == wanted
