"""Which workspaces may send text to which other machine: asked for once, kept with the user, taken back at any time.

One small file for each, in the user's state folder and never in the workspace: a workspace that is copied or shared
brings no consent along.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from starlight.private import write_private

SENT = "the question and the passages found for it, what was said before, or the text that it is to work on"
"""What leaves the machine, as the user is told before agreeing."""


@dataclass(frozen=True, slots=True)
class Consent:
    """That text from the workspace at ``root`` may go to ``host``."""

    root: str
    host: str
    since: str = ""
    """When it was given, in ISO 8601."""


def question(host: str, *, encrypted: bool = True) -> str:
    """Return what a person is asked before anything goes to ``host``."""
    open_to_all = "" if encrypted else ", over a connection that is not encrypted"
    return (
        f"Send {SENT} to {host}{open_to_all}? That is another machine. It holds for this folder until you take it back."
    )


def allowed(root: Path | None, host: str) -> bool:
    """Whether the user has agreed that text from ``root`` goes to ``host``; without a root, never."""
    if root is None:
        return False
    wanted = Consent(_key(root), host)
    found = _read(_place(wanted))
    return found is not None and (found.root, found.host) == (wanted.root, wanted.host)


def allow(root: Path, host: str) -> None:
    """Keep that the user has agreed."""
    consent = Consent(_key(root), host, datetime.now(timezone.utc).isoformat(timespec="seconds"))
    write_private(_place(consent), json.dumps(asdict(consent), ensure_ascii=False) + "\n")


def forget(host: str, root: Path | None = None) -> list[Consent]:
    """Take the consent for ``host`` back, for ``root`` or for all; a host without port means each of its ports.

    Returns those that there were.
    """
    gone = [
        consent
        for consent in given()
        if host in (consent.host, consent.host.rpartition(":")[0]) and (root is None or consent.root == _key(root))
    ]
    for consent in gone:
        with contextlib.suppress(FileNotFoundError):
            _place(consent).unlink()
    return gone


def given() -> list[Consent]:
    """Return every consent that there is."""
    return sorted(_all(), key=lambda consent: (consent.host, consent.root))


def _all() -> Iterator[Consent]:
    for path in _folder().glob("*.json"):
        found = _read(path)
        if found and _place(found) == path:
            yield found


def _read(path: Path) -> Consent | None:
    """A file that is damaged is no consent."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Consent(str(found["root"]), str(found["host"]), str(found.get("since", "")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _place(consent: Consent) -> Path:
    digest = hashlib.blake2b(f"{consent.root}\0{consent.host}".encode("utf-8", "surrogatepass"), digest_size=12)
    return _folder() / f"{digest.hexdigest()}.json"


def _key(root: Path) -> str:
    return os.path.normcase(str(root.resolve()))


def _folder() -> Path:
    import platformdirs

    return platformdirs.user_state_path("starlight", appauthor=False) / "consents"
