"""The command line: answers on standard output, one shape of error, help that stays quick."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

import hutuo
from asks import ASKS, asked, words
from hutuo.cli import main
from hutuo.verbs import PARTS, all_verbs

# What is typed, and what is wrong with it: exit code and name of the error, words of message and hint.
WRONG = {
    "region": (["plan", "evaluate", "--region", "nope"], 4, "not_found", "nope", "possible"),
    "part": (["plans", "evaluate"], 4, "not_found", "plans", "--help"),
    "verb": (["plan", "evaluat"], 4, "not_found", "evaluat", "--help"),
    "option": (["plan", "evaluate", "--nope", "1"], 2, "bad_ask", "--nope", "--help"),
    "plan": (
        ["plan", "evaluate", "--plan", "q"],
        4,
        "not_found",
        "no plan 'q'",
        "possible: other, p",
    ),
    "table": (["base", "table", "unitz"], 4, "not_found", "no table 'unitz'", "unit"),
    "set": (["base", "units", "--set", "set:x"], 4, "not_found", "set:x", "set:area"),
    "place": (["base", "figures", "123"], 4, "not_found", "123", "990101"),
    "indicator": (["base", "values", "peopl"], 4, "not_found", "no indicator 'peopl'", "people"),
    "target": (["plan", "target", "grw"], 4, "not_found", "no target 'grw'", "grow"),
    "branch": (["plan", "evaluate", "--branch", "x"], 4, "not_found", "no branch 'x'", "main"),
    "at": (["plan", "evaluate", "--at", "2024-13-01"], 2, "bad_ask", "2024-13-01", "2024-12-31"),
    "as of": (["plan", "evaluate", "--as-of", "soon"], 2, "bad_ask", "soon", "2024-12-31"),
    "zone": (["plan", "evaluate", "--as-of", "2024-12-31T08:00"], 2, "bad_ask", "zone", "+08:00"),
    "limit": (["base", "table", "unit", "--limit", "0"], 2, "bad_ask", "limit", "name, limit"),
    "number": (["base", "table", "unit", "--limit", "x"], 2, "bad_ask", "limit", "name, limit"),
    "format": (
        ["plan", "report", "--format", "odt"],
        2,
        "bad_ask",
        "format",
        "plan, kind, year, format",
    ),
    "missing": (["base", "table"], 2, "bad_ask", "name", "fields of base/table"),
    "lang": (["plan", "evaluate", "--lang", "de"], 2, "bad_ask", "de", "--help"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_typed_wrongly_gets_one_shape(name, little_folder, capsys):
    typed, code, error, message, hint = WRONG[name]
    more = [] if "--region" in typed else ["--region", str(little_folder)]
    more += [] if "--lang" in typed else ["--lang", "en"]
    assert main([*typed, *more, "--json"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    told = json.loads(err)
    assert list(told) == ["error", "message", "hint"]
    assert told["error"] == error
    assert message in told["message"]
    assert hint in told["hint"]


def test_an_error_for_people_says_what_was_given_and_what_is_possible(little_folder, capsys):
    typed = ["base", "table", "unitz", "--region", str(little_folder)]
    assert main([*typed, "--lang", "en"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "error: no table 'unitz'"
    assert err.splitlines()[1].startswith("hint: possible: unit")
    assert main(typed) == 4
    err = capsys.readouterr().err
    assert err.splitlines()[0] == "错误:没有数据表“unitz”"
    assert err.splitlines()[1].startswith("提示:可用:unit")


def test_a_folder_without_a_pack_is_told(tmp_path, capsys):
    code, told = asked(capsys, "plan/evaluate", {}, "--region", tmp_path)
    assert (code, told["error"]) == (3, "bad_input")
    assert "region.toml" in told["message"]


def test_a_table_has_rows_up_to_the_limit(little_folder, capsys):
    _, rows = asked(capsys, "base/table", {"name": "unit", "limit": 2}, "--region", little_folder)
    assert [row["unit"] for row in rows] == ["990100", "990101"]
    _, rest = asked(capsys, "base/table", {"name": "unit", "offset": 2}, "--region", little_folder)
    assert [row["unit"] for row in rest] == ["990102", "990103", "990104"]


def test_words_without_option_are_the_fields_in_order(little_folder, capsys):
    assert main(["base", "table", "unit", "2", "--region", str(little_folder), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_a_report_is_written_to_the_folder_named(little_folder, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    typed = words("plan/report", ASKS["plan/report"], "--region", little_folder, "--out", out)
    assert main(typed) == 0
    told = capsys.readouterr().out.splitlines()
    asked = ASKS["plan/report"]
    assert told == [str(out / f"{asked['kind']}-en.{ending}") for ending in asked["format"]]
    assert [file.stat().st_size > 1000 for file in out.iterdir()] == [True] * len(told)


@pytest.mark.parametrize(
    ("given", "environment", "word"),
    [
        ([], {}, "进度正常"),
        (["--lang", "en"], {}, "on track"),
        ([], {"HUTUO_LANG": "en"}, "on track"),
        ([], {"LANG": "en_GB.UTF-8"}, "on track"),
        (["--lang", "zh"], {"HUTUO_LANG": "en"}, "进度正常"),
        ([], {"LANG": "en_GB.UTF-8", "HUTUO_LANG": "zh"}, "进度正常"),
    ],
)
def test_the_language_is_that_of_option_then_variable_then_locale(
    given, environment, word, little_folder, capsys, monkeypatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "300")
    main(["plan", "evaluate", "--region", str(little_folder), "--json", *given])
    assert word in capsys.readouterr().out


def test_the_variable_names_the_region_to_open(little_folder, monkeypatch, capsys):
    monkeypatch.setenv("HUTUO_REGION", str(little_folder))
    _, told = asked(capsys, "base/region", {})
    assert told["region"] == "little"


def test_ctrl_c_says_how_to_go_on(capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(hutuo, "open", interrupted)
    assert main(["plan", "evaluate"]) == 130
    assert capsys.readouterr().err == "interrupted; the same command goes on from here\n"


@pytest.mark.parametrize("part", PARTS)
def test_help_of_a_part_lists_its_verbs_with_both_titles(part, capsys):
    assert main([part, "--help"]) == 0
    out = capsys.readouterr().out
    for found in (found for found in all_verbs() if found.part == part):
        assert found.name in out
        assert found.title.zh[:6] in out


def test_help_of_a_verb_names_its_fields_and_the_view(capsys):
    assert main(["base", "values", "--help"]) == 0
    out = capsys.readouterr().out
    for option in ("--indicator", "--year", "--set", "--level", "--region", "--at", "--as-of"):
        assert option in out
    assert "one of county, prefecture, province" in " ".join(out.split()).replace("│ │ ", "")


COMMAND = "from hutuo.cli import script; script()"


def run(env, *typed):
    command = [sys.executable, "-c", COMMAND, *map(str, typed)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("lang", "says"), [("en", "the web app is at "), ("zh", "网页在 ")])
def test_serve_says_where_it_answers(lang, says, elsewhere):
    command = [sys.executable, "-c", COMMAND, "serve", "--port", "0"]
    env = {**elsewhere, "HUTUO_LANG": lang}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as served:
        told = served.stderr.readline()
        where = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert told.startswith(f"{says}{where[0]}")
        with urllib.request.urlopen(f"{where[0]}/api/verbs") as answer:  # noqa: S310 - of our own
            assert answer.status == 200
        served.send_signal(signal.SIGINT)
        assert (served.wait(10), served.stderr.read()) == (0, "")


def test_a_port_that_is_taken_is_told_before_anything_is_served(capsys, monkeypatch):
    monkeypatch.setenv("HUTUO_LANG", "en")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 5
    told = capsys.readouterr().err
    assert told.startswith(f"error: port {port} of 127.0.0.1 is taken by another program\nhint: ")
    assert re.search(r"--port \d+;", told)


@pytest.mark.parametrize(
    ("typed", "says"),
    [(["--port", "70000"], "70000 is no port"), (["--host", "192.0.2.1"], "'192.0.2.1' is no")],
)
def test_what_cannot_be_listened_on_is_refused(typed, says, capsys, monkeypatch):
    """The address is one that is kept for documentation."""
    monkeypatch.setenv("HUTUO_LANG", "en")
    assert main(["serve", *typed]) == 2
    assert capsys.readouterr().err.startswith(f"error: {says}")


HEAVY = ("pandas", "duckdb", "geopandas", "pyarrow", "pydantic.main", "fastapi", "shapely")


@pytest.mark.parametrize("typed", [["--help"], ["--version"], []])
def test_help_loads_no_heavy_library(typed, elsewhere):
    script = (
        "import sys\nfrom hutuo.cli import main\ncode = main(sys.argv[1:])\n"
        f"print([n for n in {HEAVY} if n in sys.modules], file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *typed], env=elsewhere, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_it_runs_as_a_command(elsewhere, little, little_folder):
    done = run(elsewhere, "base", "table", "plan", "--region", little_folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["plan"] for row in json.loads(done.stdout)] == ["other", "p"]
    assert run(elsewhere, "--version").stdout.strip() == f"hutuo {hutuo.__version__}"
    assert run(elsewhere, "base", "nope").returncode == 4


def test_a_reader_that_goes_away_early_is_no_fault(elsewhere, little, little_folder):
    """As in ``hutuo base table observation | head -1``."""
    words = f"base units --region {little_folder} --json"
    command = f"{sys.executable} -c '{COMMAND}' {words} | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
