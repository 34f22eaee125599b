"""A little plan to work on: clauses, duties, quantities and bodies on the tiny region, recorded by a test."""

import pandas as pd

from hutuo.base.writing import About, retract

BODY = ["body", "zh", "en", "kind", "unit", "source"]
BODIES = [
    ("gov-alpha", "甲区人民政府", "Alpha government", "government", "990101"),
    ("gov-beta", "乙县人民政府", "Beta government", "government", "990102"),
    ("reform", "小都发展和改革委员会", "Littlecity reform office", "department", "990100"),
]
CLAUSES = [
    {"clause": "三", "parent": None, "level": 1, "ordinal": 3, "zh": "产业", "en": "Industry"},
    {"clause": "三(一)", "parent": "三", "level": 2, "ordinal": 4, "zh": "园区", "en": "Parks"},
    {"clause": "三(二)", "parent": "三", "level": 2, "ordinal": 5, "zh": "现状", "en": "What is"},
]
DUTIES = [
    ("三(一)", 1, "新建", "两个园区", "甲区到2026年新建两个园区", "", "甲区", 0, 12, "accepted"),
    ("三(一)", 2, "制定", "规则", "由发改委制定准入规则", "发改委", "", 20, 30, "mended"),
    ("三(一)", 3, "探索", "飞地", "探索建设飞地", "各市", "", 40, 46, "proposed"),
    ("三(一)", 4, "取消", "许可", "取消许可", "", "", 50, 54, "rejected"),
]
PARKS, RULES, ENCLAVE, LICENCE = (f"p/三(一)#d{number}" for number in range(1, 5))


def fill(region):
    """Record the plan on a region's branch, take the tasks of the pack back, and give the region back."""
    if tasks := [{"task": row["task"]} for row in region.records("task")]:
        retract(region, "task", pd.DataFrame(tasks), About("test"))
    region.record(
        {
            "body": pd.DataFrame([(*row, "book") for row in BODIES], columns=BODY),
            "clause": pd.DataFrame(
                [row | {"plan": "p", "has_text": True} for row in CLAUSES], dtype=object
            ),
            "duty": pd.DataFrame([_duty(*row) for row in DUTIES], dtype=object),
            "quantity": pd.DataFrame([_quantity()], dtype=object),
        },
        verb="test",
    )
    return region


def _duty(clause, ordinal, verb, object_, quote, bodies, places, start, end, decision):
    return {
        "duty": f"p/{clause}#d{ordinal}", "plan": "p", "clause": clause, "ordinal": ordinal,
        "verb": verb, "object": object_, "quote": quote, "bodies": bodies or None,
        "places": places or None, "start": start, "end": end, "decision": decision,
    }  # fmt: skip


def _quantity():
    """Two parks by 2026, stated within the words of the first duty."""
    return {
        "quantity": "p/三(一)#q1", "plan": "p", "clause": "三(一)", "ordinal": 1, "kind": "target",
        "subject": "园区", "operator": "=", "value": 2, "unit": "个", "value_type": "level",
        "target_year": 2026, "year_from": "stated", "quote": "2026年新建两个园区",
        "start": 3, "end": 12, "decision": "accepted",
    }  # fmt: skip
