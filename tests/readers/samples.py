"""A small file of each format that can be read: what fuzzing begins with."""

from __future__ import annotations

from tests.readers.parts import docx, epub, odt, page, paragraph

PAGE = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<script>x = "<p>"</script></head><body><nav><a href="/">Home</a></nav><main><h1>A page</h1>
<p>Some <b>text</b> with a <a href="https://example.org/">link</a> and <code>code</code>.</p>
<ul><li>one<ol><li>two</li></ol></li></ul><table><tr><th>a</th><td>b</td></tr><tr><td>1</td></tr></table>
<pre><code class="language-python">x = 1\n</code></pre><img alt="A picture" src="a.png"></main></body></html>"""
MAIL = b"""From: =?utf-8?q?Ad=C3=A1?= <ada@example.org>\r\nTo: bob@example.org\r\nSubject: The roof\r
Date: Tue, 5 Mar 2024 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r
Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nIt leaks =C3=A4.\r
--b\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r
--b--\r\n"""

ORG = b""":PROPERTIES:
:ID: 1-a
:END:
#+title: Tea
* DONE A [[id:2-b][link]] :tag:
#+begin_src py
x = 1
#+end_src
| a |
"""
RST = b"""Tea
===

:Author: Ann

.. code-block:: python

   x = 1

See `here <https://example.org>`_ and :ref:`it <x>`.
"""
LATEX = rb"""\documentclass{article}
\title{Tea}
\begin{document}
\section{Green}
\emph{Boil} $x^2$ \cite{a}. % no
\end{document}
"""
NOTEBOOK = b"""{"cells": [{"cell_type": "markdown", "source": ["# Tea"]},
{"cell_type": "code", "source": "x = 1", "outputs": []}]}"""

SAMPLES: dict[str, bytes] = {
    "docx": docx(
        paragraph("A heading", "berschrift1")
        + paragraph("An item", item=(1, 0))
        + f"<w:tbl><w:tr><w:tc>{paragraph('A')}</w:tc><w:tc>{paragraph('B')}</w:tc></w:tr></w:tbl>"
    ),
    "odt": odt(
        '<text:h text:outline-level="1">A heading</text:h><text:list><text:list-item><text:p>An item</text:p>'
        "</text:list-item></text:list><text:p>Text<text:note><text:note-body><text:p>A note</text:p></text:note-body>"
        "</text:note></text:p>"
    ),
    "epub": epub({"a.xhtml": page("<h1>One</h1><p>Text &amp; more</p>"), "b.xhtml": page("<h1>Two</h1><p>Text</p>")}),
    "html": PAGE,
    "eml": MAIL,
    "org": ORG,
    "text": "Tea\n===\n\nBoil the w\u00e4ter.\n".encode(),
    "rst": RST,
    "asciidoc": b"= Tea\n:author: Ann\n\n== Green\n\n[source,py]\n----\nx = 1\n----\n\nlink:a.adoc[See] <<b,it>>.\n",
    "latex": LATEX,
    "notebook": NOTEBOOK,
    "csv": b"name;price\n\"Green; tea\";3,5\nBlack;2\n",
    "subtitles": b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v Ann>Boil the <i>water</i>.\n",
}  # fmt: skip
"""By the names of the formats (``starlight.readers.formats``); every format has one, but PDF, which
``test_pdf.py`` damages in a process of its own."""
