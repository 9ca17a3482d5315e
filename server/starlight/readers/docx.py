"""Word documents (.docx): WordprocessingML, ECMA-376, part 1, clause 17."""

from __future__ import annotations

from collections.abc import Mapping

from starlight.errors import NoteError
from starlight.readers.archive import Archive
from starlight.readers.document import Document
from starlight.readers.docx_body import Body
from starlight.readers.docx_styles import styles_of
from starlight.readers.markup import Events, feed_xml
from starlight.readers.package import Relationships, front, relationships


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the text of a Word document; see ``Reader``.

    Text that was deleted with changes being tracked is left out, and so are comments, running heads and the table of
    contents.  Footnotes and endnotes stand at the end.
    """
    archive = Archive(data, "a Word document")
    part = relationships(archive, "").kinds.get("officeDocument", "word/document.xml").lstrip("/")
    if part not in archive:
        raise NoteError("is a ZIP archive, but not a Word document")
    folder = part.rpartition("/")[0] + "/"
    styles, numbering = styles_of(archive, folder)
    body = Body(styles, numbering, relationships(archive, part))
    feed_xml(archive.read(part), body)
    for kind in ("footnotes", "endnotes"):
        _add_notes(archive, folder + kind + ".xml", body)
    text = body.writer.finish()
    if not text:
        raise NoteError("has no text")
    return Document(text, front(archive))


def _add_notes(archive: Archive, part: str, body: Body) -> None:
    kind = part.rpartition("/")[2].removesuffix("s.xml")
    if not any(each == kind for each, _ in body.notes) or not (data := archive.find(part)):
        return
    notes = _Notes(body, kind, relationships(archive, part))
    feed_xml(data, notes)
    for mark, text in sorted(notes.found.items()):
        body.writer.start("p")
        body.writer.raw(f"[^{mark}]: {text}")
        body.writer.end("p")


class _Notes(Events):
    """Events of the part that holds the notes: each of them read as a body of its own, on one line."""

    def __init__(self, body: Body, kind: str, links: Relationships) -> None:
        self.found: dict[int, str] = {}
        self._of, self._kind, self._links = body, kind, links
        self._note: Body | None = None
        self._mark: int | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == self._kind:
            self._mark = self._of.notes.get((self._kind, attributes.get("id", "")))
            self._note = Body(self._of.styles, self._of.numbering, self._links)
        elif self._note:
            self._note.start(tag, attributes)

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        if self._note:
            self._note.data(text)

    def end(self, tag: str) -> None:
        """Take an event of the parser."""
        if tag != self._kind:
            if self._note:
                self._note.end(tag)
        elif self._note and self._mark is not None:
            self.found[self._mark] = " ".join(self._note.writer.finish().split())
            self._note = None
