"""Reading published input-output tables: layouts that bureaus print, and cells that are none."""

import csv

import numpy as np
import pytest
from openpyxl import Workbook

from hutuo.economy import leontief
from hutuo.economy.input_output import InputOutput, input_output
from hutuo.economy.iotables import domestic, read_table
from hutuo.errors import BadInput, NotFound

# The layout of the National Bureau of Statistics: title, codes beside names, totals behind and below.
NATIONAL = """2017年投入产出表,,,,,,,,,
单位:万元,,,,,,,,,
投入/产出,,农业,制造业,服务业,中间使用合计,最终使用合计,出口,进口,总产出
,代码,01,02,03,TIU,TFU,EX,IM,GO
农业,01,20,50,10,80,60,10,40,100
制造业,02,30,100,40,170,90,20,60,200
服务业,03,10,30,25,65,35,0,0,100
中间投入合计,TII,60,180,75,315,,,,
增加值合计,TVA,40,20,25,85,,,,
总投入,TI,100,200,100,400,,,,
"""


def read(tmp_path, text, name="table.csv", encoding="utf-8"):
    file = tmp_path / name
    file.write_text(text, encoding=encoding)
    return read_table(file)


def test_the_national_layout_is_read_by_its_labels(tmp_path):
    found = read(tmp_path, NATIONAL, encoding="gb18030")
    assert found.industries == ["农业", "制造业", "服务业"]
    assert found.flows.tolist() == [[20, 50, 10], [30, 100, 40], [10, 30, 25]]
    assert found.output.tolist() == [100, 200, 100]
    assert found.added.tolist() == [40, 20, 25]
    assert (found.exports.tolist(), found.imports.tolist()) == ([10, 20, 0], [40, 60, 0])
    assert (found.unit, found.doubts) == ("万元", [])


def test_the_same_table_as_a_workbook(tmp_path):
    book = Workbook()
    for line in csv.reader(NATIONAL.splitlines()):
        # Codes are text in the bureau's workbooks, figures are numbers.
        book.active.append([int(c) if c.isdigit() and not c.startswith("0") else c for c in line])
    book.save(tmp_path / "table.xlsx")
    found = read_table(tmp_path / "table.xlsx")
    assert np.array_equal(found.flows, read(tmp_path, NATIONAL).flows)
    assert found.industries == ["农业", "制造业", "服务业"]


def test_words_that_are_set_apart_or_broken_over_lines_are_the_same(tmp_path):
    text = (
        NATIONAL.replace("总投入,", "总 投 入 Total Inputs,")
        .replace("总产出", '"总 产\n出"')
        .replace("投入/产出,,农业,制造业", '投入/产出,,农业,"制造\n业"')
        .replace("出口,进口", "调出,调入")
    )
    found, plain = read(tmp_path, text), read(tmp_path, NATIONAL)
    assert found.industries == plain.industries
    assert np.array_equal(found.output, plain.output)
    assert np.array_equal(found.imports, plain.imports)


def test_a_plain_english_table_and_value_added_as_what_is_left(tmp_path):
    text = ",farm,mill,final,Total output\nfarm,150,500,350,1000\nmill,200,100,1700,2000\n"
    found = read(tmp_path, text)
    assert found.industries == ["farm", "mill"]
    assert found.added.tolist() == [650, 1400]
    assert found.imports is None


def test_imports_are_taken_out_in_the_share_that_they_have_within(tmp_path):
    found = read(tmp_path, NATIONAL)
    flows, share = domestic(found)
    # Farming: 40 of 100 + 40 - 10 used within.
    assert share.tolist() == pytest.approx([40 / 130, 60 / 240, 0])
    assert flows[0].tolist() == pytest.approx([20 * 90 / 130, 50 * 90 / 130, 10 * 90 / 130])


def test_what_does_not_add_up_is_told_and_read_all_the_same(tmp_path):
    text = NATIONAL.replace("TVA,40,20,25", "TVA,40,20,50")
    found = read(tmp_path, text)
    assert [says.en for says in found.doubts] == [
        "inputs and value added differ from total input by up to 25"
    ]


def test_every_cell_that_is_no_number_is_told_with_its_place(tmp_path):
    text = NATIONAL.replace("30,100,40", "30,x,40").replace("10,30,25", "10,30,?")
    with pytest.raises(BadInput) as told:
        read(tmp_path, text)
    assert [(one.row, one.column) for one in told.value.findings] == [(6, "D"), (7, "E")]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "名称,数值\n农业,1\n制造业,2\n"])
def test_what_is_no_table_is_refused(tmp_path, text):
    with pytest.raises(BadInput, match="no input-output table"):
        read(tmp_path, text)


def test_a_table_without_output_is_refused(tmp_path):
    with pytest.raises(BadInput, match="total output"):
        read(tmp_path, ",a,b\na,1,2\nb,3,4\n")


def test_the_verb_gives_the_textbook_answer(tmp_path, little):
    """Miller and Blair 2009, section 2.3: demand of 600 and 1500 takes 1247.52 and 1841.58."""
    file = tmp_path / "mb.csv"
    file.write_text(
        ",farm,mill,final,Total output\nfarm,150,500,350,1000\nmill,200,100,1700,2000\n"
    )
    asked = InputOutput(file=str(file), demand={"farm": 600, "mill": 1500})
    found = input_output(little, asked)
    assert [row.change for row in found.rows] == pytest.approx([1247.52, 1841.58], abs=0.01)
    # All that is demanded becomes value added somewhere, as nothing is imported.
    assert found.added_total == pytest.approx(2100)
    assert [row.added_multiplier for row in found.rows] == pytest.approx([1, 1])


def test_with_imports_removed_multipliers_are_smaller_and_added_value_leaks(tmp_path, little):
    file = tmp_path / "n.csv"
    file.write_text(NATIONAL)
    kept = input_output(little, InputOutput(file=str(file)))
    removed = input_output(little, InputOutput(file=str(file), imports="removed"))
    assert all(a.multiplier > b.multiplier for a, b in zip(kept.rows, removed.rows, strict=True))
    assert all(row.added_multiplier < 1 for row in removed.rows)
    flows, _ = domestic(read_table(file))
    total = leontief(flows, [100, 200, 100])
    assert [row.multiplier for row in removed.rows] == pytest.approx(total.sum(axis=0).tolist())


def test_an_unknown_industry_is_told(tmp_path, little):
    file = tmp_path / "n.csv"
    file.write_text(NATIONAL)
    with pytest.raises(NotFound, match="no industry '林业'"):
        input_output(little, InputOutput(file=str(file), demand={"林业": 1}))
