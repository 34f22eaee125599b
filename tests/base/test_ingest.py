"""Taking a file in: every cell is stored, known or held back; the same file twice writes nothing."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asks import asked
from hutuo.api.app import app
from hutuo.base import mapping as mappings
from hutuo.base.branches import Branch
from hutuo.base.branches import branch as ask_branch
from hutuo.base.history import History, history
from hutuo.base.ingesting import Ingest, digest, ingest
from hutuo.base.inspecting import FORMATS, Inspect, inspect, reader_of
from hutuo.base.mapping import Mapping, NewSource, Quarantined
from hutuo.base.sifting import sifted
from hutuo.base.uploads import store
from hutuo.errors import BadAsk, BadInput, Cancelled, NotFound
from hutuo.progress import listening
from hutuo.verbs import Text

TABLE = "地区,常住人口(万人)\n甲区,0.11\n乙县,0.05\n戊县,1\n甲区,0.11\n丙县,—\n丁区,\n"
MAPPING = Mapping(
    format="csv",
    source="book",
    header_rows=(1,),
    place={"column": "地区"},
    period={"value": "2023"},
    figures=({"column": "常住人口(万人)", "indicator": "people", "unit": "万人"},),
)
NEW = NewSource(zh="快报", en="Flash", publisher="office", licence="open", quality="B", origin="x")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def take(region, path, mapping=MAPPING, **more):
    return ingest(region, Ingest(file=str(path), mapping=mapping, **more))


def known(region):
    rows = region.records("observation", indicator="people", valid_from=date(2023, 1, 1))
    return {row["place"]: row for row in rows}


def test_a_file_is_taken_in_as_one_batch(own, table):
    """Worked by hand: six cells with content and one without; 0.11 of 10,000 persons are 1,100."""
    done = take(own, table)
    assert (done.stored, done.duplicate, done.quarantined_count, done.empty) == (2, 1, 2, 1)
    assert [(q.row, q.column) for q in done.quarantined] == [
        (4, "常住人口(万人)"),
        (6, "常住人口(万人)"),
    ]
    assert {p: (r["value"], r["unit"], r["batch"]) for p, r in known(own).items()} == {
        "990101": (1100.0, "person", done.batch),
        "990102": (500.0, "person", done.batch),
    }
    (log,) = [batch for batch in own.batches() if batch["batch"] == done.batch]
    assert (log["verb"], log["origin"], log["quarantined"]) == ("ingest", "people.csv", 2)
    assert log["digest"] == done.digest == digest(table, MAPPING, "main")


def test_what_was_held_back_is_kept_with_its_reason(own, table):
    done = take(own, table)
    rows = own.records("quarantine")
    assert [(r["row"], r["text"], r["target"], r["file"]) for r in rows] == [
        (4, "1", "observation", "people.csv"),
        (6, "—", "observation", "people.csv"),
    ]
    assert [r["reason_en"] for r in rows] == [q.reason.en for q in done.quarantined]
    assert {r["digest"] for r in rows} == {done.digest}


def test_the_same_file_again_writes_nothing(own, table):
    first = take(own, table)
    batches = len(own.batches())
    again = take(own, table)
    assert (again.batch, again.stored, again.duplicate) == (first.batch, 0, 3)
    assert again.quarantined == first.quarantined
    assert len(own.batches()) == batches


def test_the_same_figures_in_another_file_are_known_already(own, table, tmp_path):
    take(own, table)
    other = tmp_path / "other.csv"
    other.write_text(TABLE + "\n", encoding="utf-8")
    done = take(own, other)
    assert (done.stored, done.duplicate) == (0, 3)


def test_a_figure_leads_back_to_the_row_and_column_of_its_file(own, table):
    branch = own.create_branch("idea")
    take(branch, table)
    where = {place: (row["file_row"], row["file_column"]) for place, row in known(branch).items()}
    assert where == {"990101": (2, "常住人口(万人)"), "990102": (3, "常住人口(万人)")}
    ask_branch(own, Branch(action="merge", name="idea"))
    told = history(own, History(place="990102", indicator="people")).rows[-1]
    assert (told.file_row, told.file_column, told.verb) == (3, "常住人口(万人)", "merge")
    wanted = {"place": "990102", "indicator": "people"}
    (packed,) = own.records("observation", **wanted, valid_from=date(2020, 11, 1))
    assert (packed["file_row"], packed["file_column"]) == (None, None)


def changed_figures(region):
    rows = ask_branch(region, Branch(action="diff", name="idea")).rows
    return [row.change for row in rows if row.table == "observation"]


def test_figures_that_moved_to_other_rows_are_the_same_figures(own, table, tmp_path):
    moved = tmp_path / "moved.csv"
    moved.write_text("地区,常住人口(万人)\n乙县,0.05\n甲区,0.11\n", encoding="utf-8")
    branch = own.create_branch("idea")
    assert take(branch, table).stored == 2
    assert changed_figures(own) == ["added", "added"]
    assert take(own, moved).stored == 2
    # Nothing is left to tell, or to settle, between the two.
    assert changed_figures(own) == []
    done = take(own, table)
    assert (done.stored, done.duplicate) == (0, 3)


def test_a_correction_is_written_and_what_was_known_stays_known_as_of_then(own, table):
    take(own, table)
    then = own.batches()[-1]["written_at"]
    table.write_text(TABLE.replace("0.11", "0.12"), encoding="utf-8")
    done = take(own, table)
    assert (done.stored, done.duplicate) == (1, 2)
    assert known(own)["990101"]["value"] == 1200.0
    assert known(replace(own, as_of=then))["990101"]["value"] == 1100.0


def test_a_branch_takes_a_file_in_for_itself(own, table):
    draft = own.create_branch("draft")
    first = take(draft, table)
    assert (first.stored, known(own)) == (2, {})
    assert set(known(draft)) == {"990101", "990102"}
    assert take(own, table).stored == 2


def test_a_check_writes_nothing_and_says_what_would_be_written(own, table):
    done = take(own, table, check=True)
    assert (done.batch, done.stored, done.ready, done.duplicate) == (None, 0, 2, 1)
    assert done.quarantined_count == 2
    assert (known(own), own.records("quarantine")) == ({}, [])
    assert not mappings.beside(table).exists()


def test_a_new_source_is_recorded_with_its_figures(own, table):
    done = take(own, table, MAPPING.model_copy(update={"source": "flash", "new_source": NEW}))
    assert done.stored == 2
    (row,) = own.records("source", source="flash")
    assert (row["zh"], row["publisher"], row["quality"]) == ("快报", "office", "B")
    assert {r["quality"] for r in own.records("observation", source="flash")} == {"B"}


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ({"source": None}, "names no source"),
        ({"source": "nobody"}, "no source 'nobody'"),
        (
            {"source": "x", "new_source": NEW.model_copy(update={"published": "then"})},
            "published: 'then'",
        ),
    ],
)
def test_figures_without_a_known_or_described_source_are_refused_whole(own, table, update, told):
    with pytest.raises(BadInput, match=told):
        take(own, table, MAPPING.model_copy(update=update))
    assert known(own) == {}


def test_a_mapping_is_kept_beside_the_file_and_used_from_there(own, table):
    with pytest.raises(BadAsk, match="nothing says what the columns") as told:
        ingest(own, Ingest(file=str(table)))
    assert "base inspect people.csv" in told.value.hint
    first = take(own, table)
    assert mappings.read_toml(mappings.beside(table)) == MAPPING
    again = ingest(own, Ingest(file=str(table)))
    assert (again.batch, again.stored) == (first.batch, 0)


def test_a_mapping_that_cannot_be_kept_is_a_remark_and_the_batch_stands(own, table):
    mappings.beside(table).mkdir()
    done = take(own, table)
    assert done.stored == 2
    assert [(f.rule, "not kept" in f.says.en) for f in done.findings][-1] == ("", True)


def test_rows_that_break_rules_of_their_table_are_held_back_and_the_rest_is_written(own, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("编号,类型,名,name\nset:new,set,新,New\nset:odd,what,奇,Odd\nbad,set,坏,Bad\n")
    columns = {"place": "编号", "kind": "类型", "zh": "名", "en": "name"}
    told = Mapping(format="csv", table="place", source="book", header_rows=(1,), columns=columns)
    done = take(own, path, told)
    assert (done.table, done.stored, done.quarantined_count) == ("place", 1, 2)
    assert [(q.row, q.column) for q in done.quarantined] == [(3, "类型"), (4, "编号")]
    assert own.records("place", place="set:new")[0]["zh"] == "新"


def test_faults_of_one_cell_stand_together(own):
    frame = pd.DataFrame(
        {
            "place": ["nowhere"],
            "indicator": ["nothing"],
            "valid_from": ["2020-01-01"],
            "value": [1.0],
            "unit": ["person"],
        }
    )
    read = mappings.Read(
        {"observation": frame},
        {"observation": pd.Series([7])},
        [Quarantined(3, "a", Text("一", "one")), Quarantined(3, "a", Text("二", "two"))],
        [],
        {"observation": pd.Series(["v"])},
    )
    found = sifted(own, read, MAPPING)
    assert [(q.row, q.column) for q in found.quarantined] == [(3, "a"), (7, "v")]
    assert found.quarantined[0].reason == Text("一; 二", "one; two")
    assert all(word in found.quarantined[1].reason.en for word in ("nowhere", "nothing"))
    assert len(found.read.frames["observation"]) == 0


def test_rows_that_refer_to_a_row_that_is_held_back_are_held_back_too(own):
    places = {"place": ["x:1", "bad"], "kind": ["point"] * 2, "zh": ["一"] * 2, "en": ["One"] * 2}
    figures = {
        "place": ["x:1", "bad"],
        "indicator": ["people"] * 2,
        "valid_from": ["2020-01-01"] * 2,
        "value": [1.0, 2.0],
        "unit": ["person"] * 2,
    }
    frames = {"place": pd.DataFrame(places), "observation": pd.DataFrame(figures)}
    lines = {name: pd.Series([1, 2]) for name in frames}
    found = sifted(own, mappings.Read(frames, lines, [], []), MAPPING)
    assert {name: list(f["place"]) for name, f in found.read.frames.items()} == {
        "place": ["x:1"],
        "observation": ["x:1"],
    }
    assert {q.row for q in found.quarantined} == {2}


def test_a_file_is_known_again_by_all_its_parts(tmp_path):
    shape = tmp_path / "a.shp"
    shape.write_bytes(b"shapes")
    alone = digest(shape, MAPPING, "main")
    (tmp_path / "a.dbf").write_bytes(b"attributes")
    assert digest(shape, MAPPING, "main") != alone
    assert digest(shape, MAPPING, "main") != digest(shape, MAPPING, "draft")


def test_progress_is_told_and_a_stop_leaves_nothing(own, table):
    steps = []

    def stop(progress):
        steps.append(progress)
        if progress.share and progress.share > 0.7:
            raise Cancelled("stopped")

    with listening(stop), pytest.raises(Cancelled):
        take(own, table)
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert known(own) == {}
    assert take(own, table).stored == 2


def test_a_file_without_a_reader_is_told_with_the_endings_that_there_are(tmp_path):
    with pytest.raises(BadInput, match=r"no reader for a\.doc") as told:
        reader_of(tmp_path / "a.doc")
    assert ".xlsx" in told.value.hint
    assert "hutuo.base.tabular" in FORMATS


def test_a_proposal_is_kept_beside_the_file_and_never_written_over(own, table):
    found = inspect(own, Inspect(file=str(table), keep=True))
    assert found.kept
    assert mappings.read_toml(mappings.beside(table)) == found.mapping
    assert mappings.loads(found.toml) == found.mapping
    with pytest.raises(BadAsk, match="is there already"):
        inspect(own, Inspect(file=str(table), keep=True))


def test_an_inspection_says_what_is_open_and_what_would_be_held_back(little, table):
    found = inspect(little, Inspect(file=str(table)))
    asked_for = " ".join(text.en for text in found.findings)
    assert "source:" in asked_for
    assert "period:" in asked_for
    assert found.ready == 0
    assert sum(one.count for one in found.unmatched) == found.quarantined_count == 5
    assert [c.role for c in found.columns] == ["place", "figure"]


def test_of_a_raster_period_and_indicator_are_asked_for_in_both_languages(little, tmp_path):
    path = tmp_path / "cells.tif"
    about = {"driver": "GTiff", "width": 2, "height": 2, "count": 1, "dtype": "float32"}
    about |= {"crs": "EPSG:4326", "transform": Affine(0.1, 0, 0, 0, -0.1, 0.2)}
    with rasterio.open(path, "w", **about) as file:
        file.write(np.ones((1, 2, 2), "float32"))
    found = inspect(little, Inspect(file=str(path))).findings
    for side in ("zh", "en"):
        parts = [getattr(text, side).partition(":")[0] for text in found]
        assert parts == ["source", "period", "indicator"]


def test_the_command_line_takes_paths(own_folder, table, capsys):
    toml = table.with_name("m.toml")
    mappings.write_toml(toml, MAPPING)
    ask = {"file": str(table), "mapping": str(toml)}
    code, answer = asked(capsys, "base/ingest", ask, "--region", own_folder)
    assert code == 0, answer
    assert answer["stored"] == 2
    assert set(answer["quarantined"][0]) == {"row", "column", "reason"}
    assert {"batch", "stored", "duplicate", "quarantined", "findings"} <= set(answer)


def test_over_the_network_files_are_uploads_and_never_paths(own, own_folder, table):
    name = store("people.csv", [TABLE.encode()])
    plain = MAPPING.model_dump(mode="json", exclude_none=True)
    query = {"region": str(own_folder)}
    with TestClient(app()) as client:
        url = "/api/base/ingest"
        done = client.post(url, json={"file": name, "mapping": plain}, params=query)
        for ask in ({"file": str(table)}, {"file": name, "mapping": str(table)}):
            refused = client.post(url, json=ask, params=query)
            assert (refused.status_code, refused.json()["error"]) == (422, "bad_ask")
    assert done.status_code == 200, done.text
    assert done.json()["stored"] == 2


def test_a_file_that_is_not_there_is_not_found(little, tmp_path):
    with pytest.raises(NotFound):
        inspect(little, Inspect(file=str(tmp_path / "none.csv")))


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["甲区", "乙县", "丙县", "小都", "哪里", ""]),
        st.sampled_from(["2020", "2021", "2022", "x"]),
        st.sampled_from(["1", "2.5", "—", "3%", "", "-7"]),
        st.sampled_from(["7", "y", ""]),
    ),
    max_size=10,
)


@given(table=CELLS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_add_up_to_the_cells_and_twice_stores_nothing(own, tmp_path_factory, table):
    path = tmp_path_factory.mktemp("sum") / "t.csv"
    pd.DataFrame(table, columns=["地区", "年", "人口", "占比"]).to_csv(path, index=False)
    told = Mapping(
        format="csv",
        source="book",
        header_rows=(1,),
        place={"column": "地区"},
        period={"column": "年"},
        figures=(
            {"column": "人口", "indicator": "people", "unit": "万人"},
            {"column": "占比", "indicator": "share"},
        ),
    )
    first, again = take(own, path, told), take(own, path, told)
    there = sum(bool(cell) for row in table for cell in row[2:])
    assert first.stored + first.duplicate + len(first.quarantined) == there
    assert first.empty + there == 2 * len(table)
    assert again.stored == 0
    assert again.duplicate + len(again.quarantined) == there
