"""An ask for every verb on the tiny region, and the doors it is put to."""

import hashlib
import json

from hutuo.cli import main

# Files that lie in the shared data folder, so that both doors can name them.
UPLOADS = {
    "people.csv": "地区,常住人口(万人)\n甲区,0.11\n乙县,0.05\n戊县,1\n".encode(),
    "people.toml": """format = "csv"
source = "book"
header_rows = [1]
figures = [{ column = "常住人口(万人)", indicator = "people", unit = "万人" }]
[place]
column = "地区"
[period]
value = "2023"
""".encode(),
}


def upload(name):
    """What verbs call one of the files."""
    return f"upload:{hashlib.sha256(UPLOADS[name]).hexdigest()[:32]}/{name}"


ASKS = {
    "base/batches": {"table": "observation", "limit": 5},
    "base/branch": {"action": "list"},
    "base/calendar": {"year": 2024},
    "base/care": {"action": "status"},
    "base/crosswalk": {"from": "county", "to": "prefecture", "method": "area"},
    "base/catalogue": {"search": "renkou", "sort": "rows"},
    "base/coverage": {},
    "base/figures": {"place": "990101", "topic": "population"},
    "base/history": {"place": "990101", "indicator": "people"},
    "base/indicators": {"topic": "economy"},
    "base/ingest": {
        "file": upload("people.csv"),
        "mapping": upload("people.toml"),
        "check": True,
    },
    "base/inspect": {"file": upload("people.csv")},
    "base/put": {
        "table": "observation",
        "rows": [
            {
                "place": "990101",
                "indicator": "people",
                "valid_from": "2023-01-01",
                "valid_to": "2024-01-01",
                "value": 1100,
                "unit": "person",
                "source": "book",
            }
        ],
        "check": True,
    },
    "base/readings": {"days": 7},
    "base/recut": {
        "indicator": "people",
        "from": "county@2020-11-01",
        "to": "cells:5",
        "method": "weight",
        "weight": "people",
        "year": 2020,
    },
    "base/query": {"sql": "SELECT zh, level FROM unit ORDER BY unit", "limit": 2},
    "base/region": {},
    "base/regions": {},
    "base/table": {"name": "observation", "limit": 3, "offset": 1},
    "base/tables": {},
    "base/timetable": {"by": "name", "limit": 5},
    "base/undo": {"check": True},
    "base/units": {"set": "set:area", "geometry": True, "tolerance": 0.001},
    "base/values": {"indicator": "people", "year": 2020, "level": "county"},
    "plan/clauses": {"plan": "p", "has_text": True},
    "plan/evaluate": {},
    "plan/reconcile": {"plan": "p"},
    "plan/report": {"format": ["html", "xlsx", "json"], "language": "en"},
    "plan/target": {"target": "grow"},
    "plan/targets": {"plan": "p"},
}


def words(path, ask, *more):
    """The command line of an ask."""
    options = []
    for name, value in ask.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            options.append(f"--{option}" if value else f"--no-{option}")
        else:
            options += [f"--{option}", _typed(value)]
    return [*path.split("/"), *options, *map(str, more)]


def _typed(value):
    """A value as it is typed: words of a list by commas, rows and objects as JSON."""
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict)):
        return json.dumps(value, ensure_ascii=False)
    return ",".join(value) if isinstance(value, list) else str(value)


def asked(capsys, path, ask, *more):
    """What the command line answers: exit code, and the JSON of its answer or its error."""
    code = main([*words(path, ask, *more), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(err if code else out)
