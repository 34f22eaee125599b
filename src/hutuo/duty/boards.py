"""Boards that users compose: each tile is a verb with its ask, so that what it shows can be asked again.

A board holds no figures. Whoever opens it asks the verbs himself, and sees what he may see.
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from hutuo.base import deeds
from hutuo.base.deeds import READ
from hutuo.base.sharing.rights import needed
from hutuo.base.store import store_of
from hutuo.duty import schema
from hutuo.duty.schema import DUTY
from hutuo.errors import BadAsk, BadInput, Finding, Forbidden, HutuoError, NotFound
from hutuo.verbs import Answer, Ask, Text, find_verb, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Board", "BoardAnswer", "BoardRow", "Boards", "Tile", "board", "boards"]

Shown = Literal["figure", "table", "line", "bars"]
MOST_TILES = 60


class Tile(BaseModel):
    """One tile: a verb, what it is asked, and how its answer is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verb: str = said("功能", "verb, as base/figures", pattern=r"^[a-z]+/[a-z-]+$")
    ask: dict[str, Any] = said("问法", "what it is asked", default={})
    title: str | None = said(
        "标题", "title; that of the verb if none", default=None, max_length=200
    )
    shown: Shown = said("显示方式", "figure, table, line or bars", default="table")
    field: str | None = said(
        "取哪个字段,如rows.0.value", "field of the answer that is shown, as rows.0.value",
        default=None, max_length=200,
    )  # fmt: skip
    columns: tuple[str, ...] = said(
        "表格列", "columns of a table; of a chart label and value", default=()
    )
    width: int = said("宽度(1至4格)", "width, 1 to 4 of 4", default=2, ge=1, le=4)
    every_seconds: int = said(
        "刷新间隔(秒)", "seconds until it is asked again", default=60, ge=5, le=86_400
    )


class Board(Ask):
    """Which board, and what to do with it."""

    action: Literal["show", "save", "drop"] = said(
        "操作:查看、保存、删除", "show it; save it as it is given; take it away", default="show"
    )
    board: str = said(
        "看板",
        "id of the board, as in its address",
        pattern=r"^[a-z0-9][a-z0-9-]{0,99}$",
    )
    title: str | None = said(
        "标题", "title; saving needs it", default=None, min_length=1, max_length=200
    )
    tiles: tuple[Tile, ...] = said("图块", "tiles, in order", default=(), max_length=MOST_TILES)
    version: int | None = said(
        "版本:查看时取该版本;保存时为所改的版本,已有更新的版本则拒绝",
        "showing: this version; saving: the version that was changed; refused if there is a newer one",
        default=None,
        ge=1,
    )
    by: str | None = said("经手", "who writes this", default=None, max_length=200)


class Boards(Ask):
    """Which boards to list."""

    mine: bool = said("只要自己的", "only those of whoever asks", default=False)


class BoardRow(Answer):
    """A board in short."""

    board: str = said("看板", "id of the board")
    title: str = said("标题", "title")
    version: int = said("版本", "version, counted from 1")
    tile_count: int = said("图块数", "number of tiles")
    account: str = said("账号", "account that keeps it")
    by: str | None = said("经手", "who wrote the last version")
    recorded_at: datetime = said("记录时间", "when that was")


class BoardAnswer(BoardRow):
    """A board with its tiles."""

    tiles: list[Tile] = said("图块", "tiles, in order")
    newest: int = said("最新版本", "newest version")


@verb("列出看板", columns=("board", "title", "version", "tile_count", "account", "recorded_at"))
def boards(region: "Region", ask: Boards) -> list[BoardRow]:
    """List boards, the latest changed first.

    Example:
        ``hutuo duty boards``
    """
    table = schema.board.c
    last = sa.select(sa.func.max(table.change)).group_by(table.board)
    asked = sa.select(schema.board).where(table.change.in_(last), table.state == "kept")
    if ask.mine:
        asked = asked.where(table.account == deeds.actor().account)
    with store_of(region).reading(DUTY) as connection:
        rows = connection.execute(asked.order_by(table.change.desc())).mappings().all()
    return [BoardRow(**_about(region, dict(row))) for row in rows]


@verb("查看、保存或删除一块看板")
def board(region: "Region", ask: Board) -> BoardAnswer:
    """Show a board, save it as it is given, or take it away; every version is kept.

    Example:
        ``hutuo duty board --board city``
    """
    if ask.action != "show":
        _written(region, ask)
    with store_of(region).reading(DUTY) as connection:
        rows = _versions(connection, ask.board)
    if not rows or (ask.action == "show" and rows[-1]["state"] == "dropped"):
        says = Text(f"没有看板“{ask.board}”", f"there is no board '{ask.board}'")
        raise NotFound(says, Text("列出全部:duty boards", "list them by: duty boards"))
    row = rows[-1]
    if ask.action == "show" and ask.version is not None:
        row = _version(rows, ask.version)
    tiles = [Tile.model_validate(tile) for tile in row["tiles"]]
    return BoardAnswer(**_about(region, row), tiles=tiles, newest=rows[-1]["version"])


def _written(region: "Region", ask: Board) -> None:
    """Write the next version.

    Raises:
        BadAsk: It has no title, or somebody saved one meanwhile.
        BadInput: Tiles ask what cannot be asked; all of them are told.
        Forbidden: It is another account's.
    """
    saving = ask.action == "save"
    if saving and ask.title is None:
        raise BadAsk(Text("看板须有标题", "a board needs a title"))
    if faults := [fault for n, tile in enumerate(ask.tiles, 1) for fault in _faults(n, tile)]:
        raise BadInput(Text("图块有误:", "tiles are faulty:"), faults)
    actor = deeds.actor()
    with store_of(region).writing(DUTY) as connection:
        rows = _versions(connection, ask.board)
        none: dict[str, Any] = {"version": 0, "account": actor.account, "tiles": [], "title": ""}
        last = rows[-1] if rows else none
        if not actor.is_owner and last["account"] != actor.account:
            says = Text(
                f"看板“{ask.board}”属于账号{last['account']}",
                f"board '{ask.board}' is {last['account']}'s",
            )
            raise Forbidden(says, Text("换一个标识另存", "save it under another id"))
        if saving and ask.version is not None and ask.version != last["version"]:
            says = Text(
                f"看板“{ask.board}”已有版本{last['version']}",
                f"board '{ask.board}' is at version {last['version']} by now",
            )
            raise BadAsk(says, Text("重新打开后再改", "open it again and change that"))
        plain = [tile.model_dump(mode="json") for tile in ask.tiles]
        row = {
            "board": ask.board, "version": last["version"] + 1, "account": last["account"], "by": ask.by,
            "title": ask.title if saving else last["title"], "tiles": plain if saving else last["tiles"],
            "state": "kept" if saving else "dropped", "recorded_at": datetime.now(UTC),
        }  # fmt: skip
        connection.execute(schema.board.insert().values(**row))


def _faults(number: int, tile: Tile) -> list[Finding]:
    """What stands against a tile: its verb must be there, only look, and take what it is asked."""
    part, _, name = tile.verb.partition("/")
    try:
        found = find_verb(part, name)
        ask = found.read(tile.ask)
    except HutuoError as error:
        return [Finding("tiles", number, "ask", error.words)]
    if needed(found, ask) != READ:
        says = Text(f"{tile.verb}会写入数据,不能作图块", f"{tile.verb} writes; a tile only looks")
        return [Finding("tiles", number, "verb", says)]
    if tile.field is not None and not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", tile.field):
        says = Text(
            "应为以点分隔的字段名,如rows.0.value", "should be names between dots, as rows.0.value"
        )
        return [Finding("tiles", number, "field", says)]
    return []


def _versions(connection: sa.Connection, name: str) -> list[dict[str, Any]]:
    table = schema.board
    asked = sa.select(table).where(table.c.board == name).order_by(table.c.version)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _version(rows: list[dict[str, Any]], version: int) -> dict[str, Any]:
    for row in rows:
        if row["version"] == version:
            return row
    says = Text(f"没有版本{version}", f"there is no version {version}")
    raise NotFound(says, Text(f"共有{len(rows)}个版本", f"there are {len(rows)}"))


def _about(region: "Region", row: dict[str, Any]) -> dict[str, Any]:
    same = ("board", "title", "version", "account", "by")
    return {name: row[name] for name in same} | {
        "tile_count": len(row["tiles"]),
        "recorded_at": row["recorded_at"].astimezone(region.zone),
    }
