import textwrap

from starlight.readers import latex


def document(text: str):
    return latex.read(textwrap.dedent(text).encode(), "tea.tex")


def read(text: str) -> list[str]:
    return document(text).text.split("\n")


def line(text: str) -> str:
    (only,) = read(text)
    return only


def test_the_preamble_says_title_authors_and_date():
    text = r"""
        \documentclass{article} % a comment
        \newcommand{\x}{\section{no}}
        \title{All about % of it
          \emph{tea}\thanks{for all}}
        \author{Ann Other \and Bob}
        \date{2020-01-02}
        \begin{document}
        \maketitle
        Text.
        \end{document}
        after"""
    found = document(text)
    assert found.front.title == "All about tea"
    assert found.front.created == "2020-01-02"
    assert dict(found.front.properties)["author"] == ("Ann Other", "Bob")
    lines = found.text.split("\n")
    assert lines[3] == "# All about *tea*"
    assert lines[5:7] == ["Author: Ann Other, Bob", "Date: 2020-01-02"]
    assert [each for each in lines[:3] + lines[7:] if each] == ["Text."]


def test_sections():
    text = "\\section[short]{Green \\& \\textbf{hot}}\\label{x}\n\\subsection*{Sub}\n\\paragraph{P}"
    assert read(text) == ["# Green & **hot**", "## Sub", "#### P"]
    assert read("\\chapter{C}\n\\section{S}") == ["# C", "## S"]


def test_a_title_may_end_on_a_line_below():
    text = "\\subsection{Green % and\n  \\emph{hot}\n tea}\\label{x} So.\nmore"
    assert read(text) == ["## Green *hot* tea", "", " So.", "more"]
    assert read("\\section{a\n\nb}") == ["# a", "", "b"]
    assert read("\\subparagraph{a}\n\\section{b") == ["##### a", "# b"]


def test_what_is_for_programs_that_show_a_pdf_is_left_out():
    text = "\\hypertarget{x}{%\n\\section{\\texorpdfstring{\\texttt{a\\_b}\nc}{a b\nc} d}\\label{x}}"
    assert read(text) == ["", "# `a_b` c d", "", ""]
    assert line(r"\protect\hyperlink{x}{there}") == "there"


def test_commands_are_unwrapped():
    assert line(r"\textbf{a \emph{b}} \texttt{c} {\large d} \unknown[o]{e}{f} \LaTeX{}") == "**a *b*** `c` d ef LaTeX"
    assert line(r"a\footnote{Why \emph{so}.} 50\% \& \_ \$5 \ldots~x -- y --- ``q'' a\\") == (
        "a (Why *so*.) 50% & _ $5 … x – y — “q” a "
    )
    assert line("text % no\\% comment") == "text"
    assert line(r"100\% sure % comment") == "100% sure"


def test_letters_with_accents():
    assert line(r"caf\'e na\"{\i}ve \c{c}a \v{S}koda \~n \ss{} \o l") == "café naïve ça Škoda ñ ß øl"


def test_citations_references_and_links():
    assert line(r"\cite{a,b} \citep[see][p. 3]{c} \ref{fig:x}\label{y}") == "[a,b] [c, see, p. 3] fig:x"
    assert line(r"\href{https://t.example/a_b}{the \emph{site}}") == "[the *site*](https://t.example/a_b)"
    assert line(r"\href{a.md\#b\%20c\_d}{e}") == "[e](a.md#b%20c_d)"
    assert line(r"\url{https://x.example}") == "<https://x.example>"
    assert line(r"\includegraphics[width=1cm]{img/pot} \input{chapters/one}") == (
        "![](img/pot) [chapters/one](chapters/one.tex)"
    )
    assert line(r"\input{/etc/passwd}") == "/etc/passwd"


def test_mathematics_stays_as_it_is():
    assert line(r"so $a_{b}\%$ and \(c\) and \[d\]") == r"so $a_{b}\%$ and \(c\) and \[d\]"
    text = "\\begin{align*}\n  a &= \\frac{1}{2} \\\\\n\\end{align*}"
    assert read(text) == ["\\begin{align*}", "a &= \\frac{1}{2} \\\\", "\\end{align*}"]


def test_environments():
    text = r"""
        \begin{abstract}
        Tea.
        \end{abstract}
        \begin{lstlisting}[language=Python]
        print("%") # {
        \end{lstlisting}
        \begin{comment}
        no
        \end{comment}
        \begin{theorem}[Ann]
        Hot.
        \end{theorem}
        \begin{tabular}{ll}
        a & b \\ \hline
        \end{tabular}"""
    assert [each.rstrip() for each in read(text)] == [
        *("", "Abstract:", "Tea.", "", "```python", 'print("%") # {', "```"),
        *("", "", "", "Theorem (Ann):", "Hot.", "", "", "a | b", ""),
    ]


def test_lists():
    text = r"""
        \begin{itemize}
          \item one
            more
          \item[x] two
          \begin{enumerate}
            \item deep
          \end{enumerate}
        \end{itemize}
        out"""
    assert read(text) == ["", "", "- one", "   more", "- x: two", "", "   1. deep", "", "", "out"]


def test_the_text_of_an_item_may_begin_below_it():
    assert read("\\begin{itemize}\n\\item\n  a\n  b\n\\item[c]\n  d\n\\end{itemize}") == [
        *("", "", "- a", "   b", "- c: ", "   d", ""),
    ]


def test_signs():
    assert line(r"a\textless{}b\textgreater{} \textbar") == "a<b> |"


def test_what_looks_like_markdown_and_is_none_is_escaped():
    assert read("\\# a\n===") == ["\\# a", "\\==="]
