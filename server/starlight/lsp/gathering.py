"""Evidence for a question from the client's folders: places into paths, one search a folder, all of it as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlight.engine.answer import Evidence, Scope, Turn
from starlight.errors import IndexMissing, InvalidRequest, StarlightError
from starlight.lsp import convert
from starlight.lsp.root import Root
from starlight.notes.links import ENDINGS

if TYPE_CHECKING:
    from starlight.engine.workspace import Workspace
    from starlight.lsp.session import Session

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class ScopedRoot:
    """A folder, and what of it may be used; paths in ``scope`` are those of its index."""

    root: Root
    scope: Scope


def scoped_roots(session: Session, asked: object) -> list[ScopedRoot]:
    """Return the folders that the ``scope`` of a request names, each with what of it may be used.

    Raises:
        InvalidRequest: it makes no sense, or names a place in no folder that is open.
    """
    if asked is None:
        asked = {}
    if not isinstance(asked, Mapping):
        raise InvalidRequest("`scope` must be an object")
    roots = session.chosen(asked.get("root"))
    tags = tuple(_strings(asked, "tags"))
    if selection := asked.get("selection"):
        return [_selected(session, selection, tags)]
    if notes := _strings(asked, "notes"):
        return _named(session, notes, tags)
    if folder := asked.get("folder"):
        root, within = _located(session, folder, "folder")
        return [ScopedRoot(root, Scope(folder=within, tags=tags))]
    return [ScopedRoot(root, Scope(folder=root.below, tags=tags)) for root in roots]


async def gather(
    session: Session,
    where: Sequence[ScopedRoot],
    question: str,
    conversation: Sequence[Turn],
    budget: int,
    count: Count | None,
) -> Evidence:
    """Return the evidence for ``question`` in all of ``where``, within ``budget`` tokens together.

    Raises:
        StarlightError: not one of the folders can be searched.
    """
    from starlight.engine.merging import merge

    found = await asyncio.gather(
        *(_gather(each, question, conversation, budget, count) for each in where), return_exceptions=True
    )
    evidence: list[tuple[str, Evidence]] = []
    for each, answer in zip(where, found, strict=True):
        if isinstance(answer, StarlightError) and len(where) > 1:
            continue  # a folder that cannot be searched costs only itself; the status says why
        if isinstance(answer, BaseException):
            raise answer
        evidence.append((str(each.root.folder), _within(each.root, answer)))
    merged = merge(question, evidence, budget)
    return merged if session.started else replace(merged, complete=False)


async def _gather(
    asked: ScopedRoot, question: str, conversation: Sequence[Turn], budget: int, count: Count | None
) -> Evidence:
    from starlight.engine.evidence import SECONDS
    from starlight.engine.prompts import PER_SOURCE

    def ask(workspace: Workspace) -> Evidence:
        if count is None:
            return workspace.evidence(question, budget, scope=asked.scope, conversation=conversation, seconds=SECONDS)
        return workspace.evidence(
            question, budget, count, asked.scope, conversation, per_source=PER_SOURCE, seconds=SECONDS
        )

    try:
        return await asked.root.query(ask, beside=True)
    except IndexMissing:
        return Evidence(question, (question,), (), budget=budget, verdict="nothing", complete=False)


def _selected(session: Session, selection: object, tags: tuple[str, ...]) -> ScopedRoot:
    if not isinstance(selection, Mapping):
        raise InvalidRequest("`selection` must be an object with `uri` and `range`")
    root, within = _located(session, selection.get("uri"), "selection.uri")
    first, last = convert.lines_of(selection.get("range"))
    return ScopedRoot(root, Scope(tags=tags, selection=(within, first, last)))


def _named(session: Session, uris: Sequence[str], tags: tuple[str, ...]) -> list[ScopedRoot]:
    by_root: dict[Root, list[str]] = {}
    for uri in uris:
        root, within = _located(session, uri, "notes")
        by_root.setdefault(root, []).append(within)
    return [ScopedRoot(root, Scope(notes=tuple(notes), tags=tags)) for root, notes in by_root.items()]


def _located(session: Session, uri: object, name: str) -> tuple[Root, str]:
    """Return the root that indexes what is at ``uri``, and its path there."""
    path = convert.path_of(uri) if isinstance(uri, str) and uri else None
    if path is None:
        raise InvalidRequest(f"`{name}` must be the URI of a file or folder")
    found = session.root_of(path)
    if found is None:
        raise InvalidRequest(f"{path}: is in no folder that is open in this editor")
    root, within = found
    return root, "" if within == "." else within


def _within(root: Root, evidence: Evidence) -> Evidence:
    """Return ``evidence`` with paths that are relative to ``root``, which may lie in the folder that has the index."""
    if not root.outer:
        return evidence
    sources = (replace(each, path=each.path.removeprefix(f"{root.below}/")) for each in evidence.sources)
    left_out = (replace(each, path=each.path.removeprefix(f"{root.below}/")) for each in evidence.left_out)
    return replace(evidence, sources=tuple(sources), left_out=tuple(left_out))


def _strings(asked: Mapping[str, Any], name: str) -> list[str]:
    found = asked.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
        raise InvalidRequest(f"`{name}` must be a list of strings")
    return found


def without(evidence: Evidence, root: Root, path: str) -> Evidence:
    """Return ``evidence`` without what is of the note at ``path``."""
    others = [each for each in evidence.sources if (each.root, each.path) != (str(root.folder), path)]
    return replace(evidence, sources=tuple(replace(each, number=n) for n, each in enumerate(others, 1)))


def is_markdown(uri: str) -> bool:
    """Whether a document is a note, by its name."""
    return uri.lower().endswith(ENDINGS)
