"""The one-hour circle and daily commuters: each part of the rule by itself and together."""

import numpy as np
import pandas as pd
import pytest

from hutuo.errors import BadAsk
from hutuo.space.circlerule import commuting_circle
from hutuo.space.delineation import stability

MINUTES = {"c": 0, "near": 60, "over": 60.1, "far": 90, "isle": np.inf, "unknown": np.nan}
FLOWS = pd.DataFrame(
    [
        *[("c", "c", 100), ("near", "c", 10), ("near", "near", 90), ("over", "c", 40)],
        *[("over", "over", 60), ("far", "c", 9), ("far", "far", 91), ("extra", "c", 50)],
        ("extra", "extra", 50),
    ],
    columns=["home", "work", "people"],
)


def inside(**limits):
    return set(commuting_circle(MINUTES, "c", FLOWS, **limits).areas["c"])


def test_exactly_60_minutes_and_exactly_a_tenth_are_inside():
    assert inside() == {"c", "near"}
    assert inside(inclusive=False) == {"c"}


def test_each_part_of_the_rule_changes_the_answer():
    assert inside(needs="time") == {"c", "near"}
    assert inside(needs="flow") == {"c", "near", "over", "extra"}
    assert inside(needs="either") == {"c", "near", "over", "extra"}
    assert inside(minutes=90) == {"c", "near", "over"}
    assert inside(minutes=90, share=0.05) == {"c", "near", "over", "far"}


def test_what_is_not_reached_or_not_known_is_outside():
    assert not {"isle", "unknown"} & inside(needs="time", minutes=1e9)


def test_time_alone_needs_no_flows():
    found = commuting_circle(MINUTES, "c", needs="time", mode="rail, door to door")
    assert found.areas == {"c": ("c", "near")}
    assert [one.name for one in found.thresholds] == ["minutes"]
    assert found.step("time")["mode"].unique().tolist() == ["rail, door to door"]
    with pytest.raises(BadAsk, match="needs flows"):
        commuting_circle(MINUTES, "c")


def test_the_minute_over_the_hour_decides_and_stability_shows_it():
    """At 48 minutes near is out, at 72 over is in: one of seven units either way."""
    found = stability(
        commuting_circle, {"minutes_of": MINUTES, "core": "c", "flows": FLOWS}, ["minutes"]
    )
    assert found["changed"].tolist() == pytest.approx([1 / 7, 1 / 7])


@pytest.mark.parametrize("wrong", [{"minutes": -1}, {"share": 2}, {"needs": "all"}])
def test_thresholds_out_of_range_are_refused(wrong):
    with pytest.raises(BadAsk, match=r"minutes|needs"):
        commuting_circle(MINUTES, "c", FLOWS, **wrong)
