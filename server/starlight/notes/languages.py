"""The language that a note is in, by its script and its commonest words.  Pure.

A script that one language is written in says which; for the others the words decide that every sentence needs
(Grefenstette, "Comparing two language identification schemes", 1995).  Where nothing stands out, none is named.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence

VERSION = 1
"""Raised when the same text would be taken for another language; part of the fingerprint of an index."""

_LOOKED_AT = 700
"""Characters of a note: its beginning says as much as all of it."""
_LEAST_LETTERS = 12
_LEAST_WORDS = 3
"""Common words of a language that a text must have; fewer may stand in any."""
_LEAD = 1.2
"""So many times as many as of the language after it."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# What is no part of a word: also no vowel sign of an Indian script is.
_BETWEEN_WORDS = re.compile(r"[\s\d_!-/:-@\[-`{-~\u0964\u0965\u060c\u061b\u061f\u06d4«»\u2010-\u2027\u3000-\u3002]+")
_APART = {code: " " for code in range(128) if _BETWEEN_WORDS.match(chr(code))}
"""The same for ASCII, where it takes a third of the time."""

_SCRIPTS = (
    ("ja", 0x3040, 0x30FF), ("ko", 0x1100, 0x11FF), ("ko", 0xAC00, 0xD7A3), ("han", 0x3400, 0x9FFF),
    ("th", 0x0E00, 0x0E7F), ("lo", 0x0E80, 0x0EFF), ("my", 0x1000, 0x109F), ("km", 0x1780, 0x17FF),
    ("deva", 0x0900, 0x097F), ("bn", 0x0980, 0x09FF), ("pa", 0x0A00, 0x0A7F), ("gu", 0x0A80, 0x0AFF),
    ("ta", 0x0B80, 0x0BFF), ("te", 0x0C00, 0x0C7F), ("kn", 0x0C80, 0x0CFF), ("ml", 0x0D00, 0x0D7F),
    ("si", 0x0D80, 0x0DFF), ("arab", 0x0600, 0x06FF), ("he", 0x0590, 0x05FF), ("el", 0x0370, 0x03FF),
    ("cyrl", 0x0400, 0x04FF), ("hy", 0x0530, 0x058F), ("ka", 0x10A0, 0x10FF), ("am", 0x1200, 0x137F),
    ("bo", 0x0F00, 0x0FFF),
)  # fmt: skip
"""By their code points: a language, or a script that several are written in."""

_WORDS = {
    "en": "the of and to in is that it was for with as his be at this have from are not but they which you were has",
    "de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec nous",
    "es": "de la que el en y los del se las por un para con no una su al lo es más pero sus le como está son este",
    "it": "di che e la il un a per è una in sono mi ho non lo ha le si ti i con cosa se della nel alla più anche gli",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das à seu são",
    "nl": "de van een het en in is dat op te zijn met voor niet aan er om ook als dan maar bij door wordt naar nog",
    "sv": "och i att det som en på är av för med den till inte om ett han men var jag från vi kan när så också",
    "da": "og i at det er en til af på som med for der den de ikke et har han var om fra jeg vi kan blev også efter",
    "nb": "og i det er en til av på som med for at den ikke et har han de var om fra jeg vi kan ble også etter mot",
    "fi": "ja on ei se että hän oli en mutta niin kun joka myös ovat tai kuin mitä olen sen jos minä tämä vain",
    "pl": "w i na z do nie się że jest to o jak za ale od po co przez dla tak ma są oraz jego przy które tym czy",
    "cs": "a v se na je že to s z do o i ve jako za by ale jsem si po jsou k od pro jeho nebo které bylo není",
    "hu": "a az és hogy nem is egy ez van de meg csak volt mint már még el ki azt vagy ha majd lehet ezt kell",
    "ro": "și în de la a cu pe care nu este din că un o se pentru mai sau fi au fost lui ale ca sunt dar după",
    "tr": "ve bir bu için da de ile çok olarak daha ne gibi kadar sonra olan en mi ama o var değil her ben olduğu",
    "vi": "và của là có được cho không một các trong với những người đã này khi để từ đến trên về như ra tại nhưng",
    "id": "yang dan di dengan untuk dari ini tidak pada itu dalam adalah ke akan juga atau oleh bisa saya karena ada",
    "ca": "de la i el que a en els un per les una del amb és no al com més es va seva però són aquest ha pel",
    "ru": "и в не на что я с он как это по но к из у за от так же бы для она мы если его все была или",
    "uk": "і в не на що я з він як це по але до у за від так та для вона ми якщо його або також є були",
    "bg": "и на в се да от за не по с е че са като ще това до при или но след бе има който още си през",
    "sr": "и у је да се на за не су са од као што или али то по из који би када само до више није ће",
    "ar": "في من على أن إلى التي عن مع هذا هذه كان لا ما هو بين كل ذلك الذي لم بعد قد أو هي كما عند",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم نیز شد می ها شود کرد های هر است اما",
    "ur": "کے میں کی ہے اور سے کا کو پر یہ نے ہیں کہ اس بھی تھا ایک کر لیے جو تھے ہو نہیں گیا اپنے",
    "hi": "के में की है और से का को पर यह ने हैं कि इस भी था एक कर लिए जो थे हो नहीं गया अपने",
    "mr": "आणि आहे या च्या हे तो ती होते होता करून व मध्ये एक त्या हा आहेत नाही पण की असे साठी",
    "ne": "र को छ मा ले यो हो लाई पनि गर्न भएको छन् थियो गरेको तथा एक हुन् बाट यस",
}
_OF_SCRIPT = {"cyrl": "ru uk bg sr", "arab": "ar fa ur", "deva": "hi mr ne"}
"""The languages of a script that several are written in, the likeliest first."""
_ALONE = {code for codes in _OF_SCRIPT.values() for code in codes.split()}
_LATIN = tuple(code for code in _WORDS if code not in _ALONE)
_LANGUAGES_OF: dict[str, list[str]] = {}
for _code, _words in _WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_code)

NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl",
    "nederlands": "nl", "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da", "norwegian": "nb",
    "norsk": "nb", "no": "nb", "nn": "nb", "finnish": "fi", "suomi": "fi", "polish": "pl", "polski": "pl",
    "czech": "cs", "hungarian": "hu", "magyar": "hu", "romanian": "ro", "turkish": "tr", "türkçe": "tr",
    "vietnamese": "vi", "indonesian": "id", "catalan": "ca", "russian": "ru", "русский": "ru", "ukrainian": "uk",
    "bulgarian": "bg", "serbian": "sr", "arabic": "ar", "العربية": "ar", "persian": "fa", "farsi": "fa",
    "فارسی": "fa", "urdu": "ur", "hindi": "hi", "marathi": "mr", "nepali": "ne", "japanese": "ja", "日本語": "ja",
    "korean": "ko", "한국어": "ko", "chinese": "zh", "中文": "zh", "thai": "th", "greek": "el", "hebrew": "he",
    "bengali": "bn", "tamil": "ta", "telugu": "te", "armenian": "hy", "georgian": "ka",
}  # fmt: skip
"""Codes by how people call a language."""

CODES = frozenset(_WORDS) | {code for code, _, _ in _SCRIPTS if len(code) == 2} | {"zh"}


def code_of(name: str) -> str:
    """Return the code of the language that ``name`` names or codes ("German", "de", "de-AT"); empty where none."""
    name = name.strip().casefold()
    first = re.split("[-_]", name)[0]
    code = NAMES.get(name) or NAMES.get(first) or first
    return code if re.fullmatch("[a-z]{2,3}", code) and (code in CODES or code == name) else ""


def language(text: str, said: str = "") -> str:
    """Return the code of the language that a note is in; empty where none stands out.

    ``said`` is what its front matter says.
    """
    if said and (code := code_of(said)):
        return code
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    prose = _CODE.sub(" ", text[start : start + _LOOKED_AT]).lower()
    if prose.isascii():
        return _commonest(Counter(prose.translate(_APART).split()), _LATIN)
    words = Counter(_BETWEEN_WORDS.split(prose))
    script = _script(Counter(prose))
    if script in _OF_SCRIPT:
        codes = _OF_SCRIPT[script].split()
        return _commonest(words, codes) or codes[0]
    if script:
        return script
    return _commonest(words, _LATIN)


def _script(chars: Mapping[str, int]) -> str:
    """Return the language or script that most of the letters are of that are not Latin, where these are many."""
    counts: Counter[str] = Counter()
    latin = 0
    for char, n in chars.items():
        if char > "\u036f":
            counts[_script_of(char)] += n
        elif char.isalpha():
            latin += n
    del counts[""]
    foreign = sum(counts.values())
    han, kana = counts["han"], counts["ja"]
    # A letter of Han says as much as some of an alphabet.
    weight = 3 if han + kana > foreign / 2 else 1
    if weight * foreign < max(_LEAST_LETTERS, latin / 2):
        return ""
    if weight > 1:
        return "ja" if kana > han / 20 else "zh"
    return counts.most_common(1)[0][0]


@functools.lru_cache(maxsize=4_096)
def _script_of(char: str) -> str:
    point = ord(char)
    return next((name for name, first, last in _SCRIPTS if first <= point <= last), "")


def _commonest(words: Mapping[str, int], codes: Sequence[str]) -> str:
    """Return the one of ``codes`` whose common words are the most; empty where no one is far ahead."""
    counts = dict.fromkeys(codes, 0)
    for word in words.keys() & _LANGUAGES_OF.keys():
        for code in _LANGUAGES_OF[word]:
            if code in counts:
                counts[code] += words[word]
    best, second = sorted(codes, key=counts.__getitem__, reverse=True)[:2]
    return best if counts[best] >= max(_LEAST_WORDS, _LEAD * counts[second]) else ""
