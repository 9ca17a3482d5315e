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

# Lines put together from what begins a line and what stands in it, so that every construct meets every other one.
_heads = ["", "", "", "", " ", "  ", "   ", "    ", "     ", "\t", " \t", "> ", ">", ">\t", "> > ", "- ", "* ", "+ "]
_more_heads = ["1. ", "2) ", "10. ", "-\t", "1.\t", "-   ", "-     ", "- - ", "> - ", "- > ", "\0", "\u2028", "\xa0"]
_blocks = r"""
text
茶 چای
# head
## h [[x]] ##
#
####### x
===
---
--
-
***
* * *
_ _ _
```
````
~~~
```py
``` a`b
| a | b |
|---|---|
|--|
|--|--
a|b
:-:|:-
| [[x\|y]] | `[[n]]` |
<div>
</div>
<b>
<b> x
<!-- c
-->
<!-- c -->
<?x
?>
<!A
<![CDATA[
]]>
<pre>
</pre>
<script
[r]: x.md
[r]: <x y> 't'
[r]: x "t
[r]: x (t)
[r]: a\)b&amp;c.md#d
> [r]: <x\>y>
[r]:
[r
r]: x
[^1]: foot note
"t"
- a
1. a
2. a
1)
*
+
> q
>
[!note] x
$$
""".splitlines()
_inlines = r"""
text [[tea]] x
[a](b.md)
[a
#tag
a #b #1 #2c-/ #
![i](i.png)
[![i](i.png)](t.md)
![[e]]
`a` [`b`](c)
`` a ` [[x]] ``
\[[a]]
[a][b]
[a](<b c>)
[a](b "t")
[a](b 'un
[a](b
[[a]](b)
![[a]](b)
[a [b](c) d](e)
[a [[b]] c](d)
[ ] [x](y)
[a](javascript:x)
[a](http://x.y)
[a]()
<http://a.b> [b](c)
<a@b.c>
<x <y> [[z]]
text\
[a](a%20b%zz)
[a](é#ü)
[a](x:y)
[a](id:b-1#c)
[a](<id:b c>)
[a](id:é)
[a](C:y)
[a](&amp;x)
[[a|b|c]]
[[ ]](x)
[[#]]
[[a#b#c|d]]
`
``
<a href="#x">[l](m)</a>
<a title='`'> `x`
[](b)
[a]( b )
[a]( "b")
[a](b(c)d)
[a](b\)c)
!
[
]
](b)
![a [b](c)](d)
[x #tag y](z)
[`a]`](b)
""".splitlines()
_line = st.builds(
    lambda heads, bodies: "".join(heads) + "".join(bodies),
    st.lists(st.sampled_from([*_heads, *_more_heads]), max_size=3),
    st.lists(st.sampled_from([*_blocks, *_inlines]), min_size=1, max_size=2),
)
_line_end = st.sampled_from(["\n"] * 6 + ["\n\n", "\r\n", "\r", "", "\n \n", "\n\t\n"])
odd_markdown = st.lists(st.builds("{}{}".format, _line, _line_end), max_size=14).map("".join)
"""Markdown that nobody would write."""
