"""Texts to try: any text at all, and Markdown put together from its constructs."""

from __future__ import annotations

from hypothesis import strategies as st

any_text = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\n\r\t #-*>[]()|`~:=_!<&\\^1.\0\ufeff\u200c\u2028茶چ"),
    ),
    max_size=300,
)

_words = st.text(st.sampled_from("abc XY.。茶を چای\u200c🍵é\t"), max_size=30)
_inline = st.builds(
    "{}{}{}".format,
    _words,
    st.sampled_from(
        ["[[tea]]", "[[a#b|c]]", "[t](t.md#x)", "![[i]]", "`[[no]]`", "#tag", "\\[", "[", "]]", "<b>", "**"]
    ),
    _words,
)
_block = st.one_of(
    _inline,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###"]), _inline),
    st.builds("{}\n===".format, _words),
    st.builds("- {}\n\t- {}\n\n  {}".format, _inline, _inline, _inline),
    st.builds("> {}\n> {}\n{}".format, _inline, _inline, _words),
    st.builds("```\n{}\n```".format, _inline),
    st.builds("| a | b |\n|---|---|\n| {} | {} |".format, _inline, _words),
    st.builds("[{}]: {}".format, st.sampled_from(["a", "b c"]), st.sampled_from(["x.md", "<y z>"])),
    st.builds("    {}".format, _inline),
    st.builds("<div>\n{}\n</div>".format, _inline),
    st.sampled_from(["***", "1. ", "-", "", "$$\na\n$$", "~~~"]),
)
_front = st.sampled_from(["", "---\ntitle: T\ntags: [a, b]\n---\n", "---\nbroken: [\n---\n", "---\n"])
_end = st.sampled_from(["\n", "\n\n", "\r\n", "\r"])

markdown_text = st.builds(
    lambda front, blocks, end: front + end.join(blocks), _front, st.lists(_block, max_size=12), _end
)
