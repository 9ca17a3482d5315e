"""The sentences of sections that a summary may be made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from starlight.engine.describe import HEADING_SEPARATOR
from starlight.engine.quoting import quoted, says_something
from starlight.engine.sections import Section
from starlight.notes.links import name_key
from starlight.notes.sentences import sentences
from starlight.notes.text import plain, words

_FEWEST_LETTERS = 12
"""Letters beside links and addresses that a sentence has at least; others only point elsewhere."""
_LINKS = re.compile(
    r"""!?\[\[[^\[\]\n]*\]\]|!?\[[^\[\]\n]*\]\([^)\n]*\)|!?\[[^\[\]\n]*\]\[[^\[\]\n]*\]|<?https?://\S+""",
    re.VERBOSE,
)
_FIELD = re.compile(r"\*{0,2}[^\W\d_][\w -]{0,28}:\*{0,2}[ \t]+\S[^.!?。！？]*$")
"""``Status: draft``: what a note says of itself, not what it is about."""
_MARKS = re.compile(r"(?:[ \t>]|[-*+]|\d{1,9}[.)]|\[.\])+")
"""What stands before the item of a list, or a quotation."""
_ASIDE = frozenset(
    map(
        name_key,
        """
        references; copyright; license; licence; footnotes; notes; bibliography; sources; see also; further reading;
        external links; links; table of contents; contents; toc; changelog; change history; acknowledgements;
        acknowledgments; acknowledgement; related; related notes; backlinks; index; tags
        literatur; literaturverzeichnis; quellen; einzelnachweise; weblinks; siehe auch; inhalt; inhaltsverzeichnis;
        danksagung; lizenz; fußnoten; verweise; anmerkungen
        références; bibliographie; voir aussi; liens externes; table des matières; remerciements; licence; sommaire
        referencias; bibliografía; véase también; enlaces externos; índice; agradecimientos; licencia; notas
        riferimenti; bibliografia; vedi anche; collegamenti esterni; indice; referências; ver também; ligações externas
        bronnen; zie ook; referenties; inhoudsopgave; källor; se även; referenser; innehåll; bibliografia; przypisy
        ссылки; литература; примечания; см. также; содержание; список литературы; источники; оглавление
        参考文献; 参考资料; 参见; 目录; 外部链接; 致谢; 参照; 関連項目; 脚注; 目次;
        外部リンク; 출처; 참고 문헌; 각주; 목차
        المراجع; مراجع; انظر أيضا; منابع; پانویس; جستارهای وابسته; संदर्भ; आगे पढ़ें
        """.replace("\n", ";").split(";"),
    )
)
"""What parts are called that are beside the point, in many languages."""


class Quotable(NamedTuple):
    """A sentence that may stand in a summary: ``start`` to ``end`` of the text of section number ``section``."""

    section: int
    start: int
    end: int
    text: str
    """As it is quoted."""
    words: list[str]
    heading: str
    """The last one above it within its section: a section of several small parts has several."""
    is_first: bool
    """Whether its part begins with it."""
    is_leading: bool
    """Whether its paragraph begins with it."""
    is_listed: bool
    """Whether it is the item of a list, or somebody else's words."""


def quotable(sections: Sequence[Section]) -> list[Quotable]:
    """Return the sentences that say something by themselves, each once, in order.

    Headings, rows of tables and code are none; nor are sentences that are all link, fields such as ``Status: draft``,
    and what stands in parts that are beside the point, such as references.  Where nothing else is left, these last
    are taken all the same.
    """
    telling: list[Quotable] = []
    others: list[Quotable] = []
    for number, section in enumerate(sections):
        path_is_aside = any(map(_is_aside, section.heading.split(HEADING_SEPARATOR)))
        for each, raw in _of(number, section):
            is_aside = path_is_aside or _is_aside(each.heading)
            (others if is_aside or not _tells(each, raw) else telling).append(each)
    return _distinct(telling or others)


def _distinct(found: Sequence[Quotable]) -> list[Quotable]:
    """Return the first of those that are the same to the letter: what a template says again and again is no theme."""
    first: dict[str, Quotable] = {}
    for each in found:
        first.setdefault(each.text, each)
    return list(first.values())


def _of(number: int, section: Section) -> Iterator[tuple[Quotable, str]]:
    text = section.text
    heading, is_first = "", True
    for start, end, is_heading in sentences(text):
        raw = text[start:end]
        if is_heading:
            heading, is_first = " ".join(plain(raw).split()), True
            continue
        shown = "" if raw.startswith("|") else quoted(raw)
        if shown:
            line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
            before = text[line:start]
            is_listed = bool(before.strip() and _MARKS.fullmatch(before))
            is_leading = is_listed or (not before.strip() and _is_blank(text, line))
            yield Quotable(number, start, end, shown, words(shown), heading, is_first, is_leading, is_listed), raw
            is_first = False


def _is_blank(text: str, line: int) -> bool:
    """Whether there is no line before the one that begins at ``line``, or a blank one."""
    before = text.rfind("\n", 0, max(line - 1, 0)) + 1
    return not text[before:line].strip()


def _tells(each: Quotable, raw: str) -> bool:
    if not says_something(each.text, len(each.words)) or (each.is_listed and _FIELD.match(raw)):
        return False
    if "[" not in raw and "://" not in raw:
        return True
    return sum(map(str.isalnum, _LINKS.sub("", raw))) >= min(_FEWEST_LETTERS, sum(map(str.isalnum, each.text)) // 2)


def _is_aside(heading: str) -> bool:
    return bool(heading) and name_key(heading) in _ASIDE
