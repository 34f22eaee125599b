"""SQL in every word that the service takes: no fault of the server, no row more, no table less.

What is asked is made from the OpenAPI and the registry, so that a new parameter or field is in it by itself.
"""

import json
import re
from urllib.parse import quote

import pytest

from asks import ASKS
from hutuo.base import shaped, uploads
from hutuo.base.sensing.kinds import KINDS
from hutuo.errors import BadAsk, HutuoError
from hutuo.verbs import all_verbs

VERBS = all_verbs()
# Ends what is quoted either way, and goes on with what would show, drop or read.
POLYGLOT = "x'\"; DROP TABLE lake.unit; -- ') OR ('1'='1"
INJECTED = (
    POLYGLOT,
    "x' OR '1'='1",
    'x" OR 1=1 --',
    "x') UNION SELECT * FROM read_csv('/etc/passwd') --",
    "1; ATTACH '/etc/passwd' AS p",
    "\\x00%_",
)
# Parameters that a standard has without the OpenAPI naming them: options of SensorThings.
OPTIONS = ("$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count")
# Say which view is meant.
VIEW = ("region", "at", "as_of", "branch", "lang")
REFUSED = (400, 404, 422)
# What rows are called by the doors.
ROWS = ("rows", "features", "value", "collections", "processes", "jobs")
LEFT_OUT = ("/api/duty/events", "/api/jobs/{job}/events")


@pytest.fixture(scope="module")
def region(house):
    return house.region


@pytest.fixture(scope="module")
def client(house):
    shown = house.typed("base", "token", "create", "--account", "steward")["shown"]
    with house.client() as made:
        made.headers["authorization"] = f"Bearer {shown}"
        yield made


def rows_of(told):
    """How many rows an answer holds."""
    if isinstance(told, list):
        return len(told)
    if not isinstance(told, dict):
        return 0
    return max((len(told[name]) for name in ROWS if isinstance(told.get(name), list)), default=0)


def told_over(client, path, query):
    """Rows of an answer; None if it was refused."""
    answer = client.get(path, params=query)
    assert answer.status_code in (200, 204, 304, *REFUSED), (path, query, answer.text[:300])
    assert "root:" not in answer.text
    if answer.status_code in REFUSED:
        return None
    return rows_of(answer.json()) if "json" in answer.headers.get("content-type", "") else 0


def addresses(paths):
    """Every GET of the OpenAPI that takes parameters: an address of its own, and their names."""
    given = {"name": "unit", "ending": "geojson", "grid": "WebMercatorQuad", "path": "Things"}
    numbers = {"z": "0", "x": "0", "y": "0"}
    for path, ways in paths.items():
        if "get" not in ways or path in LEFT_OUT:
            continue
        taken = [one["name"] for one in ways["get"].get("parameters", ()) if one["in"] == "query"]
        if path.startswith("/sta/") and "{path}" in path:
            for kind in KINDS:
                yield path.replace("{path}", kind), [*taken, *OPTIONS]
            continue
        if path.endswith("/items") or "/export." in path:
            for name, about in shaped.collections().items():
                at = path.replace("{name}", name).replace("{ending}", "geojson")
                yield at, [*taken, *about.filters]
            continue
        at = re.sub(r"\{(\w+)\}", lambda word: (given | numbers).get(word[1], "1"), path)
        yield at, taken


def test_sql_in_a_parameter_is_refused_or_finds_nothing_more(house, client, region):
    before, asked = len(region.records("unit")), 0
    for path, taken in addresses(house.service().openapi()["paths"]):
        plain = told_over(client, path, {})
        # Every way of the one collection of which the tests know most, the worst of every other.
        ways = INJECTED if "/unit/" in path else INJECTED[:1]
        for name in dict.fromkeys(taken):
            for words in ways if name not in VIEW else INJECTED[:1]:
                found = told_over(client, path, {name: words})
                asked += 1
                assert found is None or found <= (plain or 0), (path, name, words)
    assert asked > 200
    assert len(region.records("unit")) == before


def test_sql_in_a_part_of_an_address_names_nothing(house, client, region):
    before = len(region.records("unit"))
    for path, ways in house.service().openapi()["paths"].items():
        if "get" in ways and "{" in path and path not in LEFT_OUT:
            for words in INJECTED[:3]:
                answer = client.get(re.sub(r"\{\w+\}", lambda _, w=words: quote(w, safe=""), path))
                assert answer.status_code in (*REFUSED, 501), (path, answer.text[:300])
    assert len(region.records("unit")) == before


def texts(value, at=()):
    """Where an ask holds words: the steps to each."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from texts(one, (*at, name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from texts(one, (*at, number))
    elif isinstance(value, str):
        yield at


def put(value, at, words):
    """The same with other words there."""
    if not at:
        return words
    step, *rest = at
    if isinstance(value, dict):
        return value | {step: put(value[step], rest, words)}
    return [put(one, rest, words) if n == step else one for n, one in enumerate(value)]


def injected(found):
    """A verb's ask with words of SQL in each place where it takes words, also in fields not asked for."""
    given = json.loads(json.dumps(ASKS[found.path]))
    schema = found.ask.model_json_schema(by_alias=True)["properties"]
    checked = given | ({"check": True} if "check" in schema else {})
    for at in texts(checked):
        yield at[0], put(checked, at, POLYGLOT)
    for name, about in schema.items():
        if name not in given and name != "sql":
            kind = json.dumps(about)
            if '"array"' in kind:
                yield name, checked | {name: [POLYGLOT]}
            if '"string"' in kind:
                yield name, checked | {name: POLYGLOT}


def test_sql_in_a_field_of_a_verb_is_a_value_that_nothing_has(region):
    """In place of each word of its ask and in each field that takes words: declared errors, no more rows."""
    before, asked, wrong = len(region.records("unit")), 0, {}
    for found in VERBS:
        plain = None
        for name, given in injected(found):
            asked += 1
            try:
                ask = found.read(given)
                with uploads.over_network():
                    told = found.plain(found.run(region, ask))
            except BadAsk:
                continue
            except HutuoError as error:
                if error.http_status >= 500:
                    wrong[found.path, name] = error
                continue
            if plain is None:
                plain = most(region, found)
            if rows_of(told) > plain:
                wrong[found.path, name] = told
    assert wrong == {}, "\n".join(f"{key}: {str(value)[:300]}" for key, value in wrong.items())
    assert asked > len(VERBS)
    assert len(region.records("unit")) == before


def most(region, found):
    """Rows that a verb gives to whoever asks for all of it, and to whoever asks as the tests do."""
    required = {n: ASKS[found.path][n] for n in found.ask.model_json_schema().get("required", ())}
    counts = []
    for given in (required, ASKS[found.path]):
        try:
            with uploads.over_network():
                counts.append(rows_of(found.plain(found.run(region, found.read(given)))))
        except HutuoError:
            continue
    return max(counts, default=0)


# Beyond what a calendar, a price or a distance can be, and next to nothing.
EXTREME = {"integer": (10**16, -(10**16), 0, 3_000_000), "number": (1e16, -1e16, 1e-300, 0)}


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_numbers_beyond_sense_are_told_or_answered(region):
    """Each field of a verb that takes a number, with the largest, the least and nothing: declared errors."""
    wrong = {}
    for found in VERBS:
        schema = found.ask.model_json_schema(by_alias=True).get("properties", {})
        given = ASKS[found.path] | ({"check": True} if "check" in schema else {})
        for name, about in schema.items():
            kinds = [one.get("type") for one in (about, *about.get("anyOf", ()))]
            for value in (v for kind in EXTREME if kind in kinds for v in EXTREME[kind]):
                try:
                    ask = found.read(given | {name: value})
                    with uploads.over_network():
                        found.dumps(found.run(region, ask))
                except HutuoError as error:
                    if error.http_status >= 500 and error.http_status not in (501, 503):
                        wrong[found.path, name, value] = error
                except Exception as error:
                    error.add_note(f"{found.path}: {name} = {value}")
                    raise
    assert wrong == {}
