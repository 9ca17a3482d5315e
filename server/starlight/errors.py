"""Every error that a person can meet, and nothing else.

    StarlightError
    ├── RootError            the folder is missing, is not a folder, or may not be read
    │   └── RootRefused      a home directory or a whole disk: asked for twice or not at all
    ├── NoteError            one file cannot be indexed; its reason goes into the list of failures
    ├── IndexUnavailable     the index of a folder cannot be used
    │   ├── IndexMissing     nothing has been indexed here yet
    │   ├── IndexTooNew      written by a newer Starlight
    │   ├── IndexCorrupt     damaged on disk; it is made again from the notes
    │   ├── IndexReadOnly    its folder or file may not be written
    │   ├── IndexBusy        another indexer writes it
    │   └── DiskFull         no space left
    ├── ModelUnavailable     the embedding model cannot be loaded
    ├── GeneratorUnavailable there is no such chat model, or it cannot be loaded or reached
    │   └── ConsentNeeded    the text would leave the machine, and nobody has agreed to that
    ├── GenerationFailed     a chat model ended in the middle of its answer
    ├── PromptTooLong        what the model shall read does not fit its window
    └── InvalidRequest       an argument makes no sense

A message says what happened, to which file, and what to do.
"""

from __future__ import annotations


class StarlightError(Exception):
    """Base of all errors that are meant to be read by a person."""


class RootError(StarlightError):
    """The folder cannot be indexed."""


class RootRefused(RootError):
    """The folder is so wide (a home directory, a whole disk) that it is indexed only when asked for twice."""


class NoteError(StarlightError):
    """One file cannot be indexed; the message is the reason that the list of failures shows."""


class IndexUnavailable(StarlightError):
    """The index of a folder cannot be used."""


class IndexMissing(IndexUnavailable):
    """Nothing has been indexed here yet."""


class IndexTooNew(IndexUnavailable):
    """The index was written by a newer Starlight."""


class IndexCorrupt(IndexUnavailable):
    """The index is damaged; the notes are not, and it can be made again from them."""


class IndexReadOnly(IndexUnavailable):
    """The index cannot be written."""


class IndexBusy(IndexUnavailable):
    """Another indexer is writing this index."""


class DiskFull(IndexUnavailable):
    """No space is left for the index."""


class ModelUnavailable(StarlightError):
    """The embedding model cannot be loaded."""


class GeneratorUnavailable(StarlightError):
    """There is no such chat model, or it cannot be loaded or reached."""


class ConsentNeeded(GeneratorUnavailable):
    """The text would leave the machine, and nobody has agreed to that."""


class GenerationFailed(StarlightError):
    """A chat model ended in the middle of its answer; what came until then stands."""


class PromptTooLong(StarlightError):
    """What the chat model shall read does not fit its window."""


class InvalidRequest(StarlightError):
    """An argument makes no sense."""
