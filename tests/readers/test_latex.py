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


def test_an_address_may_hold_a_percent_sign():
    assert read("see \\url{https://x.example/a%20b} and \\emph{more} % c\nd") == [
        *("see <https://x.example/a%20b> and *more*", "d"),
    ]
    assert line(r"\href{https://x.example/%7Ea}{text \emph{b}} tail \url{a % b") == (
        "[text *b*](https://x.example/%7Ea) tail a"
    )


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


def test_environments_may_begin_and_end_in_one_line():
    assert read("\\begin{center}Hot \\begin{quote}tea\\end{quote} now\\end{center}\nafter") == ["Hot tea now", "after"]
    assert read("\\begin{tabular}{@{}ll@{}} a & b \\\\ \\end{tabular}\nx & y") == ["a | b  ", "x & y"]
    assert read("\\begin{itemize}\\item a \\item b\\end{itemize}\nafter") == ["- a - b", "after"]
    assert read("so: \\begin{itemize}\n\\item a\n\\end{itemize} then\nafter") == ["so:", "- a", "then", "after"]
    assert line("\\begin{tabularx}{1cm}{l}a\\end{tabularx}\\begin{frame}{Hot}\\end{frame}") == "a Hot"


def test_the_arguments_of_a_table_may_end_on_a_line_below():
    assert read("\\begin{tabular}[]{@{}\n  >{\\raggedright}p{1cm}\n @{}}a & b\\\\\n\\end{tabular}") == [
        *("", "", "a | b ", ""),
    ]


def test_code_and_mathematics_in_a_line():
    assert read("\\begin{verbatim}a % \\b\\end{verbatim}\n\\emph{c}") == ["`a % \\b`", "*c*"]
    assert read("so \\textbf{x} \\begin{lstlisting}[language=C]\\y\\end{lstlisting} \\emph{z}\n\\emph{c}") == [
        *("so **x** `\\y` *z*", "*c*"),
    ]
    assert read("if \\emph{x}: \\begin{equation} a % b\n \\c \\end{equation} where \\emph{y}\n\\emph{c}") == [
        *("if *x*: \\begin{equation} a % b", "\\c \\end{equation} where *y*", "*c*"),
    ]


def test_code_that_shares_a_line_with_text_loses_none():
    text = "see \\emph{x}: \\begin{verbatim}\n\\a\n\\b\\end{verbatim} and \\emph{y}\nz"
    assert read(text) == ["see *x*:", "    \\a", "\\b and *y*", "z"]
    assert read("\\begin{verbatim} \\a\n\\b\n\\end{verbatim}\nz") == ["\\a", "    \\b", "", "z"]


def test_the_document_begins_and_ends_where_it_says():
    assert read("\\title{T}\n% \\begin{document}\n\\x\n\\begin{document} a\nb \\end{document} c\nd") == [
        *("# T", "", "", "a", "b", ""),
    ]
    text = "\\begin{document}\n\\begin{verbatim}\n\\end{document}\n\\end{verbatim}\na"
    assert read(text) == ["", "```", "\\end{document}", "```", "a"]


def test_text_behind_a_title_is_no_part_of_it():
    assert read("\n\\paragraph{P.} Some \\emph{text}. % c\nmore") == ["#### P.", "Some *text*.", "more"]
    assert read("text\n\\paragraph{P.}\\label{x} \\emph{b}\n\\subsection{S}\\label{y} % c") == [
        *("text", "**P.**  *b*", "## S"),
    ]
    assert read("\\begin{itemize}\\item a\\end{itemize}\\section{S} b") == ["- a S b"]
