"""How English names years; read by :mod:`hutuo.plan.reader.years`.

Each row is a regular expression with a group ``year`` (and ``since`` for a span) and the role of that year;
of readings that overlap the longer one holds, so the spans stand first.
"""

YEAR = r"(?:19|20)\d{2}"
MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
# The day or part of a year before it: by 31 December 2030, by the end of fiscal year 2030, by mid-2030.
SEASON = r"(?:end|start|beginning|close|middle|summer|autumn|fall|spring|winter)"
DAY = (
    rf"(?i:(?:the\s+)?(?:\d{{1,2}}\s+)?{MONTHS}\s+(?:\d{{1,2}}(?:st|[nr]d|th)?,?\s+)?"
    rf"|(?:the\s+)?(?:very\s+)?{SEASON}(?:\s+of|-)?[\s-]*"
    r"|(?:mid|early|late|year-end|end)[\s-]+|Q[1-4][\s-]+(?:of\s+)?"
    r"|the\s+(?:first|second|third|fourth|last)\s+(?:quarter|half)\s+of\s+|the\s+year\s+|the\s+)?"
    r"(?i:FY\s?|fiscal\s+year\s+|calendar\s+year\s+)?"
)
LEVELS = r"(?:[\s-]+(?:levels?|baselines?|base\s+year|figures?|values?|average))"
# A number without a thousands mark is no year: 2000 homes, $2000, 2,030.
ALONE = r"(?<![\d,.$€£/-])"
ENDS = (
    r"\b(?![,.]\d|-\d|\s*%"
    r"|\s+(?:per\s?cent|percent|MW|km|ha|hectares|homes|jobs|units|trees|million|billion)\b)"
)

BY = r"(?i:\b(?:not?\s+later\s+than|on\s+or\s+before|by|until|before|through|to|towards?|up\s+to))"

ENGLISH: tuple[tuple[str, str], ...] = (
    (rf"{BY}\s+{DAY}(?P<since>{YEAR})[-/](?P<year>{YEAR}|\d{{2}})(?![\d,.%-])\b", "by"),
    (
        rf"(?i:\b(?:target|goal|objective|aim)s?)\s+(?:for\s+|in\s+"
        rf"|by\s+)?(?:the\s+year\s+)?(?P<year>{YEAR}){ENDS}",
        "by",
    ),
    (rf"{ALONE}(?P<year>{YEAR})(?=\s+(?:targets?|goals?|objectives?|deadline|horizon)\b)", "by"),
    (
        rf"(?i:(?:between|from|over|during|in|for)\s+)?(?:the\s+(?:period"
        rf"|years)\s+)?{ALONE}(?P<since>{YEAR})"
        rf"\s*(?:-+|~|/|\bto\b|\band\b|\bthrough\b|\buntil\b)\s*(?P<year>{YEAR}"
        rf"|\d{{2}}(?![\d,.%-]))\b(?!-\d)",
        "span",
    ),
    (
        r"(?i:\b(?:compared\s+(?:to|with)|in\s+comparison\s+(?:to|with)|relative\s+to|against|below"
        r"|above|over|vs\.?|versus|than(?:\s+in)?"
        rf"|from|since|on))\s+(?:those\s+(?:of|in)\s+|that\s+(?:of|in)\s+|an?\s+"
        rf"|its\s+)?{DAY}(?P<year>{YEAR}){ENDS}{LEVELS}?",
        "from",
    ),
    (
        rf"{BY}\s+{DAY}(?P<year>{YEAR}){ENDS}",
        "by",
    ),
    (rf"{ALONE}(?P<year>{YEAR}){LEVELS}", "from"),
    (
        r"(?i:\b(?:as\s+of|at\s+the\s+end\s+of|in|for|at|during|of|as\s+at|throughout))"
        rf"\s+{DAY}(?P<year>{YEAR}){ENDS}",
        "of",
    ),
    (
        rf"\b(?:FY\s?|Q[1-4]\s+|(?i:fiscal\s+year)\s+"
        rf"|(?:\d{{1,2}}\s+)?{MONTHS}\s+(?:\d{{1,2}},?\s+)?)(?P<year>{YEAR}){ENDS}",
        "of",
    ),
    (rf"(?i:\b{SEASON}|\b(?:early|late|mid))[\s-]+(?P<year>{YEAR}){ENDS}", "of"),
    (rf"(?<=[:=]\s)(?P<year>{YEAR})(?=\s*$)", "of"),
    (r"\b(?P<year>(?:19|20)\d{2})-\d{2}-\d{2}\b", "of"),
    (rf"(?<=[(])(?P<year>{YEAR})(?=[),;:])", "of"),
)
