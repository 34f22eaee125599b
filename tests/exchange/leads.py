"""Leads as officers write them down, with who is who; and needs with the offers that answer them.

All were written by hand for these tests; names of real firms are met by chance only, the rest is made up.
On ``leads.txt`` and on the needs of the half ``tuned`` weights were found; ``leads_held.txt`` and the needs
of the half ``held`` were written after the weights stood.
"""

import csv
from itertools import combinations
from pathlib import Path

import pandas as pd

from hutuo.exchange.creditcodes import LETTERS, check_letter

HERE = Path(__file__).parent
FIRST = {"tuned": 1, "held": 5000}
COLUMNS = ["name", "code", "address", "phone", "text"]


def leads(half: str) -> tuple[pd.DataFrame, set[tuple[int, int]]]:
    """Leads of a half, ``tuned`` or ``held``, and the pairs of positions that are one firm."""
    file = {"tuned": "leads.txt", "held": "leads_held.txt"}[half]
    text = (HERE / file).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    groups = "\n".join(lines).replace("===", "").strip().split("\n\n")
    rows = [
        _row(line, firm)
        for firm, group in enumerate(groups, start=FIRST[half])
        for line in group.strip().splitlines()
    ]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "firm"])
    same = {
        pair
        for members in frame.groupby("firm").groups.values()
        for pair in combinations(sorted(members), 2)
    }
    return frame[COLUMNS], same


def needs(half: str) -> list[tuple[str, str]]:
    """Needs of a half with the offer that answers each."""
    with (HERE / "needs.csv").open(encoding="utf-8") as file:
        return [(row["need"], row["offer"]) for row in csv.DictReader(file) if row["half"] == half]


def distractors() -> list[str]:
    """Offers that answer none of the needs, or none as well."""
    with (HERE / "distractors.csv").open(encoding="utf-8") as file:
        return [row["offer"] for row in csv.DictReader(file)]


def _row(line: str, firm: int) -> list[str | int]:
    name, code, address, phone, text = line.split("|")
    return [
        name,
        {"": "", "=": _code(firm), "!": _spoilt(_code(firm))}[code],
        address,
        phone,
        text,
        firm,
    ]


def _code(firm: int) -> str:
    body = f"9113{firm * 7919 % 10000:04d}MA{firm * 104729 % 10**7:07d}"
    return body + check_letter(body)


def _spoilt(code: str) -> str:
    """The same with a wrong ninth letter, as when it was read badly from a copy."""
    return code[:12] + LETTERS[(LETTERS.index(code[12]) + 1) % len(LETTERS)] + code[13:]
