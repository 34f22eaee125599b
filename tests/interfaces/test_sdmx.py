"""SDMX-CSV: worked by hand, and read by a client that is not ours, sdmx1, with the structure that we tell."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import sdmx
from hypothesis import given
from hypothesis import strategies as st
from sdmx.format import csv as _registered  # noqa: F401 - its reader of CSV needs it
from sdmx.reader.csv import Reader

from hutuo.base.branches import Put, put
from hutuo.base.sdmx import Written, _number, frequency, observations, period, span, written
from hutuo.cli import main
from hutuo.errors import BadAsk, NotFound

FLOW = "/sdmx/data/dataflow/HUTUO/little/1.0.0"
AREA = f"{FLOW}/A.set:area.revenue"
DAY = timedelta(days=1)


def lines(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_message_as_the_standard_writes_it(client):
    """Two of the five years have a figure, and two lines; what is not known is an empty field."""
    answer = client.get(AREA)
    head, first, second, *rest = answer.content.decode().split("\r\n")
    assert head == (
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS,"
        "SOURCE,QUALITY,METHOD,COMMENT_OBS,UPDATED"
    )
    start = "dataflow,HUTUO:little(1.0.0),I,A,set:area,revenue"
    assert first == f"{start},2020,100,亿元,A,book,A,,,2025-01-01T00:00:00Z"
    assert second == f"{start},2024,146.41,亿元,A,book,A,,,2025-01-01T00:00:00Z"
    assert rest == [""]
    media = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
    assert answer.headers["content-type"] == media


@pytest.mark.parametrize(
    ("first", "until", "grain", "code", "told"),
    [
        (date(2024, 1, 1), date(2025, 1, 1), "year", "A", "2024"),
        (date(2024, 1, 1), date(2024, 7, 1), "day", "S", "2024-S1"),
        (date(2024, 7, 1), date(2025, 1, 1), "day", "S", "2024-S2"),
        (date(2024, 10, 1), date(2025, 1, 1), "quarter", "Q", "2024-Q4"),
        (date(2024, 5, 1), date(2024, 6, 1), "month", "M", "2024-05"),
        (date(2020, 11, 1), date(2020, 11, 2), "day", "D", "2020-11-01"),
        (date(2011, 1, 1), date(2021, 1, 1), "day", "I", "2011-01-01/P10Y"),
        (date(2024, 9, 1), date(2025, 2, 1), "day", "I", "2024-09-01/P5M"),
        (date(2024, 9, 3), date(2024, 9, 13), "day", "I", "2024-09-03/P10D"),
        (date(2024, 9, 3), None, "day", "I", "2024-09-03"),
    ],
)
def test_civil_periods(first, until, grain, code, told):
    """The same whether they come as dates or, beside readings, as their midnight."""
    assert (frequency(first, until, grain), period(first, until, grain)) == (code, told)
    at = [
        None if d is None else datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (first, until)
    ]
    assert (frequency(*at, grain), period(*at, grain)) == (code, told)


def test_periods_on_the_clock():
    noon = datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert period(noon, noon + timedelta(hours=1), "hour") == "2026-05-06T12:00:00Z/PT1H"
    assert period(noon, None, "instant") == "2026-05-06T12:00:00Z"
    assert period(noon, noon + timedelta(minutes=15), "instant") == "2026-05-06T12:00:00Z/PT900S"


@given(st.floats(allow_infinity=False, allow_nan=False))
def test_a_number_is_read_back_as_the_same(value):
    assert float(_number(value)) == value


def test_what_is_chosen_by_key_component_and_time(client, plain):
    every = lines(client.get(FLOW))
    assert len(every) == len(plain.history("observation"))
    assert lines(client.get(f"{FLOW}/*")) == every
    assert lines(client.get(f"{FLOW}/A.*.*")) == [row for row in every if row["FREQ"] == "A"]
    asked = {"c[REF_AREA]": "990101,990102", "c[TIME_PERIOD]": "ge:2020-11-01+le:2020"}
    found = lines(client.get(f"{FLOW}/*.*.people", params=asked))
    assert [(row["REF_AREA"], row["OBS_VALUE"]) for row in found] == [
        ("990101", "1000"),
        ("990102", "500"),
    ]
    two = lines(client.get(f"{FLOW}/D.990101.people,D.990102.people"))
    assert [row["TIME_PERIOD"] for row in two] == ["2010-11-01", "2020-11-01", "2020-11-01"]
    assert lines(client.get(FLOW, params={"c[SOURCE]": "book"})) == every


def test_names_and_keys_as_the_media_type_asks(client):
    accept = "text/html, application/vnd.sdmx.data+csv;version=2.0.0;labels=both;keys=both"
    (row, _) = lines(client.get(f"{AREA}?lang=en", headers={"accept": accept}))
    assert list(row)[:5] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "SERIES_KEY", "OBS_KEY"]
    assert row["STRUCTURE_ID"] == "HUTUO:little(1.0.0): Little area"
    assert (row["SERIES_KEY"], row["OBS_KEY"]) == ("A.set:area.revenue", "A.set:area.revenue.2020")
    assert row["INDICATOR: Indicator"] == "revenue: Revenue"
    assert (row["OBS_STATUS: Observation status"], row["TIME_PERIOD: Time period"]) == (
        "A: Normal value",
        "2020",
    )
    (row, _) = lines(client.get(f"{AREA}?labels=name&lang=zh"))
    assert (row["STRUCTURE_NAME"], row["REF_AREA"], row["地点"]) == (
        "小都市圈",
        "set:area",
        "小都市圈",
    )


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        (f"{FLOW}/A.revenue", 400, "FREQ.REF_AREA.INDICATOR"),
        (f"{FLOW}/A.set:area.revenue,D.990101.people", 400, "one part"),
        (f"{FLOW}/X.*.*", 404, "no frequency 'X'"),
        (f"{FLOW}/A.nowhere.*", 404, "nowhere"),
        (f"{FLOW}/A.*.nothing", 404, "nothing"),
        (f"{FLOW}/M.*.*", 404, "no figure"),
        (f"{FLOW}/A.990101.*?c[REF_AREA]=990102", 404, "share no value"),
        (f"{FLOW}?c[TIME_PERIOD]=gt:2020", 400, "ge:2010+le:2020"),
        (f"{FLOW}?c[TIME_PERIOD]=ge:soon", 400, "no period"),
        (f"{FLOW}?labels=all", 400, "labels"),
        (f"{FLOW}?lastNObservations=1", 400, "lastNObservations"),
        ("/sdmx/data/dataflow/HUTUO/other/1.0.0", 404, "HUTUO:little(1.0.0)"),
        ("/sdmx/structure/dataflow/OECD/little/1.0.0", 404, "HUTUO:little(1.0.0)"),
    ],
)
def test_what_is_asked_wrongly_is_told(client, path, code, says):
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert answer.status_code == code
    assert says in answer.json()["message"] + answer.json()["hint"]


def test_no_other_format_is_given_out(client):
    accept = "application/vnd.sdmx.data+json;version=2.0.0"
    assert client.get(AREA, headers={"accept": accept}).status_code == 400
    old = "application/vnd.sdmx.data+csv;version=1.0.0"
    assert client.get(AREA, headers={"accept": old}).status_code == 400
    assert client.get(AREA, headers={"accept": f"{accept}, {old}, */*;q=0.1"}).status_code == 200


def test_a_client_of_the_standard_reads_structure_and_data(client, plain):
    """sdmx1 reads both, warns of no column, and finds each figure of the table under its key."""
    told = client.get("/sdmx/structure/dataflow/HUTUO/little/~?references=all")
    message = sdmx.read_sdmx(io.BytesIO(told.content), format="XML")
    flow = message.dataflow["little"]
    assert [d.id for d in flow.structure.dimensions] == [
        "FREQ",
        "REF_AREA",
        "INDICATOR",
        "TIME_PERIOD",
    ]
    assert f"{message.codelist['CL_FREQ']['Q'].name.localized_default('en')}" == "Quarterly"
    data = Reader().convert(io.BytesIO(client.get(FLOW).content), flow)
    (found,) = data.data
    read = {
        tuple(
            f"{one.dimension[name].value}" for name in ("REF_AREA", "INDICATOR", "TIME_PERIOD")
        ): (
            float(one.value),
            one.attached_attribute["UNIT_MEASURE"].value,
        )
        for one in found.obs
    }
    rows = plain.history("observation")
    assert len(rows) == len(read)
    for row in rows:
        when = period(row["valid_from"], row["valid_to"], row["grain"])
        assert read[row["place"], row["indicator"], when] == (row["value"], row["unit"])


def test_status_and_remarks(own):
    """Estimates, weak figures and what still holds."""
    book = {
        "source": "book",
        "place": "990103",
        "indicator": "jobs",
        "unit": "person",
    }
    rows = [
        book | {"valid_from": "2021-01-01", "valid_to": "2022-01-01", "value": 1.5}
        | {"estimate": True, "method": "外推 / extrapolated", "note": '他说"约"'},
        book | {"valid_from": "2022-01-01", "valid_to": "2023-01-01", "value": 7, "quality": "C"},
        book | {"valid_from": "2023-01-01", "value": 8},
    ]  # fmt: skip
    assert put(own, Put(table="observation", rows=rows)).stored == 3
    found = observations(own, {"place": ("990103",), "indicator": ("jobs",)})
    told = list(csv.DictReader(io.StringIO(written(own, found, Written(lang="en")).decode())))
    assert [(row["FREQ"], row["TIME_PERIOD"], row["OBS_STATUS"]) for row in told] == [
        ("A", "2021", "E"),
        ("A", "2022", "U"),
        ("I", "2023-01-01", "A"),
    ]
    assert (told[0]["METHOD"], told[0]["COMMENT_OBS"]) == ("extrapolated", '他说"约"')
    early = observations(own, {"place": ("990103",), "valid_from": span("2021", "2021-12", own)})
    assert early.num_rows == 1
    with pytest.raises(NotFound):
        observations(own, {"place": ("990103",), "valid_from": span("1999", "2000", own)})
    with pytest.raises(BadAsk, match="half a year"):
        span("2024年上半年", None, own)


def test_the_command_line_writes_the_same_file(plain_folder, client, tmp_path, capsys):
    words = [
        "exchange",
        "sdmx",
        "--indicator",
        "revenue",
        "--frequency",
        "A",
        "--out",
        f"{tmp_path}",
    ]
    assert main([*words, "--region", f"{plain_folder}"]) == 0
    assert "little-series.csv" in capsys.readouterr().out
    content = (tmp_path / "little-series.csv").read_bytes()
    assert content == client.get(f"{FLOW}/A.*.revenue").content
