"""Web pages: the text of their content, without navigation and scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from starlight.errors import NoteError
from starlight.notes.model import FrontMatter
from starlight.readers.archive import what_it_is
from starlight.readers.document import Document
from starlight.readers.main_content import drop_unreadable, main_content
from starlight.readers.markdown_writer import MarkdownWriter
from starlight.readers.markup import Element, decoded, html_tree, walk, xhtml_tree
from starlight.readers.metadata import front_matter, one_line

_BINARY = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
_TITLES = ("og:title", "dc.title", "citation_title")
_AUTHORS = ("author", "article:author", "dc.creator", "citation_author")
_CREATED = ("article:published_time", "date", "dc.date", "dcterms.created", "citation_publication_date", "dcterms.date")
_MODIFIED = ("article:modified_time", "dcterms.modified", "og:updated_time", "last-modified")
_LANGUAGE = re.compile(r"(?:^|\s)(?:(?:language|lang|highlight|brush)[-: ]+|sourceCode\s+)([A-Za-z][\w+#.-]*)")
_REFERS = re.compile(r"doc-noteref|\bnoteref|footnote-?ref")
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_NO_LANGUAGE = ("default", "none", "notranslate", "plain", "plaintext", "text")


def read(data: bytes, name: str) -> Document:
    """Return the content of a page; see ``Reader``."""
    if data.startswith(_BINARY):
        raise NoteError(f"is no web page, but {what_it_is(data)}")
    text = decoded(data)
    if text.count("\x00") > max(len(text) // 100, 10):
        raise NoteError("is no web page, but something else, or damaged")
    is_xml = name.lower().endswith(".xhtml") or text.lstrip().startswith("<?xml")
    root = xhtml_tree(text) if is_xml else html_tree(text)
    if root is None:
        raise NoteError("has no text")
    front = _front(root)
    content = main_content(root)
    title = front.title
    body = written(content)
    if not body:
        raise NoteError("has no text, or gets it from a script only")
    return Document(body, _titled(front, _first_heading(content) or title))


def markdown_of(page: str, *, is_xml: bool = False, is_part: bool = False) -> str:
    """Return a page that has no navigation (a mail, or a chapter as a part of a book) as Markdown.

    In a part, links to other parts are their text alone.

    Raises:
        NoteError: its elements nest too deeply.
    """
    root = xhtml_tree(page) if is_xml else html_tree(page)
    if root is None:
        return ""
    drop_unreadable(root)
    if is_part:
        for link in root.iter("a"):
            if not re.match(r"#|[a-z][a-z0-9+.-]*:", link.get("href") or "", re.IGNORECASE):
                link.attrib.pop("href", None)
    body = root.find("body")
    return written(root if body is None else body)


def written(content: Element) -> str:
    """Return what ``content`` holds as Markdown."""
    writer = MarkdownWriter()
    walker = _Walker(writer)
    for event, element in walk(content):
        if event == "start":
            walker.start(element)
        else:
            walker.end(element, is_last=element is content)
    return writer.finish()


class _Walker:
    """Elements of a page into the writer's events."""

    def __init__(self, writer: MarkdownWriter) -> None:
        self._writer = writer
        self._skipped: Element | None = None
        """Nothing is read until it ends."""
        self._layouts: set[Element] = set()
        """Tables that only place things on the page: their cells are blocks."""
        self._notes: dict[str, str] = {}
        """The marks of the notes that the text refers to, by their ids."""
        self._mark = ""
        """What stands before the text that comes next: the mark of a note."""

    def start(self, element: Element) -> None:
        if self._skipped is not None:
            return
        tag = element.tag if isinstance(element.tag, str) else ""
        said = self._instead(element, tag)
        if said is not None:
            self._skipped = element
            self._data(said)
            return
        if tag in ("sup", "sub"):
            self._data(_raised(element, tag))
        else:
            if tag == "li" and element.get("id") in self._notes:
                self._mark = f"[^{self._notes.pop(element.get('id') or '')}]: "
                tag = "div"
            self._writer.start(self._named(element, tag), _attributes(element, tag))
        self._data(element.text or "")

    def _instead(self, element: Element, tag: str) -> str | None:
        """Return what is written in place of all that is in ``element``; None for nearly all."""
        if tag == "math":
            return _formula(element)
        if tag == "img":
            return element.get("alt") or ""
        if tag == "a" and (mark := _note_mark(element)):
            self._notes[(element.get("href") or "#").partition("#")[2]] = mark
            return f"[^{mark}]"
        return "" if _is_back_link(element) else None

    def _data(self, text: str) -> None:
        if self._mark and text.strip():
            text, self._mark = self._mark + text.lstrip(), ""
        self._writer.data(text)

    def end(self, element: Element, *, is_last: bool) -> None:
        if self._skipped is element:
            self._skipped = None
        elif self._skipped is not None:
            return
        elif isinstance(element.tag, str):
            self._writer.end(self._named(element, element.tag))
        if not is_last:
            self._data(element.tail or "")

    def _named(self, element: Element, tag: str) -> str:
        """Return the writer's name of ``tag``."""
        if tag in ("samp", "kbd", "tt"):
            return "code"
        if tag == "code" and _is_whole_block(element):
            return "span"
        if tag == "table" and _is_layout(element):
            self._layouts.add(element)
        if tag in ("table", "tr", "td", "th"):
            table = element if tag == "table" else next(element.iterancestors("table"), None)
            return "div" if table in self._layouts else tag
        return tag


def _attributes(element: Element, tag: str) -> dict[str, str]:
    if tag == "pre":
        return {"language": _language(element)}
    if tag not in ("a", "ol", "td", "th"):
        return {}
    return {name: value for name in ("href", "start", "colspan") if (value := element.get(name))}


def _is_back_link(element: Element) -> bool:
    """Whether it leads to a place in the page and says nothing: a pilcrow at a heading, an arrow at a footnote."""
    if element.tag != "a" or not (element.get("href") or "").startswith("#"):
        return False
    return not re.search(r"\w", "".join(element.itertext()))


def _note_mark(link: Element) -> str:
    """Return the mark of the note that a link refers to; nothing where it is another link."""
    said = " ".join(link.get(name) or "" for name in ("role", _EPUB_TYPE, "epub:type", "class"))
    text = "".join(link.itertext()).strip("[]() \n")
    is_mark = len(text) <= 4 and text.isalnum()
    by_name = re.fullmatch(r"#_?(?:fn|ftn|footnote|endnote|note|cite_note)[\w:.-]*\d", link.get("href") or "")
    return text if is_mark and (_REFERS.search(said) or by_name) else ""


def _is_whole_block(code: Element) -> bool:
    parent = code.getparent()
    return parent is not None and (parent.tag == "pre" or any(each.tag == "pre" for each in code.iterancestors()))


def _raised(element: Element, tag: str) -> str:
    """Return what stands before a raised or lowered text, so that it is not taken for a part of the word before."""
    return ("^" if tag == "sup" else "_") if re.fullmatch(r"[+\N{MINUS SIGN}-]?\d+", element.text or "") else ""


def _formula(math: Element) -> str:
    """Return the TeX of a formula where the page has it, else its letters."""
    for note in math.iter("annotation", "{*}annotation"):
        if "tex" in (note.get("encoding") or "") and note.text:
            return f"${note.text.strip()}$"
    return math.get("alttext") or " ".join("".join(math.itertext()).split())


def _language(pre: Element) -> str:
    """Return the language of code, as pages write it for what colours it."""
    around = [pre, *pre.iter("code"), *list(pre.iterancestors("div"))[:2]]
    for each in around[:4]:
        found = _LANGUAGE.search(each.get("class") or "")
        if found and found[1].lower() not in _NO_LANGUAGE:
            return found[1].lower()
    return ""


def _is_layout(table: Element) -> bool:
    """Whether a table holds what no cell of a table of values would."""
    if table.get("role") in ("presentation", "none"):
        return True
    return next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "ul", "ol", "pre"), None) is not None


def _front(root: Element) -> FrontMatter:
    said: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        if key and meta.get("content"):
            said.setdefault(key, []).append(meta.get("content") or "")
    titles = ["".join(title.itertext()) for title in root.iter("title") if title.getparent() is not None]
    return front_matter(
        title=_of(said, _TITLES) or (titles[0] if titles else ""),
        authors=[author for key in _AUTHORS for author in said.get(key, ()) if "://" not in author],
        keywords=said.get("keywords", ()),
        created=_of(said, _CREATED) or _of(_linked_data(root), ("datePublished",)),
        modified=_of(said, _MODIFIED) or _of(_linked_data(root), ("dateModified",)),
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
    )


def _of(said: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((said[name][0] for name in names if said.get(name)), "")


def _linked_data(root: Element) -> dict[str, list[str]]:
    """Return the dates that a page gives to search engines as JSON-LD (https://schema.org)."""
    found: dict[str, list[str]] = {}
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json" and len(script.text or "") < 100_000:
            for key, value in _pairs(script.text or ""):
                found.setdefault(key, []).append(value)
    return found


def _pairs(source: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(source)
    except (ValueError, RecursionError):
        return
    for each in data if isinstance(data, list) else [data]:
        if isinstance(each, dict):
            yield from ((key, value) for key, value in each.items() if isinstance(value, str))


def _first_heading(content: Element) -> str:
    found = next(content.iter("h1"), None)
    found = next(content.iter("h2"), None) if found is None else found
    return "" if found is None else one_line("".join(found.itertext()).replace("\N{PILCROW SIGN}", ""))


def _titled(front: FrontMatter, heading: str) -> FrontMatter:
    """Return ``front`` with the heading of the page as its title, where that is the title without the site's name."""
    import dataclasses

    if not front.title or (heading and heading.lower() in front.title.lower()):
        return dataclasses.replace(front, title=heading)
    return front
