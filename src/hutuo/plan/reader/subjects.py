"""What a figure is of: the noun before it, after it where a verb stands before it, or in the words before."""

import re
from typing import NamedTuple

from hutuo.plan.reader.words import by_words, means, pattern, words

# Stances that only say how firmly something is meant.
FIRM = frozenset(
    {
        "strive",
        "ensure",
        "must",
        "must_not",
        "largely",
        "initially",
        "expected",
        "reach",
        "as_a_rule",
    }
)
# What a bracket adds after a noun or at length; a short one within it is of the name (市域(郊)铁路).
ASIDE = r"[(][^)]*[)]$|[(][^)]{9,}[)]|[(][^)]*\d+[年月][^)]*[)]"
# Verbs within a name that add nothing to it: 网络实现城区(全覆盖).
INNER = r"(?<=.)(?:实现|进行|全部|推进|加快|持续)"
# 28个覆盖A、B和C的项目: what is counted comes at the end.
COVERING = r"^(?:覆盖|涵盖|包含|面向|服务于)[^,;]*的(?=[^,;的]{2,})"
# Before a verb it says whose work it is, not what is counted.
OURS = re.compile(r"[本我全](?:市|省|区|县|州)")
# 不大于现状面积的20%: what a share is of stands between its operator and it.
OF_WHOLE = re.compile(r"(不(?:应|得|宜)?(?:大于|超过|高于|多于|小于|低于|少于))[一-鿿]{2,12}$")
# Before a figure they say nothing of what it is of: 解决3万人饮水问题, 计划启动.
ALONE = frozenset(("带动", "解决", "解决了", "计划", "又", "再", "拟"))
COMPARED = re.compile(r"^(?:[与同]|较|比)[^,、和]{2,16}?(?:相比|比)(?=较|,|$|[一-鿿])较?")
# What joins names; 普及率 and 和谐 hold it by chance.
JOINED = r"[、,]|以及|和(?!谐)|(?<!参)与|(?<!普)(?<!涉)及(?!格|时)"
# 区县(市), 电力(热力): what a bracket adds at the end of a name.
CLOSING = re.compile(r"(?<=[一-鿿])[(][^()\d]{1,4}[)](?=[“”\"'的\s]*$)")
QUOTED = re.compile(r"[“\"]([^“”\"]{1,16})[”\"]")
# 二季度达到60%: when, not what.
TIME = re.compile(r"(?:[一二三四]季度|[上下]半年|全年|[今当]年|年[底末]|\d+月[底末]?)[前内]?$")
LONGEST = 40
SHORTEST = 2


class Around(NamedTuple):
    """The words about a figure.

    Attributes:
    after: Words after it, to the next mark.
        earlier: Words of the segments before, the nearest last; of one with a figure, what that is of.
        inherited: Verb that the first figure of the list has, as 新增.
        counts: Whether it counts things (家, 个), so that what is counted may come after it.
        level: Whether it tells the size of what follows (万亿级集群).
    """

    after: str
    earlier: tuple[str, ...]
    inherited: str
    counts: bool
    level: bool = False


class Said(NamedTuple):
    """What the words before a figure say of it.

    Attributes:
        rest: The words that are left, which hold the subject.
        operators: Operators, the nearest first.
        changes: Words of change (增长, 下降), the nearest first.
        growth: Whether it is told for each year.
        verb: The verb that the figure follows directly; "" if none.
    """

    rest: str
    operators: tuple[str, ...]
    changes: tuple[str, ...]
    growth: bool
    verb: str


@by_words
def _endings() -> dict[str, re.Pattern[str]]:
    kinds = ("before", "change", "growth", "filler", "stance", "duty")
    return {kind: re.compile(rf"(?:{pattern(kind)})$") for kind in kinds}


def said_before(before: str) -> Said:
    """The words before a figure, taken apart from their end."""
    rest, growth, verb = CLOSING.sub("", before), False, ""
    operators: list[str] = []
    whole = OF_WHOLE.search(rest.removesuffix("的")) if rest.endswith("的") else None
    if whole:
        rest = rest[: whole.end(1)]
    changes: list[str] = []
    while rest:
        rest = rest.rstrip(" “”\"'()的")
        kind, word = _ending(rest)
        if not word:
            break
        if kind == "before":
            operators.append(words("before")[word])
        elif kind == "change":
            changes.append(word)
            if word.startswith("年均"):
                growth = True
        elif kind == "growth":
            growth = True
        elif kind == "duty":
            names = word in words("work") and _is_noun(rest[: -len(word)])
            if names or verb or operators or changes:
                # 公共建筑节能改造 names what is done; a verb alone before another one says nothing.
                rest = "" if rest == word and not names else rest
                break
            verb = word
        rest = rest[: -len(word)]
    return Said(rest, tuple(operators), tuple(changes), growth, verb)


def _is_noun(before: str) -> bool:
    """Whether words before a verb are its object rather than another verb or an adverb."""
    before = before.rstrip(" “”\"'()")
    return (
        len(before) >= SHORTEST and not re.search(r"[,、;:的]$", before) and not _ending(before)[1]
    )


def _ending(rest: str) -> tuple[str, str]:
    """The longest word of any kind that the words end with."""
    best = ("", "")
    for kind, ending in _endings().items():
        match = ending.search(rest)
        if match and len(match.group()) > len(best[1]):
            best = (kind, match.group())
    # 推动 and 建设 say how firmly and what at once; 力争 says how firmly alone.
    if best[0] == "stance" and best[1] in words("duty") and means("stance", best[1]) not in FIRM:
        return "duty", best[1]
    return best


def subject_of(around: Around, said: Said, *, joined: bool = False) -> str:
    """What a figure is of; "" if the words do not say.

    Args:
        around: The words about it.
        said: What the words before it say.
        joined: Whether what is before and after together name it (指标等量置换).
    """
    left, right = cleaned(said.rest), _noun_after(around.after)
    left = TIME.sub("", left)
    if joined:
        return (left + right)[:LONGEST]
    bare = left in ALONE or left in words("duty") or left in words("adverb")
    if right and (bare or OURS.fullmatch(left)):
        left = ""
    kept = next((word for word in (said.verb, *said.changes) if word in words("keeps")), "")
    share_of = around.after.lstrip().startswith("的") and not measures(left)
    done = right.endswith(tuple(words("work"))) and not said.operators
    of_right = around.level or share_of or not left
    if right and (of_right or ((around.counts or done) and not measures(left))):
        of = left if done and left and len(left) + len(right) <= LONGEST // 2 else ""
        return kept + of + right
    if not left and around.inherited and right:
        return around.inherited + right
    if left:
        return (around.inherited + left if around.inherited else left)[-LONGEST:]
    for earlier in reversed(around.earlier):
        found = cleaned(said_before(earlier).rest)
        if found and len(found) >= SHORTEST:
            return found[-LONGEST:]
    return right


@by_words
def _leads() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words before a noun that do not name it: adverbs and stances, and verbs."""
    soft = re.compile(
        r"(?:[一两二三四五六七八九十\d]+年(?:[来间内]|(?=累计|新增|共))"
        rf"|{pattern('filler')}|{pattern('stance')}|\d+年|\d+月[底末]?[前起]|连续[\d一二三四五六七八九十]+年)"
    )
    return soft, re.compile(rf"(?:{pattern('duty')})")


def cleaned(rest: str) -> str:
    """A noun without the adverbs, stances and verbs before it, and without what does not name it."""
    left = re.sub(r"[“”\"\x00]", "", rest).strip(" ,、的")
    left = re.sub(
        r"^.*:|^[^)]*[(](?=[^)]*$)|^(?:\d+[.、]|[(][\d一二三四五六七八九十]+[)])\s*", "", left
    )
    left = re.sub(r"连续\d*$", "", left)
    left = re.sub(r"(?:从|由|比|较)(?:上|去|前)年?$", "", left)
    left = COMPARED.sub("", re.sub(INNER, "", re.sub(ASIDE, "", left)))
    soft, hard = _leads()
    while True:
        ours = OURS.match(left)
        if ours and (soft.match(left, ours.end()) or hard.match(left, ours.end())):
            left = left[ours.end() :]
        match = soft.match(left)
        if match is None and not measures(left):
            match = hard.match(left)
        if match is None or len(left) - match.end() < SHORTEST or _starts_noun(left):
            break
        left = left[match.end() :].lstrip(" 了的")
    return left.strip(" 、,的")


def _starts_noun(left: str) -> bool:
    return left.startswith(tuple(words("noun")))


def measures(noun: str) -> bool:
    """Whether a noun names what is measured rather than what is counted: 面积, 率, 产值."""
    return noun.endswith(tuple(words("measure")))


def _noun_after(after: str) -> str:
    """The noun that follows a figure, to where it ends."""
    # A name in quotes is part of the noun: 10个“农机服务+”新型组织.
    said = re.sub(r"^[\s的“\"]+", "", QUOTED.sub(r"\1", after))
    said = re.sub(COVERING, "", said)
    if re.match(rf"(?!超[大高低小长算级])(?:{pattern('change')}|{pattern('before')})", said):
        return ""
    said = re.split(
        r"[,、;。:()”\"\s\x00]|和(?=[\d一二三四五六七八九十百千万])|以及|,", said, maxsplit=1
    )[0]
    said = re.sub(r"(?<=.)(?:进行|全部)", "", re.sub(rf"(?:{pattern('filler')})+$", "", said))
    of = said.rpartition("的")
    if of[1] and len(of[2]) >= SHORTEST:
        said = of[2] if len(said) > LONGEST // 2 else said
    return said[:LONGEST]


def shared(names: str, count: int) -> list[str]:
    """Names before 分别, one for each of its figures; empty if their number is another."""
    found = [cleaned(name) for name in re.split(JOINED, names) if cleaned(name)]
    return found[-count:] if len(found) >= count else []
