"""SensorThings over HTTP: what is created is there, for other parts too, and is asked for in many ways."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pandas as pd
import pytest
from starlette.testclient import TestClient

from gauges import GAUGE, LEVEL
from homes import settle
from hutuo.api.app import Settings, app
from hutuo.base.auditing.recount import recounted
from hutuo.base.auditing.schema import AUDIT
from hutuo.base.readings import Readings, readings
from hutuo.base.sensing import submitting
from hutuo.base.sensing.registry import registry_of
from hutuo.base.store import store_of
from hutuo.base.writing import About, retract
from serving import copied

ROOT = "/sta/v1.1"


def get(client, path, **options):
    answer = client.get(f"{ROOT}/{path}", params={f"${k}": v for k, v in options.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client, path, body):
    answer = client.post(f"{ROOT}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def read(client, *values, stream=1, day=1):
    """Hourly readings of a day in May."""
    for hour, value in enumerate(values):
        body = {"phenomenonTime": f"2026-05-{day:02}T{hour:02}:00:00Z", "result": value}
        post(client, f"Datastreams({stream})/Observations", body)


def results(found):
    return [one["result"] for one in found["value"]]


@pytest.fixture
def gauged(mine):
    """A service with a gauge."""
    post(mine, "Things", GAUGE)
    return mine


def test_the_root_names_the_collections(mine):
    told = mine.get(f"{ROOT}/").json()
    assert {one["name"] for one in told["value"]} >= {"Things", "Datastreams", "Observations"}
    for one in told["value"]:
        assert mine.get(one["url"]).json() == {"value": []}


def test_a_thing_is_created_with_all_that_is_given_within(gauged):
    thing = get(
        gauged, "Things(1)", expand="Locations,Datastreams($expand=Sensor,ObservedProperty)"
    )
    assert thing["name"] == "上游站"
    assert thing["properties"] == {"owner": "水务局"}
    assert thing["Locations"][0]["location"]["coordinates"] == [0.05, 0.05]
    (stream,) = thing["Datastreams"]
    assert stream["Sensor"]["name"] == "雷达水位计"
    assert stream["ObservedProperty"]["definition"] == LEVEL["definition"]
    assert get(gauged, "Things(1)/Locations(1)/Things")["value"][0]["@iot.id"] == 1
    assert get(gauged, "Datastreams(1)/Thing")["name"] == "上游站"
    assert get(gauged, "Sensors(1)/Datastreams")["value"][0]["@iot.id"] == 1
    assert get(gauged, "Things(1)/HistoricalLocations(1)/Locations")["value"][0]["name"] == "桥下"


def test_links_of_an_entity_lead_to_what_they_say(gauged):
    for kind in ("Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors"):
        (one,) = get(gauged, kind)["value"]
        assert gauged.get(one["@iot.selfLink"]).json() == one
        links = {k: v for k, v in one.items() if k.endswith("navigationLink")}
        del_empty = {k for k in links if "LatestObservation" in k}
        for name in links.keys() - del_empty:
            assert gauged.get(links[name]).status_code == 200, name


def test_what_senses_is_known_to_the_other_parts(gauged, own):
    """A place with a boundary, an indicator and a source, and readings among the observations."""
    read(gauged, 1.0, 1.5, 2.0)
    (place,) = own.records("place", kind="sensor")
    assert (place["place"], place["zh"]) == ("sensor:thing-1", "上游站")
    assert own.records("boundary", place="sensor:thing-1")[0]["label_lon"] == 0.05
    (row,) = readings(own, Readings(place="sensor:thing-1")).rows
    assert (row.readings, row.step_minutes, row.unit) == (3, 60.0, "m")
    features = gauged.get("/ogc/collections/place/items?kind=sensor").json()["features"]
    assert features[0]["geometry"]["coordinates"] == [0.05, 0.05]


def test_an_observation_is_there_when_it_is_answered(gauged):
    body = {
        "phenomenonTime": "2026-05-01T08:00:00+08:00",
        "resultTime": "2026-05-01T00:05:00Z",
        "result": 1.25,
        "parameters": {"battery": 3.6},
        "Datastream": {"@iot.id": 1},
    }
    answer = post(gauged, "Observations", body)
    told = gauged.get(answer.headers["location"]).json()
    assert told["phenomenonTime"] == "2026-05-01T00:00:00Z"
    assert told["resultTime"] == "2026-05-01T00:05:00Z"
    assert told["result"] == 1.25
    assert told["parameters"] == {"battery": 3.6}
    assert {k: v for k, v in told.items() if k in body} == {
        k: v for k, v in answer.json().items() if k in body
    }


def test_an_observation_of_a_period_keeps_both_ends(gauged):
    when = "2026-05-01T00:00:00Z/2026-05-01T00:10:00Z"
    answer = post(gauged, "Datastreams(1)/Observations", {"phenomenonTime": when, "result": 3})
    assert gauged.get(answer.headers["location"]).json()["phenomenonTime"] == when


def test_the_same_observation_twice_is_one(gauged, own):
    """By datastream, time and result, whatever else is told of it; so a gateway may send again."""
    body = {"phenomenonTime": "2026-05-01T00:00:00Z", "result": 1.25}
    first = post(gauged, "Datastreams(1)/Observations", body)
    versions = len(own.batches())
    again = post(
        gauged, "Datastreams(1)/Observations", body | {"resultTime": "2026-05-01T01:00:00Z"}
    )
    assert again.headers["location"] == first.headers["location"]
    assert len(own.batches()) == versions
    assert results(get(gauged, "Observations")) == [1.25]


def test_another_result_for_a_time_corrects_it(gauged, own):
    body = {"phenomenonTime": "2026-05-01T00:00:00Z", "result": 1.25}
    post(gauged, "Datastreams(1)/Observations", body)
    before = datetime.now(UTC)
    post(gauged, "Datastreams(1)/Observations", body | {"result": 1.5})
    assert results(get(gauged, "Datastreams(1)/Observations")) == [1.5]
    then = replace(own, as_of=before).records("observation", place="sensor:thing-1")
    assert [row["value"] for row in then] == [1.25]


def test_readings_come_in_order_and_by_page(gauged):
    read(gauged, 1.0, 4.0, 2.0, 3.0)
    path = "Datastreams(1)/Observations"
    assert results(get(gauged, path)) == [1, 4, 2, 3]
    assert results(get(gauged, path, orderby="phenomenonTime desc")) == [3, 2, 4, 1]
    assert results(get(gauged, path, orderby="result desc", top=2)) == [4, 3]
    seen, at = [], f"{ROOT}/{path}?$top=3&$orderby=phenomenonTime desc"
    while at:
        told = gauged.get(at).json()
        seen += results(told)
        at = told.get("@iot.nextLink")
    assert seen == [3, 2, 4, 1]


def test_readings_far_apart_are_found_from_the_newest_back(gauged):
    """Windows of time grow; none of them leaves one out or gives one twice."""
    days = ("2020-01-01", "2025-12-31", "2026-04-01", "2026-04-30", "2026-05-01")
    for at, day in enumerate(days):
        body = {"phenomenonTime": f"{day}T00:00:00Z", "result": at}
        post(gauged, "Datastreams(1)/Observations", body)
    path = "Datastreams(1)/Observations"
    assert results(get(gauged, path, orderby="phenomenonTime desc")) == [4, 3, 2, 1, 0]
    condition = "phenomenonTime lt 2026-04-30T00:00:00Z"
    assert results(get(gauged, path, orderby="phenomenonTime desc", filter=condition)) == [2, 1, 0]
    condition = "phenomenonTime ge 2026-04-01T00:00:00Z and phenomenonTime le 2026-04-30T00:00:00Z"
    assert results(get(gauged, path, filter=condition)) == [2, 3]
    assert results(get(gauged, path, filter=f"not ({condition})")) == [0, 1, 4]


def test_nothing_is_counted_unless_asked_for(gauged):
    read(gauged, 1.0, 2.0, 3.0)
    assert "@iot.count" not in get(gauged, "Observations")
    assert get(gauged, "Observations", count="true", top=1)["@iot.count"] == 3
    told = get(gauged, "Observations", count="true", filter="result gt 1.5", top=0)
    assert (told["@iot.count"], told["value"]) == (2, [])


def test_the_latest_observation_is_one_link_away(gauged):
    assert gauged.get(f"{ROOT}/Datastreams(1)/LatestObservation").status_code == 404
    read(gauged, 1.0, 2.0, 3.0)
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 3
    (stream,) = get(gauged, "Datastreams", expand="LatestObservation")["value"]
    assert stream["LatestObservation"]["result"] == 3
    assert stream["phenomenonTime"] == "2026-05-01T00:00:00Z/2026-05-01T02:00:00Z"
    usual = "Observations($top=1;$orderby=phenomenonTime desc)"
    (stream,) = get(gauged, "Datastreams", expand=usual)["value"]
    assert [one["result"] for one in stream["Observations"]] == [3]
    nextone = gauged.get(stream["Observations@iot.nextLink"]).json()
    assert [one["result"] for one in nextone["value"]] == [2]


def test_a_late_reading_does_not_become_the_latest(gauged):
    read(gauged, 5.0, day=2)
    read(gauged, 1.0, day=1)
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 5


def test_the_latest_follows_corrections_and_what_is_taken_back(gauged, own):
    read(gauged, 1.0, 2.0)
    read(gauged, 1.0, 2.5)
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 2.5
    key = {"place": "sensor:thing-1", "valid_from": pd.Timestamp("2026-05-01T01:00", tz="UTC")}
    retract(own, "observation", pd.DataFrame([key]), About("test"))
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 1


def test_readings_that_came_another_way_are_observations_too(gauged, own):
    frame = pd.DataFrame(
        {"valid_from": [pd.Timestamp("2026-06-01T00:00", tz="UTC")], "value": 7.0, "unit": "m"}
    ).assign(
        place="sensor:thing-1",
        indicator="sensed-1",
        source="book",
    )
    read(gauged, 1.0)
    own.append("observation", frame)
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 7
    assert results(get(gauged, "Datastreams(1)/Observations")) == [1, 7]


ASKED = {
    "name eq '上游站'": [1],
    "name eq 'nope'": [],
    "startswith(name,'下')": [2],
    "properties/owner eq '水务局'": [1, 2],
    "properties/nope eq 'x'": [],
    "Datastreams/ObservedProperty/name eq '水位'": [1, 2],
    "Datastreams/unitOfMeasurement/symbol eq 'm'": [1, 2],
    "Locations/location ne null": [1, 2],
    "st_within(Locations/location, geography'POLYGON ((0 0, 0.1 0, 0.1 0.1, 0 0.1, 0 0))')": [1],
    "@iot.id gt 1": [2],
    "id eq 1": [1],
}


def test_things_are_chosen_by_what_they_hang_on(gauged):
    other = GAUGE | {"name": "下游站", "Locations": [_at(0.25)]}
    post(gauged, "Things", other)
    for condition, wanted in ASKED.items():
        found = get(gauged, "Things", filter=condition)["value"]
        assert [one["@iot.id"] for one in found] == wanted, condition
    assert [o["name"] for o in get(gauged, "Things", orderby="name")["value"]] == [
        "上游站",
        "下游站",
    ]
    page = get(gauged, "Things", top=1, count="true")
    assert page["@iot.count"] == 2
    assert gauged.get(page["@iot.nextLink"]).json()["value"][0]["@iot.id"] == 2


def _at(lon):
    place = GAUGE["Locations"][0]
    return place | {"location": {"type": "Point", "coordinates": [lon, 0.05]}}


def test_only_what_is_selected_is_shown(gauged):
    (one,) = get(gauged, "Things", select="name,id")["value"]
    assert one == {"name": "上游站", "@iot.id": 1}
    assert get(gauged, "Things(1)/name") == {"name": "上游站"}
    assert gauged.get(f"{ROOT}/Things(1)/name/$value").text == "上游站"
    assert list(get(gauged, "Things/$ref")["value"][0]) == ["@iot.selfLink"]


def test_a_thing_that_moves_leaves_where_it_was(gauged, own):
    post(gauged, "Things(1)/Locations", _at(0.15))
    (here,) = get(gauged, "Things(1)/Locations")["value"]
    assert here["location"]["coordinates"] == [0.15, 0.05]
    assert len(get(gauged, "Things(1)/HistoricalLocations")["value"]) == 2
    assert own.records("boundary", place="sensor:thing-1")[0]["label_lon"] == 0.15


def test_a_data_array_is_recorded_at_once_and_each_faulty_row_is_told(gauged):
    rows = [[f"2026-05-01T{hour:02}:00:00Z", float(hour)] for hour in range(24)]
    rows[5] = ["2026-05-01T05:00:00Z", "high"]
    block = {
        "Datastream": {"@iot.id": 1},
        "components": ["phenomenonTime", "result"],
        "dataArray@iot.count": 24,
        "dataArray": rows,
    }
    told = post(gauged, "CreateObservations", [block]).json()
    assert len(told) == 24
    assert [at for at, one in enumerate(told) if one.startswith("error")] == [5]
    assert gauged.get(told[3]).json()["result"] == 3
    assert get(gauged, "Observations", count="true", top=0)["@iot.count"] == 23


def test_readings_name_units_of_the_base_in_the_words_of_sensors():
    from hutuo.base.sensing.known import unit_of

    for given, wanted in {
        ("degree Celsius", "°C", "ucum:Cel"): "degC",
        ("PM2.5", "μg/m³", "ucum:ug/m3"): "ug/m3",
        ("", "", "http://unitsofmeasure.org/ucum.html#m"): "m",
        ("Percent", "%", ""): "%",
        ("furlong", "fur", "x"): None,
    }.items():
        names = ("name", "symbol", "definition")
        assert unit_of(dict(zip(names, given, strict=True))) == wanted


def test_two_sensors_of_a_thing_that_read_the_same_stand_for_themselves(gauged):
    second = GAUGE["Datastreams"][0] | {
        "name": "水位2",
        "Sensor": {"@iot.id": 1},
        "ObservedProperty": {"@iot.id": 1},
    }
    post(gauged, "Things(1)/Datastreams", second)
    read(gauged, 1.0, stream=1)
    read(gauged, 2.0, stream=2)
    assert results(get(gauged, "Datastreams(1)/Observations")) == [1]
    assert results(get(gauged, "Datastreams(2)/Observations")) == [2]


def test_a_datastream_may_be_of_a_place_and_an_indicator_that_are_known(gauged, own):
    known = GAUGE["Datastreams"][0] | {
        "properties": {"place": "990101", "indicator": "minutes", "source": "book"},
        "unitOfMeasurement": {"name": "minute", "symbol": "min", "definition": "ucum:min"},
        "Thing": {"@iot.id": 1},
    }
    post(gauged, "Datastreams", known)
    read(gauged, 42.0, stream=2)
    (row,) = own.records("observation", place="990101", indicator="minutes")
    assert (row["value"], row["unit"], row["source"]) == (42, "minute", "book")


def test_what_is_observed_is_where_the_thing_stands_unless_told(gauged):
    read(gauged, 1.0)
    (one,) = get(gauged, "Observations", expand="FeatureOfInterest")["value"]
    assert one["FeatureOfInterest"]["feature"]["coordinates"] == [0.05, 0.05]
    assert gauged.get(one["FeatureOfInterest"]["@iot.selfLink"]).status_code == 200
    reach = {
        "name": "河段",
        "description": "上游三公里",
        "encodingType": "application/geo+json",
        "feature": {"type": "LineString", "coordinates": [[0, 0], [0.05, 0.05]]},
    }
    made = post(gauged, "FeaturesOfInterest", reach).json()["@iot.id"]
    body = {
        "result": 2,
        "phenomenonTime": "2026-05-02T00:00:00Z",
        "FeatureOfInterest": {"@iot.id": made},
    }
    post(gauged, "Datastreams(1)/Observations", body)
    assert get(gauged, "Datastreams(1)/LatestObservation/FeatureOfInterest")["name"] == "河段"


WRONG = {
    "no thing": ("Datastreams", GAUGE["Datastreams"][0], 400, "Thing"),
    "no name": ("Things", {"description": "x"}, 400, "name"),
    "unknown property": ("Things", {"name": "a", "description": "b", "nmae": "c"}, 400, "nmae"),
    "unit": (
        "Things(1)/Datastreams",
        GAUGE["Datastreams"][0]
        | {"unitOfMeasurement": {"name": "x", "symbol": "fur", "definition": ""}},
        400,
        "fur",
    ),
    "result": ("Datastreams(1)/Observations", {"result": "high"}, 400, "number"),
    "infinite": ("Datastreams(1)/Observations", {"result": 1e999}, 400, "number"),
    "time": ("Datastreams(1)/Observations", {"result": 1, "phenomenonTime": "noon"}, 400, "noon"),
    "period": (
        "Datastreams(1)/Observations",
        {"result": 1, "phenomenonTime": "2026-05-02T00:00:00Z/2026-05-01T00:00:00Z"},
        400,
        "end",
    ),
    "datastream": ("Datastreams(9)/Observations", {"result": 1}, 404, "Datastreams(9)"),
    "no datastream": ("Observations", {"result": 1}, 400, "Datastream"),
    "location": ("Things", GAUGE | {"Locations": [_at("east")]}, 400, "GeoJSON"),
    "not a collection": ("Things(1)", {}, 400, "collection"),
    "nowhere": ("Nothings", {}, 404, "Nothings"),
    "list": ("Things", [], 400, "object"),
    "array": ("CreateObservations", [{"Datastream": {"@iot.id": 1}}], 400, "components"),
}


@pytest.fixture(scope="module")
def refusing(plain_folder, plain, tmp_path_factory):
    """A service with a gauge that is asked only for what it refuses, and its region."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("refusing")
        settle(patch, home)
        region = copied(plain, plain_folder, home)
        with TestClient(app(Settings(region=str(plain_folder)))) as opened:
            post(opened, "Things", GAUGE)
            yield opened, region


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_created_is_told_and_nothing_is_written(name, refusing):
    path, body, status, says = WRONG[name]
    client, own = refusing
    before = len(own.batches())
    answer = client.post(f"{ROOT}/{path}?lang=en", content=json.dumps(body))
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert list(told) == ["error", "message", "hint"]
    assert says in told["message"] + told["hint"]
    assert len(own.batches()) == before
    assert len(get(client, "Things")["value"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "Things(9)",
        "Things(x)",
        "Nothings",
        "Things(1)/nope",
        "Observations('1:0')",
        "Observations(5)",
        "Things(1)/Sensors",
    ],
)
def test_a_path_that_leads_nowhere_is_told(path, refusing):
    answer = refusing[0].get(f"{ROOT}/{path}?lang=en")
    assert answer.status_code == 404
    assert list(answer.json()) == ["error", "message", "hint"]


@pytest.mark.parametrize(
    "query", ["$filter=nope gt 1", "$top=x", "nope=1", "$select=nope", "$expand=Nope"]
)
def test_an_option_that_is_wrong_is_told(query, refusing):
    answer = refusing[0].get(f"{ROOT}/Things?{query}&lang=en")
    assert answer.status_code == 400, answer.text
    assert list(answer.json()) == ["error", "message", "hint"]


def test_many_at_once_are_few_batches_and_none_is_lost(gauged, own):
    """Readings that wait while others are written are written together."""
    from concurrent.futures import ThreadPoolExecutor

    def send(minute):
        body = {"phenomenonTime": f"2026-05-01T00:{minute:02}:00Z", "result": minute}
        return post(gauged, "Datastreams(1)/Observations", body)

    before = len(own.batches())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    assert results(get(gauged, "Datastreams(1)/Observations")) == list(range(40))
    assert len(own.batches()) - before < 30


def test_what_others_wrote_meanwhile_is_known_and_the_audit_says_what_lies_there(gauged, own):
    """A thread of another writes between: it is not written again, and what is read is what is there."""

    def other(*values):
        given = [
            (1, {"phenomenonTime": f"2026-05-03T0{v:.0f}:00:00Z", "result": v}) for v in values
        ]
        writer = Thread(target=submitting.submit, args=(own, registry_of(own), given))
        writer.start()
        writer.join()

    read(gauged, 1.0, 2.0)
    other(3.0, 5.0)
    read(gauged, 1.0, 2.0, 3.0, 3.0, day=3)
    other(5.0, 6.0)
    assert results(get(gauged, "Observations")) == [1, 2, 1, 2, 3, 3, 5, 6]
    assert get(gauged, "Datastreams(1)/LatestObservation")["result"] == 6
    stored = "SELECT count(*) FROM lake.observation WHERE place LIKE 'sensor:%'"
    assert own.lake.rows(stored) == [(8,)]
    with store_of(own).reading(AUDIT) as connection:
        assert recounted(connection, own.lake) == []
