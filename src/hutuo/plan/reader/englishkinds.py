"""Whether a figure of an English sentence counts, and is aimed at, a fact, or only says what is meant."""

import re

from hutuo.plan.reader.englishnumbers import Amount, head_of
from hutuo.plan.reader.englishscene import Place, Scene
from hutuo.plan.reader.englishsubjects import said_before
from hutuo.plan.reader.englishwords import lexicon
from hutuo.plan.reader.words import means, words
from hutuo.plan.reader.years import Role, Year

# What a level is told with that was before: up from 34%, compared with 91.
WAS = re.compile(
    r"\b(?:up|down|compared\s+(?:to|with)|against|versus|instead\s+of|as\s+opposed\s+to)(?:\s+from)?$",
    re.IGNORECASE,
)
WAS_FROM = re.compile(r"\b(?:up|down)\s+from\b[^,;]{0,25}$|\bcompared\s+(?:to|with)\b[^,;]{0,25}$")
THRESHOLD = re.compile(
    r"\b(?:earning|making|costing|measuring|priced|valued|rated|with\s+incomes?|aged|employing"
    r"|scoring)(?:\s+(?:at|of))?$",
    re.IGNORECASE,
)
OVER = re.compile(
    r"^(?P<who>.*?)\s+(?:with|of|over|under|above|below|between|exceeding|at|(?:larger|smaller"
    r"|greater|less|more)\s+than)"
    r"(?:\s.*)?$",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\b(?:with|over|under|above|below|exceeding|than|between|at\s+least)(?:\s+(?:a|an|at|least|more"
    r"|than|fewer|less|or))*$",
    re.IGNORECASE,
)
NEAR = re.compile(r"\b(?:within|less\s+than|under)(?:\s+(?:a|an|about))?$", re.IGNORECASE)
# "in all the 12 districts" tells how many there are.
KNOWN = re.compile(
    r"\b(?:in|across|of|from|for|throughout|among|within|at)\s+(?:(?:each\s+of|all\s+of|all|the|its"
    r"|their|our|these|\w+'s)\s+)+$",
    re.IGNORECASE,
)
# The region (population 1.3 million, 21 municipalities) has no verb of its own: it tells what there is.
ASIDE = re.compile(
    r"[(](?:with\s+)?(?:a\s+)?(?:total\s+)?(?:population|area|inhabitants)\b[^()]*$", re.IGNORECASE
)
LENGTHS = re.compile(
    r"^(?:km|kilomet\w+|miles?|met\w+|hectares?|acres?|units?|beds?|homes?|seats?|spaces?|MW|GW|kW"
    r"|megawatts?)$",
    re.IGNORECASE,
)
INCLUDING = re.compile(r"\bincluding\s+$|\bof\s+which\s+$")
# A committee of 24 members: how large it is.
GATHERED = re.compile(
    r"\b(?:committee|board|council|panel|group|team|commission|consortium|jury|network)\s+of\s+$"
)
LABELLED = 80
PAST = re.compile(r"^\s+(?:of\s+)?(?:\w+\s+){1,3}?(\w+ed)\b")


def label_of(scene: Scene, at: Place) -> str | None:
    """What the label before a figure says of it: aim, fact, none or ""; None if no label stands there."""
    label = lexicon().label.search(
        scene.line[max(at.start, at.amount.start - LABELLED) : at.amount.start]
    )
    return means("en_label", label["word"].casefold()) if label else None


def counts(scene: Scene, at: Place) -> bool:
    """Whether a number says something: a unit or noun follows it, or an operator or verb stands before it."""
    amount = at.amount
    if _is_status(scene, at):
        return False
    if amount.sort != "bare":
        return amount.sort != "count" or amount.value != 1
    return bool(amount.unit) or _is_told(scene, at)


def _is_status(scene: Scene, at: Place) -> bool:
    """Whether a figure only tells how far work has come: "Progress: 25%", "40% complete"."""
    done = re.compile(r"\s*[Cc]omplete(?:d)?\b").match(scene.line, at.amount.end)
    return label_of(scene, at) == "none" or (at.amount.unit == "%" and done is not None)


def _is_told(scene: Scene, at: Place) -> bool:
    """Whether the words before a number without unit and noun make it a figure."""
    amount, said = at.amount, at.said
    digits = scene.sentence[amount.start].isdigit()
    if re.compile(r"\s+[A-Z][a-z]").match(scene.line, amount.end) or (
        not digits and amount.value in (0, 1)
    ):
        return False
    part = at.last is not None and INCLUDING.search(scene.line[at.last.amount.end : amount.start])
    if part and at.last is not None and at.last.amount.sort == "count":
        return True
    moves = said.verb is not None and said.verb.does != "do"
    if said.operator or (moves and set(said.prepositions) & {"from", "to", "by"}):
        return True
    dated = re.compile(r"\s*[(]?\x00|\s+by\s+\x00").match(scene.line, amount.end)
    labelled = label_of(scene, at) or (
        dated and re.search(r"[:=]\s*$", scene.line[: amount.start])
    )
    was = WAS.search(re.sub(r"[\s\x00]+$", "", said.rest))
    return digits and bool(labelled or was or (moves and not said.object))


def is_measured(at: Place) -> bool:
    """Whether a figure that is joined to its noun tells how much of it is done: build a 20-km line."""
    amount, verb = at.amount, at.said.verb
    builds = verb is not None and verb.does == "do"
    return (
        amount.sort == "hyphen"
        and builds
        and amount.noun != ""
        and LENGTHS.match(amount.unit) is not None
    )


def is_threshold(scene: Scene, at: Place) -> bool:
    """Whether a figure only says who or what is meant: households earning less than 80% of income."""
    amount, lex = at.amount, lexicon()
    before = scene.line[at.start : amount.start].rstrip()
    bare = said_before(before)
    if THRESHOLD.search(bare.rest) or GATHERED.search(f"{before} "):
        return True
    of = set(bare.prepositions[:1]) & {"of", "at", "with", "than"}
    if of and bare.verb is None and amount.unit in words("en_spec"):
        return True
    shares = at.last is not None and at.last.row.unit == "%"
    if shares and amount.sort == "measure" and NEAR.search(before):
        return True
    match = OVER.match(re.split(r"[,;\x00]", before)[-1])
    if match is None or amount.sort in ("percent", "cover", "whole"):
        return False
    who = match["who"].split(" ")[-1]
    limits = LIMIT.search(before) is not None or amount.operator != ""
    return limits and lex.group.search(who) is not None and who.casefold() not in lex.verbs


def is_part(scene: Scene, at: Place) -> bool:
    """Whether a count tells how something is built up: three pillars, in all the 12 districts."""
    amount = at.amount
    if amount.sort != "count":
        return False
    named = (
        not amount.operator
        and not at.said.operator
        and lexicon().part.search(head_of(amount.noun))
    )
    return KNOWN.search(scene.before(at)) is not None or bool(named)


def kind_of(scene: Scene, at: Place, year: Year | None) -> str:
    """Whether a figure is aimed at (target), a fact (baseline), or tells what the plan covers (scope)."""
    if ASIDE.search(scene.line[at.start : at.amount.start]):
        return "scope"
    if was(scene, at) or (year is not None and scene.is_past(year)):
        return "baseline"
    label = label_of(scene, at)
    mood = label or mood_of(scene, at)
    dated = _by_year(scene, mood, year)
    if label == "fact" and (year is None or year.role is not Role.BY):
        return "baseline"
    if dated:
        return dated
    if mood != "aim" and at.amount.sort == "measure" and lexicon().scope.search(scene.before(at)):
        return "scope"
    if mood == "" and at.last is not None:
        return at.last.row.kind
    return _by_mood(scene, mood)


def _by_year(scene: Scene, mood: str, year: Year | None) -> str:
    """The kind that a year to come gives; "" if there is none."""
    now = scene.setting.now
    if year is None or (now is not None and year.year < now):
        return ""
    if year.role is Role.SPAN and mood == "fact":
        return "baseline"
    ahead = year.role in (Role.BY, Role.SPAN) or (now is not None and year.year > now)
    return "target" if ahead else ""


def _by_mood(scene: Scene, mood: str) -> str:
    heading = scene.setting.heading
    if mood == "aim":
        return "target"
    if mood == "fact" or heading == "fact":
        return "baseline"
    return "scope" if scene.setting.preamble and heading != "aim" else "target"


def was(scene: Scene, at: Place) -> bool:
    """Whether a figure is what a change starts from: from 35% to 60%, up from 34%, compared with 91."""
    rest = re.sub(r"[\s\x00]+$", "", at.said.rest)
    if WAS.search(rest) or WAS_FROM.search(scene.before(at)):
        return True
    if "from" not in at.said.prepositions:
        return False
    following: Amount | None = scene.following(at)
    if (
        following is not None
        and "to" in said_before(scene.line[at.amount.end : following.start]).prepositions
    ):
        return True
    return at.said.verb is not None and at.said.verb.does in ("up", "down")


def mood_of(scene: Scene, at: Place) -> str:
    """Whether the words about a figure aim at something, tell a fact, or neither ("")."""
    lex = lexicon()
    for start in dict.fromkeys((at.begin, at.start)):
        before = scene.line[start : at.amount.start]
        if lex.firm.search(before) or (start == at.begin and at.said.imperative):
            return "aim"
        if lex.fact.search(before):
            return "fact"
        if said_before(before).imperative:
            return "aim"
    after = scene.line[at.amount.end : at.end]
    firm, fact = lex.firm.search(after), lex.fact.search(after)
    if firm and (fact is None or firm.start() <= fact.start()):
        return "aim"
    past = PAST.search(re.split(r"[,;]", after)[0])
    told = (
        past is not None
        and past.group(1) in lex.verbs
        and lex.verbs[past.group(1)].does == "reach"
    )
    return "fact" if fact or told else ""
