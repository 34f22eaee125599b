"""The log of a deployment: a JSON object a line, whatever is in it."""

import io
import json
import logging
import sys

from hutuo.api.logs import Lines
from hutuo.base import deeds

HERE = {"origin": "http://testserver"}


def lines_of(work):
    """What the logger of the service writes while something is done."""
    written, logger = io.StringIO(), logging.getLogger("hutuo")
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        work()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_that_somebody_smuggles_in_is_none():
    with deeds.acting(deeds.Actor("eve", None, frozenset())):
        (line,) = lines_of(lambda: logging.getLogger("hutuo").info('a\n{"level": "%s"}', "fake"))
    assert (line["level"], line["account"]) == ("info", "eve")
    assert line["message"] == 'a\n{"level": "fake"}'
    assert line["at"].endswith("+00:00")


def test_an_error_is_told_with_its_trace_in_one_line():
    def fail():
        try:
            int("no")
        except ValueError:
            logging.getLogger("hutuo").error("failed", exc_info=sys.exc_info())

    (line,) = lines_of(fail)
    assert "ValueError: invalid literal" in line["error"]


def test_what_is_refused_is_logged_and_secrets_are_not(house):
    shown = {"account": "viewer", "password": house.passwords["viewer"]}
    with house.client() as client:

        def work():
            client.get("/api/session", headers={"authorization": "Bearer hutuo_secret_token"})
            client.post("/api/session", json=shown, headers=HERE)
            client.post("/api/base/put", json={"table": "unit", "rows": [{}]}, headers=HERE)

        found = lines_of(work)
    assert any("refused POST /api/base/put" in line["message"] for line in found)
    text = json.dumps(found)
    assert shown["password"] not in text
    assert "hutuo_secret_token" not in text
