"""Whom facilities are for: residents, whatever their registration."""

from typing import TYPE_CHECKING

from hutuo.base import counted
from hutuo.errors import NotFound
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["people_indicator"]


def people_indicator(region: "Region", named: str | None) -> str:
    """The indicator of residents: the one named, else the core one that adds up and is most often observed.

    Raises:
        NotFound: No indicator has that name, or none of people is observed.
    """
    found = counted.people_indicator(region, named)
    if found is None:
        says = Text("没有观测到的常住人口指标", "no indicator of residents is observed")
        raise NotFound(says, Text("请用people写明一个", "name one as people"))
    return found
