"""The errors that Hutuo raises on purpose; doors alone translate them.

    HutuoError                     exit 1   HTTP 500
    ├── BadAsk                     exit 2   HTTP 422   a verb was asked wrongly
    ├── NotFound                   exit 4   HTTP 404   a named thing is not there
    ├── BadInput                   exit 3   HTTP 400   data that came in is faulty; carries findings
    ├── Unavailable                exit 5   HTTP 503   something the machine should have is missing or busy
    ├── NotSignedIn                exit 6   HTTP 401   the service asks for an account and was shown none
    ├── Forbidden                  exit 7   HTTP 403   the account may not do this, or not with this
    ├── TooMany                    exit 8   HTTP 429   more was asked than the service takes at once
    ├── Unsupported                exit 9   HTTP 501   a standard has it, and this does not do it
    └── Cancelled                  exit 130 HTTP 409   long work was stopped by whoever asked for it

A message says what was given, a hint says what is possible; each in one text, or in (Chinese, English), as
:class:`hutuo.glossary.Text` is. A program sees the English one, a person the one of the language asked for.
"""

from collections.abc import Sequence
from typing import NamedTuple

Words = str | tuple[str, str]
ENGLISH = "en"
# What is looked for by name, in Chinese; what is not here is called as it is in English.
KINDS = {
    "account": "账户",
    "batch": "批次",
    "body": "机构",
    "booking": "预约",
    "branch": "分支",
    "calendar": "日历",
    "call": "抽取事项",
    "chain": "产业链",
    "checklist": "指标体系",
    "clause": "条款",
    "commodity": "记账对象",
    "contract": "合同",
    "decay": "衰减方式",
    "draw": "抽取",
    "duty": "任务要求",
    "duty of these plans": "这些规划的任务要求",
    "engine": "引擎",
    "expert who is seated or in reserve": "抽中或候补的专家",
    "geography": "地理单元",
    "indicator": "指标",
    "industry": "行业",
    "item of water": "水质项目",
    "job": "后台任务",
    "kind": "类型",
    "kind of place": "地点类型",
    "lead": "线索",
    "listing": "信息",
    "market": "市场",
    "measure": "指标",
    "meeting": "会议",
    "part": "部分",
    "plan": "规划",
    "plan of action": "应急预案",
    "project type": "项目类型",
    "quantity of these plans": "这些规划的数字",
    "region": "地区",
    "rule": "评价规则",
    "run": "核算",
    "set": "集合",
    "sheet": "工作表",
    "source": "来源",
    "state": "状态",
    "step": "步骤",
    "stop": "站点",
    "stop, or unit or place with stops in it,": "站点,或其中有站点的区划或地点",
    "table": "数据表",
    "target": "目标",
    "task": "任务",
    "template": "模板",
    "timetable": "时刻表",
    "topic": "主题",
    "unit of measure": "计量单位",
    "unit with flows": "有通勤流的区划",
    "unit or place": "区划或地点",
    "unit or set": "区划或集合",
    "voucher": "创新券",
    "voucher scheme": "创新券办法",
    "collection": "数据集合",
    "format": "格式",
    "option": "选项",
    "parameter": "参数",
    "process": "处理",
    "tile matrix set": "瓦片网格",
    "warning rule": "预警规则",
    "frequency": "频率",
    "identity": "登录身份",
    "method": "方法",
    "pollutant": "污染物",
    "protocol": "联动预案",
    "role": "角色",
    "standard": "标准",
    "token": "令牌",
    "version of levels": "级别的版本",
}
# The same with what it belongs to: "column of unit" is 数据表unit的列.
OF = {
    "column": "列",
    "layer": "图层",
    "link": "链接",
    "property": "属性",
    "resolution": "决议",
    "verb": "功能",
    "version": "版本",
}


def in_both(words: Words) -> tuple[str, str]:
    """Words in Chinese and in English; the same twice where they are in one text."""
    return (words, words) if isinstance(words, str) else (words[0], words[1])


def say(words: Words, lang: str) -> str:
    """Words in one language."""
    return in_both(words)[lang == ENGLISH]


class HutuoError(Exception):
    """Root of the tree.

    Attributes:
        message: What was given, in English.
        hint: What is possible, in English.
        words: The message in both languages.
        advice: The hint in both languages.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, message: Words, hint: Words = "") -> None:
        self.words, self.advice = in_both(message), in_both(hint)
        self.message, self.hint = self.words[1], self.advice[1]
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """Stable name of the error, as in ``not_found``."""
        letters = (f"_{c.lower()}" if c.isupper() else c for c in type(self).__name__)
        return "".join(letters).lstrip("_")

    def as_dict(self, lang: str = ENGLISH) -> dict[str, str]:
        """The one shape in which every door shows an error."""
        message, hint = say(self.words, lang), say(self.advice, lang)
        return {"error": self.name, "message": message, "hint": hint}


class BadAsk(HutuoError):
    """A verb was asked with a field missing, unknown or out of range."""

    exit_code = 2
    http_status = 422


class NotFound(HutuoError):
    """A region, table, verb, branch, place or target of that name is not there."""

    exit_code = 4
    http_status = 404


class Unavailable(HutuoError):
    """A library, a file system or a lock that is needed is not to be had."""

    exit_code = 5
    http_status = 503


class NotSignedIn(HutuoError):
    """The service asks for an account, and was shown none that holds."""

    exit_code = 6
    http_status = 401


class Forbidden(HutuoError):
    """The account may not do this, or not with what it names."""

    exit_code = 7
    http_status = 403


class TooMany(HutuoError):
    """More is asked than the service takes at once or of one account; ask again in ``seconds``."""

    exit_code = 8
    http_status = 429
    seconds = 1


class Unsupported(HutuoError):
    """What is asked for is part of a standard, and of a part of it that is not done here."""

    exit_code = 9
    http_status = 501


class Cancelled(HutuoError):
    """Long work was stopped on request; nothing of it was kept."""

    exit_code = 130
    http_status = 409


class Finding(NamedTuple):
    """One fault in data that came in: where it is and what would be right."""

    file: str
    row: int | None
    column: str
    says: Words

    def say(self, lang: str) -> str:
        """The fault on one line."""
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{where}: {self.column + ': ' if self.column else ''}{say(self.says, lang)}"

    def __str__(self) -> str:
        return self.say(ENGLISH)


class BadInput(HutuoError):
    """Data that came in is faulty; every finding is told, not only the first."""

    exit_code = 3
    http_status = 400

    def __init__(self, message: Words, findings: Sequence[Finding] = (), hint: Words = "") -> None:
        zh, en = (
            "\n".join([say(message, lang), *(f"  {one.say(lang)}" for one in findings)])
            for lang in ("zh", ENGLISH)
        )
        super().__init__((zh, en), hint)
        self.findings = tuple(findings)


def one_of(given: str, kind: str, possible: Sequence[str]) -> NotFound:
    """NotFound that names what is there, the nearest first."""
    from difflib import get_close_matches

    near = get_close_matches(given, possible, n=3, cutoff=0.5)
    rest = [name for name in sorted(possible) if name not in near]
    shown = [*near, *rest][:20]
    left = len(possible) - len(shown)
    more = (f"等共{len(possible)}个", f" and {left} more") if left else ("", "")
    hint = (
        (f"可用:{'、'.join(shown)}{more[0]}", f"possible: {', '.join(shown)}{more[1]}")
        if shown
        else ("目前还没有", "there is none yet")
    )
    return NotFound((f"没有{_kind(kind)}“{given}”", f"no {kind} '{given}'"), hint)


def _kind(kind: str) -> str:
    """What is looked for, in Chinese where that is known."""
    what, of, whose = kind.partition(" of ")
    if kind not in KINDS and of and what in OF:
        return f"{whose}的{OF[what]}"
    return KINDS.get(kind, kind)
