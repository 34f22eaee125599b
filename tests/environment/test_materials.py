import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.materials import MaterialFlow, WasteBalance, balanced, waste_balance
from hutuo.errors import BadInput

PLACES = ["a", "b", "c", "outside"]


@st.composite
def moved(draw):
    at = draw(st.sampled_from(PLACES))
    to = draw(st.sampled_from([one for one in PLACES if one != at]))
    return MaterialFlow(at, to, "x", "moved", draw(st.integers(0, 50)))


@settings(max_examples=40)
@given(st.lists(moved(), max_size=8), st.lists(st.integers(0, 50), max_size=3))
def test_moving_makes_nothing(flows, generated):
    """The gaps of all places sum to what arose and came from beyond, less what left."""
    arose = [MaterialFlow("a", None, "x", "generated", tonnes) for tonnes in generated]
    found = balanced([*arose, *flows])
    came = sum(one.tonnes for one in flows if one.at == "outside")
    left = sum(one.tonnes for one in flows if one.to == "outside")
    assert sum(one.gap for one in found.values()) == pytest.approx(sum(generated) + came - left)


def test_the_tiny_plant_misses_what_a_county_kept(little):
    """50 t arose in Beta and 45 were moved; the plant burnt and recycled all of its 145."""
    found = waste_balance(little, WasteBalance())
    rows = {row.place: row for row in found.rows}
    assert (rows["990102"].gap, rows["990102"].is_balanced) == (5, False)
    assert (rows["plant"].received, rows["plant"].burnt, rows["plant"].gap) == (145, 120, 0)
    (total,) = found.by_material
    assert (found.year, total.generated, total.recycled_share, total.gap) == (
        2024,
        150,
        25 / 150,
        5,
    )
    assert found.not_balanced == 1
    assert found.rows[0].place == "990102"


def test_a_gap_within_tolerance_is_let_pass(little):
    assert waste_balance(little, WasteBalance(tolerance=0.1)).not_balanced == 0


def test_faulty_flows_are_told_all_at_once():
    with pytest.raises(BadInput) as told:
        balanced(
            [
                MaterialFlow("a", "b", "x", "moved", -1),
                MaterialFlow("a", None, "x", "moved", 1),
                MaterialFlow("a", "b", "x", "burnt", 1),
                MaterialFlow("outside", None, "x", "generated", 1),
                MaterialFlow("a", None, "x", "lost", 1),
            ]
        )
    found = [(one.row, one.column) for one in told.value.findings]
    assert found == [(1, "tonnes"), (2, "to"), (3, "to"), (4, "at"), (5, "kind")]
