"""Reasons: why a listing was found, in words of the need and of the listing."""

from typing import NamedTuple

from hutuo.exchange.embeddings import passages, queries
from hutuo.exchange.ngrams import Ngrams
from hutuo.exchange.wording import clauses, plain, runs, shared
from hutuo.glossary import Text

# Words that more than so large a share of the listings have, and more than so many, do not tell why one was
# found.
COMMON, MANY = 0.2, 5
SIGNS = 4


class Reason(NamedTuple):
    """One thing that speaks for a listing.

    Attributes:
        kind: ``words`` (both share them), ``same`` (other words for one term), ``answers`` (the listing has
            what helps against what the need complains of), ``signs`` (single ones only) or ``meaning``
            (the nearest clause).
        asked: Words of the need.
        offered: Words of the listing.
        term: The term that joins both, empty where the words are the same.
        weight: How much it tells, >= 0: rarer words tell more.
    """

    kind: str
    asked: str
    offered: str
    term: str
    weight: float

    @property
    def text(self) -> Text:
        """The reason in words."""
        a, b, term = self.asked, self.offered, self.term
        if self.kind == "words":
            return Text(f"都提到“{a}”", f"both say “{a}”")
        if self.kind == "signs":
            return Text(f"都有“{a}”等字", f"both have the signs “{a}”")
        if self.kind == "meaning":
            return Text(f"意思最近的是“{b}”", f"nearest in meaning is “{b}”")
        by = "" if term in {a, b} else f"(同为“{term}”)"
        by_en = "" if term in {a, b} else f" (both are “{term}”)"
        if self.kind == "same":
            return Text(f"“{a}”即“{b}”{by}", f"“{a}” is “{b}”{by_en}")
        return Text(f"“{a}”可用“{b}”解决{by and f'(属“{term}”)'}", f"“{b}” helps against “{a}”")


def words_of(index: Ngrams, need: str, listing: str) -> list[Reason]:
    """Words that both share and that tell something."""
    most = max(COMMON * len(index), MANY)
    words = [word for word in shared(need, listing) if index.listings_with(word) <= most]
    weights = index.rarity(words)
    return [
        Reason("words", word, word, "", weight)
        for word, weight in zip(words, weights, strict=True)
    ]


def terms_of(index: Ngrams, need: str, listing: str) -> list[Reason]:
    """Other words of both for one term, and words of the listing out of terms that the need leads to."""
    offered = index.thesaurus.terms(listing, asked=False)
    low, found = plain(listing), []
    for term, asked in index.thesaurus.terms(need, asked=True).items():
        if asked.word in low:
            continue
        there = [offered[term].word] if term in offered else shared(term, listing)
        found += [(asked, word) for word in there if word not in plain(need)]
    weights = index.rarity([word for _, word in found])
    return [
        Reason(asked.relation, asked.word, word, asked.term, weight)
        for (asked, word), weight in zip(found, weights, strict=True)
    ]


def signs_of(index: Ngrams, need: str, listing: str) -> list[Reason]:
    """The rarest single signs of both, where they share no more."""
    there = {sign for run in runs(listing) for sign in run}
    both = list(dict.fromkeys(sign for run in runs(need) for sign in run if sign in there))
    weights = dict(zip(both, index.rarity(both), strict=True))
    best = sorted(both, key=lambda sign: -weights[sign])[:SIGNS]
    said = "、".join(best)
    return [Reason("signs", said, said, "", sum(weights[sign] for sign in best))] if best else []


def meaning_of(need: str, listing: str) -> Reason:
    """The clause of a listing that comes nearest to a need."""
    said = clauses(listing)
    near = passages(said) @ queries([need])[0]
    return Reason("meaning", need, said[int(near.argmax())], "", float(near.max()))
