"""Rules of declared columns: when a cell breaks one, as SQL over typed rows, and what is said of it.

Each takes the cell as SQL, what stands behind the rule's colon, and the tables that it may look into.
"""

from collections.abc import Mapping

from hutuo.base.tables import quoted
from hutuo.errors import Words
from hutuo.glossary import Text
from hutuo.units import UNITS

# The only implicit places: cells of the H3 grid, by their index.
CELL = "cell:[0-9a-f]{15}"


def _in(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    values = given.split("|")
    quoted_values = ", ".join(f"'{value}'" for value in values)
    return f"{new} NOT IN ({quoted_values})", Text(
        f"不在{'、'.join(values)}之列", f"is none of {', '.join(values)}"
    )


def _least(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    return f"{new} < {given}", Text(f"小于{given}", f"is below {given}")


def _most(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    return f"{new} > {given}", Text(f"大于{given}", f"is above {given}")


def _pattern(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    says = Text(f"不符合格式{given}", f"does not match {given}")
    return f"NOT regexp_full_match({new}, '{given}')", says


def _after(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    return f"{new} <= new.{quoted(given)}", Text(f"不晚于{given}", f"is not after {given}")


def _ref(new: str, given: str, scope: Mapping[str, str]) -> tuple[str, Words]:
    there, column = given.split(".")
    known = f"SELECT {quoted(column)} AS id FROM {scope[there]}"
    says = Text(
        f"不是数据表{there}的{column};请在那里补充或在此改正",
        f"is no {column} of table {there}; add it there or mend it here",
    )
    # Nothing is NOT IN a table without rows, which an empty cell is not at fault for.
    unknown = f"{new} NOT IN (SELECT id FROM ({known}) WHERE id IS NOT NULL)"
    return f"{new} IS NOT NULL AND {unknown}", says


def _refs(new: str, given: str, scope: Mapping[str, str]) -> tuple[str, Words]:
    there, column = given.split(".")
    known = f"(SELECT coalesce(list({quoted(column)}), []) FROM {scope[there]})"
    says = Text(
        f"含有不属于数据表{there}的{column}的内容",
        f"names something that is no {column} of table {there}",
    )
    return f"NOT list_has_all({known}, str_split({new}, '|'))", says


def _place(new: str, _given: str, scope: Mapping[str, str]) -> tuple[str, Words]:
    known = f"SELECT unit AS id FROM {scope['unit']} UNION SELECT place FROM {scope['place']}"
    says = Text(
        "既不是unit表的代码,也不是place表的标识,也不是cell:<H3编号>",
        "is neither a code of table unit, nor an id of table place, nor cell:<index of H3>",
    )
    there = f"{new} IN (SELECT id FROM ({known}) WHERE id IS NOT NULL)"
    # Few rows are cells, so only what is nothing else is tried as one.
    return f"CASE WHEN {there} THEN false ELSE NOT regexp_full_match({new}, '{CELL}') END", says


def _grain(new: str, _given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    says = Text(
        "valid_from与valid_to一个是日期一个是时刻;请都写成日期或都写成时刻",
        "valid_from and valid_to are a date and an instant; write both as dates or both as instants",
    )
    return f"{new} IS NULL", says


def _measure(new: str, _given: str, _scope: Mapping[str, str]) -> tuple[str, Words]:
    # Looked up in a table: a list of so many words is tried one by one.
    known = ", ".join(f"'{symbol}'" for symbol in UNITS)
    unknown = f"{new} NOT IN (SELECT unnest([{known}]))"
    known = ", ".join(UNITS)
    return unknown, Text(f"不是计量单位;已知的有{known}", f"is no unit of measure; known: {known}")


RULES = {
    "in": _in,
    "min": _least,
    "max": _most,
    "pattern": _pattern,
    "after": _after,
    "ref": _ref,
    "refs": _refs,
    "place": _place,
    "grain": _grain,
    "measure": _measure,
}
