"""Features of a layer as places and boundaries.

They are boundaries of places that are known where ``place`` of the mapping says which, else places of their
own, whose ids and names stand in its ``columns`` (``id``, ``zh``, ``en``).
"""

from datetime import date, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base.layers import Layer
from hutuo.base.mapping import FAULTY, Mapping, PlaceColumn, Quarantined, Read
from hutuo.base.matching import Places, Refused
from hutuo.base.periods import CLOCK, is_several_months, refused
from hutuo.base.periods import read as period_of
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

PLACE_KINDS = ("point", "corridor", "network", "cell", "part", "station", "sensor")


def bounded_places(
    path: Path, mapping: Mapping, layer: Layer, zone: tzinfo, known: Places | None
) -> Read:
    """Rows of the table boundary, and of place where the features are places of their own.

    Args:
        path: The file, for messages.
        mapping: What is said of it.
        layer: Its features.
        zone: Time zone of the region.
        known: Places of the region, where the mapping says which place a feature is.

    Raises:
        BadInput: The mapping does not fit the layer.
    """
    import pandas as pd

    start, end = _span(path, mapping, zone)
    held = list(layer.held)
    if mapping.place and known is not None:
        ids = _known(layer, mapping, mapping.place, known, (start, end), held)
        places = None
    else:
        ids, places = _own(path, mapping, layer, held)
    there = ids.notna() & ~ids.duplicated()
    again = ids.notna() & ids.duplicated()
    reason = Text("同一地点在前面已有图形", "its place has a shape in a feature before")
    held += [Quarantined(int(at) + 1, "geometry", reason, str(ids[at])) for at in ids.index[again]]
    days = {"valid_from": start, "valid_to": end}
    drawn = layer.shapes[there].drop(columns="kind").reset_index(drop=True)
    drawn.insert(0, "place", ids[there].to_numpy())
    drawn = drawn.assign(**{name: day.isoformat() for name, day in days.items() if day})
    found = {"boundary": drawn}
    if places is not None:
        found = {"place": places[there].reset_index(drop=True)} | found
    lines = pd.Series(ids.index[there].to_numpy() + 1)
    held.sort(key=lambda one: one.row)
    told = list(layer.findings)
    if mapping.figures:
        says = Text(
            "写入boundary时不读取;请再读入一次,写入observation",
            "are not read with table boundary; take the file in again, with table observation",
        )
        told.append(Finding(path.name, None, "figures", says))
    return Read(found, dict.fromkeys(found, lines), held, told)


def _span(path: Path, mapping: Mapping, zone: tzinfo) -> tuple[date | None, date | None]:
    """Days that the boundaries hold; none for always.

    Raises:
        BadInput: The mapping gives no days.
    """
    given = mapping.period.value if mapping.period else None
    if given is None:
        return None, None
    found = period_of(given, zone)
    if found is None or found.grain in CLOCK:
        says = Text(f"“{given}”不是日、月或年", f"'{given}' is no day, month or year")
        says = refused(given) if is_several_months(given) else says
        finding = Finding(path.name, None, "period.value", says)
        hint = Text("某日的地图写如2020-12-31", "as 2020-12-31 for a map of that day")
        raise BadInput(FAULTY, [finding], hint)
    # A map of a day shows what holds from then on; one of a year holds for that year.
    return found.valid_from, None if found.grain == "day" else found.valid_to


def _known(
    layer: Layer,
    mapping: Mapping,
    place: PlaceColumn,
    known: Places,
    span: tuple[date | None, date | None],
    held: list[Quarantined],
) -> "pd.Series[str]":
    """Of each feature the place that it shows; missing where none is known, which is told."""
    import pandas as pd

    column = place.column
    words = (
        layer.features[column].map(_word)
        if column
        else pd.Series(place.value, index=layer.features.index)
    )
    days = None if span[0] is None else (span[0], span[1])
    answers = {
        word: known.find(mapping.places.get(word, word), days, place.within)
        for word in words.unique()
    }
    found = {}
    for at, word in zip(words.index.tolist(), words.tolist(), strict=True):
        answer = answers[word]
        if isinstance(answer, Refused):
            held.append(Quarantined(at + 1, column or "", answer.reason, word))
        else:
            found[at] = answer
    return pd.Series(found, dtype="object").reindex(words.index)


def _own(
    path: Path, mapping: Mapping, layer: Layer, held: list[Quarantined]
) -> "tuple[pd.Series[str], pd.DataFrame]":
    """Of each feature its id, and its row in the table of places.

    Raises:
        BadInput: The mapping does not say which attribute is the id, or names a kind that is none.
    """
    import pandas as pd

    kinds = _kinds(path, mapping, layer)
    columns = mapping.columns
    lacking = Text("缺少:是哪个属性?", "is missing: which attribute is it?")
    faults = [
        Finding(path.name, None, f"columns.{role}", lacking)
        for role in ("id", "zh")
        if role not in columns
    ]
    if faults:
        says = Text("要素作为地点须有标识与名称:", "features as places need an id and a name:")
        raise BadInput(says, faults, Text("或给出已知的place", "or place, if known"))
    features = layer.features
    ids, zh = features[columns["id"]].map(_word), features[columns["zh"]].map(_word)
    en = features[columns["en"]].map(_word) if "en" in columns else zh
    zh, en = zh.where(zh != "", en), en.where(en != "", zh)
    for name, words in ((columns["id"], ids), (columns["zh"], zh)):
        reason = Text("为空;标识与名称必填", "is empty; id and name are required")
        held += [Quarantined(int(at) + 1, name, reason) for at in words.index[words == ""]]
    good = (ids != "") & (zh != "")
    # Without its own prefix an id could be that of another kind of place.
    full = (kinds + ":" + ids).where(good)
    return full, pd.DataFrame({"place": full, "kind": kinds, "zh": zh, "en": en})


def _kinds(path: Path, mapping: Mapping, layer: Layer) -> "pd.Series[str]":
    given = mapping.options.get("kind")
    if given is not None and given not in PLACE_KINDS:
        en = f"'{given}' is no kind of place that has a shape"
        finding = Finding(
            path.name, None, "options.kind", Text(f"“{given}”不是有图形的地点类型", en)
        )
        known = ", ".join(PLACE_KINDS)
        raise BadInput(FAULTY, [finding], Text(f"可用:{known}", f"one of {known}"))
    kinds = layer.shapes["kind"]
    return kinds if given is None else kinds.where(kinds.isna(), given)


def _word(cell: object) -> str:
    """A cell as a word: whole numbers without .0, nothing for missing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
