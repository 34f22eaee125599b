"""Names are found by what they say, by pinyin and by its initials; the nearest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.lookup import CONTAINED, EXACT, PREFIX, find, forms, plain, rank, spelled
from hutuo.glossary import Text

RESIDENTS = Text("常住人口(普查)", "Resident population (census)")


@pytest.mark.parametrize(
    ("word", "text", "how"),
    [
        ("人口", "人口", EXACT),
        ("renkou", "人口", EXACT),
        ("rk", "人口", EXACT),
        ("常住", "常住人口", PREFIX),
        ("changzhu", "常住人口", PREFIX),
        ("changz", "常住人口", PREFIX),
        ("cz", "常住人口", PREFIX),
        ("人口", "常住人口", CONTAINED),
        ("renkou", "常住人口", CONTAINED),
        ("rk", "常住人口", CONTAINED),
        ("population", "Resident population", CONTAINED),
        ("resident", "Resident population", PREFIX),
        ("2020", "census2020", CONTAINED),
        ("gdp", "GDP", EXACT),
        ("changan", "长安区", PREFIX),
        ("chongqing", "重庆", EXACT),
        ("nv", "女性", PREFIX),
        # Within a syllable or a word nothing begins.
        ("enko", "人口", None),
        ("opul", "Resident population", None),
        # One letter begins almost anything, so it is no initial.
        ("r", "常住人口", CONTAINED),
        ("k", "常住人口", CONTAINED),
        ("x", "常住人口", None),
    ],
)
def test_a_word_fits_a_name(word, text, how):
    assert rank(word, text) == how


def test_exact_comes_before_prefix_and_prefix_before_contained():
    names = ["年末常住人口", "人口密度", "人口"]
    found = sorted(names, key=lambda name: rank("renkou", name))
    assert found == ["人口", "人口密度", "年末常住人口"]


def test_the_best_name_counts_and_then_the_first_group():
    groups = [[Text("年鉴人口", "Yearbook")], [RESIDENTS, Text("人口", "People")]]
    assert find("人口", groups) == (EXACT, 1, Text("人口", "People"))
    assert find("口", groups) == (CONTAINED, 0, Text("年鉴人口", "Yearbook"))


def test_every_word_must_fit_something():
    groups = [[Text("普查2020", "Census 2020")], [RESIDENTS]]
    assert find("census residents", groups) is None
    assert find("changzhu 2020", groups) is not None
    assert find("chang zhu ren kou", groups).name == RESIDENTS
    assert find("  ", groups) is None


def test_width_and_capitals_do_not_matter():
    assert plain(" GDP ") == "gdp"
    assert find("RENKOU", [[RESIDENTS]]).name == RESIDENTS


def test_chinese_is_put_in_order_by_pinyin():
    assert sorted(["正定", "藁城", "Alpha", "长安"], key=spelled) == [
        "Alpha",
        "长安",
        "藁城",
        "正定",
    ]


words = st.text(st.sampled_from("人口常住长安区 ab12()"), max_size=12)


@given(words)
def test_a_name_is_found_by_itself(text):
    """Whatever it is made of, as long as a letter stands in it."""
    if plain(text):
        assert rank(plain(text), text) == EXACT


@given(words)
def test_starts_lie_within_their_form(text):
    for form in forms(text):
        assert all(0 <= start < len(form.text) for start in form.starts)
