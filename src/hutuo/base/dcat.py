"""The catalogue as DCAT in JSON-LD, which other catalogues harvest.

Source: W3C Data Catalog Vocabulary (DCAT) - Version 3, of 22 August 2024.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hutuo.base import sdmx
from hutuo.base.shaped import collections

if TYPE_CHECKING:
    from hutuo.base.catalogue import Dataset
    from hutuo.base.region import Region
    from hutuo.glossary import Text

MEDIA = "application/ld+json"
IANA = "https://www.iana.org/assignments/media-types/"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalogue(
    region: "Region", datasets: Sequence["Dataset"], at: str, query: str = ""
) -> dict[str, Any]:
    """The catalogue of a region; what is not known of a dataset is left out.

    Args:
        region: View of the region.
        datasets: As :func:`hutuo.base.catalogue.catalogue` lists them.
        at: Address of the OGC interfaces, ending in a slash.
        query: What addresses carry behind a question mark, to come to the same view.
    """
    return _plain(
        {
            "@context": CONTEXT,
            "@id": _link(f"{at}dcat", query),
            "@type": "dcat:Catalog",
            "dct:title": _both(region.title),
            "dcat:dataset": [
                _dataset(one, at, query) | _distributed(one, at, query, region.info.id)
                for one in datasets
            ],
        }
    )


def _dataset(one: "Dataset", at: str, query: str) -> dict[str, Any]:
    return _plain(
        {
            "@id": _link(f"{at}dcat", query) + f"#{one.dataset}",
            "@type": "dcat:Dataset",
            "dct:identifier": one.dataset,
            "dct:title": _both(one.name),
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _both(one.owner)},
            "dct:issued": _day(one.published),
            "dct:modified": _instant(one),
            "dct:rights": one.licence or None,
            "dct:source": one.origin or None,
            "dct:temporal": _temporal(one.period),
            "dcat:keyword": [word for row in one.indicators for word in _both(row.name)],
        }
    )


def _distributed(one: "Dataset", at: str, query: str, region: str) -> dict[str, Any]:
    """Addresses at which a dataset is had: its features, and its series."""
    tables = [row.table for row in one.tables]
    told = [_distribution(one, name, at, query) for name in tables if name in collections()]
    if "observation" in tables:
        flow = f"{at.removesuffix('ogc/')}sdmx/data/dataflow/{sdmx.AGENCY}/{region}/{sdmx.VERSION}"
        told.append(
            {
                "@type": "dcat:Distribution",
                "dct:title": "SDMX-CSV",
                "dcat:accessURL": {
                    "@id": _link(flow, query, urlencode({"c[SOURCE]": one.dataset}))
                },
                "dcat:mediaType": {"@id": f"{IANA}text/csv"},
            }
        )
    return _plain({"dcat:distribution": told})


def _distribution(one: "Dataset", name: str, at: str, query: str) -> dict[str, Any]:
    address = _link(f"{at}collections/{name}/items", query, f"source={one.dataset}")
    return {
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{IANA}application/geo+json"},
    }


def _link(address: str, *queries: str) -> str:
    asked = "&".join(query for query in queries if query)
    return f"{address}?{asked}" if asked else address


def _both(text: "Text") -> list[dict[str, str]]:
    """Words in Chinese and in English; once where they are the same."""
    zh = {"@value": text.zh, "@language": "zh"}
    return [zh] if text.zh == text.en else [zh, {"@value": text.en, "@language": "en"}]


def _day(day: date | None) -> dict[str, str] | None:
    return None if day is None else {"@value": day.isoformat(), "@type": "xsd:date"}


def _instant(one: "Dataset") -> dict[str, str] | None:
    if one.fresh is None:
        return None
    return {"@value": one.fresh.isoformat(), "@type": "xsd:dateTime"}


def _temporal(period: str) -> dict[str, Any] | None:
    """First and last day or year of a period as the catalogue writes it."""
    ends = [part.strip() for part in period.split("–")]
    if not any(ends):
        return None
    first, last = ends[0], ends[-1]
    kinds = {len("2024"): "xsd:gYear", len("2024-12-31"): "xsd:date"}
    told = {
        name: {"@value": end, "@type": kinds[len(end)]}
        for name, end in (("dcat:startDate", first), ("dcat:endDate", last))
        if end
    }
    return {"@type": "dct:PeriodOfTime", **told}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, [], "")}
