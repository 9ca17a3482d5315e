"""The ZIP archive that a document of many parts is, read within bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from starlight.errors import NoteError

MOST_BYTES = 200_000_000
"""What one document may unpack to, all parts of it that are read together."""
_PIECE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, IndexError, KeyError)
_PACKED_OTHERWISE = "is packed in a way that documents are not: save it again with the program that it is of"
"""Neither as it is nor by Deflate, the two ways of all formats read here; others unpack without bounds."""
_UNPACKS_TO_MORE = f"would unpack to more than {MOST_BYTES // 1_000_000} MB"


class Archive:
    """The parts of a document.  What is not asked for is not unpacked, archives inside it neither."""

    def __init__(self, data: bytes, kind: str) -> None:
        """Open ``data``, which should be ``kind`` ("a Word document").

        Raises:
            NoteError: it is no ZIP archive, or a damaged one.
        """
        if not data.startswith(b"PK"):
            raise NoteError(f"is not {kind}, but {what_it_is(data)}")
        self._kind = kind
        self._left = MOST_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (*_BROKEN, RuntimeError) as error:
            raise NoteError(f"is damaged or cut short: the archive that {kind} is cannot be opened") from error
        self._names = {name.lstrip("/").lower(): name for name in self._zip.namelist()}

    def __contains__(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._names

    def find(self, name: str) -> bytes:
        """Return the part called ``name`` (no matter the case); nothing where there is none.

        Raises:
            NoteError: it is damaged or encrypted, or there is too much of it.
        """
        return self.read(name) if name in self else b""

    def read(self, name: str) -> bytes:
        """Return the part called ``name``.

        Raises:
            NoteError: there is none, it is damaged or encrypted, or there is too much of it.
        """
        if name not in self:
            raise NoteError(f"is not {self._kind}: the part {name} is missing in it")
        try:
            member = self._zip.getinfo(self._names[name.lstrip("/").lower()])
            if member.flag_bits & 1:
                raise NoteError("is protected by a password: save it without one to have it indexed")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NoteError(_PACKED_OTHERWISE)
            if member.file_size > self._left:
                raise NoteError(_UNPACKS_TO_MORE)
            return self._unpacked(member)
        except (*_BROKEN, RuntimeError) as error:
            raise NoteError(f"is damaged: the part {name} cannot be unpacked") from error

    def _unpacked(self, member: zipfile.ZipInfo) -> bytes:
        """Return its bytes, counted while they come: what it says of its size may be wrong."""
        pieces = []
        with self._zip.open(member) as part:
            while piece := part.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise NoteError(_UNPACKS_TO_MORE)
                pieces.append(piece)
        return b"".join(pieces)


def what_it_is(data: bytes) -> str:
    """Return what those bytes look like, with an article, for a file that has the ending of something else."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf\t\r\n ")
    if not data:
        return "empty"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "encrypted: save it without a password to have it indexed"
        return "a file of an older Office: save it in the newer format to have it indexed"
    for start, kind in ((b"%PDF-", "a PDF"), (b"PK", "a ZIP archive"), (b"{\\rtf", "a rich text file (.rtf)")):
        if head.startswith(start):
            return f"{kind}: give it the ending of what it is"
    if re.match(rb"<(?:!doctype\s+html|html|head|body)\b", head, re.IGNORECASE):
        return "a web page: give it the ending .html"
    return "something else, or damaged"
