"""An ask for every verb on the tiny region, and the doors it is put to."""

import json

from hutuo.cli import main

ASKS = {
    "base/calendar": {"year": 2024},
    "base/figures": {"place": "990101", "topic": "population"},
    "base/indicators": {"topic": "economy"},
    "base/region": {},
    "base/regions": {},
    "base/table": {"name": "observation", "limit": 3, "offset": 1},
    "base/tables": {},
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
            given = ",".join(value) if isinstance(value, list) else str(value)
            options += [f"--{option}", given]
    return [*path.split("/"), *options, *map(str, more)]


def asked(capsys, path, ask, *more):
    """What the command line answers: exit code, and the JSON of its answer or its error."""
    code = main([*words(path, ask, *more), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(err if code else out)
