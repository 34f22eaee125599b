"""What the columns of SDMX-CSV mean, as a structure message that clients read before the data.

Source: SDMX-ML 3.0 (SDMX 3.0, section 3B), message ``Structure``; URNs by section 5 of SDMX 2.1 and later.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hutuo.base.sdmx import (
    AGENCY,
    ATTRIBUTES,
    DIMENSIONS,
    FREQUENCIES,
    MEASURE,
    QUALITIES,
    STATUSES,
    VERSION,
)

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.glossary import Text

__all__ = ["MEDIA", "STRUCTURE", "structure"]

MEDIA = "application/vnd.sdmx.structure+xml; version=3.0.0"
STRUCTURE = "OBSERVATION"
SPACES = {
    prefix: f"http://www.sdmx.org/resources/sdmxml/schemas/v3_0/{name}"
    for prefix, name in (("mes", "message"), ("str", "structure"), ("com", "common"))
}
XML = "{http://www.w3.org/XML/1998/namespace}lang"
CODED: Mapping[str, tuple[str, "Mapping[str, Text]"]] = {
    "FREQ": ("CL_FREQ", FREQUENCIES),
    "OBS_STATUS": ("CL_OBS_STATUS", STATUSES),
    "QUALITY": ("CL_QUALITY", QUALITIES),
}
CONCEPTS = "CONCEPTS"


def structure(region: "Region") -> bytes:
    """Code lists, concepts, the data structure and the dataflow of a region, in XML."""
    for prefix, space in SPACES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(_tag("mes:Structure"))
    header = _in(root, "mes:Header")
    _in(header, "mes:ID").text = f"{AGENCY}-{region.info.id}"
    _in(header, "mes:Test").text = "false"
    _in(header, "mes:Prepared").text = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    _in(header, "mes:Sender", id=AGENCY)
    found = _in(root, "mes:Structures")
    lists = _in(found, "str:Codelists")
    for name, codes in CODED.values():
        one = _kept(lists, "str:Codelist", name)
        _called(one, name, name)
        for code, words in codes.items():
            _called(_in(one, "str:Code", id=code), words.zh, words.en)
    scheme = _kept(_in(found, "str:ConceptSchemes"), "str:ConceptScheme", CONCEPTS)
    _called(scheme, "概念", "Concepts")
    for name, words in {**DIMENSIONS, **MEASURE, **ATTRIBUTES}.items():
        _called(_in(scheme, "str:Concept", id=name), words.zh, words.en)
    flow = _kept(_in(found, "str:Dataflows"), "str:Dataflow", region.info.id)
    _called(flow, *region.title)
    _in(flow, "str:Structure").text = _urn("datastructure.DataStructure", STRUCTURE)
    data = _kept(_in(found, "str:DataStructures"), "str:DataStructure", STRUCTURE)
    _called(data, "观测值", "Observations")
    _components(_in(data, "str:DataStructureComponents"))
    told: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return told


def _components(under: ET.Element) -> None:
    dimensions = _in(under, "str:DimensionList", id="DimensionDescriptor")
    for position, name in enumerate(DIMENSIONS, 1):
        if name == "TIME_PERIOD":
            one = _in(dimensions, "str:TimeDimension", id=name)
            _meant(one, name, "ObservationalTimePeriod")
        else:
            _meant(_in(dimensions, "str:Dimension", id=name, position=f"{position}"), name)
    attributes = _in(under, "str:AttributeList", id="AttributeDescriptor")
    for name in ATTRIBUTES:
        one = _in(attributes, "str:Attribute", id=name, usage="optional")
        _meant(one, name)
        _in(_in(one, "str:AttributeRelationship"), "str:Observation")
    measures = _in(under, "str:MeasureList", id="MeasureDescriptor")
    for name in MEASURE:
        _meant(_in(measures, "str:Measure", id=name, usage="optional"), name, "Double")


def _meant(component: ET.Element, name: str, kind: str = "String") -> None:
    """The concept of a component, and what its values are: codes, or text of a kind."""
    concept = _urn("conceptscheme.Concept", CONCEPTS, f".{name}")
    _in(component, "str:ConceptIdentity").text = concept
    local = _in(component, "str:LocalRepresentation")
    if name in CODED:
        _in(local, "str:Enumeration").text = _urn("codelist.Codelist", CODED[name][0])
    else:
        _in(local, "str:TextFormat", textType=kind)


def _kept(under: ET.Element, tag: str, name: str) -> ET.Element:
    return _in(under, tag, id=name, agencyID=AGENCY, version=VERSION)


def _called(one: ET.Element, zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        _in(one, "com:Name", **{XML: lang}).text = words


def _urn(kind: str, name: str, rest: str = "") -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{name}({VERSION}){rest}"


def _in(under: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(under, _tag(tag), attributes)


def _tag(tag: str) -> str:
    prefix, _, name = tag.partition(":")
    return f"{{{SPACES[prefix]}}}{name}"
