"""SensorThings over HTTP: entities are changed and deleted, with what hangs on them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gauges import GAUGE

ROOT = "/sta/v1.1"
READINGS = f"{ROOT}/Datastreams(1)/Observations"


@pytest.fixture
def gauged(mine):
    """A service with a gauge that has three readings."""
    assert mine.post(f"{ROOT}/Things", json=GAUGE).status_code == 201
    rows = [[f"2026-05-01T{hour:02}:00:00Z", 10.0 + hour] for hour in range(3)]
    block = {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"]}
    sent = [block | {"dataArray": rows}]
    assert mine.post(f"{ROOT}/CreateObservations", json=sent).status_code == 201
    return mine


def patch(client, path, body, status=200):
    answer = client.patch(f"{ROOT}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def ids(client, path):
    return [one["@iot.id"] for one in client.get(f"{ROOT}/{path}").json()["value"]]


def results(client, query=""):
    return [one["result"] for one in client.get(f"{READINGS}{query}").json()["value"]]


def test_what_is_given_is_changed_and_the_rest_stays(gauged, own):
    told = patch(gauged, "Things(1)", {"name": "下游站"})
    assert (told["name"], told["description"]) == ("下游站", GAUGE["description"])
    assert gauged.get(f"{ROOT}/Things(1)").json() == told
    assert own.names["sensor:thing-1"].zh == "下游站"
    pipe = {"name": "压力式", "description": "", "encodingType": "text/html", "metadata": "-"}
    assert gauged.post(f"{ROOT}/Sensors", json=pipe).status_code == 201
    patch(gauged, "Datastreams(1)", {"Sensor": {"@iot.id": 2}, "properties": {"height": 2}})
    assert gauged.get(f"{ROOT}/Datastreams(1)/Sensor/name/$value").text == "压力式"
    assert ids(gauged, "Sensors(1)/Datastreams") == []
    assert ids(gauged, "Sensors(2)/Datastreams") == [1]


def test_a_location_that_is_changed_is_where_the_sensor_is(gauged, own):
    there = {"type": "Point", "coordinates": [0.15, 0.05]}
    patch(gauged, "Locations(1)", {"location": there})
    (row,) = own.arrow("boundary", place="sensor:thing-1").to_pylist()
    assert (row["label_lon"], row["label_lat"]) == (0.15, 0.05)
    place = {"name": "新址", "description": "", "encodingType": "application/geo+json"}
    moved = place | {"location": {"type": "Point", "coordinates": [0.25, 0.05]}}
    patch(gauged, "Things(1)", {"Locations": [moved]})
    assert ids(gauged, "Things(1)/Locations") == [2]
    assert len(ids(gauged, "Things(1)/HistoricalLocations")) == 2


def test_a_reading_is_corrected_and_its_time_stays(gauged, own):
    before = datetime.now(UTC)
    (one, *_) = ids(gauged, "Datastreams(1)/Observations")
    told = patch(gauged, f"Observations('{one}')", {"result": 99.5, "resultQuality": "checked"})
    assert (told["result"], told["resultQuality"], told["@iot.id"]) == (99.5, "checked", one)
    assert results(gauged) == [99.5, 11.0, 12.0]
    patch(gauged, f"Observations('{one}')", {"phenomenonTime": "2026-05-02T00:00:00Z"}, 400)
    past = replace(own, as_of=before).past("observation", place="sensor:thing-1")
    assert past.column("value").to_pylist() == [10.0, 11.0, 12.0]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("Things(1)", {"name": None}, "is missing"),
        ("Things(1)", {"colour": "red"}, "colour"),
        ("Datastreams(1)", {"unitOfMeasurement": {"symbol": "km"}}, "readings lie as 'm'"),
        (
            "Datastreams(1)",
            {"properties": {"place": "990101"}},
            "readings lie as 'sensor:thing-1'",
        ),
        ("Datastreams(1)", {"ObservedProperty": {"@iot.id": 1}}, "cannot be changed"),
        ("Observations('1:1')", {"result": 1}, "there is no Observations"),
        ("Things", {"name": "x"}, "is no entity"),
        ("FeaturesOfInterest('Location:1')", {"name": "x"}, "is a Location"),
    ],
)
def test_what_cannot_be_changed_is_told(gauged, path, body, told):
    answer = gauged.patch(f"{ROOT}/{path}?lang=en", json=body)
    assert answer.status_code in (400, 404), answer.text
    assert told in answer.text


def test_a_reading_that_is_deleted_is_known_no_more_but_was(gauged, own):
    before = datetime.now(UTC)
    last = ids(gauged, "Datastreams(1)/Observations")[-1]
    assert gauged.get(f"{ROOT}/Datastreams(1)/LatestObservation").json()["result"] == 12.0
    assert gauged.delete(f"{ROOT}/Observations('{last}')").status_code == 200
    assert results(gauged) == [10.0, 11.0]
    assert gauged.get(f"{ROOT}/Datastreams(1)/LatestObservation").json()["result"] == 11.0
    assert gauged.delete(f"{ROOT}/Observations('{last}')").status_code == 404
    assert results(gauged, f"?as_of={before.isoformat().replace('+00:00', 'Z')}") == [10, 11, 12]


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("Things(1)", {"Datastreams": [], "HistoricalLocations": [], "Locations": [1]}),
        ("Sensors(1)", {"Things": [1], "Datastreams": [], "Sensors": []}),
        ("ObservedProperties(1)", {"Things": [1], "Datastreams": []}),
        ("Locations(1)", {"Things": [1], "HistoricalLocations": [], "Datastreams": [1]}),
    ],
)
def test_what_hangs_on_an_entity_goes_with_it(gauged, path, left):
    """OGC 18-088, 10.4, the table of integrity constraints."""
    assert gauged.delete(f"{ROOT}/{path}").status_code == 200
    assert gauged.get(f"{ROOT}/{path}").status_code == 404
    assert {kind: ids(gauged, kind) for kind in left} == left
    kept = left["Datastreams"] == [1]
    assert len(ids(gauged, "Observations")) == (3 if kept else 0)


def test_an_id_is_not_given_again_and_a_feature_takes_its_readings_with_it(gauged):
    assert gauged.delete(f"{ROOT}/Things(1)").status_code == 200
    made = gauged.post(f"{ROOT}/Things", json=GAUGE).json()
    assert made["@iot.id"] == 2
    feature = {"name": "断面", "description": "", "encodingType": "application/geo+json"}
    feature |= {"feature": {"type": "Point", "coordinates": [0.05, 0.05]}}
    assert gauged.post(f"{ROOT}/FeaturesOfInterest", json=feature).status_code == 201
    stream = ids(gauged, "Datastreams")[0]
    assert stream == 2
    for hour, more in enumerate([{}, {"FeatureOfInterest": {"@iot.id": 1}}]):
        reading = {"phenomenonTime": f"2026-06-01T0{hour}:00:00Z", "result": hour} | more
        at = f"{ROOT}/Datastreams({stream})/Observations"
        assert gauged.post(at, json=reading).status_code == 201
    assert gauged.delete(f"{ROOT}/FeaturesOfInterest(1)").status_code == 200
    found = gauged.get(f"{ROOT}/Datastreams({stream})/Observations").json()["value"]
    assert [one["result"] for one in found] == [0.0]
