"""What a plan states in figures: aims and facts, what it covers, how it is built up, names that hold digits.

Each figure of a clause is read with the words of its segment (to the next comma), the years of its
sentence and the heading it stands under. An aim without a year takes that of the passage it stands in, else
the last year of the plan, and says that it is inherited.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from hutuo.plan.reader.bounds import is_less, level_of
from hutuo.plan.reader.englishheads import due_in, is_labelled
from hutuo.plan.reader.englishwords import is_english
from hutuo.plan.reader.fallen import Block
from hutuo.plan.reader.grids import Cell, cells_of, is_row
from hutuo.plan.reader.heads import Head
from hutuo.plan.reader.lines import lines_of
from hutuo.plan.reader.numbers import numbers_of
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.sentences import Quantity, Reader, Setting
from hutuo.plan.reader.words import pattern
from hutuo.plan.reader.years import Role, Year, spoken, years_of

STRIVES = re.compile(
    r"力争|确保|应当|必须|(?:主要|发展|预期|总体|工作)目标|目标任务"
    r"|到\s*(?:20\d\d|“?[一二三四五十]{1,2}五)"
)
# A year so much later than the first one that aims name is an outlook.
FAR = 10
# 在“十四五”时期: a term so near the head of a paragraph is what all of it is about.
OPENING = 6
# 夯实工作基础, 优化发展环境: what is to be done about it, no account of how it stands.
WORKED_ON = re.compile(
    r"(?:夯实|打牢|筑牢|巩固|优化|改善|营造|创造|完善|抢抓|抓住|应对|化解|防范|解决|破解|强化|加强|增强|打造|构建|整治|整改)"
    r"[^,;:、]{0,6}$"
)
AIMS = re.compile(r"目标(?:是|为|:)|预期目标|工作安排")
LOOKS_BACK = re.compile(r"\W*(?:在|回顾)?(?:刚刚)?(?:过去的?一年|一年来)")
SENTENCE = re.compile(r"[^。!?\n]+[。!?\n]?")


def quantities_of(
    text: str, clauses: Sequence[Clause], head: Head, tables: Sequence[Block] = ()
) -> list[Quantity]:
    """The figures of a plan in the order of its text.

    Args:
        text: The document in plain form (:func:`hutuo.plan.words.plain`).
        clauses: Its clauses.
        head: What it says of itself.
        tables: Its tables that came apart, a cell a line.
    """
    now = head.year
    until, bound = _until(clauses, head, now)
    headings = headings_of(clauses, now)
    if until is None and not is_english(text) and not STRIVES.search(text):
        # A text that strives for nothing and names no year to come is a report of what was done.
        headings = {name: kind or "fact" for name, kind in headings.items()}
        told = [one.year for one in years_of(text) if one.role in (Role.OF, Role.SPAN)]
        now = now or (max(told) + 1 if told else None)
    passages: dict[str, int | None] = {}
    pasts: dict[str, Year | None] = {}
    found: list[Quantity] = []
    topic, block = "", 0
    # Given late in a year, a report counts that year among the past ones.
    reached = None if now is None else now + head.late
    for clause in clauses:
        titled = _titled(clause, now, reached)
        named = _aimed(titled, now, title=True)
        above = named or passages.get(clause.parent or "")
        pasts[clause.id] = _behind(titled, reached) or pasts.get(clause.parent or "")
        setting = Setting(
            clause,
            headings[clause.id],
            above,
            pasts[clause.id],
            now,
            until,
            clause is clauses[0] and len(clauses) > 1,
            topic,
            reached,
            bound,
        )
        inside = [one for one in tables if clause.start <= one.start < clause.end]
        figures, passages[clause.id], last = _of_clause(text, setting, inside)
        if clause.parent or not found:
            _remember(clause, last, headings, pasts)
        opening = _opening(clause, reached)
        if opening is not None and headings[clause.id] != "aim":
            # “十四五”时期 at the head of what stands below a heading holds for all of that.
            holder = (clause.parent if "¶" in clause.id else None) or clause.id
            pasts[holder] = pasts.get(holder) or opening
        if "¶" in clause.id and clause.text.endswith(":"):
            # What "by 2030 the city will:" says is meant for the paragraphs after it.
            passages[clause.parent or ""] = passages[clause.id]
        topic = topic if figures or is_labelled(clause.text) else clause.title
        block = block if is_labelled(clause.text) else len(found)
        found.extend(figures)
        due = due_in(clause.text)
        if due:
            found[block:] = [_due(one, due) for one in found[block:]]
            passages[clause.parent or ""] = due
    return found


def _due(row: Quantity, year: int) -> Quantity:
    """An aim without a year of its own, with that which a line below it gives."""
    own = row.kind != "target" or row.year_from == "stated"
    return row if own else row._replace(target_year=year, year_from="inherited")


def headings_of(clauses: Sequence[Clause], now: int | None = None) -> dict[str, str]:
    """Whether each clause stands under aims or facts, by its id: "aim", "fact" or ""."""
    found: dict[str, str] = {}
    for clause in clauses:
        found[clause.id] = _heading(clause, found.get(clause.parent or "", ""), now)
    return found


def _until(clauses: Sequence[Clause], head: Head, now: int | None) -> tuple[int | None, bool]:
    """Last year of a plan, and whether it binds rules, too: of its term, its title, or else its aims."""
    if head.horizon:
        return head.horizon[1], True
    aims = {one.id for one in clauses if re.search(pattern("aim_heading"), one.title)}
    said = [head.title, *(one.text for one in clauses if one.id in aims)]
    found = next((year for year in (_aimed(years_of(one), now) for one in said) if year), None)
    if found:
        return found, True
    below = "".join(f"{one.title}。{one.text}。" for one in clauses if one.parent in aims)
    told = [one for one in years_of(below) if now is None or one.year >= now]
    ends = sorted({one.year for one in told if one.role is Role.BY})
    # An aim of 2019 in a plan of 2019 says by when the others are meant.
    ends = ends or sorted({one.year for one in told if one.role is Role.OF and now is not None})
    # Paragraphs below it that name two years, but for a far outlook, say of no task which of them holds.
    sure = ends and all(one - ends[0] >= FAR for one in ends[1:])
    return (ends[0] if sure else None), False


def _heading(clause: Clause, above: str, now: int | None) -> str:
    """Whether what stands under the clause's heading are aims or facts, as its title or those above say."""
    # A paragraph's first phrase may say 现状 of what is asked for; it heads nothing.
    phrase = "¶" in clause.id and (clause.text.startswith(clause.title) or above == "aim")
    # 主要指标完成良好 within what was achieved is no aim.
    kinds = () if phrase and above == "fact" else ("aim",) if phrase else ("aim", "fact")
    for kind in kinds:
        said = re.search(pattern(f"{kind}_heading"), clause.title)
        worked_on = kind == "fact" and said and WORKED_ON.search(clause.title[: said.start()])
        if said and not worked_on:
            return kind
    # A heading that names a term that is over, “十三五”期间, stands above what was done in it.
    named = [] if "¶" in clause.id else _named(clause.title, now, now)
    over = now is not None and any(one.role is Role.SPAN and one.year < now for one in named)
    return "fact" if over and not _aimed(named, now, title=True) else above


def _aimed(years: Sequence[Year], now: int | None, *, title: bool = False) -> int | None:
    """The first year to come that is named; a title may name it by its term (“十四五”时期)."""
    for one in years:
        ahead = now is None or one.year >= now
        of_it = one.role is Role.OF or (title and one.role is Role.SPAN)
        named = of_it and ahead and now is not None
        if one.role is Role.BY or named:
            return one.year
    return None


def _titled(clause: Clause, now: int | None, reached: int | None) -> list[Year]:
    """Years that a clause's title names; a paragraph's first phrase is read with its sentence."""
    if "¶" not in clause.id:
        return _named(clause.title, now, reached)
    return [] if clause.text.startswith(clause.title) else years_of(clause.title)


def _named(text: str, now: int | None, reached: int | None) -> list[Year]:
    """Years that a title or sentence names, in figures or from where it stands."""
    years = years_of(text)
    return sorted([*years, *spoken(text, now, reached)]) if now and reached else years


def _spanned(years: Sequence[Year], setting: Setting) -> int | None:
    """The last year of the term that a passage speaks of (“十四五”期间), if that is still to come."""
    now = setting.now
    if setting.heading == "fact" or (now is None and setting.heading != "aim"):
        return None
    ends = (one.year for one in years if one.role is Role.SPAN and one.since)
    return next((year for year in ends if now is None or year >= now), None)


def _remember(
    clause: Clause, year: Year | None, headings: Mapping[str, str], pasts: dict[str, Year | None]
) -> None:
    """The year that a passage of facts tells of holds for the passages of facts that follow it."""
    above = clause.parent or ""
    if year is not None and headings[clause.id] == headings.get(above, "fact") == "fact":
        pasts[above] = year


def _opening(clause: Clause, reached: int | None) -> Year | None:
    """The term that is over with which a clause begins; None if it begins otherwise."""
    if clause.text.endswith(":"):
        return None
    first = next(iter(years_of(clause.text[: 4 * OPENING])), None)
    return _behind([first], reached) if first and first.since and first.start <= OPENING else None


def _of_clause(
    text: str, setting: Setting, tables: Sequence[Block]
) -> tuple[list[Quantity], int | None, Year | None]:
    """Figures of a clause, the year that it hands down, and the last year of which it tells facts."""
    clause = setting.clause
    year, first = setting.year, None
    past, heads = setting.past, setting.heading
    found: list[Quantity] = []
    found.extend(_tabled(text, setting))
    found.extend(_of_cell(cell, setting) for one in tables for cell in one.cells)
    if is_english(text[clause.start : clause.end]):
        from hutuo.plan.reader.english import of_clause

        figures, year = of_clause(text, setting)
        return [*found, *figures], year, past
    for match in SENTENCE.finditer(text, clause.start, clause.end):
        fallen = any(one.start <= match.start() < one.end for one in tables)
        if fallen or is_row(match.group()):
            continue
        years = years_of(match.group())
        numbers = numbers_of(match.group(), [(one.start, one.end) for one in years])
        if AIMS.search(match.group()) and _aimed(years, setting.now):
            setting = setting._replace(heading=heads)
        reader = Reader(
            match.group(), match.start(), years, numbers, setting._replace(year=year), past
        )
        found.extend(reader.read())
        # What a sentence says from where it stands gives way to the year that its passage has.
        said = _named(match.group(), setting.now, setting.reached)
        told = years if year is not None else said
        # Of several years that a sentence names the last one holds for those after it.
        ahead = _aimed(told[::-1], setting.now)
        first = first or _aimed(told, setting.now)
        year = ahead or year or _spanned(years, setting)
        behind = _behind(years if past is not None else said, setting.reached)
        # 2025年 within what is told of 2021 to 2025 is the end of that span.
        past = (
            past if behind and past and past.since and past.year == behind.year else behind or past
        )
        back = behind and (behind.since or LOOKS_BACK.match(match.group()))
        if ahead or (back and not setting.heading):
            # “十三五”时期 at the head of a passage makes what follows facts, until a year to come is named.
            setting = setting._replace(heading=heads if ahead else "fact")
    # Of a lead-in, "…与2020年的目标相衔接,今后五年的目标是:", the year that it ends on holds below it.
    handed = year if clause.text.endswith(":") else first
    return found, handed or setting.year, past


def _tabled(text: str, setting: Setting) -> Iterator[Quantity]:
    """Figures of tables of indicators in a clause."""
    clause = setting.clause
    for cell in cells_of(lines_of(text[clause.start : clause.end])):
        yield _of_cell(cell, setting, clause.start)


def _of_cell(cell: Cell, setting: Setting, at: int = 0) -> Quantity:
    """A figure of a table, whose lines are counted from ``at``."""
    number, start, now = cell.number, at + cell.line.start, setting.now
    past = now is not None and cell.year < now
    value_type = (
        "growth"
        if cell.growth
        else "change"
        if cell.cumulative or number.value_type == "change"
        else level_of(number.unit, cell.name)
    )
    less = value_type != "change" and is_less(cell.name)
    default = "=" if past else "<=" if less else ">="
    return Quantity(
        setting.clause.id, "baseline" if past else "target", cell.name, number.operator or default,
        number.value, number.value_hi, number.unit, value_type, None, cell.year, "stated", cell.binding,
        cell.line.words, start, at + cell.line.end,
    )  # fmt: skip


def _behind(years: Sequence[Year], now: int | None) -> Year | None:
    """The last year named of which something is told that was."""
    found = [
        one for one in years if one.role is not Role.FROM and now is not None and one.year < now
    ]
    return found[-1] if found else None
