"""Mappings are kept as TOML and come back as they were; what is no mapping is told whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hutuo.base.mapping import (
    Figure,
    Mapping,
    PlaceColumn,
    beside,
    dumps,
    loads,
    read_toml,
    write_toml,
)
from hutuo.errors import BadInput, in_both

words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=20)
figures = st.builds(Figure, column=words, indicator=st.none() | words, unit=st.none() | words)
mappings = st.builds(
    Mapping,
    format=st.sampled_from(["csv", "xlsx", "gtfs"]),
    source=st.none() | words,
    header_rows=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    place=st.none() | st.builds(PlaceColumn, column=words, by=st.sampled_from(["code", "name"])),
    figures=st.lists(figures, max_size=3).map(tuple),
    places=st.dictionaries(words, words, max_size=2),
    estimate=st.booleans(),
    options=st.dictionaries(words, words, max_size=2),
)


@given(mapping=mappings)
def test_a_mapping_written_as_toml_is_read_back_the_same(mapping):
    assert loads(dumps(mapping)) == mapping


def test_what_is_as_by_default_is_not_written():
    assert dumps(Mapping(format="csv")).split() == [
        "format",
        "=",
        '"csv"',
        "table",
        "=",
        '"observation"',
    ]


def test_a_mapping_is_kept_beside_its_file(tmp_path):
    kept = beside(tmp_path / "a.csv")
    assert kept == tmp_path / "a.csv.mapping.toml"
    write_toml(kept, Mapping(format="csv"))
    assert read_toml(kept) == Mapping(format="csv")
    assert [file.name for file in tmp_path.iterdir()] == [kept.name]


def test_every_fault_of_a_mapping_is_told_at_once():
    with pytest.raises(BadInput) as told:
        loads('table = 1\nnope = 2\n[place]\nby = "guess"\n', "m.toml")
    where = {fault.column for fault in told.value.findings}
    assert where == {"format", "table", "nope", "place.by"}
    assert "fields of a mapping: format" in told.value.hint
    zh = told.value.words[0]
    assert "place.by: 应为'code'或'name'" in zh
    assert "nope: 没有这个字段" in zh


def test_a_fault_that_pydantic_does_not_know_is_told_in_both_languages():
    with pytest.raises(BadInput) as told:
        loads('format = "csv"\n[place]\nby = "code"\n', "m.toml")
    zh, en = in_both(told.value.findings[0].says)
    assert (zh, en) == ("column与value须且只须给出一个", "give either column or value")


@pytest.mark.parametrize("given", [{}, {"column": "a", "value": "b"}])
def test_a_place_is_said_by_a_column_or_once_for_all(given):
    with pytest.raises(ValidationError, match="either column or value"):
        PlaceColumn(**given)


@pytest.mark.parametrize(
    "content", [b"a = [", b"\xff\xfe", b"a = 1" + b"0" * 5000, b"a=" + b"[" * 5000]
)
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    file = tmp_path / "m.toml"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=r"m\.toml"):
        read_toml(file)


def test_a_mapping_that_is_not_there_or_too_large_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_toml(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * (1 << 21))
    with pytest.raises(BadInput, match="larger"):
        read_toml(tmp_path / "large.toml")
