"""Verb for whoever watches: what was done by whom, whether that record holds, and its head for keeping."""

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from hutuo.base import heads
from hutuo.base.uploads import own_path, path_of
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    import sqlalchemy as sa

    from hutuo.base.region import Region

EXPORT = "base audit export-head"
Action = Literal["list", "verify", "export-head"]


class AuditHead(heads.Head):
    """Where an audit stood; a head of the ledger is none."""

    chain: Literal["audit"]


class Audit(Ask):
    """What to do with the audit."""

    action: Action = said("操作:列出、核对、导出链头", "what to do", default="list")
    file: str | None = said(
        "导出时:写入的文件;不给则只显示",
        "for export-head: file that is written; none: it is only shown",
        default=None,
    )
    head: str | None = said(
        "核对时:导出的链头文件;导出时:核对后会签的链头文件",
        "for verify: file of an exported head; for export-head: one to be countersigned",
        default=None,
    )
    content: bool = said(
        "核对时:重算所写各行的摘要",
        "for verify: whether the digests of the rows that were written are computed anew",
        default=False,
    )
    body: str | None = said("导出时:签署机构", "for export-head: body that signs", default=None)
    secret: str | None = said(
        "签署机构的私钥文件(PEM);没有则新建",
        "file of the body's private key (PEM); made if there is none",
        default=None,
    )
    exported: dict[str, Any] | None = said(
        "核对或会签时:链头本身,代替文件",
        "for verify and export-head: the exported head itself, in place of its file",
        default=None,
    )
    signer: str | None = said(
        "导出时:将在别处签署的机构",
        "for export-head: body that signs elsewhere; what is to be signed is given",
        default=None,
        max_length=200,
    )
    since: date | None = said("列出时:起始日", "for list: first day", default=None)
    until: date | None = said("列出时:截止日", "for list: last day", default=None)
    who: str | None = said("列出时:账号", "for list: account that did it", default=None)
    verb: str | None = said("列出时:功能", "for list: verb, as base/put", default=None)
    search: str | None = said(
        "列出时:内容中出现的文字,如协议编号",
        "for list: words that what was done has in it, as the id of an agreement",
        default=None,
        max_length=200,
    )
    before: int | None = said(
        "列出时:只要此记录号之前的", "for list: only entries before this one", default=None, ge=1
    )
    limit: int = said("最多行数", "most rows to show", default=100, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _both_of_a_signature(self) -> "Audit":
        if (self.body is None) != (self.secret is None):
            raise wrong(Text("签署要有机构和私钥", "a signature takes a body and its key, both"))
        return self


class AuditFinding(Answer):
    """Something that is not as it was written."""

    check: str = said("核对项", "what was checked: number, chain, head, signature, guard, content")
    seq: int | None = said("记录号", "entry that it was seen at; null for what is not of one")
    says: Text = said("发现", "what is wrong")


class AuditRow(Answer):
    """One thing that was done."""

    seq: int = said("记录号", "its number")
    recorded_at: datetime = said("时间", "when, in UTC")
    kind: str = said(
        "类别", "change, not_kept (a change that failed at the last), or what else was recorded"
    )
    door: str = said("入口", "door that it came through: cli or rest")
    who: str = said("账号", "account; owner where nobody signs in")
    body: str | None = said("机构", "body that the account is of")
    verb: str = said("功能", "verb that was asked")
    branch: str = said("分支", "branch that was looked at")
    about: dict[str, Any] = said(
        "内容", "what was asked, and what was changed with the digests of its rows"
    )


class AuditAnswer(Answer):
    """Whether the audit holds, or what is in it; only what belongs to the action is filled."""

    action: Action = said("操作", "what was done")
    ok: bool | None = said("是否可信", "for verify: whether nothing is wrong", default=None)
    entries: int = said("记录数", "entries of the audit; for verify, those that were read")
    findings: list[AuditFinding] = said("发现", "for verify: what is wrong, in order", default=[])
    region: str = said("区域", "region whose audit it is")
    hash: str = said("链上的散列", "hash of the chain up to the last entry")
    head: int | None = said(
        "链头的记录号", "entry of the head that was compared; null without one", default=None
    )
    signed_by: list[str] = said(
        "签署机构", "bodies whose signature on the head is right", default=[]
    )
    file: str | None = said("写入的文件", "file that was written", default=None)
    exported: dict[str, Any] | None = said(
        "链头", "for export-head: the head, as its file holds it", default=None
    )
    to_sign: str | None = said(
        "待签内容(base64)",
        "for export-head with a signer: what its Ed25519 key signs, in base 64",
        default=None,
    )
    rows: list[AuditRow] = said("记录", "for list: what was done, the latest first", default=[])


@verb("审计:列出、核对、导出链头", columns=("seq", "recorded_at", "who", "verb", "kind"))
def audit(region: "Region", ask: Audit) -> AuditAnswer:
    """List what was done by whom, verify that record, or export its head."""
    return _ACTIONS[ask.action](region, ask)


def _list(region: "Region", ask: Audit) -> AuditAnswer:
    import sqlalchemy as sa

    from hutuo.base.auditing.schema import entry

    asked = sa.select(entry).order_by(entry.c.seq.desc()).limit(ask.limit)
    for column, value in ((entry.c.who, ask.who), (entry.c.verb, ask.verb)):
        asked = asked if value is None else asked.where(column == value)
    if ask.since:
        asked = asked.where(entry.c.at >= _midnight(region, ask.since))
    if ask.until:
        asked = asked.where(entry.c.at < _midnight(region, ask.until + timedelta(days=1)))
    if ask.before is not None:
        asked = asked.where(entry.c.seq < ask.before)
    if ask.search:
        asked = asked.where(entry.c.about.contains(ask.search, autoescape=True))
    with _reading(region) as connection:
        last = _last(connection)
        rows = [_row(row._mapping) for row in connection.execute(asked)]
    return AuditAnswer(
        action="list", entries=last[0], region=region.info.id, hash=last[1], rows=rows
    )


def _verify(region: "Region", ask: Audit) -> AuditAnswer:
    return _verified(region, _given(ask), content=ask.content)


def _given(ask: Audit) -> AuditHead | None:
    """The head that was exported before; None if none is given.

    Raises:
        BadInput: It is none.
    """
    if ask.exported is not None:
        return heads.checked_head(ask.exported, AuditHead, EXPORT)
    return heads.read_head(path_of(ask.head), AuditHead, EXPORT) if ask.head else None


def _verified(region: "Region", head: AuditHead | None, *, content: bool) -> AuditAnswer:
    from hutuo.base.auditing.log import verified
    from hutuo.base.auditing.recount import recounted
    from hutuo.base.chain import Doubt

    with _reading(region) as connection:
        found = verified(connection, (head.seq, head.hash) if head else None)
        doubts = list(found.doubts)
        if content:
            doubts += recounted(connection, region.lake)
    false = heads.counterfeits(head) if head else []
    if head and head.region != region.info.id:
        says = Text(f"链头属于{head.region}", f"the head is of {head.region}")
        doubts.append(Doubt("head", None, says))
    for body in false:
        says = Text(f"{body}的签名不符", f"the signature of {body} does not fit")
        doubts.append(Doubt("signature", None, says))
    return AuditAnswer(
        action="verify",
        ok=not doubts,
        entries=found.entries,
        findings=[AuditFinding(**doubt._asdict()) for doubt in doubts],
        region=region.info.id,
        hash=found.hash,
        head=head.seq if head else None,
        signed_by=[s.body for s in head.signatures if s.body not in false] if head else [],
    )


def _export(region: "Region", ask: Audit) -> AuditAnswer:
    given = _given(ask)
    head = _newest(region) if given is None else _reached(region, given)
    if ask.body is not None and ask.secret is not None:
        head = heads.signed(head, ask.body, heads.private_key(own_path(ask.secret)))
    if ask.file is not None:
        heads.write_whole(own_path(ask.file), head)
    return AuditAnswer(
        action="export-head",
        entries=head.seq,
        region=head.region,
        hash=head.hash,
        head=head.seq,
        signed_by=[one.body for one in head.signatures],
        file=ask.file,
        exported=head.model_dump(mode="json"),
        to_sign=None if ask.signer is None else heads.to_sign(head, ask.signer),
    )


def _newest(region: "Region") -> AuditHead:
    from hutuo.base.auditing.log import last_of

    with _reading(region) as connection:
        last = last_of(connection)
    known = last.at if last.seq else None
    return AuditHead(
        chain="audit", region=region.info.id, seq=last.seq, hash=last.hash, recorded_at=known
    )


def _reached(region: "Region", head: AuditHead) -> AuditHead:
    """A head that was exported before, after the audit was found to reach it.

    Raises:
        BadAsk: The audit does not hold.
    """
    found = _verified(region, head, content=False)
    if not found.ok:
        many = len(found.findings)
        says = Text(
            f"审计有{many}处问题,不予签署", f"the audit has {many} findings; nothing is signed"
        )
        raise BadAsk(says, Text("先看base audit verify", "see base audit verify first"))
    return head


def _reading(region: "Region") -> Any:
    """A connection that sees one state of the audit, which is of all branches."""
    from hutuo.base.auditing.schema import AUDIT
    from hutuo.base.store import store_at

    return store_at(region.lake.folder).reading(AUDIT)


def _last(connection: "sa.Connection") -> tuple[int, str]:
    from hutuo.base.auditing.log import last_of

    last = last_of(connection)
    return last.seq, last.hash


def _midnight(region: "Region", day: date) -> datetime:
    return datetime.combine(day, time(), region.zone)


def _row(row: Any) -> AuditRow:
    same = ("seq", "kind", "door", "who", "body", "verb", "branch")
    about = json.loads(row["about"])
    return AuditRow(recorded_at=row["at"], about=about, **{name: row[name] for name in same})


_ACTIONS = {"list": _list, "verify": _verify, "export-head": _export}
