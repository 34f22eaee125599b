"""Files that verbs read: by path on the machine itself, as uploads over the network, and nothing else."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hutuo.api.app import Settings, app
from hutuo.base import uploads
from hutuo.errors import BadAsk, HutuoError, NotFound


@pytest.fixture
def folder(home):
    return home / "uploads"


def left(folder):
    """Files that lie in the folder."""
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_what_is_stored_is_found_by_the_name_that_it_got(folder):
    name = uploads.store("年鉴 2024.xlsx", [b"ab", b"c"])
    path = uploads.path_of(name)
    assert (path.name, path.read_bytes()) == ("年鉴 2024.xlsx", b"abc")
    assert path.is_relative_to(folder)
    # sha256 of "abc", as published with the standard (FIPS 180-4).
    assert name == "upload:ba7816bf8f01cfea414140de5dae2223/年鉴 2024.xlsx"


def test_the_same_content_under_the_same_name_is_one_file(folder):
    one, two = uploads.store("a.csv", [b"x"]), uploads.store("a.csv", [b"x"])
    assert one == two
    assert left(folder) == ["a.csv"]
    assert uploads.store("a.csv", [b"y"]) != one
    assert uploads.store("b.csv", [b"x"]) != one


@pytest.mark.parametrize(
    ("given", "kept"),
    [("/etc/passwd", "passwd"), ("..\\..\\a.csv", "a.csv"), ("../.hidden", "hidden"), (" a.csv ", "a.csv"),
     ("a\x00b\n.csv", "ab.csv")],
)  # fmt: skip
def test_folders_and_control_characters_of_a_name_are_dropped(folder, given, kept):
    assert uploads.store(given, [b"x"]).endswith(f"/{kept}")


@pytest.mark.parametrize("name", ["", ".", "..", "a/", "/", "\x00", "名" * 41])
def test_what_is_no_name_of_a_file_is_refused(folder, name):
    with pytest.raises(BadAsk, match="no name for a file"):
        uploads.store(name, [b"x"])


def test_a_file_that_is_too_large_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 10)
    with pytest.raises(BadAsk, match="is too large"):
        uploads.store("a.csv", [b"12345", b"123456"])
    assert left(folder) == []
    assert uploads.store("a.csv", [b"1234567890"])


def test_an_upload_that_breaks_off_leaves_nothing(folder):
    def pieces():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.store("a.csv", pieces())
    assert left(folder) == []


def test_a_path_is_read_on_the_machine_itself_only(tmp_path, folder):
    file = tmp_path / "a.csv"
    file.write_bytes(b"x")
    assert uploads.path_of(str(file)) == file
    with pytest.raises(NotFound, match="no file"):
        uploads.path_of(str(tmp_path))
    name = uploads.store("a.csv", [b"x"])
    with uploads.over_network():
        assert uploads.path_of(name).read_bytes() == b"x"
        for path in (str(file), f"file://{file}", "~/.ssh/id_rsa", "a.csv", ""):
            with pytest.raises(BadAsk, match="no uploaded file"):
                uploads.path_of(path)
    assert uploads.path_of(str(file)) == file


@pytest.mark.parametrize(
    "name",
    ["upload:", "upload:a.csv", "upload:../a.csv", f"upload:{'0' * 32}", f"upload:{'0' * 32}/../../x",
     f"upload:{'0' * 32}/..\\x", f"upload:{'g' * 32}/a", f"upload:{'0' * 31}/a"],
)  # fmt: skip
def test_a_misspelled_upload_is_refused(folder, name):
    with pytest.raises(BadAsk, match="no name of an upload"):
        uploads.path_of(name)


@pytest.mark.parametrize("name", [f"upload:{'0' * 32}/a.csv", f"upload:{'0' * 32}/.."])
def test_an_upload_that_is_not_there_is_told(folder, name):
    with pytest.raises(NotFound, match="is not there"):
        uploads.path_of(name)


@given(st.text(max_size=60))
def test_no_name_leads_out_of_the_folder(shared_home, name):
    for given_name in (name, f"upload:{'0' * 32}/{name}"):
        with uploads.over_network():
            try:
                found = uploads.path_of(given_name)
            except HutuoError:
                continue
        assert found.is_relative_to(shared_home / "uploads")


def test_what_nobody_used_for_long_goes_and_what_is_used_stays_with_its_mapping(folder):
    old, used = uploads.store("old.csv", [b"x"]), uploads.store("used.csv", [b"y"])
    mapping = uploads.path_of(used).with_name("used.csv.mapping.toml")
    mapping.write_text("")
    torn = folder / "tmp-torn"
    torn.write_bytes(b"left by a process that was killed")
    long_ago = time.time() - uploads.KEPT - 1
    for file in [*folder.glob("*"), *folder.rglob("*.*")]:
        os.utime(file, (long_ago, long_ago))
    uploads.path_of(used)
    uploads.store("new.csv", [b"z"])
    assert left(folder) == ["new.csv", "used.csv", "used.csv.mapping.toml"]
    with pytest.raises(NotFound, match="not any more"):
        uploads.path_of(old)


class TestRoute:
    """``PUT /api/uploads``."""

    @pytest.fixture
    def client(self, home):
        with TestClient(app(Settings())) as opened:
            yield opened

    def test_bytes_come_and_a_name_goes_back(self, client):
        answer = client.put("/api/uploads", params={"name": "a.csv"}, content=b"x,y\n")
        assert answer.status_code == 200
        assert uploads.path_of(answer.json()["file"]).read_bytes() == b"x,y\n"

    def test_an_upload_may_be_larger_than_an_ask(self, client):
        large = b"x" * 2_000_000
        answer = client.put("/api/uploads", params={"name": "a.csv"}, content=large)
        assert answer.status_code == 200
        assert client.put("/api/other", content=large).status_code == 413
        assert client.post("/api/uploads", content=large).status_code == 413

    def test_a_file_that_is_too_large_is_refused_before_it_comes(
        self, client, monkeypatch, folder
    ):
        monkeypatch.setattr(uploads, "LARGEST", 10)
        answer = client.put("/api/uploads", params={"name": "a.csv"}, content=b"x" * 11)
        assert (answer.status_code, answer.json()["error"]) == (413, "bad_ask")
        assert left(folder) == []

    def test_without_a_length_it_is_refused(self, client):
        chunks = iter([b"a", b"b"])
        params = {"name": "a.csv", "lang": "en"}
        answer = client.put("/api/uploads", params=params, content=chunks)
        assert answer.status_code == 413
        assert "does not say its length" in answer.json()["message"]

    def test_without_a_name_it_is_refused(self, client):
        for query in ({}, {"name": "/"}):
            answer = client.put("/api/uploads", params=query, content=b"x")
            assert (answer.status_code, answer.json()["error"]) == (422, "bad_ask")

    def test_a_page_of_another_site_can_not_upload(self, client):
        answer = client.put(
            "/api/uploads",
            params={"name": "a.csv"},
            content=b"x",
            headers={"sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403
