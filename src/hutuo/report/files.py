"""Files as answers of verbs: a name, a type and bytes, so that every door can hand them on."""

import hashlib
from base64 import b64encode
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from hutuo.verbs import Answer, said

# Standard base64, as browsers decode it; pydantic's own option writes the URL-safe alphabet.
Content = Annotated[
    bytes,
    PlainSerializer(
        lambda content: b64encode(content).decode(), return_type=str, when_used="json"
    ),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "gpkg": "application/geopackage+sqlite3",
    "csv": "text/csv; charset=utf-8",
}


class File(Answer):
    """One file."""

    name: str = said("文件名", "name of the file")
    media_type: str = said("媒体类型", "media type")
    size: int = said("大小(字节)", "size in bytes")
    sha256: str = said("内容的 SHA-256", "SHA-256 of the content")
    content: Content = said("内容(base64)", "content, base64")


class Files(Answer):
    """Files that a verb made."""

    files: list[File] = said("文件", "the files")


def file(stem: str, ending: str, content: bytes) -> File:
    """A file of one of the known types."""
    return File(
        name=f"{stem}.{ending}",
        media_type=MEDIA_TYPES[ending],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
