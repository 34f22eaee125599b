"""Data by the REST interface of SDMX 3.0: observations as SDMX-CSV 2.0, chosen by key and component.

Source: SDMX 3.0, section 7 (REST), "Data queries" and "Structure queries"; parameters of the media type by
SDMX-CSV 2.0, "Optional parameters".
"""

import re
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header, Path, Response

from hutuo.api.views import Seen, View
from hutuo.base import sdmxstructure
from hutuo.base.sdmx import (
    AGENCY,
    DIMENSIONS,
    FREQUENCIES,
    KEYS,
    LABELS,
    MEDIA,
    VERSION,
    Keys,
    Labels,
    Written,
    observations,
    span,
    written,
)
from hutuo.errors import BadAsk, NotFound, one_of
from hutuo.glossary import Text

router = APIRouter(prefix="/sdmx", tags=["sdmx"])
# How any version, the newest and so on are asked for.
WILD = ("*", "~", "+")
# Our columns by component; SOURCE is an attribute, by which one may choose too.
CHOSEN = {"REF_AREA": "place", "INDICATOR": "indicator", "SOURCE": "source"}
TAKEN = re.compile(r"(?:application/vnd\.sdmx\.data\+csv|text/(?:csv|\*)|application/\*|\*/\*)")
Accept = Annotated[str, Header(description="SDMX-CSV 2.0; labels and keys as its parameters")]
Key = Annotated[
    str,
    Path(description="FREQ.REF_AREA.INDICATOR, * for all; several keys with commas between them"),
]
AT = "/data/dataflow/{agency}/{flow}/{version}"


@router.get(AT, summary="All series as SDMX-CSV.", include_in_schema=False)
def everything(
    view: Seen, agency: str, flow: str, version: str, accept: Accept = "*/*"
) -> Response:
    """Every observation of the dataflow, or what components choose of it."""
    return data(view, agency, flow, version, "*", accept)


@router.get(f"{AT}/{{key}}", summary="Series as SDMX-CSV.")
def data(
    view: Seen, agency: str, flow: str, version: str, key: Key, accept: Accept = "*/*"
) -> Response:
    """Observations of a key; ``c[REF_AREA]``, ``c[TIME_PERIOD]=ge:2010+le:2020`` choose further."""
    components = {f"c[{name}]": name for name in (*DIMENSIONS, "SOURCE")}
    view.only([*components, "labels", "keys"])
    _known(view, agency, flow, version)
    asked = view.request.query_params
    chosen = _keyed(key)
    for query, name in components.items():
        if query in asked and name != "TIME_PERIOD":
            _narrowed(chosen, name, asked[query].split(","))
    first, last = _ends(asked.get("c[TIME_PERIOD]", ""))
    where: dict[str, Any] = {ours: chosen.get(name, ()) for name, ours in CHOSEN.items()}
    where["valid_from"] = span(first, last, view.region)
    for code in chosen.get("FREQ", ()):
        if code not in FREQUENCIES:
            raise one_of(code, "frequency", list(FREQUENCIES))
    rows = observations(view.region, where, chosen.get("FREQ", ()))
    content = written(view.region, rows, _written(view, accept))
    saved = {
        "Content-Disposition": f'attachment; filename="{view.region.info.id}.csv"',
        "Content-Language": view.lang,
    }
    return Response(content, media_type=MEDIA, headers=saved)


@router.get(
    "/structure/dataflow/{agency}/{flow}/{version}", summary="What the columns of the series mean."
)
def meaning(view: Seen, agency: str, flow: str, version: str) -> Response:
    """The dataflow with its data structure, concepts and code lists, whatever of them is asked for."""
    view.only(["references", "detail"])
    _known(view, agency, flow, version)
    return Response(sdmxstructure.structure(view.region), media_type=sdmxstructure.MEDIA)


def _known(view: View, agency: str, flow: str, version: str) -> None:
    """Refuse another dataflow than that of the region.

    Raises:
        NotFound: It is another.
    """
    here = AGENCY, view.region.info.id, VERSION
    if any(
        given not in (ours, *WILD)
        for given, ours in zip((agency, flow, version), here, strict=True)
    ):
        raise one_of(f"{agency}:{flow}({version})", "dataflow", ["{}:{}({})".format(*here)])


def _keyed(key: str) -> dict[str, tuple[str, ...]]:
    """What keys ask for by dimension; several of them have to differ in one dimension alone.

    Raises:
        BadAsk: They have too many parts, or differ in several.
    """
    names = [name for name in DIMENSIONS if name != "TIME_PERIOD"]
    parts = [one.split(".") for one in key.split(",")]
    if key != "*" and any(len(one) != len(names) for one in parts):
        says = Text(f"键“{key}”应为{'.'.join(names)}", f"key '{key}' should be {'.'.join(names)}")
        raise BadAsk(says, Text("不限的一段写*,如A.*.gdp", "write * for all of one, as A.*.gdp"))
    if key == "*":
        return {}
    found = {
        name: tuple(dict.fromkeys(of))
        for name, of in zip(names, zip(*parts, strict=True), strict=True)
    }
    if sum(len(of) > 1 for of in found.values()) > 1:
        says = Text("几个键只能有一段不同", "several keys may differ in one part alone")
        raise BadAsk(
            says, Text("或用c[REF_AREA]=…等选择", "or choose by c[REF_AREA]=... and others")
        )
    return {name: of for name, of in found.items() if not {"*", ""} & {*of}}


def _narrowed(chosen: dict[str, tuple[str, ...]], name: str, wanted: list[str]) -> None:
    """Choose further by a component.

    Raises:
        NotFound: The key asks for others.
    """
    values = tuple(one.removeprefix("eq:") for one in wanted)
    both = tuple(one for one in values if name not in chosen or one in chosen[name])
    if not both:
        says = Text(
            f"{name}:键与c[{name}]没有共同的值", f"{name}: key and c[{name}] share no value"
        )
        raise NotFound(says)
    chosen[name] = both


def _ends(asked: str) -> tuple[str | None, str | None]:
    """First and last period of ``ge:2010+le:2020``; a plus sign comes as a space where it is not escaped.

    Raises:
        BadAsk: It is written otherwise.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[+ ]", asked) if asked else ():
        how, colon, when = part.partition(":")
        if not colon:
            how, when = "eq", part
        if how not in ("ge", "le", "eq"):
            says = Text(f"c[TIME_PERIOD]:没有“{how}”", f"c[TIME_PERIOD]: no '{how}'")
            raise BadAsk(says, Text("如ge:2010+le:2020", "as ge:2010+le:2020"))
        found |= {"ge": when, "le": when} if how == "eq" else {how: when}
    return found.get("ge"), found.get("le")


def _written(view: View, accept: str) -> Written:
    """How the message is asked for: by the media type, or by parameters of the same names.

    Raises:
        BadAsk: Nothing that is accepted is given out.
    """
    for media in accept.split(","):
        kind, *rest = (part.strip() for part in media.split(";"))
        given = dict(part.split("=", 1) for part in rest if "=" in part)
        if TAKEN.fullmatch(kind) and given.get("version", "2.0.0").startswith("2."):
            given |= {
                n: v for n, v in view.request.query_params.items() if n in ("labels", "keys")
            }
            labels = _one("labels", given.get("labels", "id"), LABELS)
            keys = _one("keys", given.get("keys", "none"), KEYS)
            return Written(cast("Labels", labels), cast("Keys", keys), view.lang)
    says = Text(f"Accept:没有格式“{accept}”", f"Accept: no format '{accept}'")
    raise BadAsk(says, Text(f"可用:{MEDIA}", f"possible: {MEDIA}"))


def _one(name: str, given: str, possible: tuple[str, ...]) -> str:
    if given not in possible:
        error = one_of(given, name, list(possible))
        raise BadAsk(error.words, error.advice)
    return given
