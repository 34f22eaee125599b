"""Verbs for whoever does not take the ledger on trust: its head for keeping, signatures, and verification."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import model_validator

from hutuo.base import heads
from hutuo.base.store import store_of
from hutuo.base.uploads import own_path, path_of
from hutuo.errors import BadAsk
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "ExportHead",
    "FindingRow",
    "HeadAnswer",
    "SignatureRow",
    "Verify",
    "VerifyAnswer",
    "export_head",
    "verify",
]

EXPORT = "ledger export-head"


class ExportHead(Ask):
    """Where to write the head, and who signs it."""

    file: str | None = said(
        "写入的文件;不给则只显示", "file that is written; none: it is only shown", default=None
    )
    head: str | None = said(
        "已导出的链头文件,核对后会签;缺省为最新的链头",
        "file of a head exported before, to be countersigned; the newest head if none",
        default=None,
    )
    body: str | None = said("签署机构", "body that signs", default=None, max_length=200)
    secret: str | None = said(
        "签署机构的私钥文件(PEM);没有则新建",
        "file of the body's private key (PEM); made if there is none",
        default=None,
    )

    @model_validator(mode="after")
    def _both_of_a_signature(self) -> "ExportHead":
        if (self.body is None) != (self.secret is None):
            raise wrong(Text("签署要有机构和私钥", "a signature takes a body and its key, both"))
        return self


class Verify(Ask):
    """What to verify against."""

    head: str | None = said("导出的链头文件", "file of an exported head", default=None)


class SignatureRow(Answer):
    """A signature on a head."""

    body: str = said("签署机构", "body that signed")
    public_key: str = said("公钥(Ed25519,Base64)", "its public key, Ed25519 in base 64")
    signature: str = said("签名(Base64)", "the signature in base 64")


class HeadAnswer(Answer):
    """Where the ledger stands."""

    region: str = said("区域", "region whose ledger it is")
    seq: int = said("最后的分录号", "number of the last entry; 0 for an empty ledger")
    hash: str = said("链上的散列", "hash of the chain up to it")
    recorded_at: datetime | None = said("记录时间", "when that entry was recorded")
    signatures: list[SignatureRow] = said("签名", "bodies that countersigned")
    file: str | None = said("写入的文件", "file that was written")


class FindingRow(Answer):
    """Something that is not as it was posted."""

    check: str = said("核对项", "what was checked")
    seq: int | None = said("分录号", "entry that it was seen at; null for what is not of one")
    says: Text = said("发现", "what is wrong")


class VerifyAnswer(Answer):
    """Whether the ledger holds."""

    ok: bool = said("是否可信", "whether nothing is wrong")
    entries: int = said("核对的分录数", "entries that were read")
    hash: str = said("链上的散列", "hash of the chain up to the last entry")
    head: int | None = said(
        "链头的分录号", "entry of the head that was compared; null without one"
    )
    signed_by: list[str] = said("签署机构", "bodies whose signature on the head is right")
    findings: list[FindingRow] = said("发现", "what is wrong, in order")


@verb("导出账本的链头,可会签")
def export_head(region: "Region", ask: ExportHead) -> HeadAnswer:
    """Export the head of the ledger's chain, to be kept by others; signed, if a body does so."""
    head = _newest(region) if ask.head is None else _reached(region, ask.head)
    if ask.body is not None and ask.secret is not None:
        head = heads.signed(head, ask.body, heads.private_key(own_path(ask.secret)))
    if ask.file is not None:
        heads.write_whole(own_path(ask.file), head)
    rows = [SignatureRow(**one.model_dump()) for one in head.signatures]
    values = head.model_dump(exclude={"signatures", "format"})
    return HeadAnswer(**values, signatures=rows, file=ask.file)


@verb("核对账本", columns=("check", "seq", "says"))
def verify(region: "Region", ask: Verify) -> VerifyAnswer:
    """Verify the ledger: its chain, its rules, its balances, and that it still reaches an exported head."""
    from hutuo.ledger.verifying import Doubt, verified

    head = heads.read_head(path_of(ask.head), heads.Head, EXPORT) if ask.head is not None else None
    with store_of(region).reading(LEDGER) as connection:
        found = verified(connection, (head.seq, head.hash) if head else None)
    doubts, false = list(found.doubts), heads.counterfeits(head) if head else []
    if head and head.region != region.info.id:
        says = Text(f"链头属于{head.region}的账本", f"the head is of the ledger of {head.region}")
        doubts.append(Doubt("head", None, says))
    for body in false:
        says = Text(f"{body}的签名不符", f"the signature of {body} does not fit")
        doubts.append(Doubt("signature", None, says))
    signers = [one.body for one in head.signatures if one.body not in false] if head else []
    return VerifyAnswer(
        ok=not doubts,
        entries=found.entries,
        hash=found.hash,
        head=head.seq if head else None,
        signed_by=signers,
        findings=[FindingRow(**doubt._asdict()) for doubt in doubts],
    )


def _newest(region: "Region") -> heads.Head:
    from hutuo.ledger.log import head_of

    with store_of(region).reading(LEDGER) as connection:
        last = head_of(connection)
    known = last.recorded_at if last.seq else None
    return heads.Head(region=region.info.id, seq=last.seq, hash=last.hash, recorded_at=known)


def _reached(region: "Region", file: str) -> heads.Head:
    """A head that was exported before, after the ledger was found to reach it.

    Raises:
        BadAsk: The ledger does not hold.
    """
    found = verify(region, Verify(head=file))
    if not found.ok:
        many = len(found.findings)
        says = Text(
            f"账本有{many}处问题,不予签署", f"the ledger has {many} findings; nothing is signed"
        )
        raise BadAsk(says, Text("先看ledger verify", "see ledger verify first"))
    return heads.read_head(path_of(file), heads.Head, EXPORT)
