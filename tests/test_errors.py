"""The tree of errors: one shape, and for each kind one exit code and one HTTP status."""

import pytest

from hutuo import errors
from hutuo.errors import (
    BadAsk,
    BadInput,
    Cancelled,
    Finding,
    HutuoError,
    NotFound,
    Unavailable,
    one_of,
)

KINDS = {
    HutuoError: ("hutuo_error", 1, 500),
    BadAsk: ("bad_ask", 2, 422),
    BadInput: ("bad_input", 3, 400),
    NotFound: ("not_found", 4, 404),
    Unavailable: ("unavailable", 5, 503),
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
