"""The register of platforms: what may stand twice, what is not located, what serves no chain."""

import pytest

from hutuo.economy.platforms import Platforms, once, platforms, twins


def row(name, zh, host=None, distinct=None):
    return {"platform": name, "zh": zh, "host": host, "distinct_from": distinct}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("纤维重点实验室", "纤维重点实验室(筹)", True),
        ("纤维重点实验室", "纤维 重点实验室", True),
        ("纤维重点实验室", "纤维重点实验室", True),
        ("抗体药物研制国家重点实验室", "抗体药物全国重点实验室", False),
        ("河北省药用分子化学重点实验室", "河北省土壤生态学重点实验室", False),
    ],
)
def test_marks_widths_and_words_make_no_other_platform(one, other, same):
    assert bool(twins([row("a", one), row("b", other)])) is same


def test_a_shorter_name_with_the_same_host_may_be_the_same():
    pair = [row("a", "抗体药物实验室", "uni"), row("b", "某集团抗体药物实验室北区", "uni|lab")]
    (found,) = twins(pair)
    assert (found.one, found.other, found.same_host) == ("a", "b", True)


def test_what_somebody_told_apart_is_not_asked_again():
    assert twins([row("a", "甲实验室"), row("b", "甲实验室", distinct="a")]) == []


def test_the_verb_tells_twins_and_gaps(little):
    found = platforms(little, Platforms())
    assert [(twin.platform, twin.other) for twin in found.twins] == [("fibre", "fibre-2")]
    assert found.not_located == found.not_linked == ["fibre-2"]
    assert found.located_share == pytest.approx(2 / 3)
    assert {row.platform: row.lies_in for row in found.rows} == {
        "tests": "990102",
        "fibre": "990101",
        "fibre-2": None,
    }


def test_an_entry_that_is_the_same_is_counted_once():
    rows = [
        {"platform": "fibre", "same_as": None},
        {"platform": "fibre-2", "same_as": "fibre"},
        {"platform": "tests", "same_as": None},
    ]
    kept, also = once(rows)
    assert [row["platform"] for row in kept] == ["fibre", "tests"]
    assert also == {"fibre": ["fibre-2"]}


def test_the_embedded_register_names_what_the_plan_names(embedded):
    found = platforms(embedded, Platforms())
    assert len(found.rows) == 11
    assert found.not_located == ["innovation-hebei"]
    assert set(found.not_linked) == {
        "innovation-hebei",
        "technology-market",
        "data-centre",
        "digital-media",
    }
    (laboratory,) = (row for row in found.rows if row.platform == "cspc-formulations")
    assert (laboratory.level, laboratory.chains) == ("national", ["pharma"])
    (tests,) = (row for row in found.rows if row.kind == "test_centre")
    assert (tests.lies_in, tests.clusters) == ("131100", ["bridges"])
