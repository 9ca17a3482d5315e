"""What of a web page is its content: navigation, banners and what else surrounds it is taken out of the tree.

First by what elements and roles mean (HTML, WAI-ARIA) and by the names that sites give such parts.  Then ``main`` or
the one ``article`` is the content; where a page has neither, what a published rule for blocks of text finds.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlight.readers.markup import Element, walk

_NEVER = frozenset(
    [
        "applet",
        "area",
        "audio",
        "base",
        "button",
        "canvas",
        "datalist",
        "embed",
        "head",
        "iframe",
        "input",
        "link",
        "map",
        "menu",
        "meta",
        "meter",
        "nav",
        "noframes",
        "noscript",
        "object",
        "option",
        "param",
        "progress",
        "rp",
        "rt",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "track",
        "video",
    ]
)
_ROLES = frozenset(
    [
        "alert",
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "dialog",
        "menu",
        "menubar",
        "navigation",
        "search",
        "toolbar",
    ]
)
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert\w*|banner|breadcrumbs?|colophon|consent|cookies?|disqus|edit-?(?:link|page|section)"
    r"|footer|gdpr|global-?nav\w*|headerlink|masthead|menu|mw-(?:editsection|jump-link|panel)|nav|navbar\w*"
    r"|navigation|newsletter|onetrust\S*|pager|pagination|paywall|popup|post-?(?:meta|navigation)|promo|related"
    r"|share\w*|side-?(?:bar|nav)\w*|skip-?(?:link|nav|to)\S*|social\w*|sphinxsidebar\w*|subscribe|toc|toolbar"
    r"|wy-nav-side)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What lxml reads and does not write."""
_LEAVES = frozenset(
    [
        "p",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "td",
        "th",
        "dt",
        "dd",
        "div",
        "section",
        "article",
        "figcaption",
        "body",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "b",
        "button",
        "code",
        "em",
        "font",
        "i",
        "img",
        "input",
        "link",
        "meta",
        "script",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "sup",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_GROUPS = frozenset(
    ["center", "div", "dl", "footer", "form", "header", "ol", "p", "section", "table", "td", "tr", "ul"]
)
_FEW = 3
"""Links that make a list."""
_LONG = 16
"""Words of a block that is content by itself."""
_LINKED = 1 / 3
_LINKED_BEFORE = 0.555556
_MOST = 0.5
"""What has more of the words of a page than this is not taken out, whatever it is called."""
_ENOUGH = 0.3
"""A ``main`` that holds less of the words that are left is not the content."""


@dataclass(slots=True)
class _Block:
    """Text between the tags of blocks."""

    element: Element
    n_words: int = 0
    n_linked: int = 0

    @property
    def link_density(self) -> float:
        return self.n_linked / self.n_words if self.n_words else 0.0


def drop_unreadable(root: Element) -> None:
    """Take out what is never text of a document: scripts, forms, what is hidden."""
    _remove([each for each in root.iter() if _is_unreadable(each)])


def main_content(root: Element) -> Element:
    """Return the element of ``root`` that holds the content; what is no content is taken out of it."""
    drop_unreadable(root)
    body = root.find("body")
    body = root if body is None else body
    words = _Words(body)
    _remove([each for each in body.iter() if each is not body and _is_around(each, words)])
    words = _Words(body)
    marked = _marked(body)
    if marked is not None and words.of(marked) >= _ENOUGH * words.of(body):
        return marked
    return _by_blocks(body)


class _Words:
    """How many words each element of a tree has, and how many of them are links."""

    def __init__(self, root: Element) -> None:
        self._counts: dict[Element, tuple[int, int]] = {}
        total = linked = depth = 0
        begun: list[tuple[int, int]] = []
        for event, element in walk(root):
            if event == "start":
                begun.append((total, linked))
                depth += element.tag == "a"
                total, linked = _add(element.text, total, linked, depth)
            else:
                at_start = begun.pop()
                self._counts[element] = (total - at_start[0], linked - at_start[1])
                depth -= element.tag == "a"
                if element is not root:
                    total, linked = _add(element.tail, total, linked, depth)
        self.total = total

    def of(self, element: Element) -> int:
        return self._counts.get(element, (0, 0))[0]

    def link_density(self, element: Element) -> float:
        n_words, n_linked = self._counts.get(element, (0, 0))
        return n_linked / n_words if n_words else 0.0


def _add(text: str | None, total: int, linked: int, depth: int) -> tuple[int, int]:
    n_words = len(text.split()) if text else 0
    return total + n_words, linked + n_words * (depth > 0)


def _is_unreadable(element: Element) -> bool:
    if not isinstance(element.tag, str):  # an entity that nobody has defined
        return True
    hidden = element.get("aria-hidden") == "true" and element.tag != "math"
    return (
        element.tag in _NEVER
        or hidden
        or element.get("hidden") is not None
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_around(element: Element, words: _Words) -> bool:
    """Whether it is a part around the content: by its element, its role or the names it has."""
    if element.tag in ("main", "html", "body") or words.of(element) > _MOST * words.total:
        return False
    if element.get("role") in _ROLES:
        return element.tag != "aside" or not _is_note(element)
    if element.tag == "footer":
        return True
    if element.tag == "header":
        return element.find(".//h1") is None or words.link_density(element) > _LINKED
    if element.tag == "aside":
        return not _is_note(element) and (words.link_density(element) > _LINKED or not _is_within(element))
    if element.tag in ("div", "section", "ul", "ol", "p", "a", "span", "form", "table", "td"):
        # A section has the name of its heading, whatever that is called: "Related work" is content.
        is_section = len(element) > 0 and element[0].tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        named = "" if is_section else element.get("id") or ""
        return bool(_NAMES.search(f"{element.get('class') or ''} {named}"))
    return False


def _is_note(aside: Element) -> bool:
    """Whether an ``aside`` is a note or an admonition of the text."""
    said = " ".join(filter(None, (aside.get(name) for name in ("class", "role", "{http://www.idpf.org/2007/ops}type"))))
    return bool(re.search(r"note|admonition|callout|warning|tip\b|important", said, re.IGNORECASE))


def _is_within(element: Element) -> bool:
    return any(above.tag in ("main", "article") for above in element.iterancestors())


def _remove(elements: Iterable[Element]) -> None:
    """Take elements out of their tree; the text behind each stays where it is."""
    for each in elements:
        parent = each.getparent()
        if parent is None:
            continue
        if each.tail:
            text = each.tail if each.tag in _INLINE else f" {each.tail}"
            before = each.getprevious()
            if before is None:
                parent.text = _NO_XML.sub("", (parent.text or "") + text)
            else:
                before.tail = _NO_XML.sub("", (before.tail or "") + text)
        parent.remove(each)


def _marked(body: Element) -> Element | None:
    """Return the one element that the page says is its content."""
    for found in (
        [each for each in body.iter() if each.tag == "main" or each.get("role") == "main"],
        list(body.iter("article")),
    ):
        if len(found) == 1:
            return found[0]
    return None


def _by_blocks(body: Element) -> Element:
    """Return the smallest element that holds all blocks of content, with links at its ends taken out.

    Which blocks are content is said by the decision tree over words and link density of a block and its neighbours of
    Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow Text Features", WSDM 2010 (algorithm 2).
    It finds the place only: what is between two blocks of content is kept, short as it may be.
    """
    blocks = [block for block in _blocks(body) if block.n_words]
    content = [block for block, is_content in zip(blocks, _classified(blocks), strict=True) if is_content]
    if not content:
        return body
    root = _common(content[0].element, content[-1].element)
    long = [block for block in content if block.n_words > _LONG] or content
    _remove(_links_around(root, long[0].element, long[-1].element))
    return root


def _blocks(body: Element) -> list[_Block]:
    blocks = [_Block(body)]
    depth = 0
    for event, element in walk(body):
        if event == "start":
            depth += element.tag == "a"
            if element.tag in _LEAVES:
                blocks.append(_Block(element))
            text = element.text
        else:
            depth -= element.tag == "a"
            if element.tag in _LEAVES and (parent := element.getparent()) is not None:
                blocks.append(_Block(parent))
            text = element.tail if element is not body else None
        last = blocks[-1]
        last.n_words, last.n_linked = _add(text, last.n_words, last.n_linked, depth)
    return blocks


def _classified(blocks: list[_Block]) -> Iterator[bool]:
    """Yield for each block whether it is content, by itself and its neighbours; there is nothing beyond the ends."""
    for at, block in enumerate(blocks):
        before = blocks[at - 1] if at else _Block(block.element)
        after = blocks[at + 1] if at + 1 < len(blocks) else _Block(block.element)
        yield _is_content(before, block, after)


def _is_content(before: _Block, block: _Block, after: _Block) -> bool:
    if block.link_density > _LINKED:
        return False
    if before.link_density <= _LINKED_BEFORE:
        return block.n_words > _LONG or after.n_words > 15 or before.n_words > 4
    return block.n_words > 40 or after.n_words > 17


def _common(first: Element, last: Element) -> Element:
    """Return the innermost element that holds both, and is more than a paragraph."""
    above = {first, *first.iterancestors()}
    found = next(each for each in (last, *last.iterancestors()) if each in above)
    while found.tag not in ("div", "section", "article", "td", "body", "html"):
        parent = found.getparent()
        if parent is None:
            break
        found = parent
    return found


def _links_around(root: Element, first: Element, last: Element) -> list[Element]:
    """Return the lists of links in ``root`` before ``first`` and after ``last``, outermost only."""
    words = _Words(root)
    kept = {root, first, last, *first.iterancestors(), *last.iterancestors()}
    found: list[Element] = []
    is_around, inside = True, None
    for event, element in walk(root):
        if event == "end":
            is_around = is_around or element is last
            inside = None if inside is element else inside
            continue
        is_around = is_around and element is not first
        if is_around and inside is None and element not in kept and _is_list_of_links(element, words):
            found.append(element)
            inside = element
    return found


def _is_list_of_links(element: Element, words: _Words) -> bool:
    """Whether it is links and little else; below a heading or a sentence it is content, as in "See also"."""
    if element.tag not in _GROUPS or words.link_density(element) <= _LINKED_BEFORE:
        return False
    if len(list(itertools.islice(element.iter("a"), _FEW))) < _FEW:
        return False
    before = element.getprevious()
    return before is None or not (before.tag in _HEADINGS or _is_sentence(before, words))


def _is_sentence(element: Element, words: _Words) -> bool:
    return element.tag == "p" and words.of(element) > 0 and words.link_density(element) <= _LINKED
