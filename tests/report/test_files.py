"""Files as answers: named, typed, and whole after a journey as base64."""

import hashlib
from base64 import b64decode

from hypothesis import given
from hypothesis import strategies as st

from hutuo.report.files import file


@given(st.binary(max_size=300))
def test_bytes_come_back_from_json_as_they_were(content):
    made = file("x", "html", content)
    plain = made.model_dump(mode="json")
    assert b64decode(plain["content"], validate=True) == content
    assert (plain["size"], plain["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (plain["name"], plain["media_type"]) == ("x.html", "text/html; charset=utf-8")
