"""The chat models of the user: which GGUF files there are, and which of them was chosen for what.

They lie in the user's data folder, one file each, beside a small record of where it comes from; a record can also
stand for a file that stays where it is.  The choice lies in the user's state folder: it is no workspace's business.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from starlight.errors import GeneratorUnavailable, InvalidRequest
from starlight.models.tasks import TASKS
from starlight.private import make_private, write_private

How = Literal["link", "copy", "in-place"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}")
_ENDING = ".gguf"


@dataclass(frozen=True, slots=True)
class Record:
    """Where a model comes from; empty where that is not known."""

    path: str = ""
    """Where its file is, if not beside the record."""
    source: str = ""
    licence: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is there."""

    name: str
    path: Path
    record: Record
    size_bytes: int
    """0: the file is gone."""

    @property
    def is_ours(self) -> bool:
        """Whether the file is in our folder, and goes with the model."""
        return not self.record.path


def folder() -> Path:
    """Return the folder of models; it may not be there yet."""
    import platformdirs

    return platformdirs.user_data_path("starlight", appauthor=False) / "models"


def installed() -> list[Installed]:
    """Return the models that there are, the smallest first."""
    return sorted(_all(), key=lambda model: (not model.size_bytes, model.size_bytes, model.name))


def find(name: str) -> Installed | None:
    """Return the installed model of that name, with or without ``.gguf``."""
    wanted = name.removesuffix(_ENDING)
    return next((model for model in _all() if model.name == wanted), None)


def check_name(name: str) -> str:
    """Return ``name`` as the name of a new model.

    Raises:
        InvalidRequest: it cannot be one, or there is a model of that name.
    """
    name = name.removesuffix(_ENDING)
    if not _NAME.fullmatch(name):
        raise InvalidRequest(f"{name}: cannot be the name of a model; use letters, digits, `.`, `-` and `_`")
    if find(name):
        raise InvalidRequest(f"{name}: there is a model of that name; choose another with --name, or remove that first")
    return name


def add(file: Path, name: str = "", how: How = "link", record: Record | None = None) -> Installed:
    """Take the GGUF file into the library: by a hard link (a copy where that cannot be), a copy, or where it is.

    Raises:
        GeneratorUnavailable: it is no chat model in GGUF, or is damaged.
        InvalidRequest: there is a model of that name, or it cannot be copied.
    """
    from starlight.models.gguf_header import read_header

    file = file.expanduser().absolute()
    name = check_name(name or file.stem)
    header = read_header(file)
    record = record or Record(source=str(file))
    if how == "in-place":
        _keep(name, Record(str(file), record.source, record.licence, record.sha256))
        return _found(name)
    if header.size != file.stat().st_size:
        raise InvalidRequest(f"{file}: is one of several files of a model; add it with --in-place")
    make_private(folder())
    _place(file, folder() / f"{name}{_ENDING}", how)
    _keep(name, record)
    return _found(name)


def adopt(part: Path, name: str, record: Record) -> Installed:
    """Take the whole file ``part``, which lies in our folder, into the library under ``name``."""
    part.replace(folder() / f"{name}{_ENDING}")
    _keep(name, record)
    return _found(name)


def remove(name: str) -> Installed:
    """Remove a model; a file that is not ours stays.  Choices that name it are forgotten.

    Raises:
        InvalidRequest: there is no such model.
    """
    model = find(name)
    if model is None:
        raise InvalidRequest(f"{name}: there is no such model; `starlight model list` says which there are")
    if model.is_ours:
        model.path.unlink(missing_ok=True)
    _record_of(model.name).unlink(missing_ok=True)
    for task, chosen in choices().items():
        if chosen == model.name:
            choose("", task)
    return model


def choices() -> dict[str, str]:
    """Return the models that the user chose, by task; the one for all is under the empty name."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found = json.loads(_choices_file().read_text(encoding="utf-8"))
        named = {task: found.get(task) for task in ("", *TASKS)}
        return {task: name for task, name in named.items() if isinstance(name, str) and name}
    return {}


def choose(name: str, task: str = "") -> None:
    """Keep that ``name`` is to be used for ``task``, or for all that have no other; empty to forget that."""
    chosen = choices()
    if name:
        chosen[task] = name
    else:
        chosen.pop(task, None)
    write_private(_choices_file(), json.dumps(chosen, ensure_ascii=False) + "\n")


def memory(model: Installed, window: int) -> int:
    """Return about how many bytes the model takes once it is loaded with that window; 0 where its file is bad."""
    from starlight.models.gguf_header import read_header

    try:
        header = read_header(model.path)
    except GeneratorUnavailable:
        return 0
    return header.need(min(window, header.n_context) if header.n_context else window).total


def problem(model: Installed) -> str:
    """Return what is wrong with the file of a model; empty where nothing is."""
    from starlight.models.gguf_header import read_header

    try:
        read_header(model.path)
    except GeneratorUnavailable as error:
        return str(error)
    return ""


def _all() -> Iterator[Installed]:
    names = {path.stem for path in folder().glob(f"*{_ENDING}") if not path.name.startswith(".")}
    elsewhere = {path.stem for path in folder().glob("*.json") if path.stem not in names and _read(path).path}
    for name in names | elsewhere:
        yield _found(name)


def _found(name: str) -> Installed:
    record = _read(_record_of(name))
    path = Path(record.path) if record.path else folder() / f"{name}{_ENDING}"
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return Installed(name, path, record, size)


def _place(file: Path, target: Path, how: How) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if how == "copy" or not _linked(file, part):
            shutil.copyfile(file, part)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidRequest(f"{file}: cannot be copied to {target} ({error.strerror or error})") from error


def _linked(file: Path, target: Path) -> bool:
    try:
        target.hardlink_to(file.resolve())
    except OSError:  # on another disk, or on one without hard links
        return False
    return True


def _keep(name: str, record: Record) -> None:
    write_private(_record_of(name), json.dumps(asdict(record), ensure_ascii=False) + "\n")


def _read(path: Path) -> Record:
    """Read a record; one that is damaged says nothing."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Record(**{key: str(found.get(key, "")) for key in ("path", "source", "licence", "sha256")})
    except (OSError, ValueError, AttributeError):
        return Record()


def _record_of(name: str) -> Path:
    return folder() / f"{name}.json"


def _choices_file() -> Path:
    import platformdirs

    return platformdirs.user_state_path("starlight", appauthor=False) / "models.json"
