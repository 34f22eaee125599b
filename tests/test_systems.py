"""What the plan asks for, held against the functions that there are."""

import re
from pathlib import Path

import pytest

from hutuo.verbs import all_verbs

PAGE = Path(__file__).parent.parent / "docs" / "systems.md"
STANDS = {"built in", "your rows", "in part"}


@pytest.fixture(scope="module")
def rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| S")
    ]


def test_each_of_the_86_stands_once_in_order(rows):
    assert [row[0] for row in rows] == [f"S{number:02}" for number in range(1, 87)]


def test_what_is_named_is_a_function(rows):
    known = {f"{verb.part} {verb.name}" for verb in all_verbs()}
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row[3])}
    assert all("`" in row[3] for row in rows)
    assert named <= known


def test_how_far_it_goes_is_told_and_what_lacks_is_named(rows):
    assert {row[4] for row in rows} <= STANDS
    assert all(row[5] for row in rows if row[4] == "in part")
