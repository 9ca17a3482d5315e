"""Numbers in a text as values: "1,200", "1.200" and "1200" are one; with their units; with dates and times of day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from starlight.notes.dates import Day, dates
from starlight.notes.units import SCALES, Unit, unit_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


class Quantity(NamedTuple):
    """A number, a date or a time of day, at code points ``start`` to ``end`` of a text."""

    start: int
    end: int
    values: tuple[float, ...]
    """What it may mean, a time of day in minutes; none for a date."""
    unit: Unit | None = None
    days: tuple[Day, ...] = ()
    is_time: bool = False
    is_sure: bool = True
    """Not so for what may be no number at all: "one", the year of a date."""
    version: str = ""
    """A number of several parts, ``1.10.3``, as it is written."""


_NUMBER = re.compile(
    r"""(?<![\w.])(?:(?<![\w)\].,])[-−+](?=\d|\.\d))?      # a sign, where it is no hyphen
    (?:(?P<version>v?\d+(?:\.\d+){2,})
    |(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?::[0-5]\d)?(?!\d)
    |v?(?P<digits>\d{1,3}(?:[ '’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*|[½¼¾]|(?<![\d\w])\.\d+))""",
    re.VERBOSE,
)
_CURRENCY = re.compile(r"(?:US\$|[$€£¥₹])[ ]?$")
_AFTER = re.compile(
    r"[ -]?(?:(?P<per>per[ ]?cent|pour cent|por ciento)|(?P<symbol>[%€$£°℃℉]C?F?|km/h|m/s)"
    r"|(?P<letters>[^\W\d_]+[²³23]?)\.?)"
)
_HALF_DAY = re.compile(r"[ ]?(?P<half>[ap])\.?m\b\.?|[ ]?(?P<clock>Uhr|o'clock)\b", re.IGNORECASE)
_UP_TO = re.compile(r"\s*(?:-|–|—|to|bis|or|oder|and|und|à|x|×|~|〜)\s*$")
_WORD = re.compile(r"[^\W\d_]+")
_ORDINALS = _set("st nd rd th")


def _numerals(*lines: str) -> dict[str, float]:
    return {word: float(value) for line in lines for value, word in _pairs(line)}


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    value = ""
    for item in line.split():
        if item.isdigit():
            value = item
        else:
            yield value, item


_NUMERALS = _numerals(
    "0 zero null 2 two zwei deux dos 3 three drei trois tres 4 four vier quatre cuatro 5 five fünf cinq cinco",
    "6 six sechs seis 7 seven sieben siete 8 eight acht huit ocho 9 nine neun nueve 10 ten zehn dix diez",
    "11 eleven 12 twelve zwölf douze doce 13 thirteen dreizehn 14 fourteen vierzehn 15 fifteen fünfzehn quinze quince",
    "16 sixteen sechzehn 17 seventeen siebzehn 18 eighteen achtzehn 19 nineteen neunzehn",
    "20 twenty zwanzig vingt veinte 30 thirty dreißig trente treinta 40 forty vierzig quarante cuarenta",
    "50 fifty fünfzig 60 sixty sechzig 70 seventy siebzig 80 eighty achtzig 90 ninety neunzig",
    "100 hundred hundert 1000 thousand tausend 12 dozen dutzend 1000000 million",
)
_UNSURE = _numerals("1 one a an ein eine einen einer eines un une una uno 11 elf 7 sept 9 neuf 2 both 1000 mil mille")
_ARTICLES = ("a", "an")
_HAN = {char: float(value) for value, char in enumerate("零一二三四五六七八九十")}
_HAN_RUN = re.compile("[零一二三四五六七八九十]+")


def quantities(text: str) -> list[Quantity]:
    """Return the quantities in ``text``, which is normalized (NFKC), in order of their places."""
    found: list[Quantity] = []
    for start, end, days in dates(text):
        found.append(Quantity(start, end, (), days=days))
        found += [Quantity(start, end, (float(day.year),), is_sure=False) for day in days if day.year]
    spans = [(one.start, one.end) for one in found]
    numbers = [
        number
        for match in _NUMBER.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in spans)
        for number in _number(text, match)
    ]
    found += _with_units_of_ranges(text, numbers)
    taken = [(one.start, one.end) for one in found]
    found += [one for one in _written_out(text) if not any(a < one.end and one.start < b for a, b in taken)]
    return sorted(found, key=lambda one: (one.start, not one.is_sure))


def _number(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    start, end = match.span()
    if match["version"]:
        yield Quantity(start, end, (), version=match["version"].lstrip("v"))
    elif match["hours"]:
        yield _time(text, start, end, 60 * int(match["hours"]) + int(match["minutes"]))
    elif not (half := _HALF_DAY.match(text, end)):
        yield from _measure(text, start, end, _values(match["digits"], match[0][0] in "-−"))
    elif match["digits"].isdigit() and int(match["digits"]) <= 24:
        yield _time(text, start, end, 60 * int(match["digits"]))
    else:
        yield Quantity(start, half.end(), _values(match["digits"], is_negative=False))


def _time(text: str, start: int, end: int, minutes: int) -> Quantity:
    half = _HALF_DAY.match(text, end)
    if half and half["half"]:
        minutes = minutes % 720 + (720 if half["half"].lower() == "p" else 0)
    return Quantity(start, half.end() if half else end, (float(minutes),), is_time=True)


def _measure(text: str, start: int, end: int, values: tuple[float, ...]) -> Iterator[Quantity]:
    """Yield the number with what stands around it: a currency, a scale, a unit; nothing for a part of a name."""
    unit: Unit | None = None
    if currency := _CURRENCY.search(text, max(0, start - 4), start):
        unit, start = unit_of(currency[0].strip()), currency.start()
    for _ in range(2):
        after = _AFTER.match(text, end)
        if not after:
            break
        word = (after["letters"] or after["symbol"] or "").rstrip(".")
        is_attached = after.start("letters") == end
        if scale := SCALES.get(word if word == "k" else word.lower()):
            if word == "k" and not is_attached:
                break
            values, end = tuple(scale * value for value in values), after.end()
            continue
        known = unit_of("%" if after["per"] else word)
        if known:
            unit, end = unit or known, after.end()
        elif is_attached and word.lower() not in _ORDINALS and word.isascii():
            return  # "2FA", "3rd-party" is a number, "7z" is a name
        break
    yield Quantity(start, end, values, unit)


def _values(digits: str, is_negative: bool) -> tuple[float, ...]:  # noqa: FBT001 -- the sign
    sign = -1 if is_negative else 1
    if digits in "½¼¾":
        return (sign * unicodedata.numeric(digits),)
    digits = re.sub("[ '’]", "", digits)
    points = [char for char in digits if char in ".,"]
    if not points:
        return (sign * float(digits),)
    whole = float(re.sub("[.,]", "", digits))
    *before, last = re.split("[.,]", digits)
    as_decimal = float(f"{''.join(before) or '0'}.{last or '0'}")
    groups = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits)
    if len(set(points)) == 2 or not groups:
        # Two kinds of marks: the last is the point.  One kind, repeated, without groups of three: a list of numbers.
        return (sign * as_decimal,)
    return (sign * whole,) if len(points) > 1 else (sign * whole, sign * as_decimal)


def _with_units_of_ranges(text: str, numbers: list[Quantity]) -> list[Quantity]:
    """Give the first number of "12 to 15 km" the unit of the second."""
    for at in range(len(numbers) - 2, -1, -1):
        one, other = numbers[at], numbers[at + 1]
        if not one.unit and other.unit and one.values and _UP_TO.fullmatch(text, one.end, other.start):
            numbers[at] = one._replace(unit=other.unit)
    return numbers


def _written_out(text: str) -> Iterator[Quantity]:
    """Yield the numbers in words: "twenty-five minutes", "drei", and what may be one: "一", "one"."""
    skipped = 0
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if match.start() < skipped:
            continue
        if word in _NUMERALS:
            value, end = _NUMERALS[word], match.end()
            following = _WORD.match(text, end + 1)
            if following and 20 <= value < 100 and 0 < _NUMERALS.get(following[0].lower(), _one(following[0])) < 10:
                value += _NUMERALS.get(following[0].lower(), 1.0)
                end = following.end()
            skipped = end
            yield from _measure(text, match.start(), end, (value,))
        elif word in _UNSURE:
            for one in _measure(text, *match.span(), (_UNSURE[word],)):
                if one.unit or word not in _ARTICLES:
                    yield one._replace(is_sure=word == "one" and one.unit is not None)
    for match in _HAN_RUN.finditer(text) if not text.isascii() else ():
        yield Quantity(*match.span(), (_han(match[0]),), is_sure=False)


def _one(word: str) -> float:
    return 1.0 if word.lower() == "one" else 0.0


def _han(run: str) -> float:
    tens, ten, ones = run.partition("十")
    if not ten:
        return _HAN[run[-1]]
    return 10 * (_HAN.get(tens[-1:], 1.0) if tens else 1.0) + (_HAN.get(ones[:1], 0.0) if ones else 0.0)


def agree(claimed: Quantity, found: Quantity) -> bool:
    """Whether ``found`` says what ``claimed`` does: the same value, in whatever format and unit of its kind."""
    if claimed.days or found.days:
        return any(there.says(here) for here in claimed.days for there in found.days)
    if claimed.version or found.version:
        return claimed.version == found.version
    if claimed.is_time != found.is_time:
        return False
    one, other = claimed.unit, found.unit
    if one and other and one != other:
        if one.dimension != other.dimension:
            return (
                {one.dimension, other.dimension} <= {"degree", "celsius", "fahrenheit"}
                and "degree"
                in (
                    one.dimension,
                    other.dimension,
                )
                and _meet(claimed.values, found.values, 1, 1)
            )
        return _meet(claimed.values, found.values, one.factor, other.factor)
    return _meet(claimed.values, found.values, 1, 1)


def _meet(these: tuple[float, ...], those: tuple[float, ...], factor: float, other: float) -> bool:
    return any(abs(a * factor - b * other) <= 1e-6 * max(abs(a * factor), abs(b * other)) for a in these for b in those)
