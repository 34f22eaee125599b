"""Rights of intellectual property: where each of an offer's rights stands, and the offer by them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text, label
from hutuo.verbs import Answer, said

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["RightRow", "position", "register", "right_rows", "stands", "unknown"]

# From what protects least to what protects most; an offer is called by the best of its rights.
RANK = ("unknown", "refused", "revoked", "lapsed", "expired", "applied", "published", "granted")
NONE = "none"
Row = Mapping[str, Any]


class RightRow(Answer):
    """A right of intellectual property that an offer rests on."""

    right: str = said("权利编号", "number of the right, as its office writes it")
    kind: str | None = said("类型", "kind of right; null if it is not in the register")
    kind_name: Text | None = said("类型名称", "what the kind is called")
    title: Text | None = said("名称", "title of the right")
    state: str = said("法律状态", "where it stands on the day; expired once its end has come")
    state_name: Text = said("法律状态名称", "what that is called")
    holder: str | None = said("权利人", "who holds it")
    expires: date | None = said("期满日", "day from which the protection has ended")
    licence: str | None = said("许可情况", "to whom it is licensed")
    source: str | None = said("来源", "source of the row")


def register(region: "Region", rights: Iterable[str] | None = None) -> dict[str, Row]:
    """Rows of the register of rights, by number; all of them, or those that are named."""
    where = {} if rights is None else {"right": sorted(set(rights))}
    if rights is not None and not where["right"]:
        return {}
    return {row["right"]: row for row in region.records("ip_right", **where)}


def stands(row: Row | None, day: date) -> str:
    """Where a right stands on a day: as registered, ``expired`` after its end, or ``unknown``."""
    if row is None:
        return RANK[0]
    ended = row["expires"] is not None and row["expires"] <= day
    return "expired" if ended and row["state"] == "granted" else str(row["state"])


def position(rights: Sequence[str], known: Mapping[str, Row], day: date) -> str:
    """What an offer's rights come to: the state of the best of them, ``none`` if it names none."""
    states = [stands(known.get(right), day) for right in rights]
    return max(states, key=RANK.index, default=NONE)


def right_rows(rights: Sequence[str], known: Mapping[str, Row], day: date) -> list[RightRow]:
    """An offer's rights, in its order."""
    return [_told(right, known.get(right), stands(known.get(right), day)) for right in rights]


def unknown(rights: Sequence[str], known: Mapping[str, Row]) -> None:
    """Refuse rights that nobody registered.

    Raises:
        BadInput: A right is not in the register.
    """
    missing = [right for right in rights if right not in known]
    if missing:
        says = Text(
            "知识产权登记表ip_right里没有;先用base put登记",
            "it is not in table ip_right; write it there by base put first",
        )
        raise BadInput(
            Text(f"{len(missing)}项知识产权没有登记:", f"{len(missing)} rights are not known:"),
            [Finding("rights", None, right, says) for right in missing],
        )


def _told(right: str, row: Row | None, state: str) -> RightRow:
    given = row or {}
    kind = given.get("kind")
    return RightRow(
        right=right,
        kind=kind,
        kind_name=label(f"right:{kind}") if kind else None,
        title=Text(row["zh"], row["en"] or row["zh"]) if row else None,
        state=state,
        state_name=label(f"right_state:{state}"),
        **{name: given.get(name) for name in ("holder", "expires", "licence", "source")},
    )
