"""The one source of labels: each term of code, tables, API and pages in zh and en.

Rows live in ``glossary.csv`` (term, zh, en). A term is the name of a field or column, ``part/field`` where
a part means something of its own by it (``siting/within``), or ``list:value`` for a value of a closed list
(``status:met``, ``topic:age``).
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema
    from pydantic_core.core_schema import SerializationInfo

FILE = Path(__file__).with_name("glossary.csv")


class Text(NamedTuple):
    """Words for people in both languages; a door shows the one that was asked for."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The words in one language."""
        return self.en if lang == "en" else self.zh

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        """A string in JSON, in the language of the serialisation context (zh if it names none)."""
        # Imported here: help on the command line needs words but no models, and stays quick without.
        from pydantic_core import core_schema

        def shown(text: "Text", info: "SerializationInfo") -> str:
            return text.say((info.context or {}).get("lang", "zh"))

        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls(*given),
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                shown, info_arg=True, return_schema=core_schema.str_schema()
            ),
        )


def both(written: str | None) -> Text | None:
    """Free text of a pack in both languages: written as ``中文 / English``, or in one language for both."""
    if written is None:
        return None
    zh, slash, en = written.partition(" / ")
    return Text(zh, en if slash else zh)


# A part is a package of verbs; it lists them by importing their modules in its __init__.
PARTS: Mapping[str, Text] = {
    "base": Text("基础:地区、数据表、数据", "Base: regions, tables, figures"),
    "plan": Text("规划:条款、目标、评估", "Plan: clauses, targets, evaluation"),
    "space": Text("空间:出行时间、圈层、可达性", "Space: travel times, circles, accessibility"),
    "siting": Text(
        "选址:设施布局、学位、费用分摊", "Siting: where facilities stand, what is short, who pays"
    ),
    "economy": Text(
        "经济:结构、链条、均衡、分享", "Economy: structure, chains, equilibrium, shares"
    ),
    "environment": Text(
        "环境:能源与碳、污染物、指标", "Environment: energy and carbon, pollutants, quotas"
    ),
    "duty": Text(
        "值守:联动事件、感知终端、看板", "Duty: joint incidents, sensing terminals, boards"
    ),
    "exchange": Text(
        "协作:合同、供需、互认", "Exchange: contracts, needs and offers, mutual recognition"
    ),
    "ledger": Text("账本:往来、份额、结算", "Ledger: what is owed, shared and settled"),
}


def label(term: str, part: str | None = None) -> Text:
    """The label of a term, in a part its own; the term itself, spelled out, if the glossary has none."""
    plain = term.rpartition(":")[2].replace("_", " ")
    return terms().get(f"{part}/{term}") or terms().get(term, Text(plain, plain))


@cache
def terms() -> dict[str, Text]:
    """All terms of the glossary."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["term"]: Text(row["zh"], row["en"]) for row in csv.DictReader(lines)}
