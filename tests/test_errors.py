"""The tree of errors: one shape, and for each kind one exit code and one HTTP status."""

import pickle

import pytest

from hutuo import errors
from hutuo.errors import (
    BadAsk,
    BadInput,
    Cancelled,
    Finding,
    Forbidden,
    HutuoError,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
    Unsupported,
    one_of,
)
from hutuo.glossary import Text

KINDS = {
    HutuoError: ("hutuo_error", 1, 500),
    BadAsk: ("bad_ask", 2, 422),
    BadInput: ("bad_input", 3, 400),
    NotFound: ("not_found", 4, 404),
    Unavailable: ("unavailable", 5, 503),
    NotSignedIn: ("not_signed_in", 6, 401),
    Forbidden: ("forbidden", 7, 403),
    TooMany: ("too_many", 8, 429),
    Unsupported: ("unsupported", 9, 501),
    Cancelled: ("cancelled", 130, 409),
}


def test_the_drawing_holds_every_error_with_its_codes():
    made = {v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)}
    assert made == set(KINDS)
    lines = [line.split() for line in errors.__doc__.splitlines() if " exit " in line]
    drawn = {
        w[w.index("exit") - 1]: (w[w.index("exit") + 1], w[w.index("HTTP") + 1]) for w in lines
    }
    assert drawn == {kind.__name__: (str(c[1]), str(c[2])) for kind, c in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_has_one_shape(kind):
    error = kind("what was given", hint="what is possible")
    name, code, status = KINDS[kind]
    assert (error.exit_code, error.http_status) == (code, status)
    assert error.as_dict() == {
        "error": name,
        "message": "what was given",
        "hint": "what is possible",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_speaks_both_languages_and_to_a_program_english(kind):
    error = kind(("给了什么", "what was given"), hint=Text("可以怎样", "what is possible"))
    assert (str(error), error.message, error.hint) == (
        "what was given",
        "what was given",
        "what is possible",
    )
    assert error.as_dict("zh") == {
        "error": KINDS[kind][0],
        "message": "给了什么",
        "hint": "可以怎样",
    }
    assert error.as_dict("en") == error.as_dict()
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert again.as_dict("zh") == error.as_dict("zh")


def test_findings_are_told_in_the_language_of_their_error():
    found = [Finding("a.csv", 2, "x", Text("为空", "is empty")), Finding("a.csv", 3, "x", "?")]
    error = BadInput(Text("有误:", "faulty:"), found)
    assert error.as_dict("zh")["message"] == "有误:\n  a.csv:2: x: 为空\n  a.csv:3: x: ?"
    assert str(error) == "faulty:\n  a.csv:2: x: is empty\n  a.csv:3: x: ?"


@pytest.mark.parametrize(
    ("kind", "zh"),
    [("table", "没有数据表“q”"), ("column of unit", "没有unit的列“q”"), ("thing", "没有thing“q”")],
)
def test_what_is_not_there_is_called_by_its_name_in_chinese(kind, zh):
    assert one_of("q", kind, ["unit", "place"]).as_dict("zh") == {
        "error": "not_found",
        "message": zh,
        "hint": "可用:place、unit",
    }


def test_a_finding_says_file_row_and_column():
    assert str(Finding("unit.csv", 3, "level", "is none of a, b")) == (
        "unit.csv:3: level: is none of a, b"
    )
    assert str(Finding("unit.csv", None, "", "is not UTF-8")) == "unit.csv: is not UTF-8"


def test_bad_input_tells_every_finding():
    found = [Finding("a.csv", row, "x", "is empty") for row in range(2, 5)]
    error = BadInput("three findings:", found)
    assert error.message.splitlines() == [
        "three findings:",
        *(f"  {finding}" for finding in found),
    ]
    assert error.findings == tuple(found)


def test_what_is_nearest_is_named_first():
    error = one_of("evalute", "verb", ["targets", "evaluate", "clauses"])
    assert error.message == "no verb 'evalute'"
    assert error.hint == "possible: evaluate, clauses, targets"


def test_a_long_list_is_cut_and_an_empty_one_is_told():
    assert one_of("x", "unit", [f"{n:03}" for n in range(50)]).hint.endswith("and 30 more")
    assert one_of("x", "branch", []).hint == "there is none yet"
