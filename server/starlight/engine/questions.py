"""A question as it is looked for: with what the conversation says of it, in its parts, for the notes that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlight.engine.answer import Turn
from starlight.notes.sentences import sentences
from starlight.notes.stopwords import telling
from starlight.notes.text import is_unspaced, words

_MAX_PARTS = 4
_FROM_QUESTION, _FROM_ANSWER = 10, 6
"""Words that a follow-up takes from what was asked before, and from what was answered."""
_HALF = 1
"""A question of so few telling words is half of one: "Why?", "And tomatoes?"."""
_FOLLOWING = 5
"""One of so few that points at something, such as "it", is about what was said before."""
_TURNS = 3

_POINTING = frozenset(
    """
    it its they them their theirs he she him her his hers this that these those there then one ones same else more
    former latter such both other others again
    er sie es ihn ihm ihr ihre ihren ihrem ihres sein seine seinen dessen deren das dies diese dieser dieses diesen
    dort davon dazu damit darüber daran dafür dagegen noch andere anderen beide
    il elle ils elles lui leur leurs cela ça ceci celui celle ceux y en autre autres
    él ella ello ellos ellas eso esa ese esos esas esto esta este estos estas allí otro otra otros
    او آن این آنها ایشان آنجا همان دیگر
    """.split()  # noqa: SIM905 -- read as one text
)
_POINTING_UNSPACED = re.compile("[它他她这那]|これ|それ|あれ|その|彼|ここ|そこ|มัน|เขา|นั้น")
_GOING_ON = re.compile(
    r"\s*(?:and|but|or|what about|how about|und|aber|oder|et|mais|y|pero|и|а|و)\b|\s*(?:那么|那|还有|では|じゃあ|แล้ว)",
    re.IGNORECASE,
)
_ASKING = (
    "what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|should|will|would"
    "|was|wer|wen|wem|wessen|welche[rsnm]?|wann|wo|wohin|warum|wieso|weshalb|wie|ist|sind|hat|kann|soll"
    "|que|quoi|qui|quand|où|pourquoi|comment|combien|quel(?:le)?s?"
    "|qué|quién(?:es)?|cuándo|dónde|por qué|cómo|cuánt[oa]s?|cuál(?:es)?"
)
_JOINT = re.compile(
    rf"[?？؟]\s*|;\s+|\n+|[,]?\s+(?:and|but|or|und|oder|aber|et|y|e)(?:\s+also|\s+auch)?\s+(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_COMPARED = (
    re.compile(
        r"\b(?:between|zwischen|entre)\s+(?P<a>.{2,80}?)\s+(?:and|und|et|y)\s+(?P<b>[^?.!,;]{2,80})", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:compare|vergleiche|compare[rz]?|compara)\s+(?P<a>.{2,80}?)\s+(?:and|with|to|und|mit|et|avec|y|con)\s+"
        r"(?P<b>[^?.!,;]{2,80})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:^|\b(?:is|are)\s+)(?P<a>[^?.!,;]{2,80}?)\s+(?:vs\.?|versus)\s+(?P<b>[^?.!,;]{2,80})", re.IGNORECASE
    ),
)
_CITATION = re.compile(r"\[\d[\d, ]*\]")


def queries(question: str, conversation: Sequence[Turn] = ()) -> tuple[str, ...]:
    """Return what is searched for: the question as it stands in the conversation, then its parts if it has any."""
    whole = standalone(question, conversation)
    first, *others = _with_subject(parts(whole))
    every = [whole, *([first, *others] if others else [])]
    if whole != question:
        every.append(question)
    return tuple(dict.fromkeys(every))


def standalone(question: str, conversation: Sequence[Turn]) -> str:
    """Return ``question`` with the words that matter of what was said before; itself where it can stand alone."""
    if not conversation or not needs_conversation(question):
        return question
    *before, last = conversation[-_TURNS:]
    known = set(words(question))
    added = [word for word in telling(words(standalone(last.question, before))) if word not in known]
    added = list(dict.fromkeys(added))[:_FROM_QUESTION]
    said = [word for word in _names(last.answer) if word not in known | set(added)]
    return " ".join((question, *added, *said[:_FROM_ANSWER]))


def needs_conversation(question: str) -> bool:
    """Whether ``question`` is likely to be about something that it does not name: "And when did it end?"."""
    every = words(question)
    told = [word for word in telling(every) if word not in _POINTING]
    # Scripts without spaces come in pairs of characters, about two a word.
    size = sum(0.5 if is_unspaced(word) else 1 for word in told)
    if size <= _HALF:
        return True
    return size <= _FOLLOWING and bool(_GOING_ON.match(question) or _points(question))


def _points(question: str) -> bool:
    return not _POINTING.isdisjoint(words(question)) or bool(_POINTING_UNSPACED.search(question))


def parts(question: str) -> list[str]:
    """Return the questions in ``question``, or the things that it compares; itself alone where it is one question."""
    for compared in _COMPARED:
        if found := compared.search(question):
            pair = [found[name].strip(" ?!.,") for name in ("a", "b")]
            if all(telling(words(each)) for each in pair):
                return pair
    found_parts = [part.strip(" ,.") for part in _JOINT.split(question[:2_000])]
    asked = [part for part in found_parts if _says_something(part)]
    return asked[:_MAX_PARTS] if len(asked) > 1 else [question]


def _says_something(part: str) -> bool:
    every = words(part)
    return len(every) > 1 and len([word for word in telling(every) if word not in _POINTING]) > 0


def _with_subject(asked: Sequence[str]) -> list[str]:
    """Return the questions, those that point at something with the telling words of the first."""
    first, *others = asked
    told = telling(words(first))[:_FROM_QUESTION]
    return [first, *(" ".join((each, *told)) if _points(each) else each for each in others)]


def _names(answer: str) -> list[str]:
    """Return the words of an answer's first sentences that name something: those in capitals, and numbers."""
    text = _CITATION.sub(" ", answer[:2_000])
    found: list[str] = []
    for start, end, _ in sentences(text)[:2]:
        _, *rest = text[start:end].split() or [""]
        found += [word for token in rest if token[:1].isupper() or token[:1].isdigit() for word in words(token)]
    return list(dict.fromkeys(telling(found)))


@dataclass(frozen=True, slots=True)
class Named:
    """A question without the notes and tags that it named."""

    text: str
    notes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


_MENTION = re.compile(
    r'(?<![\w@])@(?:"(?P<quoted>[^"\n]{1,200})"|\[\[(?P<linked>[^\[\]\n]{1,200})\]\]|(?P<bare>\S.{0,200}))'
)
_HASHTAG = re.compile(r"(?<![\w#&/])#(?=[\w/-]*[^\W\d])(?P<tag>\w[\w/-]*)")
_MAX_WORDS = 8
_MAX_MENTIONS = 20


def named(question: str, find: Callable[[str], Iterable[str]], is_tag: Callable[[str], bool]) -> Named:
    """Return ``question`` without its ``@note`` and ``#tag``, and which notes and tags these are.

    A note is named by its file's name, its path, its title or an alias: ``@tea``, ``@"Roof meeting"``,
    ``@[[Roof meeting]]``, or in plain words, of which as many as make a name are taken.
    ``find`` gives the paths of the notes of that name.  What names nothing stays in the question.
    """
    notes: list[str] = []
    at = 0
    for _ in range(_MAX_MENTIONS):
        mention = _MENTION.search(question, at)
        if mention is None:
            break
        paths, end = _mentioned(mention, find)
        at = mention.start() if paths else mention.start() + 1
        if paths:
            notes += paths
            question = f"{question[: mention.start()]}{question[end:]}"
    tags = [found["tag"] for found in _HASHTAG.finditer(question) if is_tag(found["tag"])]
    question = _HASHTAG.sub(lambda found: "" if found["tag"] in tags else found[0], question)
    return Named(" ".join(question.split()), tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(tags)))


def _mentioned(mention: re.Match[str], find: Callable[[str], Iterable[str]]) -> tuple[list[str], int]:
    """Return the notes of a mention and where it ends; none where nothing has that name."""
    name = mention["quoted"] or mention["linked"]
    if name:
        return list(find(name.partition("|")[0].partition("#")[0])), mention.end()
    bare = mention["bare"]
    ends = [found.end() for found in re.finditer(r"\S+", bare)][:_MAX_WORDS]
    for end in reversed(ends):
        for name in dict.fromkeys((bare[:end], bare[:end].rstrip("?!.,;:)'’s"), bare[:end].rstrip("?!.,;:)"))):
            if name and (paths := list(find(name))):
                return paths, mention.start("bare") + len(name)
    return [], mention.end()
