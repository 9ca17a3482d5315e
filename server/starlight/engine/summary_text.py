"""The words of a model made a summary: whole sentences, each once, with marks of what they were made from."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence

from starlight.engine.answer import Source
from starlight.engine.grounds import Grounds
from starlight.engine.statements import parts
from starlight.engine.support import find
from starlight.notes import marks
from starlight.notes.claims import folded, read
from starlight.notes.sentences import sentences
from starlight.notes.stopwords import telling
from starlight.notes.text import words

_FENCED = re.compile(r"```(?:markdown|md|text)?\n(.*?)\n?(?:```)?", re.DOTALL)
_INTRODUCTION = re.compile(r"[^\n\[*]{1,120}:[ \t]*\n+(?=\S)")
_HEADING = re.compile(r"#{1,6} [^\n]*\n+(?=\S)")
_ENDS = ".!?…。！？؟।۔:;"
_CLOSING = "\"'”’»)]*_"
_WORD = re.compile(r"[\u0900-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]{4,}")
_NUMBER = re.compile(r"\d+")
_BLANKS = re.compile(r"[ \t]+(?=\n|$)")
_MARKS = re.compile(rf"[ \t]*(?:{marks.MARK.pattern})")


def tidied(text: str, *, is_whole: bool = True) -> str:
    """Return what a model wrote without what models put around it, and without what it said before.

    Where it was cut off, the sentence that it was in goes, too.
    """
    text = text.strip()
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1].strip()
    for before in (_HEADING, _INTRODUCTION):
        if found := before.match(text):
            text = text[found.end() :]
    return _once(text if is_whole else _whole(text))


def _whole(text: str) -> str:
    """Return ``text`` without a last sentence that does not end; empty where no sentence does."""
    found = sentences(text)
    while found and not _is_ended(text[found[-1].start : found[-1].end]):
        found.pop()
    return text[: found[-1].end] if found else ""


def _is_ended(sentence: str) -> bool:
    return marks.without(sentence).rstrip().rstrip(_CLOSING)[-1:] in tuple(_ENDS)


def _once(text: str) -> str:
    """Return ``text`` without sentences that stand there before."""
    seen: set[str] = set()
    kept, at = "", 0
    for sentence in sentences(text):
        said = folded(marks.without(text[sentence.start : sentence.end])).casefold()
        if said not in seen:
            kept += text[at : sentence.end]
        seen.add(said)
        at = sentence.end
    return _BLANKS.sub("", kept + text[at:]).strip()


def is_of(text: str, read: Sequence[str]) -> bool:
    """Whether ``text`` has any word of the texts that were ``read``: what has none is no summary of them.

    Where these have numbers alone, it has one of those.
    """
    said, material = (marks.without(each).casefold() for each in (text, "\n".join(read)))
    for kind in (_WORD, _NUMBER):
        if there := set(kind.findall(material)):
            return not there.isdisjoint(kind.findall(said))
    return True


def share_of(text: str, read: Sequence[str]) -> float:
    """Return the share of the words of ``text`` that the texts have that were ``read``, 0 to 1; stop words apart.

    A refusal says little of what it refuses to summarize.
    """
    said = set(telling(words(marks.without(text))))
    return len(said & {word for each in read for word in words(each)}) / len(said) if said else 0.0


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Return ``text`` with other numbers in its marks; those that ``numbers`` does not have go."""

    def mark(found: re.Match[str]) -> str:
        named = re.search(marks.MARK, found[0])
        known = [numbers[number] for number in marks.numbers(named) if number in numbers] if named else []
        blank = found[0][: len(found[0]) - len(found[0].lstrip(" \t"))]
        return blank + "".join(f"[{number}]" for number in dict.fromkeys(known)) if known else ""

    return _MARKS.sub(mark, text)


def cited(text: str) -> tuple[int, ...]:
    """Return the numbers in the marks of ``text``, in order, each once."""
    found = (number for mark in marks.MARK.finditer(text) for number in marks.numbers(mark))
    return tuple(dict.fromkeys(found))


def attributed(text: str, sources: Sequence[Source]) -> str:
    """Return ``text`` with a mark behind each statement that had none, where one of ``sources`` says that."""
    todo = [part for part in parts(text) if not part.cited and not part.is_code]
    if not todo:
        return text
    grounds = Grounds(sources)
    for part in reversed(todo):
        claim = read(text[part.start : part.end])
        found = [(find(claim, (source.number,), grounds), source.number) for source in sources]
        says = [(finding.share, -number) for finding, number in found if finding.support == "supported"]
        if says:
            end = part.start + len(text[part.start : part.end].rstrip(_ENDS + " \t"))
            text = f"{text[:end]} [{-max(says)[1]}]{text[end:]}"
    return text


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """Return the first sentences of ``text``, as many as fit; the first at least."""
    ends = [sentence.end for sentence in sentences(text)]
    while len(ends) > 1 and not fits(text[: ends[-1]]):
        ends.pop()
    return text[: ends[-1]] if ends else text


def gathered(texts: Sequence[str], n_sentences: int) -> str:
    """Return the first sentences of all ``texts``, ``n_sentences`` together, in their order."""
    cut = [[text[each.start : each.end] for each in sentences(text) if not each.is_heading] for text in texts]
    order = [(row, column) for column in range(n_sentences) for row in range(len(cut)) if column < len(cut[row])]
    chosen = sorted(itertools.islice(order, n_sentences))
    return " ".join(cut[row][column] for row, column in chosen)
