"""Warning rules set by fields: what is kept, what is refused, and that a saved one warns."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from pydantic import ValidationError

from hutuo.base.warned import Warnings, warnings
from hutuo.duty.rules import Rule, rule
from hutuo.errors import BadAsk, BadInput, NotFound

HIGH = {
    "rule": "high", "zh": "通勤过慢", "indicator": "minutes", "level": "orange", "raise_at": 60,
    "source": "book",
}  # fmt: skip


def save(region, **values):
    return rule(region, Rule(action="save", **HIGH | values))


def test_a_saved_rule_stands_and_warns_and_an_ended_one_does_not(own):
    done = save(own, clear_at=50, place="990101")
    assert (done.stored, [row.rule for row in done.rows]) == (1, ["high"])
    (row,) = done.rows
    assert (row.name.en, row.kind_name.en, row.unit_name.en) == ("通勤过慢", "threshold", "min")
    assert (row.raise_at, row.clear_at, row.hold_minutes) == (60, 50, 0)
    noon = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    frame = pd.DataFrame({"valid_from": [noon - timedelta(hours=1), noon], "value": [40.0, 61.0]})
    told = {"place": "990101", "indicator": "minutes", "unit": "minute", "source": "book"}
    own.append("observation", frame.assign(**told))
    (warned,) = warnings(own, Warnings()).rows
    assert (warned.rule, warned.colour, warned.peak) == ("high", "orange", 61.0)
    before = row.valid_from - timedelta(days=1)
    with pytest.raises(BadAsk, match="holds from") as refused:
        rule(own, Rule(action="end", rule="high", day=before))
    assert f"{row.valid_from} at the earliest" in refused.value.hint
    after = row.valid_from + timedelta(days=1)
    assert rule(own, Rule(action="end", rule="high", day=after)).rows == done.rows
    save(own, rule="old", day="2024-01-01")
    assert [one.rule for one in rule(own, Rule(action="end", rule="old")).rows] == ["high"]
    with pytest.raises(NotFound, match="no warning rule 'old'"):
        rule(own, Rule(action="end", rule="old"))
    # One that was begun by mistake is gone on the same day.
    assert rule(own, Rule(action="end", rule="high")).rows == []
    assert warnings(own, Warnings()).rows == []


def test_a_rule_without_a_second_bound_clears_at_its_first(own):
    assert save(own).rows[0].clear_at == 60


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"clear_at": 70}, "safe side"),
        ({"clear_at": 50, "sense": "below"}, "safe side"),
        ({"kind": "rate"}, "kind rate needs window_minutes"),
        ({"kind": "area", "each_at": 60}, "kind area needs area"),
        ({"kind": "area", "area": "set:area"}, "kind area needs each_at"),
        ({"kind": "absence", "raise_at": 0}, "above 0"),
        ({"source": "nobody"}, "nobody"),
        ({"protocol": "none-such"}, "none-such"),
    ],
)
def test_what_would_not_warn_rightly_is_not_kept(own, values, says):
    """One such rule would keep all others from warning."""
    for action in ("check", "save"):
        with pytest.raises(BadInput, match=says):
            rule(own, Rule(action=action, **HIGH | values))
    assert rule(own, Rule()).rows == []


def test_what_lacks_or_is_not_there_is_told(own):
    with pytest.raises(BadAsk, match="a rule needs"):
        rule(own, Rule(action="save", rule="high"))
    for name in ("indicator", "place", "area"):
        with pytest.raises(NotFound, match="nowhere"):
            save(own, **{name: "nowhere"})
    with pytest.raises(ValidationError):
        Rule(rule="../high")


def test_all_kinds_are_kept_as_they_are_told(own):
    save(own, rule="fast", kind="rate", window_minutes=30, sense="below", raise_at=-5, clear_at=-2)
    save(own, rule="gone", kind="absence", raise_at=90)
    save(own, rule="many", kind="area", area="set:area", each_at=60, raise_at=50, clear_at=40)
    rows = {row.rule: row for row in save(own, rule="up", kind="upstream", place="990101").rows}
    assert (rows["fast"].window_minutes, rows["fast"].sense) == (30, "below")
    assert (rows["gone"].unit_name.en, rows["many"].unit_name.en) == ("min", "%")
    assert (rows["many"].area, rows["many"].each_at) == ("set:area", 60)
    assert (rows["up"].kind, rows["up"].place_name.zh) == ("upstream", "甲区")
    checked = rule(own, Rule(action="check", **HIGH))
    assert (checked.stored, checked.batch, len(checked.rows)) == (0, None, 4)
