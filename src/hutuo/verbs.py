"""The registry of verbs: one capability, one typed function ``run(region, ask) -> answer``.

The command line, the REST API, the OpenAPI document, the web forms and the index of the docs are walks
over what is registered here. A verb is registered by its decorator when its part is imported.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from hutuo import glossary
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import PARTS, Text

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

__all__ = [
    "PARTS",
    "Answer",
    "Ask",
    "Text",
    "Verb",
    "all_verbs",
    "ask_error",
    "find_verb",
    "said",
    "told",
    "verb",
    "verbs_of",
    "wrong",
]

Run = TypeVar("Run", bound=Callable[..., Any])


def said(zh: str, en: str, **constraints: Any) -> Any:
    """A field of an ask or an answer, described in both languages; constraints as for ``Field``."""
    return Field(description=en, json_schema_extra={"x-zh": {"description": zh}}, **constraints)


class Ask(BaseModel):
    """What a verb is asked; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a verb answers."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)


@dataclass(frozen=True, slots=True)
class Verb:
    """One registered capability."""

    part: str
    name: str
    run: Callable[..., Any]
    ask: type[Ask]
    answer: Any
    title: Text
    columns: tuple[str, ...]
    needs_region: bool

    @property
    def path(self) -> str:
        """Path of the verb under ``/api``, as in ``plan/evaluate``."""
        return f"{self.part}/{self.name}"

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (self.run.__doc__ or "").strip().partition("\n")[0]

    def read(self, given: Mapping[str, object]) -> Ask:
        """The ask made from plain values.

        Raises:
            BadAsk: A field is missing, unknown or out of range; all of them are told.
        """
        from pydantic import ValidationError

        try:
            return self.ask.model_validate(given)
        except ValidationError as error:
            raise ask_error(self.path, error.errors(include_url=False)) from error

    def plain(self, answer: object, lang: str = "zh") -> Any:
        """The answer as plain JSON values, its texts in one language."""
        return _adapter(self).dump_python(answer, mode="json", context={"lang": lang})

    def dumps(self, answer: object, lang: str = "zh", indent: int | None = None) -> bytes:
        """The answer as JSON, its texts in one language."""
        return _adapter(self).dump_json(answer, context={"lang": lang}, indent=indent)

    def schemas(self) -> dict[str, Any]:
        """JSON schemas of ask and answer, each field with its label and description in zh and en."""
        return {
            "ask": _labelled(self.ask.model_json_schema(), self.part),
            "answer": _labelled(_adapter(self).json_schema(mode="serialization"), self.part),
        }


# What pydantic finds most, in Chinese, with what it looked for; the rest is told in its own words.
FAULTS = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "date_parsing": "应为日期,如2024-12-31",
    "date_from_datetime_parsing": "应为日期,如2024-12-31",
    "json_invalid": "不是JSON",
    "literal_error": "应为{expected}",
    "int_from_float": "应为整数",
    "finite_number": "应为有限的数",
    "greater_than": "应大于{gt}",
    "greater_than_equal": "应不小于{ge}",
    "less_than": "应小于{lt}",
    "less_than_equal": "应不大于{le}",
    "string_too_short": "至少{min_length}个字符",
    "string_too_long": "最多{max_length}个字符",
    "string_pattern_mismatch": "应符合格式{pattern}",
    "too_short": "至少{min_length}项",
    "too_long": "最多{max_length}项",
    "both": "{zh}",
}

_verbs: dict[tuple[str, str], Verb] = {}


def verb(
    zh: str, *, columns: tuple[str, ...] = (), needs_region: bool = True
) -> Callable[[Run], Run]:
    """Register ``run(region, ask) -> answer`` as a verb of the part that its module lies in.

    Args:
        zh: Title in Chinese; the English one is the first line of the docstring.
        columns: Columns that a terminal shows of a list, or of the field ``rows``; all if empty.
        needs_region: False if ``region`` may be None: the verb works without opening one.
    """

    def register(run: Run) -> Run:
        parameters = list(signature(run).parameters.values())
        part = run.__module__.split(".")[1]
        name = run.__name__.rstrip("_").replace("_", "-")
        en = (run.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        answer = run.__annotations__["return"]
        ask = parameters[1].annotation
        _verbs[part, name] = Verb(
            part, name, run, ask, answer, Text(zh, en), columns, needs_region
        )
        return run

    return register


def verbs_of(part: str) -> list[Verb]:
    """The verbs of one part, by name.

    Raises:
        NotFound: There is no such part.
    """
    if part not in PARTS:
        raise one_of(part, "part", list(PARTS))
    importlib.import_module(f"hutuo.{part}")
    return sorted((v for v in _verbs.values() if v.part == part), key=lambda v: v.name)


def all_verbs() -> list[Verb]:
    """Every verb of every part."""
    return [found for part in PARTS for found in verbs_of(part)]


def find_verb(part: str, name: str) -> Verb:
    """The verb of that part and name.

    Raises:
        NotFound: There is no such part or verb.
    """
    verbs = {found.name: found for found in verbs_of(part)}
    if name not in verbs:
        raise one_of(name, f"verb of {part}", list(verbs))
    return verbs[name]


def ask_error(path: str, faults: Sequence[Mapping[str, Any]]) -> BadAsk:
    """The error of an ask that pydantic refused: every fault, and the fields that there are.

    Args:
        path: Path of the verb, as ``plan/evaluate``.
        faults: What pydantic found: ``loc`` and ``msg`` of each.
    """
    zh = [f"{_where(fault['loc'])}:{told(fault).zh}" for fault in faults]
    en = [f"{_where(fault['loc'])}: {told(fault).en}" for fault in faults]
    verb_of = next((v for v in _verbs.values() if v.path == path), None)
    asked = verb_of.ask.model_fields.items() if verb_of else ()
    fields = ", ".join(field.alias or name for name, field in asked)
    return BadAsk(
        Text(f"{path}:{';'.join(zh)}", f"{path}: {'; '.join(en)}"),
        Text(f"{path}的字段:{fields or '无'}", f"fields of {path}: {fields or 'none'}"),
    )


def told(fault: Mapping[str, Any]) -> Text:
    """What pydantic found at one place.

    Args:
        fault: ``msg``, and where known ``type`` and ``ctx``, what was looked for.
    """
    known, looked_for = FAULTS.get(fault.get("type", "")), dict(fault.get("ctx", {}))
    if "expected" in looked_for:
        looked_for["expected"] = looked_for["expected"].replace(", ", "、").replace(" or ", "或")
    return Text(known.format_map(looked_for) if known else fault["msg"], fault["msg"])


def wrong(says: Text) -> "PydanticCustomError":
    """What a validator of ours raises, so that it is told in both languages."""
    from pydantic_core import PydanticCustomError

    return PydanticCustomError("both", "{en}", {"zh": says.zh, "en": says.en})


def _where(steps: Sequence[object]) -> str:
    """Which field is meant: the steps to it, without those that only name the ask as a whole."""
    return ".".join(str(step) for step in steps if step not in ("body", "ask")) or "ask"


@cache
def _adapter(found: Verb) -> TypeAdapter[Any]:
    return TypeAdapter(found.answer)


def _labelled(schema: dict[str, Any], part: str) -> dict[str, Any]:
    """The schema with each property's label from the glossary, in both languages."""
    for model in (schema, *schema.get("$defs", {}).values()):
        for name, field in model.get("properties", {}).items():
            label = glossary.label(name, part)
            field["title"] = label.en
            field.setdefault("x-zh", {})["title"] = label.zh
    return schema
