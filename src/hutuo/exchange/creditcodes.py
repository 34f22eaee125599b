"""Unified credit codes of bodies: 18 letters, of which the last checks the others.

Source: GB 32100-2015, 4.2 (letters, without I, O, S, V and Z) and annex A (weights, modulus 31).
"""

from hutuo.exchange.wording import plain
from hutuo.glossary import Text

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(3**at % 31 for at in range(LENGTH - 1))


def check_letter(body: str) -> str:
    """The last letter of a code.

    Args:
        body: The 17 letters before it.

    Raises:
        ValueError: There are not 17, or one is none of the standard's.
    """
    if len(body) != LENGTH - 1 or not set(body) <= set(LETTERS):
        raise ValueError(f"'{body}' is not 17 of the letters {LETTERS}")
    summed = sum(LETTERS.index(letter) * by for letter, by in zip(body, WEIGHTS, strict=True))
    return LETTERS[-summed % len(LETTERS)]


def credit_code(text: str) -> str:
    """A code in its plain form: narrow capital letters without spaces and hyphens."""
    return "".join(letter for letter in plain(text).upper() if letter.isalnum())


def holds(code: str) -> bool:
    """Whether a code in plain form has its 18 letters and the last checks the others."""
    body, last = code[:-1], code[-1:]
    return len(code) == LENGTH and set(code) <= set(LETTERS) and check_letter(body) == last


def fault(given: str) -> Text | None:
    """What is wrong with a code as it was given, None where nothing is."""
    code = credit_code(given)
    if len(code) != LENGTH:
        zh = f"“{given}”有{len(code)}位,统一社会信用代码应为{LENGTH}位"
        return Text(zh, f"'{given}' has {len(code)} letters; a unified credit code has {LENGTH}")
    if strange := sorted(set(code) - set(LETTERS)):
        zh = f"“{given}”中的{'、'.join(strange)}不用于代码(不用I、O、S、V、Z)"
        return Text(zh, f"'{given}' has {', '.join(strange)}; codes have no I, O, S, V and Z")
    if not holds(code):
        right = check_letter(code[:-1])
        zh = f"“{given}”的校验位不对:前{LENGTH - 1}位若无误,末位应为{right}"
        return Text(
            zh, f"'{given}' has a wrong check letter; after these {LENGTH - 1} it is {right}"
        )
    return None
