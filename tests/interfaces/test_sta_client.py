"""A SensorThings client that is not ours, over the network: Fraunhofer's for its own server, FROST."""

import frost_sta_client as fsc
import pytest

# The client's own use of a library that it depends on.
pytestmark = pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def service(server):
    return fsc.SensorThingsService(f"{server.at}/sta/v1.1/")


@pytest.fixture(scope="module")
def stream(service):
    """A datastream, made entity by entity as the client does."""
    place = fsc.Location(
        name="桥下",
        description="桥墩",
        encoding_type="application/geo+json",
        location={"type": "Point", "coordinates": [0.05, 0.05]},
    )
    thing = fsc.Thing(name="站", description="水位站", properties={"owner": "水务局"})
    thing.locations = [place]
    service.create(thing)
    sensor = fsc.Sensor(
        name="雷达",
        description="水位计",
        encoding_type="text/html",
        metadata="https://example.org",
    )
    level = fsc.ObservedProperty(
        name="水位", definition="https://example.org/level", description="水面高程"
    )
    service.create(sensor)
    service.create(level)
    made = fsc.Datastream(
        name="水位",
        description="每小时",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement(name="metre", symbol="m", definition="ucum:m"),
        thing=thing,
        sensor=sensor,
        observed_property=level,
    )
    service.create(made)
    return made


def test_a_client_creates_and_reads(service, stream):
    for hour, value in enumerate([1.5, 2.5, 2.0]):
        reading = fsc.Observation(
            phenomenon_time=f"2026-05-01T{hour:02}:00:00Z", result=value, datastream=stream
        )
        service.create(reading)
        assert service.observations().find(reading.id).result == value
    found = service.datastreams().query().filter("name eq '水位'").expand("Thing,Sensor").list()
    (one,) = list(found)
    assert (one.thing.name, one.sensor.name) == ("站", "雷达")
    told = service.datastreams().find(stream.id).get_observations()
    newest = told.query().orderby("phenomenonTime", "desc").top(1).list()
    assert newest.entities[0].result == 2.0
    high = told.query().filter("result gt 1.8").list()
    assert [one.result for one in high] == [2.5, 2.0]


def test_a_client_sends_a_data_array_and_pages_through_it(service, stream):
    readings = fsc.model.ext.data_array_value.DataArrayValue()
    parts = fsc.model.ext.data_array_value.DataArrayValue.Property
    readings.datastream = stream
    readings.components = {parts.PHENOMENON_TIME, parts.RESULT}
    for minute in range(250):
        when = f"2026-06-01T{minute // 60:02}:{minute % 60:02}:00Z"
        readings.add_observation(
            fsc.Observation(phenomenon_time=when, result=minute, datastream=stream)
        )
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(readings)
    made = service.observations().create(document)
    assert len(made) == 250
    condition = "phenomenonTime ge 2026-06-01T00:00:00Z"
    told = service.datastreams().find(stream.id).get_observations()
    # The page holds a hundred; the client follows the links.
    seen = [one.result for one in told.query().filter(condition).list()]
    assert seen == list(range(250))
