"""Fetches a model from a hub, when the user asks for it: goes on where it stopped, and keeps only what is whole.

``huggingface_hub`` knows the hub, its mirrors (``HF_ENDPOINT``, which it reads itself) and the user's token.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from starlight.errors import GenerationFailed, GeneratorUnavailable, InvalidRequest
from starlight.models import library
from starlight.models.fetchable import ENTRIES, Entry, entry
from starlight.models.library import Installed, Record
from starlight.private import make_private

Progress = Callable[[str, int, int], None]
"""Told what is done (``fetching``, ``checking``), how many bytes of it, and of how many."""

_SOURCE = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)/(?P<file>[\w./+-]+\.gguf)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1 << 20
_ROOM = 200_000_000
"""Bytes of the disk that are left free."""


@dataclass(frozen=True, slots=True)
class _Remote:
    """The file as the hub has it."""

    url: str
    size: int
    sha256: str
    headers: dict[str, str]


def fetch(wanted: str, name: str = "", progress: Progress = lambda _what, _done, _total: None) -> Installed:
    """Fetch the model that the catalogue calls ``wanted``, or ``OWNER/REPOSITORY/FILE.gguf``, into the library.

    What was fetched stays when it breaks off or is interrupted, and the next call goes on from there.

    Raises:
        InvalidRequest: there is no such model, or one of that name already.
        GeneratorUnavailable: the hub cannot be reached, or has no such file; there is no room.
        GenerationFailed: what came is not what was promised, or no chat model.
    """
    listed = entry(wanted) or _source(wanted)
    name = library.check_name(name or listed.name)
    remote = _promised(listed)
    make_private(library.folder())
    part = library.folder() / f".{name}.{remote.sha256[:12]}.part"
    _expect_room(remote, part)
    with _only_one(part):
        _download(remote, part, progress)
        _expect_whole(part, remote, progress)
        _expect_model(part, listed)
        record = Record(source=listed.source, licence=listed.licence, sha256=remote.sha256)
        return library.adopt(part, name, record)


def _source(wanted: str) -> Entry:
    found = _SOURCE.fullmatch(wanted)
    if not found or ".." in wanted:
        names = ", ".join(known.name for known in ENTRIES)
        raise InvalidRequest(
            f"{wanted}: is not in the catalogue ({names}), and is no OWNER/REPOSITORY/FILE.gguf either"
        )
    name = found["file"].rpartition("/")[2].removesuffix(".gguf")
    return Entry(name, found["repository"], found["file"], "main", 0, "", "", "", "", 0)


def _hub() -> Any:  # noqa: ANN401 -- a module
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.utils
    except ImportError as error:
        raise GeneratorUnavailable(
            "huggingface_hub is not installed, which fetches models: pip install 'starlight-notes[chat]'; or fetch "
            "the GGUF file by a browser and add it with `starlight model add FILE`"
        ) from error
    # It would ask the hub for a list of assistants, look for one at work here, and tell what it found.
    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True
    return huggingface_hub


def _promised(listed: Entry) -> _Remote:
    """Ask the hub for the file's address, size and hash; it must be those of the catalogue, where that has any."""
    hub = _hub()
    try:
        url = hub.hf_hub_url(listed.repository, listed.file, revision=listed.revision)
        headers = hub.utils.build_hf_headers()
        told = hub.get_hf_file_metadata(url, headers=headers)
    except Exception as error:  # whatever its HTTP client raises: that changes with its version
        raise _unreachable(listed, error) from error
    size, sha256 = told.size or 0, told.etag or ""
    if listed.sha256 and (size, sha256) != (listed.size_bytes, listed.sha256):
        raise GenerationFailed(
            f"{listed.source}: the hub has another file there than the one that the catalogue was made with; "
            "fetch it under its own address if you trust it"
        )
    if not size or not _SHA256.fullmatch(sha256):
        raise GenerationFailed(f"{listed.source}: the hub does not say its size and SHA-256, so it cannot be checked")
    return _Remote(url, size, sha256, headers)


def _unreachable(listed: Entry, error: Exception) -> GeneratorUnavailable:
    kind, where = type(error).__name__, _hub().constants.ENDPOINT
    if kind == "GatedRepoError":
        return GeneratorUnavailable(f"{listed.repository}: wants you to accept its terms on {where}, and to log in")
    if kind in ("RepositoryNotFoundError", "EntryNotFoundError", "RemoteEntryNotFoundError", "RevisionNotFoundError"):
        return GeneratorUnavailable(f"{listed.source}: there is no such file on {where}")
    if kind == "OfflineModeIsEnabled":
        return GeneratorUnavailable(f"{where} is not asked: the environment says that this machine is offline")
    if kind == "HFValidationError":
        return GeneratorUnavailable(f"{listed.repository}: is no name of a repository")
    words = (str(error).strip().splitlines() or [kind])[0][:200]
    return GeneratorUnavailable(f"{where} cannot be reached ({words}); nothing is lost, run the same command again")


def _expect_room(remote: _Remote, part: Path) -> None:
    there = part.stat().st_size if part.exists() else 0
    free = shutil.disk_usage(part.parent).free
    if remote.size - there + _ROOM > free:
        raise GeneratorUnavailable(
            f"{part.parent}: {(remote.size - there) / 1e9:.1f} GB are needed, and {free / 1e9:.1f} GB are free"
        )


def _only_one(part: Path) -> Any:  # noqa: ANN401 -- a lock that is held
    import filelock

    lock = filelock.FileLock(part.with_suffix(".lock"))
    try:
        return lock.acquire(timeout=0)
    except filelock.Timeout:
        raise GeneratorUnavailable(f"{part.name}: another Starlight is fetching this model") from None


def _download(remote: _Remote, part: Path, progress: Progress) -> None:
    from huggingface_hub.file_download import http_get

    there = part.stat().st_size if part.exists() else 0
    if there > remote.size:
        part.unlink()
        there = 0
    progress("fetching", there, remote.size)
    if there == remote.size:
        return
    with part.open("r+b" if there else "wb") as file:
        file.seek(there)
        counted = cast("BinaryIO", _Counted(file, lambda done: progress("fetching", done, remote.size)))
        bars = _hub().utils
        was_quiet = bars.are_progress_bars_disabled()
        bars.disable_progress_bars()
        try:
            http_get(remote.url, counted, resume_size=there, headers=dict(remote.headers), expected_size=remote.size)
        except Exception as error:
            words = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise GeneratorUnavailable(
                f"{part.name}: it broke off ({words}); what came is kept, run the same command again to go on"
            ) from error
        finally:
            if not was_quiet:
                bars.enable_progress_bars()


class _Counted:
    """A file that says how much has been written."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        self._file = file
        self._told = told

    def write(self, data: bytes) -> int:
        """Write ``data``, and say so."""
        written = self._file.write(data)
        self._told(self._file.tell())
        return written

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the file has
        return getattr(self._file, name)


def _expect_whole(part: Path, remote: _Remote, progress: Progress) -> None:
    digest, done = hashlib.sha256(), 0
    with part.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            progress("checking", done, remote.size)
    if done != remote.size or digest.hexdigest() != remote.sha256:
        part.unlink()
        raise GenerationFailed(
            f"{part.name}: what came is not what the hub promised (its SHA-256 is another), so it was thrown away; "
            "run the same command again"
        )


def _expect_model(part: Path, listed: Entry) -> None:
    from starlight.models.gguf_header import read_header

    try:
        read_header(part)
    except GeneratorUnavailable as error:
        part.unlink()
        words = str(error).replace(str(part), listed.source)
        raise GenerationFailed(f"{words}; it was thrown away") from error
