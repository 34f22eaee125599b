"""Tasks go out to Excel and Word and come back: nothing lost, every edit told, no fault half taken."""

import io
import shutil
import subprocess
from datetime import date, datetime, timedelta

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import planned
from hutuo.errors import BadInput, NotFound
from hutuo.plan.responsibilities import Assign, assign
from hutuo.plan.rollout import RollOut, roll_out
from hutuo.plan.taskcells import BY_NAME, COLUMNS, Names, read, same, shown, written
from hutuo.plan.taskfiles import TakeTasks, TaskFile, came_from, take_tasks, task_file
from hutuo.plan.tasks import task_of
from hutuo.plan.tracking import Task, task
from hutuo.report.forms import LONGEST_CELL, MARKS, fitting
from hutuo.verbs import Text

PARKS, RULES = f"{planned.PARKS}@2025-2027", f"{planned.RULES}@2025-2027"
NASTY = [
    "=1+1",
    "+86 311",
    "@x",
    "-2",
    "2026-05",
    "1/2",
    "007",
    "甲\n乙\n\n丙",
    "🏗️ 👷‍♀️",
    "a\tb",
    "<&>\"'",
    "长" * 40_000,
]


@pytest.fixture
def region(own):
    planned.fill(own)
    assign(own, Assign(suggested=True))
    roll_out(own, RollOut(kind="three_year", start=2025))
    return own


@pytest.fixture
def out(region, tmp_path):
    """Write the files and say where they lie."""

    def write(**ask):
        made = task_file(region, TaskFile(**ask))
        for one in made.files:
            (tmp_path / one.name).write_bytes(one.content)
        return [tmp_path / one.name for one in made.files]

    return write


def take(region, path, **more):
    return take_tasks(region, TakeTasks(file=str(path), **more))


def sheet(path):
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    rows = {row[0].value: row[0].row for row in page.iter_rows(min_row=2) if row[0].value}
    return book, page, heads, rows


def put(path, task_id, **cells):
    """Change cells of a workbook as a person would: by heading, saved by another program."""
    book, page, heads, rows = sheet(path)
    for name, value in cells.items():
        page.cell(rows[task_id], heads[BY_NAME[name].head.zh]).value = value
    book.save(path)


def told(done):
    return {(c.task, c.column): (c.before, c.after) for c in done.changes}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_there_and_back_changes_nothing(region, out, kind, language):
    task(
        region,
        Task(
            task=PARKS, progress=1 / 3, evidence="一\n二", money_fen=12_345_678_901, after=(RULES,)
        ),
    )
    (path,) = out(format=(kind,), language=language)
    done = take(region, path)
    assert (done.read, done.unchanged, done.batch, done.stored) == (2, 2, None, 0)
    assert (done.changes, done.conflicts, done.faults, done.deleted, done.findings) == (
        [],
        [],
        [],
        [],
        [],
    )


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_saved_by_another_program_it_still_changes_nothing(region, out, kind):
    for note, evidence, reason in zip(NASTY[::3], NASTY[1::3], NASTY[2::3], strict=True):
        cells = {"note": note, "evidence": evidence, "reason": reason}
        task(region, Task(task=PARKS, progress=0.07, by="甲", **cells))
        (path,) = out(format=(kind,))
        if kind == "xlsx":
            openpyxl.load_workbook(path).save(path)
        else:
            docx.Document(str(path)).save(str(path))
        done = take(region, path, check=True)
        assert (done.unchanged, done.changes, done.faults, done.deleted) == (2, [], [], [])


def test_the_same_tasks_give_the_same_bytes(region):
    one, other = (task_file(region, TaskFile()) for _ in range(2))
    assert [f.sha256 for f in one.files] == [f.sha256 for f in other.files]
    assert [f.name for f in one.files] == ["tasks-zh.xlsx", "tasks-zh.docx"]


def test_a_workbook_has_real_dates_and_numbers_lists_a_frozen_heading_and_hidden_versions(
    region, out
):
    task(region, Task(task=PARKS, note="=1+1", progress=0.25, money_fen=150))
    (path,) = out(format=("xlsx",))
    book, page, heads, rows = sheet(path)
    assert (book.sheetnames[0], page.freeze_panes) == ("任务", "C2")
    assert book[MARKS].sheet_state == "veryHidden"
    cells = {c.head.zh: page.cell(rows[PARKS], heads[c.head.zh]) for c in COLUMNS}
    due = cells["完成期限"]
    assert (due.value.date(), due.number_format) == (date(2026, 12, 31), "yyyy-mm-dd")
    assert (cells["进度"].value, cells["进度"].number_format) == (0.25, "0%")
    assert (cells["资金(元)"].value, cells["备注"].value, cells["备注"].data_type) == (
        1.5,
        "=1+1",
        "s",
    )
    assert (cells["责任单位"].value, cells["状态"].value) == ("甲区人民政府", "进行中")
    assert cells["任务名称"].alignment.wrap_text
    assert page.column_dimensions[openpyxl.utils.get_column_letter(heads["导出版本"])].hidden
    lists = {str(v.sqref).split(":")[0]: v.type for v in page.data_validations.dataValidation}
    assert lists["G2"] == lists["K2"] == "list"
    offered = [[c.value for c in column] for column in book[MARKS].iter_cols()]
    assert offered[1][1:] == ["未开始", "进行中", "受阻", "已完成", "已取消"]
    assert "甲区人民政府" in offered[2]


def test_a_document_has_a_table_a_chapter_with_ids(region, out):
    (path,) = out(format=("docx",))
    paper = docx.Document(str(path))
    assert [p.text for p in paper.paragraphs if p.style.name == "Heading 1"] == ["三 产业"]
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert rows[0][:2] == ["任务编号", "任务名称"]
    assert [row[0] for row in rows[1:]] == [PARKS, RULES]
    assert paper.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_edits_are_told_cell_by_cell_and_taken_as_one_batch(region, out):
    (path,) = out(format=("xlsx",))
    put(
        path,
        PARKS,
        state="进行中",
        progress=0.4,
        due=46_203,
        owner="Beta government",
        support="gov-alpha、小都发展和改革委员会",
        money_fen="1,200.50元",
        evidence="照片",
    )
    seen = take(region, path, check=True)
    assert told(seen) == {
        (PARKS, "state"): ("open", "in_progress"),
        (PARKS, "progress"): ("0.0", "0.4"),
        (PARKS, "due"): ("2026-12-31", str(date(1899, 12, 30) + timedelta(days=46_203))),
        (PARKS, "owner"): ("gov-alpha", "gov-beta"),
        (PARKS, "support"): (None, "gov-alpha|reform"),
        (PARKS, "money_fen"): (None, "120050"),
        (PARKS, "evidence"): (None, "照片"),
    }
    assert (seen.batch, seen.unchanged, {c.row for c in seen.changes}) == (None, 1, {2})
    assert task_of(region, PARKS)["state"] == "open"
    done = take(region, path, by="办公室")
    assert (done.stored, task_of(region, PARKS)["owner"], task_of(region, PARKS)["by"]) == (
        1,
        "gov-beta",
        "办公室",
    )
    assert task(region, Task(task=PARKS)).history[-1].verb == "take-tasks"
    again = take(region, path)
    assert (again.batch, again.changes, again.conflicts) == (None, [], [])


def test_edits_in_word_are_taken_too_also_tracked_ones(region, out):
    (path,) = out(format=("docx",))
    paper = docx.Document(str(path))
    cells = paper.tables[0].rows[1].cells
    cells[4].text = "2026年6月30日"
    cells[6].text = "40 %"
    cells[5].text = "进行中"
    added = OxmlElement("w:ins")
    run = cells[7].paragraphs[0].add_run("开工令")._r
    run.addprevious(added)
    added.append(run)
    gone = OxmlElement("w:del")
    lost = cells[1].paragraphs[0].add_run("删去的字")._r
    lost.addprevious(gone)
    gone.append(lost)
    paper.save(str(path))
    assert told(take(region, path)) == {
        (PARKS, "due"): ("2026-12-31", "2026-06-30"),
        (PARKS, "progress"): ("0.0", "0.4"),
        (PARKS, "state"): ("open", "in_progress"),
        (PARKS, "evidence"): (None, "开工令"),
    }


def test_all_faults_are_named_with_file_row_and_column_and_nothing_is_taken(region, out):
    (path,) = out(format=("xlsx",))
    put(path, PARKS, due="明年", progress=40, owner="丙局", note="好的")
    put(path, RULES, state="已完成", clause="二")
    with pytest.raises(BadInput) as error:
        take(region, path)
    found = {(f.file, f.row, f.column) for f in error.value.findings}
    name = path.name
    assert found == {
        (name, 2, "完成期限"), (name, 2, "进度"), (name, 2, "责任单位"), (name, 3, "条款"), (name, 3, "佐证"),
    }  # fmt: skip
    assert "is no date, as 2026-06-30" in error.value.message
    assert f"{name}不能接受:" in error.value.words[0]
    assert f"{name}:2: 完成期限: “明年”不是日期,如2026-06-30" in error.value.words[0]
    assert task_of(region, PARKS)["note"] is None
    seen = take(region, path, check=True)
    assert len(seen.faults) == 5
    assert (PARKS, "note") in told(seen)


def test_a_state_that_cannot_follow_is_a_fault_of_its_cell(region, out):
    task(region, Task(task=PARKS, state="blocked", reason="无用地"))
    (path,) = out(format=("docx",))
    paper = docx.Document(str(path))
    paper.tables[0].rows[1].cells[5].text = "已完成"
    paper.save(str(path))
    with pytest.raises(
        BadInput, match=r"tasks-zh\.docx table 1:2: 状态: blocked cannot become done"
    ):
        take(region, path)


def test_unknown_ids_ids_that_stand_twice_and_deleted_rows_are_told(region, out):
    (path,) = out(format=("xlsx",))
    book, page, _, rows = sheet(path)
    page.cell(rows[PARKS], 1).value = PARKS.replace("d1", "d9")
    book.save(path)
    seen = take(region, path, check=True)
    assert [(f.row, f.column, f.says.en.split(";")[0]) for f in seen.faults] == [
        (2, "task", f"no task '{PARKS.replace('d1', 'd9')}'")
    ]
    assert seen.deleted == [PARKS]
    page.cell(rows[PARKS], 1).value = RULES
    book.save(path)
    assert "stands already in row 2" in take(region, path, check=True).faults[0].says.en
    page.delete_rows(2)
    book.save(path)
    done = take(region, path)
    assert (done.deleted, done.faults, task_of(region, PARKS)["state"]) == ([PARKS], [], "open")


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_what_was_changed_here_since_is_a_conflict_and_not_overwritten(region, out, kind):
    (path,) = out(format=(kind,))
    task(region, Task(task=PARKS, note="这里的", evidence="照片"))
    if kind == "xlsx":
        put(path, PARKS, note="文件的", evidence="照片", reason="新的")
    else:
        paper = docx.Document(str(path))
        for at, text in {9: "文件的", 7: "照片", 8: "新的"}.items():
            paper.tables[0].rows[1].cells[at].text = text
        paper.save(str(path))
    seen = take(region, path, check=True)
    assert [(c.column, c.exported, c.before, c.after) for c in seen.conflicts] == [
        ("note", None, "这里的", "文件的")
    ]
    assert told(seen) == {(PARKS, "reason"): (None, "新的")}
    with pytest.raises(
        BadInput, match="备注: conflict: was empty when exported, is '这里的' here now"
    ) as clash:
        take(region, path)
    zh = clash.value.words[0]
    assert "备注: 冲突:导出时为空,系统中现为“这里的”,文件中为“文件的”" in zh
    assert "--resolve here或--resolve file" in clash.value.advice[0]
    take(region, path, resolve="here")
    row = task_of(region, PARKS)
    assert (row["note"], row["reason"], row["evidence"]) == ("这里的", "新的", "照片")
    take(region, path, resolve="file")
    assert task_of(region, PARKS)["note"] == "文件的"


def test_a_row_without_an_id_is_a_new_task_once(region, out):
    (path,) = out(format=("xlsx",))
    book, page, heads, _ = sheet(path)
    for name, value in {
        "zh": "编制名录",
        "kind": "年度工作要点",
        "start": date(2026, 1, 1),
        "due": "2026/3/31",
        "clause": "三(二)",
        "owner": "reform",
    }.items():
        page.cell(5, heads[BY_NAME[name].head.zh]).value = value
    page.cell(6, heads["任务名称"]).value = "没有日期"
    book.save(path)
    seen = take(region, path, check=True)
    assert sorted((f.row, f.column) for f in seen.faults) == [
        (6, "due"),
        (6, "kind"),
        (6, "start"),
    ]
    page.delete_rows(6)
    book.save(path)
    (name,) = take(region, path).added
    assert (task_of(region, name)["zh"], task_of(region, name)["owner"]) == ("编制名录", "reform")
    assert take(region, path).added == []


def test_a_file_whose_marks_are_lost_says_so_and_holds_back_what_cannot_be_told(region, out):
    (path,) = out(format=("xlsx",))
    book, page, heads, _ = sheet(path)
    del book[MARKS]
    page.data_validations.dataValidation = []
    book.save(path)
    done = take(region, path)
    assert (done.unchanged, [f.en.split(",")[0] for f in done.findings]) == (
        2,
        ["the marks of the export are lost"],
    )
    page.delete_cols(heads["导出版本"])
    book.save(path)
    assert {f.says.en.split(",")[0] for f in take(region, path, check=True).faults} == {
        "its mark of the export is lost"
    }


def test_a_title_above_and_columns_that_are_moved_or_added_do_no_harm(region, out):
    (path,) = out(format=("xlsx",))
    book, page, heads, _ = sheet(path)
    page.insert_rows(1)
    page["A1"] = "2026年任务表"
    page.cell(2, len(heads) + 1).value = "科室"
    page.delete_cols(heads["英文名称"])
    book.save(path)
    done = take(region, path)
    assert (done.unchanged, [f.en for f in done.findings]) == (2, ["column not read: 科室"])


def test_what_is_no_file_of_tasks_is_told(region, tmp_path):
    empty = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "什么"
    book.save(empty)
    with pytest.raises(BadInput, match="has no column '任务编号 / task id'"):
        take(region, empty)
    for name, content in {"a.docx": b"PK no", "b.xlsx": b"hello"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput):
            take(region, tmp_path / name)
    with pytest.raises(NotFound):
        take(region, tmp_path / "none.xlsx")


def test_only_the_tasks_that_are_meant_are_written(region, out):
    (path,) = out(format=("xlsx",), owner="gov-alpha")
    assert [line.cells["task"] for line in came_from(path).lines] == [PARKS]
    assert take(region, path).deleted == []


def test_a_branch_takes_a_file_apart_from_main(region, out):
    (path,) = out(format=("xlsx",))
    put(path, PARKS, note="试")
    branch = region.create_branch("what-if")
    assert take(branch, path).stored == 1
    assert task_of(region, PARKS)["note"] is None
    assert take(region, path).stored == 1


def test_a_formula_that_was_never_worked_out_is_a_fault_and_no_text(region, out):
    (path,) = out(format=("xlsx",))
    put(path, PARKS, note="=1+1")
    assert "a formula without a value" in take(region, path, check=True).faults[0].says.en


NAMES = Names(
    {"a": Text("甲局", "A office"), "b": Text("乙局", "B office"), "c": Text("甲局", "C office")}
)


@given(st.text(max_size=60), st.sampled_from(["zh", "en"]))
def test_any_text_is_the_same_there_and_back(text, lang):
    column = BY_NAME["note"]
    said = shown({"note": text}, column, NAMES, lang)
    assert same(read(written(said, column), column, NAMES) or "", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_any_text_comes_through_a_workbook_and_a_document(tmp_path, texts):
    from hutuo.plan.taskfiles import document_of, workbook_of

    blank = dict.fromkeys((c.name for c in COLUMNS), None)
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    rows = [
        blank
        | {"task": f"t{n}", "kind": "yearly", "state": "open", "note": text, "recorded_at": at}
        for n, text in enumerate(texts)
    ]
    book, paper = tmp_path / "t.xlsx", tmp_path / "t.docx"
    book.write_bytes(workbook_of(rows, NAMES, "zh", at.date()))
    paper.write_bytes(document_of(rows, NAMES, "zh", ("t", at.date()), []))
    for path in (book, paper):
        came = [
            read(line.cells["note"], BY_NAME["note"], NAMES) or ""
            for line in came_from(path).lines
        ]
        assert all(same(one, text) for one, text in zip(came, texts, strict=True)), path.name


# A number up to 365 is no day of 1900: it is more likely a number of days.
@given(st.floats(0, 1), st.integers(0, 10**14), st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_numbers_and_dates_are_the_same_there_and_back(share, fen, day):
    for name, value in {"progress": share, "money_fen": fen, "due": day}.items():
        column = BY_NAME[name]
        said = shown({name: value}, column, NAMES, "zh")
        assert same(read(written(said, column), column, NAMES), value)
        if not isinstance(said, date):
            assert same(read(repr(said), column, NAMES), value)
    assert read(str((day - date(1899, 12, 30)).days), BY_NAME["due"], NAMES) == day


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("due", "2026-6-3", date(2026, 6, 3)),
        ("due", "2026.06.03", date(2026, 6, 3)),
        ("due", "20260603", date(2026, 6, 3)),
        ("due", "2026-06-03T00:00:00", date(2026, 6, 3)),
        ("progress", "40\uff05", 0.4),
        ("progress", "1", 1.0),
        ("money_fen", "\t1\uff0c000.5 元", 100_050),
        ("support", "乙局\uff1b甲局 (a)", "b|a"),
        ("owner", "B OFFICE (b)", ValueError),
        ("owner", "甲局", ValueError),
        ("due", "2026-02-30", ValueError),
        ("due", "6月底", ValueError),
        ("progress", "40", ValueError),
        ("progress", "很多", ValueError),
        ("money_fen", "1.005", ValueError),
        ("money_fen", "-1", ValueError),
        ("money_fen", "nan", ValueError),
        ("state", "做完了", ValueError),
        ("state", "In Progress", "in_progress"),
        ("note", "  ", None),
    ],
)
def test_cells_are_read_as_people_write_them_and_nothing_is_guessed(column, text, value):
    if value is ValueError:
        with pytest.raises(ValueError, match=r"is no|may be|is none"):
            read(text, BY_NAME[column], NAMES)
    else:
        assert read(text, BY_NAME[column], NAMES) == value


def test_a_name_that_several_have_is_written_with_its_id():
    assert [NAMES.shown(body, "zh") for body in "abc"] == ["甲局 (a)", "乙局", "甲局 (c)"]


def test_a_text_is_cut_to_what_a_cell_holds_and_cannot_be_edited_there(region, out):
    assert len(fitting("🏗" * 20_000).encode("utf-16-le")) <= 2 * LONGEST_CELL
    task(region, Task(task=PARKS, note="长" * 40_000))
    (path,) = out(format=("xlsx",))
    put(path, PARKS, note="长" * 100)
    assert "was cut when it was exported" in take(region, path, check=True).faults[0].says.en


def test_a_bomb_is_refused(region, tmp_path):
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b" " * (80 << 20))
    path = tmp_path / "bomb.docx"
    path.write_bytes(content.getvalue())
    with pytest.raises(BadInput):
        take(region, path)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_what_libreoffice_saved_changes_nothing(region, out, tmp_path, kind):
    """Opened and saved by another program, with texts that programs like to turn into something else."""
    for name, text in zip((PARKS, RULES), ("=1+1", "甲\n乙 1/2"), strict=True):
        task(region, Task(task=name, progress=0.35, evidence=text, note="007"))
    [path] = out(format=(kind,))
    saved = tmp_path / "saved"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", kind,
         "--outdir", str(saved), str(path)],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    again = take_tasks(region, TakeTasks(file=str(saved / path.name), check=True))
    assert (saved / path.name).read_bytes() != path.read_bytes()
    assert (again.unchanged, again.changes, again.added, again.deleted) == (again.read, [], [], [])
