"""What the standard asks of a SensorThings service, requirement by requirement.

Source: OGC 18-088 (SensorThings API, part 1, version 1.1), clauses 9 and 10; its names of requirements.
"""

import pytest
from starlette.testclient import TestClient

from gauges import GAUGE
from homes import settle
from hutuo.api.app import Settings, app
from hutuo.base import storefiles
from hutuo.base.store import store_of
from serving import copied

ROOT = "/sta/v1.1"
POINT = {"type": "Point", "coordinates": [0.15, 0.05]}
FEATURE = {"name": "断面", "description": "", "encodingType": "application/geo+json"}
FEATURE |= {"feature": POINT}
PLACE = {"name": "新址", "description": "", "encodingType": "application/geo+json"}
PLACE |= {"location": POINT}
VALUES = (1.0, 4.0, 2.0, 3.0)
STREAM = "Datastreams(1)/Observations"


def sent(client, path, body, status=201):
    answer = client.post(f"{ROOT}/{path}?lang=en", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def shown(client, path):
    return client.get(f"{ROOT}/{path}").json()


def ids(client, path):
    return [one["@iot.id"] for one in shown(client, path)["value"]]


def fill(client):
    """Two gauges; four readings of the first, one of them of a feature of its own, and one of the second."""
    sent(client, "Things", GAUGE)
    sent(client, "Things", GAUGE | {"name": "下游站", "properties": None, "Locations": [PLACE]})
    for hour, value in enumerate(VALUES):
        told = {"phenomenonTime": f"2026-05-01T{hour:02}:00:00Z", "result": value}
        told |= {"resultTime": f"2026-05-01T{hour:02}:05:30.5Z"} if hour else {}
        sent(client, STREAM, told | ({"FeatureOfInterest": FEATURE} if hour == 3 else {}))
    period = "2026-05-02T00:00:00Z/2026-05-02T01:00:00Z"
    sent(client, "Datastreams(2)/Observations", {"phenomenonTime": period, "result": 9})


@pytest.fixture(scope="module")
def loaded(plain_folder, plain, tmp_path_factory):
    """The region of two gauges, a service of it that is only read, and its store as a file."""
    folder = tmp_path_factory.mktemp("conforming")
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder / "home")
        region = copied(plain, plain_folder, folder / "home")
        with TestClient(app(Settings(region=str(plain_folder)))) as opened:
            fill(opened)
            storefiles.save(store_of(region), folder / "store")
            yield region, opened, folder / "store"


@pytest.fixture
def service(loaded):
    """A service that is only read."""
    return loaded[1]


def picked(told, what):
    """Results, names, ids or whatever it is of a collection."""
    if what in ("count", "nextLink"):
        return told.get(f"@iot.{what}")
    return [one.get(what, one.get(f"@iot.{what}")) for one in told["value"]]


# Requirement, path, options, what is picked of the answer, and what that is.
READ = [
    ("order", STREAM, "$filter=result gt 1&$orderby=result&$skip=1&$top=1", "result", [3]),
    ("count", STREAM, "$filter=result gt 1&$count=true&$top=1&$skip=2", "count", 3),
    ("count", STREAM, "$count=false", "count", None),
    ("top", STREAM, "$top=2", "result", [1, 4]),
    ("top", STREAM, "$top=0", "result", []),
    ("pagination", STREAM, "$top=0", "nextLink", None),
    ("pagination", STREAM, "$top=4", "nextLink", None),
    ("skip", STREAM, "$skip=3", "result", [3]),
    ("orderby", STREAM, "$orderby=result desc", "result", [4, 3, 2, 1]),
    ("orderby", STREAM, "$orderby=resultTime", "result", [1, 4, 2, 3]),
    ("orderby", STREAM, "$orderby=resultTime desc", "result", [3, 2, 4, 1]),
    ("orderby", STREAM, "$orderby=result mod 2 desc,result asc", "result", [1, 3, 2, 4]),
    ("orderby", "Observations", "$orderby=Datastream/id desc,result", "result", [9, 1, 2, 3, 4]),
    ("filter", STREAM, "$filter=result lt 3", "result", [1, 2]),
    ("filter", STREAM, "$filter=result gt '2'", "result", [4, 3]),
    ("filter", "Observations", "$filter=Datastream/id eq '2'", "result", [9]),
    ("filter", "Observations", "$filter=FeatureOfInterest/id eq 1", "result", [3]),
    ("filter", "Things", "$filter=Datastreams/Observations/result gt 8", "name", ["下游站"]),
    ("filter", "Things", "$filter=geo.distance(Locations/location,"
     "geography'POINT(0.05 0.05)') gt 0.05", "name", ["下游站"]),
    ("filter", "Datastreams", "$filter=Observations/FeatureOfInterest/id eq 1", "id", [1]),
    ("filter", "FeaturesOfInterest", "$filter=Observations/result eq 3", "id", [1]),
    ("filter", "Things", "$filter=not startswith(name,'上')", "name", ["下游站"]),
    ("built-in", STREAM, "$filter=second(resultTime) eq 30", "result", [4, 2, 3]),
    ("built-in", STREAM, "$filter=fractionalseconds(resultTime) eq 0.5", "result", [4, 2, 3]),
    ("built-in", STREAM, "$filter=time(resultTime) lt 02:00:00", "result", [4]),
    ("built-in", STREAM, "$filter=date(resultTime) eq 2026-05-01", "result", [4, 2, 3]),
    ("built-in", STREAM, "$filter=resultTime gt mindatetime()", "result", [4, 2, 3]),
    ("built-in", STREAM, "$filter=phenomenonTime lt maxdatetime()", "result", [1, 4, 2, 3]),
    ("built-in", STREAM, "$filter=totaloffsetminutes(resultTime) eq 0", "result", [1, 4, 2, 3]),
    ("built-in", "Locations", "$filter=st_relate(location,geography'POINT(0.15 0.05)','T********')",
     "name", ["新址"]),
    ("built-in", "Locations", "$filter=st_touches(location,"
     "geography'LINESTRING(0.15 0.05,1 1)')", "name", ["新址"]),
    ("built-in", "Observations", "$filter=during(2026-05-02T00:30:00Z,phenomenonTime)", "result", [9]),
    ("built-in", "Observations", "$filter=overlaps(phenomenonTime,"
     "2026-05-01T23:00:00Z/2026-05-02T00:30:00Z)", "result", [9]),
    ("built-in", "Observations", "$filter=meets(phenomenonTime,"
     "2026-05-02T01:00:00Z/2026-05-02T02:00:00Z)", "result", [9]),
    ("built-in", "Observations", "$filter=after(phenomenonTime,"
     "2026-05-01T01:00:00Z/2026-05-01T03:00:00Z)", "result", [3, 9]),
    ("expand", "Datastreams(1)", "$expand=Observations($filter=result eq 4;$select=result)",
     "Observations", [{"result": 4}]),
    ("select", "Observations", "$select=result,id&$filter=result eq 9", "id",
     ["2:1777680000000000:1777683600000000"]),
    ("feature-of-interest", "FeaturesOfInterest(1)/Observations", "", "result", [3]),
    ("feature-of-interest", "FeaturesOfInterest('Location:1')/Observations", "$count=true",
     "count", 3),
    ("resource-path", "Things(1)/Datastreams/$ref", "", "selfLink",
     ["http://testserver/sta/v1.1/Datastreams(1)"]),
    ("resource-path", "Things(1)/properties/owner", "", "owner", "水务局"),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "path", "options", "what", "wanted"), READ)
def test_what_is_asked_for_is_given(service, requirement, path, options, what, wanted):
    told = service.get(f"{ROOT}/{path}?{options}")
    assert told.status_code == 200, f"{requirement}: {told.text}"
    found = told.json()
    assert (picked(found, what) if "value" in found else found[what]) == wanted


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("Things?$apply=x", 501),
        ("Things?$search=x", 501),
        ("Things?$count=maybe", 400),
        ("Things?$top=-1", 400),
        ("Things?$orderby=name up", 400),
        ("Things?$filter=name eq", 400),
        ("Observations?$filter=time(resultTime) lt 25:00", 400),
        ("Locations?$filter=st_relate(location,location,'x')", 400),
        ("Things(99)", 404),
        ("Things(1)/properties/nope", 404),
    ],
)
def test_what_cannot_be_answered_has_its_status_and_one_shape(service, query, status):
    """request-data/status-code and query-status-code."""
    answer = service.get(f"{ROOT}/{query}&lang=en" if "?" in query else f"{ROOT}/{query}")
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error", "message", "hint"]


def test_pages_follow_each_other_and_hold_each_entity_once(service):
    at, seen = f"{ROOT}/Observations?$top=2&$count=true&$expand=Datastream($select=id)", []
    while at:
        told = service.get(at).json()
        assert told["@iot.count"] == 5
        seen += [(one["Datastream"]["@iot.id"], one["result"]) for one in told["value"]]
        at = told.get("@iot.nextLink")
    assert seen == [(1, 1), (1, 4), (1, 2), (1, 3), (2, 9)]


@pytest.fixture
def filled(loaded, client, plain_folder, home):
    """A service of a copy that the test may change."""
    region = copied(loaded[0], plain_folder, home)
    storefiles.load(store_of(region), loaded[2])
    return client


# What is posted where, and what then stands at which paths.
INSERTED = {
    "an observation with its feature": (
        STREAM,
        {"phenomenonTime": "2026-06-01T00:00:00Z", "result": 7, "FeatureOfInterest": FEATURE},
        {"FeaturesOfInterest(2)/Observations": ["1:1780272000000000"]},
    ),
    "an id within is ignored": (
        STREAM,
        {
            "phenomenonTime": "2026-06-01T00:00:00Z",
            "result": 7,
            "FeatureOfInterest": {"@iot.id": 99, **FEATURE},
        },
        {"FeaturesOfInterest(2)/Observations": ["1:1780272000000000"]},
    ),
    "a feature with its observations": (
        "FeaturesOfInterest",
        FEATURE
        | {
            "Observations": [
                {
                    "Datastream": {"@iot.id": 2},
                    "phenomenonTime": "2026-06-01T00:00:00Z",
                    "result": 7,
                }
            ]
        },
        {"FeaturesOfInterest(2)/Observations": ["2:1780272000000000"]},
    ),
    "by the path of a feature": (
        "FeaturesOfInterest(1)/Observations",
        {"Datastream": {"@iot.id": 2}, "phenomenonTime": "2026-06-01T00:00:00Z", "result": 7},
        {"FeaturesOfInterest(1)/Observations": ["1:1777604400000000", "2:1780272000000000"]},
    ),
    "a location of a thing that is there": (
        "Locations",
        PLACE | {"Things": [{"@iot.id": 1}]},
        {"Things(1)/Locations": [3], "Locations(3)/Things": [1]},
    ),
    "a location with a new thing": (
        "Locations",
        PLACE | {"Things": [{"name": "丙", "description": ""}]},
        {"Things(3)/Locations": [3]},
    ),
    "a sensor with a datastream": (
        "Sensors",
        GAUGE["Datastreams"][0]["Sensor"]
        | {"Datastreams": [{k: v for k, v in GAUGE["Datastreams"][0].items() if k != "Sensor"}
                           | {"Thing": {"@iot.id": 1}}]},
        {"Sensors(3)/Datastreams": [3], "Things(1)/Datastreams": [1, 3]},
    ),
    "a thing with where it was": (
        "Things",
        {"name": "丁", "description": "", "HistoricalLocations": [
            {"time": "2020-01-01T08:00:00+08:00", "Locations": [{"@iot.id": 1}]},
            {"time": "2020-01-01T01:00:00Z", "Locations": [{"@iot.id": 2}]}]},
        {"Things(3)/Locations": [2], "Things(3)/HistoricalLocations": [3, 4]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INSERTED)
def test_what_is_given_within_is_created_and_linked(filled, name):
    """create-update-delete/deep-insert and link-to-existing-entities."""
    path, body, wanted = INSERTED[name]
    answer = filled.post(f"{ROOT}/{path}", json=body)
    assert answer.status_code == 201, answer.text
    assert filled.get(answer.headers["location"]).json()["@iot.id"] == answer.json()["@iot.id"]
    assert {at: ids(filled, at) for at in wanted} == wanted


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        (STREAM, {"result": "x", "FeatureOfInterest": FEATURE}, "number"),
        (STREAM, {"result": 1, "FeatureOfInterest": {"name": "x"}}, "encodingType"),
        (STREAM, {"result": 1, "FeatureOfInterest": {"@iot.id": "x"}}, "@iot.id"),
        ("Locations", PLACE | {"Things": [{"name": "x"}]}, "description"),
        ("Locations", PLACE | {"Things": {"@iot.id": 1}}, "list"),
        ("Things(1)/HistoricalLocations", {"time": "once", "Locations": [{"@iot.id": 1}]}, "time"),
    ],
)
def test_of_what_is_faulty_within_nothing_is_created(service, path, body, says):
    kinds = ("Things", "Locations", "FeaturesOfInterest", "Observations", "HistoricalLocations")
    before = {kind: ids(service, kind) for kind in kinds}
    told = sent(service, path, body, 400)
    assert says in told["message"]
    assert {kind: ids(service, kind) for kind in kinds} == before


# What is deleted, and what is left of the two gauges; OGC 18-088, 10.4, table of integrity constraints.
LEFT = {
    "Things(1)": {"Things": [2], "Datastreams": [2], "HistoricalLocations": [2],
                  "Locations": [1, 2], "Sensors": [1, 2], "ObservedProperties": [1, 2]},
    "Locations(1)": {"Things": [1, 2], "HistoricalLocations": [2], "Datastreams": [1, 2],
                     "Things(1)/Locations": []},
    "Datastreams(1)": {"Datastreams": [2], "Things": [1, 2], "Sensors": [1, 2],
                       "FeaturesOfInterest": [1, "Location:1", "Location:2"]},
    "Sensors(1)": {"Datastreams": [2], "Things": [1, 2], "ObservedProperties": [1, 2]},
    "ObservedProperties(1)": {"Datastreams": [2], "Sensors": [1, 2], "Things": [1, 2]},
    "FeaturesOfInterest(1)": {"FeaturesOfInterest": ["Location:1", "Location:2"],
                              "Datastreams": [1, 2]},
    "HistoricalLocations(1)": {"HistoricalLocations": [2], "Things(1)/Locations": [1]},
    "Observations('2:1777680000000000:1777683600000000')": {
        "Datastreams": [1, 2], "FeaturesOfInterest": [1, "Location:1", "Location:2"]},
}  # fmt: skip
READINGS = {"Things(1)": [9], "Datastreams(1)": [9], "Sensors(1)": [9],
            "ObservedProperties(1)": [9], "FeaturesOfInterest(1)": [1, 4, 2, 9]}  # fmt: skip


@pytest.mark.parametrize("path", LEFT)
def test_what_hangs_on_what_is_deleted_goes_and_nothing_else(filled, path):
    """create-update-delete/delete-entity."""
    assert filled.delete(f"{ROOT}/{path}").status_code == 200
    assert filled.get(f"{ROOT}/{path}").status_code == 404
    assert {at: ids(filled, at) for at in LEFT[path]} == LEFT[path]
    left = [one["result"] for one in shown(filled, "Observations")["value"]]
    all_but = [1, 4, 2, 3] if path.startswith("Observations") else [1, 4, 2, 3, 9]
    assert left == READINGS.get(path, all_but)
