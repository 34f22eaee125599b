"""The OpenAPI document of some routes in version 3.0, which standards of the OGC and their clients read.

Source: OpenAPI Specification 3.0.3 and 3.1.0; what differs is how nothing and constants are written.
"""

import re
from collections.abc import Mapping
from typing import Any

MEDIA = "application/vnd.oai.openapi+json;version=3.0"
SCHEMAS = "#/components/schemas/"
# Words that 3.0 does not have.
NEWER = (
    "examples",
    "$defs",
    "$schema",
    "contentMediaType",
    "prefixItems",
    "propertyNames",
    "x-zh",
)


def older(document: Mapping[str, Any], beneath: str) -> dict[str, Any]:
    """The routes beneath a path with the schemas that they refer to.

    Args:
        document: OpenAPI 3.1.
        beneath: Begin of the paths.
    """
    paths = {p: _plain(v) for p, v in document["paths"].items() if p.startswith(beneath)}
    schemas = document.get("components", {}).get("schemas", {})
    kept: dict[str, Any] = {}
    wanted = _named(paths)
    while wanted:
        name = wanted.pop()
        kept[name] = _plain(schemas[name])
        wanted |= _named(kept[name]) - kept.keys()
    about = dict(document["info"])
    return {
        "openapi": "3.0.3",
        "info": about,
        "paths": paths,
        "components": {"schemas": dict(sorted(kept.items()))},
    }


def _named(part: Any) -> set[str]:
    """Schemas that a part of a document refers to."""
    return set(re.findall(rf"'{re.escape(SCHEMAS)}([^']+)'", repr(part)))


def _plain(part: Any) -> Any:
    """A part of a document in the words of 3.0."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _plain(one) for name, one in part.items() if name not in NEWER}
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("anyOf"), list):
        found = _nullable(found)
    return found


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """One of several, where one of them is nothing."""
    rest = [one for one in schema["anyOf"] if one != {"type": "null"}]
    if len(rest) == len(schema["anyOf"]):
        return schema
    told = {name: one for name, one in schema.items() if name != "anyOf"} | {"nullable": True}
    if len(rest) == 1 and "$ref" not in rest[0]:
        return {**rest[0], **told}
    return {**told, "anyOf": rest}
