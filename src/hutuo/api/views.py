"""The view of a region that a request of a standard asks for, and addresses that come back to it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

import hutuo
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hutuo.base.region import Region

# Parameters that say which view is meant; addresses in answers carry them on.
CARRIED = ("region", "at", "as_of", "branch", "lang")


def named_only(region: str | None) -> None:
    """Over the network a region is named, never a path: no folder of the server is opened by request."""
    from hutuo.base.region import embedded, open_folders

    if region is not None and region not in embedded() and region not in open_folders():
        # Paths of the machine are no one else's business.
        raise one_of(region, "region", list(embedded()))


@dataclass(frozen=True)
class View:
    """What a request looks at.

    Attributes:
        request: The request.
        asked: Region, times and branch as they are asked for.
        lang: Language of texts.
    """

    request: Request
    asked: dict[str, Any]
    lang: str

    @property
    def region(self) -> "Region":
        """The region as it is asked for, opened once a request.

        Python's own cached property has one lock for all requests, which would open one after the other.
        """
        kept: dict[str, Any] = self.__dict__
        if "_region" not in kept:
            named_only(self.asked["region"])
            default = self.request.app.state.region
            asked = {k: v for k, v in self.asked.items() if k != "region"}
            kept["_region"] = hutuo.open(self.asked["region"] or default, **asked)
        found: Region = kept["_region"]
        return found

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Parameters of the request that say which view is meant."""
        return [(k, v) for k, v in self.request.query_params.multi_items() if k in CARRIED]

    def address(self, path: str, *asked: tuple[str, str]) -> str:
        """An address of this service that comes back to this view.

        Args:
            path: From the root on, without a slash at its beginning.
            asked: Further parameters.
        """
        query = urlencode([*self.carried, *asked])
        return f"{self.request.base_url}{path}{'?' + query if query else ''}"

    def link(
        self, rel: str, path: str, media: str, title: str = "", **more: str
    ) -> dict[str, str]:
        """A link as standards of the OGC write it."""
        told = {"rel": rel, "type": media, "href": self.address(path), **more}
        return told | ({"title": title} if title else {})

    def say(self, text: Text) -> str:
        """Words in the language of the request."""
        return text.say(self.lang)

    def only(self, allowed: "Iterable[str]") -> None:
        """Refuse parameters that mean nothing here.

        Raises:
            BadAsk: There are some.
        """
        known = [*CARRIED, *allowed]
        unknown = [name for name in self.request.query_params if name not in known]
        if unknown:
            error = one_of(unknown[0], "parameter", known)
            raise BadAsk(error.words, error.advice)


class Looked(BaseModel):
    """Parameters of a request that say what it looks at."""

    region: Annotated[str | None, Field(description="name of a region")] = None
    at: Annotated[str | None, Field(description="what held on that day, or at that instant")] = (
        None
    )
    as_of: Annotated[
        str | None, Field(description="what was known on that day, or at that instant")
    ] = None
    branch: Annotated[str, Field(description="branch to read")] = "main"
    lang: Annotated[Literal["zh", "en"], Field(description="language of texts")] = "zh"

    def view(self, request: Request) -> View:
        """The view that a request asks for by them."""
        return View(request, self.model_dump(exclude={"lang"}), self.lang)


async def seen(request: Request, looked: Annotated[Looked, Query()]) -> View:
    """The view that a request asks for."""
    return looked.view(request)


Seen = Annotated[View, Depends(seen)]
