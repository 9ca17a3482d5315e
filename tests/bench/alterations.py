"""What is done to a sentence of a note: changes that keep it true, and changes that make it false."""

from __future__ import annotations

import calendar
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlight.notes.sentences import sentences
from starlight.notes.text import plain, words

_PASSAGE = (200, 2_400)
"""Characters of a section that serves as a passage, at least and at most."""
MOST_WORDS = 40
_LEAST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Passage:
    path: str
    heading: str
    text: str
    line: int

    @property
    def sentences(self) -> list[str]:
        found = [self.text[s.start : s.end] for s in sentences(self.text) if not s.is_heading]
        return [" ".join(text.split()) for text in found if _is_usable(text)]


def _is_usable(text: str) -> bool:
    shown = plain(text)
    n_words = len(words(shown))
    is_whole = (shown[:1].isupper() and shown.rstrip("*_ ")[-1:] in ".!") or not shown.isascii()
    is_prose = not re.search(r"https?:|[|{}<>\\$#=\[\]^]|\w\.\w+\(", shown) and shown.count('"') % 2 == 0
    return is_whole and is_prose and _LEAST_WORDS <= n_words <= MOST_WORDS


def passages(folder: Path) -> list[Passage]:
    """The sections of all notes below ``folder``, in a fixed order."""
    found = []
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), text, flags=re.DOTALL)
        heading, start = "", 0
        for end in [*(match.start() for match in re.finditer(r"^#{1,6} ", text, re.MULTILINE)), len(text)]:
            part = text[start:end].strip()
            first = part.partition("\n")[0]
            heading = first.lstrip("# ") if first.startswith("#") else heading
            if _PASSAGE[0] <= len(part) <= _PASSAGE[1]:
                line = text.count("\n", 0, start) + 1
                found.append(Passage(path.relative_to(folder).as_posix(), heading, part, line))
            start = end
    return found


class Vault:
    """A vault's passages, and the words, names and numbers that changes draw on."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.passages = passages(folder)
        text = "\n".join(plain(passage.text) for passage in self.passages)
        self.words = set(re.findall(r"\b[a-z]{4,}\b", text))
        counts: dict[str, int] = defaultdict(int)
        for name in re.findall(_NAME, text):
            counts[name] += 1
        self.names = sorted(name for name, count in counts.items() if count > 2 and len(name) > 2)
        self.beside: list[str] = []
        self.numbers: list[str] = []

    def at(self, number: int) -> Vault:
        """With the names and numbers of one passage."""
        shown = plain(self.passages[number].text)
        self.beside = sorted(set(re.findall(_NAME, shown)))
        self.numbers = sorted(set(re.findall(_NUMBER, shown)))
        return self


# -- changes that keep a sentence true: each returns None where it cannot be made

Change = Callable[[str, "Vault", random.Random], "str | None"]
_LINKING = "when|if|because|since|while|although|once|after|before"
_CONTRACTED = {
    "do not": "don't", "does not": "doesn't", "cannot": "can't", "is not": "isn't", "are not": "aren't",
    "it is": "it's", "don't": "do not", "doesn't": "does not", "can't": "cannot", "isn't": "is not", "it's": "it is",
    "e.g.": "for example", "for example": "for instance", "in order to": "to", "such as": "like", "as well as": "and",
    "it will": "it'll", "you will": "you'll", "you can": "you may", "allows you to": "lets you",
    "lets you": "allows you to", "usually": "normally", "however, ": "", "also ": "", "currently ": "now ",
}  # fmt: skip
_NUMERALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = calendar.month_name[1:]


def _dropped(text: str, vault: Vault, chance: random.Random) -> str | None:
    """A clause fewer: what stands in brackets or between commas, the clause that begins or ends the sentence."""
    ways = [
        re.sub(r"\s*\([^()]{8,}\)", "", text),
        re.sub(r"^(?:When|If|For|In|With|After|Once|By|To|As)\b[^,]{8,80}, (\w)", lambda m: m[1].upper(), text),
        re.sub(rf",? (?:{_LINKING}|so that|which|where) [^,]{{8,}}([.!])$", r"\1", text),
        re.sub(r", (?:and|but|or) [^,]{12,}([.!])$", r"\1", text),
    ]
    return one_of([way for way in ways if way != text and len(words(way)) >= 5], chance)


def _reordered(text: str, vault: Vault, chance: random.Random) -> str | None:
    if found := re.match(r"^(If|When|Because|Since|While|Although|Once) ([^,]{8,90}), (?:then )?(.{12,})[.]$", text):
        return f"{_capital(found[3])} {found[1].lower()} {found[2]}."
    if found := re.match(rf"^([^,]{{12,}}) ({_LINKING}) ([^,]{{8,90}})[.]$", text):
        return f"{_capital(found[2])} {found[3]}, {small(found[1], vault)}."
    if found := re.match(r"^(.*?\b)(\w{4,}) and (\w{4,})\b(.*)$", text):
        return f"{found[1]}{found[3]} and {found[2]}{found[4]}" if found[2].islower() and found[3].islower() else None
    return None


def _inflected(text: str, vault: Vault, chance: random.Random) -> str | None:
    """One or two words in another form that the vault has as well."""
    swaps: dict[str, str] = {}
    for word in re.findall(r"\b[a-z]{4,}\b", text):
        forms = [word + "s", word.removesuffix("s"), word + "ed", word + "ing", word.removesuffix("ed") + "ing"]
        forms += [word.removesuffix("e") + "ing", word.removesuffix("ing") + "ed", word.removesuffix("y") + "ies"]
        known = [form for form in forms if form != word and len(form) > 3 and form in vault.words]
        if known and not word.endswith(("ss", "us", "is")):
            swaps[word] = chance.choice(known)
    chosen = chance.sample(sorted(swaps), min(len(swaps), chance.choice((1, 2))))
    for word in chosen:
        text = re.sub(rf"\b{word}\b", swaps[word], text, count=1)
    return text if chosen else None


def _reworded(text: str, vault: Vault, chance: random.Random) -> str | None:
    there = [phrase for phrase in _CONTRACTED if re.search(_alone(phrase), text)]
    phrase = one_of(there, chance)
    return re.sub(_alone(phrase), _CONTRACTED[phrase], text, count=1) if phrase else None


def _alone(phrase: str) -> str:
    return rf"(?<!\w){re.escape(phrase)}" + (r"(?![\w'’])" if phrase[-1] != " " else "")


def _formatted(text: str, vault: Vault, chance: random.Random) -> str | None:
    """A number in another format."""
    date = re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text)
    if date and 1 <= int(date[2]) <= 12:
        return text.replace(date[0], f"{int(date[3])} {_MONTHS[int(date[2]) - 1]} {date[1]}")
    found = re.search(
        rf"(?<![\w.,:/-])(\d{{1,3}}(?:,\d{{3}})+|\d+)(?![\w:/-]|[.,]\d| (?:{'|'.join(_MONTHS)}))(?P<percent>%)?", text
    )
    if not found:
        spelt = re.search(rf"(?<![\w-])({'|'.join(_NUMERALS[2:])})(?![\w-])", text)
        return text.replace(spelt[0], str(_NUMERALS.index(spelt[0])), 1) if spelt else None
    digits = found[1].replace(",", "")
    if found["percent"]:
        new = f"{digits} percent"
    elif "," in found[1]:
        new = digits
    elif len(digits) > 3 and not 1900 < int(digits) < 2100:
        new = f"{int(digits):,}"
    elif int(digits) <= 12:
        new = _NUMERALS[int(digits)]
    else:
        new = f"{digits}.0"
    return text[: found.start()] + new + text[found.end() :]


TRUE: dict[str, Change] = {
    "literal": lambda text, vault, chance: text,
    "clause dropped": _dropped,
    "reordered": _reordered,
    "inflected": _inflected,
    "reworded": _reworded,
    "number format": _formatted,
}


# -- changes that make it false

_UNITS = {
    "minutes": "hours", "hours": "days", "seconds": "minutes", "days": "weeks", "weeks": "months", "years": "months",
    "months": "years", "km": "miles", "miles": "km", "kg": "pounds", "MB": "GB", "GB": "MB", "KB": "MB", "ms": "s",
    "percent": "points", "%": " points", "pixels": "percent", "px": "em", "minute": "hour", "hour": "day",
    "day": "week",
    "cm": "mm", "°C": "°F", "dollars": "euros", "characters": "words", "words": "lines", "lines": "pages",
}  # fmt: skip
_AUXILIARY = r"\b(is|are|can|will|should|must|was|were|could|would|may|has|have)\b(?! not|n't)"
_NUMBER = r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-]|[.,]\d)"
_NAME = r"(?<=[a-z,] )(?:[A-Z][a-z]+|[A-Z]{2,}|[a-z]+[A-Z]\w+)(?: [A-Z][a-z]+)*(?!\w)"


def _number(text: str, vault: Vault, chance: random.Random) -> str | None:
    found = one_of(list(re.finditer(_NUMBER, text)), chance)
    if not found:
        spelt = re.search(rf"(?<![\w-])({'|'.join(_NUMERALS[2:])})(?![\w-])", text)
        other = chance.choice([word for word in _NUMERALS[2:] if not spelt or word != spelt[0]])
        return text[: spelt.start()] + other + text[spelt.end() :] if spelt else None
    beside = [number for number in vault.numbers if number != found[0] and number not in text]
    other = chance.choice(beside) if beside and chance.random() < 0.5 else _changed(found[0], chance)
    return text[: found.start()] + other + text[found.end() :]


def _changed(number: str, chance: random.Random) -> str:
    place = chance.randrange(len(number))
    while not number[place].isdigit():
        place = chance.randrange(len(number))
    digit = chance.choice([digit for digit in "123456789" if digit != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _unit(text: str, vault: Vault, chance: random.Random) -> str | None:
    found = re.search(rf"(?:\d ?|\b(?:{'|'.join(_NUMERALS[1:])}) )({'|'.join(map(re.escape, _UNITS))})(?!\w)", text)
    return text[: found.start(1)] + _UNITS[found[1]] + text[found.end(1) :] if found else None


def _name(text: str, vault: Vault, chance: random.Random) -> str | None:
    found = one_of(list(re.finditer(_NAME, text)), chance)
    first = re.match(r"[A-Z][a-z]{2,}(?= (?:is|has|can|was|will|does|uses|supports|provides|says)\b)", text)
    if first and first[0] in vault.names and (not found or chance.random() < 0.3):
        found = first
    if not found or (found is not first and any(part in ("I", "If", "The") for part in found[0].split())):
        return None
    others = [name for name in vault.beside or vault.names if name not in text and found[0] not in name]
    others = others if others and chance.random() < 0.5 else [name for name in vault.names if name not in text]
    other = one_of(others, chance)
    return text[: found.start()] + other + text[found.end() :] if other else None


def _negated(text: str, vault: Vault, chance: random.Random) -> str | None:
    if found := one_of(list(re.finditer(_AUXILIARY, text)), chance):
        return f"{text[: found.end()]} not{text[found.end() :]}"
    found = re.search(r"\b(You|you|We|we|They|they|I) (need|want|have|use|get|see|know|make|create|find|add)\b", text)
    return f"{text[: found.end(1)]} do not{text[found.end(1) :]}" if found else None


def _affirmed(text: str, vault: Vault, chance: random.Random) -> str | None:
    ways = [
        (r"\b(is|are|can|will|should|must|was|were|do|does|did|could|would|has|have) not (?!only|just)", r"\1 "),
        (r"\b(is|are|was|were|do|does|did|could|would|has|have|should)n't (?!only|just)", r"\1 "),
        (r"\bcan(?:not|'t) ", "can "),
        (r"\bwon't ", "will "),
        (r"\bnever ", "always "),
        (r"\bwithout ", "with "),
        (r"\b(has|have|is|are|with) no (?!longer)", r"\1 a "),
    ]
    found = [new for pattern, by in ways if (new := re.sub(pattern, by, text, count=1)) != text]
    return one_of(found, chance)


ALTERED: dict[str, Change] = {
    "number": _number,
    "unit": _unit,
    "name": _name,
    "negation added": _negated,
    "negation removed": _affirmed,
}


def one_of(items: Sequence, chance: random.Random):
    return chance.choice(items) if items else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def small(text: str, vault: Vault) -> str:
    first = re.match(r"\w+(?:'\w+)?", text)
    is_name = not first or first[0] in vault.names or first[0].startswith("I") or not first[0][1:].islower()
    return text if is_name and first and first[0] not in ("It", "If", "In") else text[:1].lower() + text[1:]


def varied(text: str, vault: Vault, chance: random.Random) -> str:
    """In half of the cases, a change that keeps the sentence true comes before the one that does not."""
    if chance.random() < 0.5:
        return text
    ways = [_dropped, _reordered, _inflected]
    chance.shuffle(ways)
    return next((new for way in ways if (new := way(text, vault, chance))), text)
