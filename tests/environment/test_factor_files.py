"""A user's own factors: faults are told all at once, each with its row."""

import pytest

from hutuo.environment import read_factors
from hutuo.errors import BadInput

HEAD = "因子类型,燃料,适用地区,年份,数值,单位,来源\n"


def read(tmp_path, text, name="own.csv", encoding="utf-8"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return read_factors(file)


def faults(tmp_path, *rows):
    with pytest.raises(BadInput) as told:
        read(tmp_path, HEAD + "\n".join(rows))
    return [(fault.row, fault.column, fault.says[1]) for fault in told.value.findings]


def test_a_factor_is_read_in_either_language_and_kept_as_published(tmp_path):
    one, two = read(
        tmp_path,
        "kind,fuel,region,year,value,unit,source,uncertainty,low,high\n"
        "heating_value,天然气,130000,2024,0.0358,GJ/Nm3,test report 7,0.02,,\n"
        "carbon_content,diesel,,2024,20.3,kgC/GJ,test report 8,,20,20.6\n",
    )
    assert (one.value, one.published, one.unit, one.dimension) == (
        358.0,
        0.0358,
        "GJ/Nm3",
        "volume",
    )
    assert (one.fuel, one.region, one.uncertainty, two.region) == (
        "natural_gas",
        "130000",
        0.02,
        "CN",
    )
    assert two.value == pytest.approx(0.0203)
    assert two.uncertainty == pytest.approx(0.3 / 20.3)


def test_files_from_a_chinese_office_program_are_read_too(tmp_path):
    assert read(
        tmp_path, HEAD + "electricity,电力,130000,2024,0.6,kgCO2/kWh,公告", encoding="gb18030"
    )


def test_every_fault_is_told_at_once_by_row(tmp_path):
    told = faults(
        tmp_path,
        "heating_value,natural_gas,CN,2024,0.38931,GJ/万Nm3,检测",
        "heating_value,natural_gas,CN,2024,38.9,GJ/t,",
        "carbon_content,diesel,CN,,0.0202,tC/GJ,x",
        "carbon_content,diesel,CN,2024,20.2,tC/GJ,x",
        "heating_value,煤,CN,2024,20,GJ/t,x",
        "electricity,electricity,CN,2024,0.6,kgCO2/t,x",
        "nothing,diesel,CN,2024,1,ratio,x",
        "oxidation,diesel,CN,2024,98,ratio,x",
        "heating_value,diesel,CN,2024,426,GJ/万m3,x",
    )
    assert [(row, column) for row, column, _ in told] == [
        (2, "value"), (3, "source"), (4, "year"), (5, "value"), (6, "fuel"), (7, "unit"), (8, "kind"),
        (9, "value"), (10, "unit"),
    ]  # fmt: skip
    words = [says for *_, says in told]
    assert "outside 10 to 1500; units may be mixed up (TJ/GJ)" in words[0]
    assert "no source" in words[1]
    assert "units may be mixed up (GJ/TJ)" in words[3]
    assert "possible: kgCO2/kWh" in words[5]
    assert "units may be mixed up (%)" in words[7]
    assert "Diesel is measured by 吨, GJ, which 'GJ/万m3' does not fit" in words[8]


def test_two_rows_for_one_factor_are_refused(tmp_path):
    rows = ["oxidation,diesel,CN,2024,0.98,ratio,x", "oxidation,柴油,CN,2024,0.99,ratio,y"]
    assert faults(tmp_path, *rows) == [(3, "", "row 2 gives the same factor")]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("oxidation,diesel,CN,2024,abc,ratio,x", "'abc' is not a number"),
        ("oxidation,diesel,CN,2024,,ratio,x", "it is required"),
        ("oxidation,diesel,CN,2024.5,0.98,ratio,x", "'2024.5' is no whole number of 1900 to 2200"),
        ("emission,diesel,CN,2024,0.98,kg/t,x", "the gas or pollutant is needed"),
    ],
)
def test_a_cell_that_is_wrong_is_told(tmp_path, row, says):
    assert any(says in words for *_, words in faults(tmp_path, row))


def test_an_interval_that_does_not_hold_its_value_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"the interval 1 to 2 is not around 0\.9"):
        read(
            tmp_path,
            "kind,fuel,year,value,unit,source,low,high\noxidation,any,2024,0.9,ratio,x,1,2\n",
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "own.csv is empty"),
        ("kind,fuel\noxidation,diesel\n", "the column is missing"),
        (HEAD.replace("来源", "来源,颜色") + "x\n", "there is no such column"),
    ],
)
def test_a_file_without_its_columns_is_refused(tmp_path, text, says):
    with pytest.raises(BadInput, match=says):
        read(tmp_path, text)


def test_what_is_no_text_is_refused(tmp_path):
    file = tmp_path / "own.csv"
    file.write_bytes(b"\xff\xfe\x00\x81\xff")
    with pytest.raises(BadInput, match="is no text"):
        read_factors(file)
