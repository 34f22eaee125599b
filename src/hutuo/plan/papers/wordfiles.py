"""Word files as lines: paragraphs with the numbers that Word counts, tables, text boxes and notes."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile, ZipInfo

from hutuo.base.archives import archive, bounded, unpacked
from hutuo.base.packages import FORBIDDEN
from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.plan.papers.numbering import Lists, attribute, before, child, local
from hutuo.plan.papers.tablelines import of_row

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Parts are held in memory as trees, some 150 bytes a tag.
MOST_XML = 64 << 20
MOST_TAGS = 1_500_000
AGAIN = Text("请重新保存为docx", "save it again as docx")
MAIN = "word/document.xml"
PARTS = ("numbering", "styles", "footnotes", "endnotes")
# Taken out by a tracked change, shown elsewhere, or no words.
LEFT_OUT = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "rPr", "pPr", "tblPr", "trPr", "tcPr",
    "sectPr", "sdtPr", "sdtEndPr", "tblGrid", "commentReference", "annotationRef", "footnoteRef",
    "endnoteRef",
}  # fmt: skip
CONTENTS = re.compile(r"(?:toc|目录)\s*\d*", re.IGNORECASE)
RAISED = {"2": "²", "3": "³"}
NO_SEPARATOR = (None, "normal")


class Document(NamedTuple):
    """The trees of a document's parts.

    Attributes:
        body: Its main part.
        lists: What numbers its paragraphs.
        notes: Foot- and endnotes by kind and id.
        contents: Styles of a table of contents.
    """

    body: "Element"
    lists: Lists
    notes: dict[tuple[str, str], "Element"]
    contents: frozenset[str]


def lines_of(path: Path) -> list[str]:
    """The words of a document in reading order, one paragraph or row of a table a line.

    Numbers that Word counts stand before their paragraph. A note stands below the paragraph that it belongs
    to, a text box below the one that it hangs on. A table of contents, headers and footers are left out.

    Raises:
        BadInput: It is broken, a bomb, or no document.
    """
    with archive(path) as package:
        document = _document(path.name, package)
    return [line for line in _blocks(document.body, document) if line.strip()]


def _document(name: str, package: ZipFile) -> Document:
    found = {info.filename: info for info in package.infolist()}
    main = _main(name, package, found)
    folder = posixpath.dirname(main)
    wanted = [main, *(f"{folder}/{part}.xml".lstrip("/") for part in PARTS)]
    bounded(name, [found[part] for part in wanted if part in found], MOST_XML)
    trees = {
        part: tree(f"{name}/{part}", unpacked(package, found[part])) if part in found else None
        for part in wanted
    }
    whole, numbering, styles, *notes = (trees[part] for part in wanted)
    body = child(whole, "body")
    if whole is None or body is None:
        says = Text(f"{name}不是Word文档:没有正文", f"{name} is no Word document: it has no body")
        raise BadInput(says, hint=AGAIN)
    kinds = zip(("footnote", "endnote"), notes, strict=True)
    return Document(
        body,
        Lists(numbering, styles),
        {key: note for kind, part in kinds for key, note in _notes(kind, part)},
        frozenset(_contents(styles)),
    )


def _main(name: str, package: ZipFile, found: dict[str, ZipInfo]) -> str:
    """Where the main part lies, which the package itself says."""
    if "_rels/.rels" in found:
        info = package.getinfo("_rels/.rels")
        bounded(name, [info], MOST_XML)
        for one in tree(f"{name}/_rels/.rels", unpacked(package, info)):
            if (one.get("Type") or "").endswith("/officeDocument"):
                target = (one.get("Target") or "").lstrip("/")
                if target in found:
                    return target
    if MAIN in found:
        return MAIN
    raise BadInput(Text(f"{name}不是Word文档", f"{name} is no Word document"), hint=AGAIN)


def tree(name: str, content: bytes) -> "Element":
    """The tree of a part; entities and document types are refused.

    Raises:
        BadInput: It is broken or a bomb.
    """
    from lxml import etree

    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content or FORBIDDEN.search(content):
        says = Text(
            f"{name}声明了文档类型或实体,或不是UTF-8编码",
            f"{name} declares a document type or an entity, or is not UTF-8",
        )
        raise BadInput(says, hint=AGAIN)
    if content.count(b"<") > MOST_TAGS:
        most = f"{MOST_TAGS:,}"
        says = Text(f"{name}的标签超过{most}个", f"{name} has more than {most} tags")
        raise BadInput(says, hint=Text("请拆分文档", "split the document"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        found: Element = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        if "Text node too long" in why:
            from hutuo.plan.papers.paper import too_long

            raise too_long(name) from error
        says = Text(f"{name}已损坏:{why}", f"{name} is broken: {why}")
        raise BadInput(says, hint=AGAIN) from error
    return found


def _notes(kind: str, part: "Element | None") -> Iterator[tuple[tuple[str, str], "Element"]]:
    for one in () if part is None else part:
        if local(one) == kind and attribute(one, "type") in NO_SEPARATOR:
            yield (kind, attribute(one, "id") or ""), one


def _contents(styles: "Element | None") -> Iterator[str]:
    for one in () if styles is None else styles:
        name = child(one, "name")
        if name is not None and CONTENTS.fullmatch(attribute(name, "val") or ""):
            yield attribute(one, "styleId") or ""


def _blocks(holder: "Element", document: Document) -> Iterator[str]:
    """Lines of what a body, a cell, a text box or a note holds."""
    for one in holder:
        name = local(one)
        if name == "p":
            yield from _paragraph(one, document)
        elif name == "tbl":
            yield from _table(one, document)
        elif name == "AlternateContent":
            chosen = _chosen(one)
            if chosen is not None:
                yield from _blocks(chosen, document)
        elif name not in LEFT_OUT and not (name == "sdt" and _is_contents(one)):
            yield from _blocks(one, document)


def _is_contents(control: "Element") -> bool:
    part = child(child(child(control, "sdtPr"), "docPartObj"), "docPartGallery")
    return part is not None and attribute(part, "val") == "Table of Contents"


def _paragraph(one: "Element", document: Document) -> Iterator[str]:
    properties = child(one, "pPr")
    style = child(properties, "pStyle")
    if style is not None and attribute(style, "val") in document.contents:
        return
    pieces: list[str] = []
    aside: list[Element] = []
    _words(one, pieces, aside, document)
    # An empty paragraph counts too.
    label = document.lists.label(properties)
    own = "".join(pieces).strip()
    if own:
        for line in before(label, own).split("\n"):
            yield line.strip()
    for box in aside:
        yield from _blocks(box, document)


def _words(one: "Element", pieces: list[str], aside: list["Element"], document: Document) -> None:
    """Gather the text of a paragraph, and what stands beside it: text boxes and notes."""
    for sub in one:
        name = local(sub)
        if name in LEFT_OUT or (name == "r" and _is_hidden(sub)):
            continue
        if name == "t":
            text = "".join(sub.itertext())
            pieces.append(RAISED.get(text, text) if _is_raised(one) else text)
        elif name in SIGNS:
            pieces.append(SIGNS[name])
        elif name in ("footnoteReference", "endnoteReference"):
            key = name.removesuffix("Reference"), attribute(sub, "id") or ""
            # Taken out, for a broken note may refer to itself.
            note = document.notes.pop(key, None)
            aside += [] if note is None else [note]
        elif name == "txbxContent":
            aside.append(sub)
        elif name == "AlternateContent":
            chosen = _chosen(sub)
            if chosen is not None:
                _words(chosen, pieces, aside, document)
        else:
            _words(sub, pieces, aside, document)


SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def _chosen(choice: "Element") -> "Element | None":
    """What newer programs show; the same stands there once more for older ones."""
    found = child(choice, "Choice")
    return found if found is not None else child(choice, "Fallback")


def _is_hidden(run: "Element") -> bool:
    found = child(child(run, "rPr"), "vanish")
    return found is not None and attribute(found, "val") not in ("0", "false")


def _is_raised(run: "Element") -> bool:
    found = child(child(run, "rPr"), "vertAlign")
    return found is not None and attribute(found, "val") == "superscript"


def _table(table: "Element", document: Document) -> Iterator[str]:
    for row in _inner(table, "tr"):
        cells = [list(_filled(cell, document)) for cell in _inner(row, "tc")]
        nested = any(child(cell, "tbl") is not None for cell in _inner(row, "tc"))
        yield from of_row(cells, nested=nested)


def _filled(cell: "Element", document: Document) -> Iterator[str]:
    return (line for line in _blocks(cell, document) if line.strip())


def _inner(holder: "Element", name: str) -> Iterator["Element"]:
    """Rows or cells, also where a control or a tracked change holds them."""
    for one in holder:
        if local(one) == name:
            yield one
        elif local(one) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _inner(one, name)
