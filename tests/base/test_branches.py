"""Branches: what they say otherwise, merged or refused, made again; rows put, and batches taken back."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import hutuo
import tiny
from asks import asked
from hutuo.api.app import Settings, app
from hutuo.base import overlay
from hutuo.base.branches import Batches, Branch, Put, Undo, UndoAnswer, batches, branch, put, undo
from hutuo.errors import BadAsk, BadInput, NotFound

PEOPLE = {"place": "990101", "indicator": "people", "unit": "person", "source": "book"}
PERIOD_2020 = {"valid_from": "2020-11-01", "valid_to": "2020-11-02"}
PERIOD_2023 = {"valid_from": "2023-01-01", "valid_to": "2024-01-01"}


def row(value=None, **changed):
    """A row of observations: residents of the first unit, 1000 of them in 2020."""
    return PEOPLE | PERIOD_2020 | ({"value": value} if value is not None else {}) | changed


def write(region, *rows, **ask):
    return put(region, Put(table="observation", rows=list(rows), **ask))


def act(region, action, name="b", **more):
    return branch(region, Branch(action=action, name=name, **more))


def on(region, name):
    return replace(region, branch=name)


def known(region, **where):
    """Known figures by place and year."""
    found = region.records("observation", indicator="people", **where)
    return {(r["place"], r["valid_from"].year): r["value"] for r in found}


def differing(answer):
    """Changes of a diff without what reading adds."""
    return [(c.table, c.change, c.key, c.before, c.after) for c in answer.rows]


@pytest.fixture(scope="class")
def own_folder(tmp_path_factory, shared_home):
    """A tiny pack for a class of tests: each leaves it as it was."""
    return tiny.write_pack(tmp_path_factory.mktemp("branches") / "pack")


@pytest.fixture(scope="class")
def opened(own_folder):
    return hutuo.open(str(own_folder))


@pytest.fixture
def own(opened):
    """A tiny region; loading it anew for each test would take most of the time."""
    before = len(opened.batches())
    yield opened
    for name in opened.lake.branches()[1:]:
        overlay.drop(opened, name)
    for batch in reversed(opened.batches()[before:]):
        undo(opened, Undo(batch=batch["batch"]))


@pytest.fixture
def b(own):
    """A branch of the tiny region."""
    act(own, "create")
    return on(own, "b")


class TestDiff:
    """What a branch says otherwise than main."""

    def test_a_branch_that_was_just_opened_changes_nothing(self, own, b):
        answer = act(own, "diff")
        assert (answer.changes, answer.rows, answer.answers) == (0, [], None)

    def test_rows_are_added_changed_and_removed(self, own, b):
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(b, row(place="990102"), retract=True)
        answer = act(own, "diff")
        told = {(c.change, c.key["place"], c.key["valid_from"]): c for c in answer.rows}
        assert set(told) == {
            ("changed", "990101", date(2020, 11, 1)),
            ("added", "990101", date(2023, 1, 1)),
            ("removed", "990102", date(2020, 11, 1)),
        }
        changed, added, removed = (
            next(c for c in answer.rows if c.change == kind)
            for kind in ("changed", "added", "removed")
        )
        assert (changed.before["value"], changed.after["value"]) == (1000, 1010)
        assert (added.before, added.after["value"], added.key["grain"]) == (None, 1100, "year")
        assert (removed.before["value"], removed.after) == (500, None)
        assert answer.changes == 3

    def test_a_row_that_says_what_main_says_is_no_change(self, own, b):
        write(b, row(1010))
        write(own, row(1010))
        assert act(own, "diff").changes == 0

    def test_more_rows_than_asked_for_are_counted(self, own, b):
        write(
            b,
            *(row(year, valid_from=f"{year}-01-01", valid_to=None) for year in range(1980, 1985)),
        )
        answer = act(own, "diff", limit=2)
        assert (answer.changes, len(answer.rows)) == (5, 2)

    def test_a_table_with_other_types_is_compared_too(self, own, b):
        """Whole numbers, dates, and bytes, which are left out."""
        put(b, Put(table="plan", rows=[{"plan": "q", "zh": "新", "en": "New", "issuer": "x",
            "issued": "2026-01-01", "horizon_from": 2026, "horizon_to": 2030, "main": "no",
            "source": "book"}]))  # fmt: skip
        (shape,) = own.records("boundary", place="990101")
        shape |= {"geometry": shape["geometry"].hex(), "label_lon": 0.06}
        put(
            b, Put(table="boundary", rows=[{k: v for k, v in shape.items() if k != "recorded_at"}])
        )
        one, two = act(own, "diff").rows
        assert (one.table, one.change, two.table, two.change) == (
            "boundary", "changed", "plan", "added")  # fmt: skip
        assert "geometry" not in one.after
        assert (two.after["issued"], two.after["horizon_to"]) == (date(2026, 1, 1), 2030)

    def test_two_answers_of_a_verb_stand_side_by_side(self, own, b):
        write(b, row(1010))
        ask = {"indicator": "people", "year": 2020}
        sides = act(own, "diff", verb="base/values", ask=ask).answers
        value = {
            side: {v["place"]: v["value"] for v in getattr(sides, side).model_dump()["values"]}
            for side in ("before", "after")
        }
        assert (value["before"]["990101"], value["after"]["990101"]) == (1000, 1010)
        assert not sides.same
        same = act(own, "diff", verb="base values", ask=ask | {"year": 2010}).answers
        assert same.same
        assert same.verb == "base/values"

    @pytest.mark.parametrize("verb", ["base/put", "base/undo", "base/branch"])
    def test_a_verb_that_writes_is_not_run_on_both_sides(self, own, b, verb):
        with pytest.raises(BadAsk, match="may write"):
            act(own, "diff", verb=verb, ask={})

    def test_a_verb_or_an_ask_that_does_not_fit_is_told(self, own, b):
        with pytest.raises(BadAsk, match="'values' names no verb"):
            act(own, "diff", verb="values")
        with pytest.raises(NotFound, match="no verb of base 'valuez'"):
            act(own, "diff", verb="base/valuez")
        with pytest.raises(BadAsk, match="indicator"):
            act(own, "diff", verb="base/values")


class TestMerge:
    """What a branch says comes to main, or nothing does."""

    def test_main_is_then_what_the_branch_showed(self, own, b):
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(b, row(place="990102"), retract=True)
        write(own, row(410, place="990104"))
        showed = known(b)
        answer = act(own, "merge")
        assert known(own) == showed
        assert known(own)["990104", 2020] == 410
        assert (answer.stored, [x.branch for x in answer.branches]) == (3, ["main"])
        assert answer.batch in [x.batch for x in batches(own, Batches(table="observation"))]

    def test_what_was_known_before_stays_known_as_of_then(self, own, own_folder, b):
        before = datetime.now(UTC)
        write(b, row(1010))
        act(own, "merge")
        assert known(hutuo.open(str(own_folder), as_of=before))["990101", 2020] == 1000

    def test_a_conflict_merges_nothing_and_tells_every_row(self, own, b):
        write(b, row(1010), row(510, place="990102"), row(1100, **PERIOD_2023))
        write(own, row(1020))
        write(own, row(place="990102"), retract=True)
        before, last = known(own), own.batches()[-1]
        with pytest.raises(BadInput, match="main changed 2 of its rows") as told:
            act(own, "merge")
        assert "main 1020.0, the branch 1010.0" in str(told.value)
        assert "main took it back" in str(told.value)
        assert "place 990101, indicator people" in str(told.value)
        assert "--resolve branch or --resolve main" in told.value.hint
        assert (known(own), own.batches()[-1]) == (before, last)
        assert [x.branch for x in act(own, "list").branches] == ["main", "b"]

    @pytest.mark.parametrize(("side", "value"), [("branch", 1010), ("main", 1020)])
    def test_a_side_that_is_named_holds_where_both_changed_a_row(self, own, b, side, value):
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(own, row(1020))
        act(own, "merge", resolve=side)
        assert known(own, place="990101") == {
            ("990101", 2010): 900, ("990101", 2020): value, ("990101", 2023): 1100}  # fmt: skip

    def test_a_row_that_both_changed_alike_is_no_conflict(self, own, b):
        write(b, row(1010))
        write(own, row(1010))
        assert act(own, "merge").stored == 0

    def test_a_change_on_main_before_the_branch_was_opened_is_no_conflict(self, own):
        write(own, row(1020))
        act(own, "create")
        write(on(own, "b"), row(1010))
        act(own, "merge")
        assert known(own)["990101", 2020] == 1010

    def test_a_merge_is_taken_back_as_one_batch(self, own, b):
        before = known(own)
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(b, row(place="990102"), retract=True)
        merged = act(own, "merge").batch
        assert undo(own, Undo()).undone == merged
        assert known(own) == before


class TestName:
    """Branches by their names."""

    def test_a_dropped_branch_is_gone_and_its_name_is_free(self, own, b):
        write(b, row(1010))
        act(own, "drop")
        with pytest.raises(NotFound, match="no branch 'b'"):
            known(b)
        act(own, "create")
        assert act(own, "diff").changes == 0
        write(b, row(1030))
        assert act(own, "diff").rows[0].after["value"] == 1030
        assert {x.branch for x in batches(b, Batches())} == {"main", "b"}
        assert [(x.branch, x.rows, x.batches) for x in act(own, "list").branches][1:] == [
            ("b", 1, 1)
        ]

    def test_a_merged_name_is_free_too(self, own, b):
        write(b, row(1010))
        act(own, "merge")
        act(own, "create")
        assert act(own, "diff").changes == 0

    def test_a_branch_has_a_name(self, own):
        with pytest.raises(BadAsk, match="create needs a name"):
            act(own, "create", None)
        with pytest.raises(BadAsk, match="is no name of a branch"):
            act(own, "create", "a b")

    @pytest.mark.parametrize("action", ["diff", "merge", "drop", "log"])
    def test_main_is_no_branch_and_an_unknown_one_is_told(self, own, action):
        with pytest.raises(BadAsk, match="main is not a branch"):
            act(own, action, "main")
        with pytest.raises(NotFound, match="no branch 'x'"):
            act(own, action, "x")


class TestLog:
    """A branch is made again from its log."""

    def again(self, own, tmp_path, name="again"):
        """The branch's log through JSON, replayed under another name."""
        file = tmp_path / "log.json"
        file.write_text(act(own, "log").model_dump_json(), encoding="utf-8")
        return act(own, "replay", name, file=str(file))

    def test_a_replayed_branch_has_the_same_diff(self, own, b, tmp_path):
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(b, row(900, valid_from="2024-05-06T08:00+08:00", valid_to="2024-05-06T09:00+08:00"))
        write(b, row(place="990102"), retract=True)
        write(b, row(1015))
        undo(b, Undo())
        (shape,) = own.records("boundary", place="990101")
        shape |= {"geometry": shape["geometry"].hex(), "label_lon": 0.06}
        put(
            b, Put(table="boundary", rows=[{k: v for k, v in shape.items() if k != "recorded_at"}])
        )
        answer = self.again(own, tmp_path)
        assert answer.stored == 6
        assert differing(act(own, "diff", "again")) == differing(act(own, "diff"))
        assert known(on(own, "again")) == known(b)

    def test_the_log_tells_batches_in_order_with_verb_and_rows(self, own, b):
        write(b, row(1010))
        write(b, row(), retract=True)
        one, two = act(own, "log").log
        assert (one.verb, one.rows["observation"][0]["value"]) == ("put", 1010)
        assert two.rows["observation"][0]["retracted"] is True
        assert one.recorded_at < two.recorded_at

    def test_times_of_recording_that_rows_brought_come_again(self, own, b, tmp_path):
        """Two versions of one row in one batch, as when history is loaded."""
        days = [datetime(2025, 6, day, tzinfo=UTC) for day in (1, 2)]
        frame = pd.DataFrame(
            [row(value, recorded_at=day) for value, day in zip((1001, 1002), days, strict=True)]
        )
        b.append("observation", frame)
        self.again(own, tmp_path)
        for view in (b, on(own, "again")):
            assert known(replace(view, as_of=days[0]))["990101", 2020] == 1001
            assert known(view)["990101", 2020] == 1002

    def test_rows_that_do_not_fit_leave_no_branch(self, own, b, tmp_path):
        write(b, row(1010))
        log = act(own, "log").model_dump(mode="json")
        log["log"][0]["rows"]["observation"][0]["place"] = "990109"
        file = tmp_path / "log.json"
        file.write_text(json.dumps(log), encoding="utf-8")
        with pytest.raises(BadInput, match="990109"):
            act(own, "replay", "again", file=str(file))
        assert own.lake.branches() == ["main", "b"]

    @pytest.mark.parametrize("text", ["{", "[]", "{}", '{"log": [{"rows": 1}]}', "\xff"])
    def test_what_is_no_log_is_told(self, own, tmp_path, text):
        file = tmp_path / "log.json"
        file.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadInput, match=r"log\.json"):
            act(own, "replay", "again", file=str(file))
        assert own.lake.branches() == ["main"]

    def test_a_replay_without_a_file_or_with_none_there_is_told(self, own, tmp_path):
        with pytest.raises(BadAsk, match="needs the file"):
            act(own, "replay", "again")
        with pytest.raises(NotFound, match="no file"):
            act(own, "replay", "again", file=str(tmp_path / "none.json"))


class TestPut:
    """Rows written one by one."""

    def test_a_row_is_stored_once(self, own):
        first, second = write(own, row(1010)), write(own, row(1010))
        assert (first.stored, first.duplicate) == (1, 0)
        assert (second.stored, second.duplicate) == (0, 1)
        assert first.batch.startswith("put:")

    def test_rows_that_are_taken_back_are_known_no_more(self, own):
        answer = write(own, row(), retract=True)
        assert (answer.stored, ("990101", 2020) in known(own)) == (1, False)
        assert known(own)["990101", 2010] == 900

    def test_a_key_in_part_takes_back_all_that_it_names(self, own):
        named = {"place": "990101", "indicator": "people"}
        assert write(own, named, retract=True).stored == 2
        assert known(own, place="990101") == {}

    def test_a_key_that_names_nothing_takes_nothing_back(self, own):
        with pytest.raises(NotFound, match="row 2 names no row"):
            write(own, row(), row(**PERIOD_2023), retract=True)
        assert known(own)["990101", 2020] == 1000

    def test_an_instant_is_taken_back_without_the_day_at_its_midnight(self, own):
        day = row(1, valid_from="2024-05-06", valid_to="2024-05-07")
        instant = row(2, valid_from="2024-05-06T00:00Z", valid_to="2024-05-07T00:00Z")
        write(own, day, instant)
        assert write(own, instant, retract=True).stored == 1
        found = own.records("observation", place="990101", valid_from=date(2024, 5, 6))
        assert [r["value"] for r in found] == [1]

    def test_bytes_are_given_as_hexadecimal_digits(self, own):
        with pytest.raises(BadInput, match="hexadecimal"):
            put(own, Put(table="boundary", rows=[{"place": "990101", "geometry": "zz"}]))

    def test_only_checked_nothing_is_written(self, own):
        number = len(own.batches())
        answer = write(own, row(1010), check=True)
        assert (answer.batch, answer.stored) == (None, 0)
        assert len(own.batches()) == number

    @pytest.mark.parametrize("check", [True, False])
    def test_every_fault_is_told_with_its_row(self, own, check):
        wrong = [row(1), row(1, place="990109"), row("many"), row(2, unit="furlong")]
        with pytest.raises(BadInput) as told:
            write(own, *wrong, check=check)
        found = {(f.row, f.column) for f in told.value.findings}
        assert {(2, "place"), (3, "value"), (4, "unit")} <= found
        assert known(own)["990101", 2020] == 1000

    def test_rows_are_given_as_json_text_or_as_one_object(self, own):
        put(own, Put(table="observation", rows=json.dumps(row(1010))))
        put(own, Put(table="observation", rows=json.dumps([row(1100, **PERIOD_2023)])))
        assert (known(own)["990101", 2020], known(own)["990101", 2023]) == (1010, 1100)

    def test_what_is_no_json_is_refused_with_an_example(self, own_folder, own, capsys):
        ask = {"table": "observation", "rows": "{place: 1}"}
        code, told = asked(capsys, "base/put", ask, "--region", own_folder)
        assert (code, told["error"]) == (2, "bad_ask")
        assert '{"place": "130102", "value": 1}' in told["message"]


class TestUndo:
    """Batches taken back."""

    def test_what_was_known_before_is_known_again(self, own):
        before = known(own)
        write(own, row(1010), row(1100, **PERIOD_2023))
        done = undo(own, Undo())
        assert (done.stored, done.left) == (2, 0)
        assert known(own) == before

    def test_one_batch_after_the_other_is_taken_back(self, own):
        one, two = write(own, row(1010)).batch, write(own, row(1020)).batch
        assert undo(own, Undo()).undone == two
        assert known(own)["990101", 2020] == 1010
        assert undo(own, Undo()).undone == one
        assert known(own)["990101", 2020] == 1000

    def test_an_undo_is_undone_by_its_name(self, own):
        one = write(own, row(1010), row(1100, **PERIOD_2023)).batch
        took = undo(own, Undo()).batch
        with pytest.raises(BadAsk, match="is taken back already") as told:
            undo(own, Undo(batch=one))
        assert took in told.value.hint
        assert undo(own, Undo(batch=took)).stored == 2
        assert (known(own)["990101", 2020], known(own)["990101", 2023]) == (1010, 1100)
        assert undo(own, Undo()).undone == one
        assert known(own, place="990101") == {("990101", 2010): 900, ("990101", 2020): 1000}

    def test_a_batch_below_another_is_gone_when_both_are_taken_back(self, own):
        one = write(own, row(1010)).batch
        write(own, row(1020))
        assert undo(own, Undo(batch=one)).left == 1
        undo(own, Undo())
        assert known(own)["990101", 2020] == 1000

    def test_rows_that_a_later_batch_changed_are_left(self, own):
        first = write(own, row(1010), row(1100, **PERIOD_2023)).batch
        write(own, row(1020))
        done = undo(own, Undo(batch=first))
        assert (done.stored, done.left) == (1, 1)
        assert known(own, place="990101") == {("990101", 2010): 900, ("990101", 2020): 1020}

    def test_a_row_taken_back_comes_again(self, own):
        write(own, row(), retract=True)
        undo(own, Undo())
        assert known(own)["990101", 2020] == 1000

    def test_a_branch_is_undone_by_itself(self, own, b):
        write(b, row(1010), row(1100, **PERIOD_2023))
        write(b, row(1011))
        undo(b, Undo())
        assert known(b)["990101", 2020] == 1010
        first = next(x.batch for x in reversed(batches(b, Batches())) if x.branch == "b")
        assert undo(b, Undo(batch=first)).stored == 2
        assert known(b) == known(own)

    def test_the_first_batch_of_a_branch_gives_way_to_what_main_says(self, own, b):
        write(b, row(1010), row(1100, **PERIOD_2023))
        undo(b, Undo())
        assert known(b) == known(own)
        assert act(own, "diff").changes == 0

    def test_a_batch_that_wrote_nothing_is_passed_over(self, own):
        first = write(own, row(1010)).batch
        write(own, row(1010))
        assert undo(own, Undo(check=True)).undone == first

    def test_only_checked_nothing_is_written(self, own):
        first = write(own, row(1010)).batch
        done = undo(own, Undo(check=True))
        assert (done.undone, done.batch) == (first, None)
        assert known(own)["990101", 2020] == 1010

    def test_a_pack_is_not_taken_back_and_an_unknown_batch_is_told(self, own):
        with pytest.raises(BadAsk, match="what a pack brought"):
            undo(own, Undo(batch=own.batches()[0]["batch"]))
        with pytest.raises(NotFound, match="no batch 'x'"):
            undo(own, Undo(batch="x"))

    def test_where_only_the_pack_was_written_there_is_nothing_to_undo(self, own, b):
        assert undo(b, Undo()) == UndoAnswer(undone=None, batch=None, stored=0, left=0)

    def test_a_batch_of_main_is_not_taken_back_on_a_branch(self, own, b):
        first = write(own, row(1010)).batch
        with pytest.raises(NotFound, match="no batch"):
            undo(b, Undo(batch=first))


def test_batches_are_listed_the_latest_first(own, b):
    one, two = write(own, row(1010)).batch, write(b, row(1020)).batch
    on_main, on_branch = batches(own, Batches()), batches(b, Batches())
    assert [x.batch for x in on_main][:1] == [one]
    assert [x.batch for x in on_branch][:2] == [two, one]
    assert (on_branch[0].branch, on_branch[0].tables) == ("b", {"observation": 1})
    assert on_main[-1].batch.startswith("pack:")
    assert len(batches(b, Batches(limit=1))) == 1
    assert [x.batch for x in batches(b, Batches(table="unit"))] == [on_main[-1].batch]


def test_the_command_line_opens_writes_compares_merges(own, own_folder, capsys, tmp_path):
    where = ("--region", own_folder)

    def ask(path, ask, *more):
        code, told = asked(capsys, path, ask, *where, *more)
        assert code == 0, told
        return told

    ask("base/branch", {"action": "create", "name": "b"})
    ask("base/put", {"table": "observation", "rows": row(1010)}, "--branch", "b")
    found = ask("base/branch", {"action": "diff", "name": "b", "verb": "base/values",
                                "ask": {"indicator": "people", "year": 2020}})  # fmt: skip
    assert found["rows"][0]["after"]["value"] == 1010
    assert found["answers"]["same"] is False
    log = tmp_path / "log.json"
    log.write_text(json.dumps(ask("base/branch", {"action": "log", "name": "b"})))
    ask("base/branch", {"action": "replay", "name": "c", "file": log})
    assert ask("base/branch", {"action": "diff", "name": "c"})["rows"] == found["rows"]
    ask("base/branch", {"action": "drop", "name": "c"})
    ask("base/branch", {"action": "merge", "name": "b"})
    assert known(own)["990101", 2020] == 1010
    done = ask("base/undo", {})
    assert (done["stored"], known(own)["990101", 2020]) == (1, 1000)


def test_the_api_opens_writes_compares_merges(own, own_folder):
    with TestClient(app(Settings(region=str(own_folder)))) as client:

        def ask(path, ask, **query):
            answer = client.post(f"/api/{path}", json=ask, params=query)
            assert answer.status_code == 200, answer.text
            return answer.json()

        ask("base/branch", {"action": "create", "name": "b"})
        ask("base/put", {"table": "observation", "rows": [row(1010)]}, branch="b")
        found = ask("base/branch", {"action": "diff", "name": "b", "verb": "plan/evaluate"})
        assert found["answers"]["same"] is True
        assert isinstance(found["answers"]["before"], list)
        log = json.dumps(ask("base/branch", {"action": "log", "name": "b"})).encode()
        file = client.put("/api/uploads", params={"name": "log.json"}, content=log).json()["file"]
        ask("base/branch", {"action": "replay", "name": "c", "file": file})
        assert ask("base/branch", {"action": "diff", "name": "c"})["rows"] == found["rows"]
        ask("base/put", {"table": "observation", "rows": [row(1020)]})
        refused = client.post("/api/base/branch", json={"action": "merge", "name": "b"})
        assert (refused.status_code, refused.json()["error"]) == (400, "bad_input")
        ask("base/branch", {"action": "merge", "name": "b", "resolve": "branch"})
    assert known(own)["990101", 2020] == 1010


@pytest.fixture(scope="module")
def shared(tmp_path_factory, shared_home):
    """A region that the examples of a property share."""
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("branches") / "pack")))


class TestProperties:
    """Any sequence of rows put and taken back, on main and on a branch."""

    step = st.tuples(
        st.sampled_from(["main", "b"]),
        st.sampled_from(["put", "put", "retract"]),
        st.integers(0, 2),
        st.integers(0, 3),
    )
    number = 0

    def rows_of(self, view):
        found = view.records("observation", indicator="minutes", place=self.places())
        return [{k: v for k, v in r.items() if k not in ("recorded_at", "batch")} for r in found]

    def places(self):
        return ["990101", "990102", "990103"]

    @settings(max_examples=5)
    @given(before=st.lists(step, max_size=1), steps=st.lists(step, min_size=1, max_size=5))
    def test_a_merge_gives_what_was_shown_and_a_log_makes_it_again(self, shared, before, steps):
        # Each example takes a year of its own, so that no example sees another's rows.
        type(self).number += 1
        for step in before:
            self.do(shared, step[1:])
        name = f"b{self.number}"
        act(shared, "create", name)
        views = {"main": shared, "b": on(shared, name)}
        for side, *step in steps:
            self.do(views[side], step)
        changed = differing(act(shared, "diff", name))
        shown = self.rows_of(views["b"])
        overlay.replay(shared, f"{name}-again", overlay.told(shared, name))
        assert differing(act(shared, "diff", f"{name}-again")) == changed
        untouched = self.rows_of(shared)
        if overlay.conflicts(shared, name)[0]:
            with pytest.raises(BadInput):
                act(shared, "merge", name)
            assert self.rows_of(shared) == untouched
            act(shared, "merge", name, resolve="branch")
        else:
            act(shared, "merge", name)
        assert self.rows_of(shared) == shown
        act(shared, "drop", f"{name}-again")

    def do(self, view, step):
        what, place, value = step
        year = 1000 + self.number
        given = row(place=self.places()[place], indicator="minutes", unit="minute")
        given |= {"valid_from": f"{year}-01-01", "valid_to": f"{year + 1}-01-01"}
        if what == "put":
            write(view, given | {"value": value})
        elif view.records("observation", place=given["place"], indicator="minutes",
                          valid_from=date(year, 1, 1)):  # fmt: skip
            write(view, given, retract=True)
