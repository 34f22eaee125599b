"""The head of a chain as a file that others keep, and their signatures on it.

Source: Ed25519, RFC 8032; keys as PEM (PKCS #8).
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hutuo.base.chain import Name, canonical
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "Head",
    "Signature",
    "checked_head",
    "counterfeits",
    "private_key",
    "read_head",
    "signed",
    "to_sign",
    "write_whole",
]

LARGEST = 1_000_000


class Signature(BaseModel):
    """What a body says of a head.

    Attributes:
        body: Body that signs.
        public_key: Its Ed25519 key, 32 bytes in base 64.
        signature: 64 bytes in base 64 over the head without its signatures, and the body.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    body: Name
    public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]


class Head(BaseModel):
    """Where a chain stood; that of the ledger, if it is of no kind of its own.

    Attributes:
        format: Version of this form.
        region: Region whose chain it is.
        seq: Number of the last entry; 0 for an empty chain.
        hash: Hash of the chain up to it.
        recorded_at: When that entry was recorded.
        signatures: Bodies that countersigned.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    region: str
    seq: Annotated[int, Field(ge=0)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    recorded_at: datetime | None = None
    signatures: tuple[Signature, ...] = ()


AnyHead = TypeVar("AnyHead", bound=Head)


def read_head(path: Path, form: type[AnyHead], command: str) -> AnyHead:
    """A head out of its file.

    Args:
        path: The file.
        form: Kind of head.
        command: What writes such a head.

    Raises:
        BadInput: The file is not one of an exported head.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        says = Text("文件过大", "the file is too large")
        raise _no_head(path.name, [Finding(path.name, None, "", says)], command)
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        raise _no_head(path.name, _findings(path.name, error), command) from error


def checked_head(given: Mapping[str, Any], form: type[AnyHead], command: str) -> AnyHead:
    """A head as its file holds it, that came in an ask.

    Args:
        given: The head as plain values.
        form: Kind of head.
        command: What writes such a head.

    Raises:
        BadInput: It is no exported head.
    """
    try:
        return form.model_validate_json(json.dumps(given))
    except ValidationError as error:
        raise _no_head("head", _findings("head", error), command) from error


def _findings(name: str, error: ValidationError) -> list[Finding]:
    return [
        Finding(name, None, ".".join(map(str, fault["loc"])), fault["msg"])
        for fault in error.errors(include_url=False)
    ]


def _no_head(name: str, findings: list[Finding], command: str) -> BadInput:
    return BadInput(
        Text(f"{name}不是导出的链头", f"{name} is no exported head"),
        findings,
        Text(f"用{command}导出", f"one is written by {command}"),
    )


def to_sign(head: Head, body: str) -> str:
    """What a body's key signs of a head, in base 64."""
    return base64.b64encode(_content(head, body)).decode()


def signed(head: AnyHead, body: str, key: "Ed25519PrivateKey") -> AnyHead:
    """The head with the signature of a body, in place of one that it gave before."""
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    mark = base64.b64encode(key.sign(_content(head, body))).decode()
    others = tuple(one for one in head.signatures if one.body != body)
    mine = Signature(body=body, public_key=public, signature=mark)
    return head.model_copy(update={"signatures": (*others, mine)})


def counterfeits(head: Head) -> list[str]:
    """Bodies whose signature does not fit the head."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    found = []
    for one in head.signatures:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(one.public_key))
        try:
            key.verify(base64.b64decode(one.signature), _content(head, one.body))
        except InvalidSignature:
            found.append(one.body)
    return found


def private_key(path: Path) -> "Ed25519PrivateKey":
    """The key in a file; a new one is made where there is none, readable by its owner alone.

    Raises:
        BadInput: The file holds something else.
    """
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
        )
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        return key
    hint = Text("应为PEM格式的Ed25519私钥", "a private Ed25519 key as PEM would be right")
    says = Text(f"{path.name}不是可用的私钥", f"{path.name} holds no usable private key")
    try:
        found = forms.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadInput(says, (), hint) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise BadInput(says, (), hint)
    return found


def write_whole(path: Path, head: Head) -> None:
    """Write a head, whole or not at all."""
    text = json.dumps(head.model_dump(mode="json"), ensure_ascii=False, indent=2)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(f"{text}\n", encoding="utf-8")
    beside.replace(path)


def _content(head: Head, body: str) -> bytes:
    return canonical(head.model_dump(mode="json", exclude={"signatures"}) | {"body": body})
