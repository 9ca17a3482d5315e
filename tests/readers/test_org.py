import textwrap

from starlight.notes import markdown
from starlight.readers import org


def document(text: str, name: str = "folder/tea.org"):
    return org.read(textwrap.dedent(text).encode(), name)


def read(text: str) -> str:
    return document(text).text


def line(text: str) -> str:
    (only,) = read(text).split("\n")
    return only


ROAM = """\
    :PROPERTIES:
    :ID:       f35e7982-2d31
    :ROAM_ALIASES: "green tea" matcha
    :ROAM_REFS: https://tea.example/a#b @tea20
    :Origin:   Japan
    :END:
    #+title: All about
    #+title: tea
    #+filetags: :drinks:hot:
    #+created: [2021-01-20 Wed 00:09]
    #+last_modified: [2021-02-03 Wed]
    #+author: Ann Other
    #+language: en
    #+options: toc:nil

    Tea.
    * Kinds                                       :plant:
    :PROPERTIES:
    :ID: heading-id
    :CUSTOM_ID: kinds
    :END:
    """


def test_properties_are_those_of_org_roam():
    front = document(ROAM).front
    assert front.title == "All about tea"
    assert front.aliases == ("green tea", "matcha")
    assert front.tags == ("drinks", "hot", "plant")
    assert (front.created, front.modified, front.language) == ("2021-01-20 00:09", "2021-02-03", "en")
    properties = dict(front.properties)
    assert properties["roam_refs"] == ("https://tea.example/a#b", "@tea20")
    assert properties["origin"] == ("Japan",)
    assert properties["author"] == ("Ann Other",)
    assert "options" not in properties
    assert "custom_id" not in properties


def test_the_file_and_its_headings_are_known_by_their_ids():
    ids = document(ROAM).ids
    assert list(ids) == ["id:f35e7982-2d31", "id:heading-id"]
    assert ids["id:f35e7982-2d31"] == 1
    assert ROAM.splitlines()[ids["id:heading-id"] - 1].strip().startswith("*")


def test_drawers_and_settings_say_nothing_to_a_reader():
    lines = read(ROAM).split("\n")
    assert lines[6:8] == ["# All about", "tea"]
    assert lines[11] == "Author: Ann Other"
    assert lines[15:17] == ["Tea.", "# Kinds"]
    assert not any(lines[:6] + lines[8:11] + lines[12:15] + lines[17:])


def test_the_first_version_of_org_roam_had_keywords():
    front = document('#+roam_alias: "green tea" matcha\n#+roam_tags: a "b c"\n#+roam_key: cite:tea20\n').front
    assert front.aliases == ("green tea", "matcha")
    assert front.tags == ("a", "b c")
    assert dict(front.properties)["roam_refs"] == ("cite:tea20",)


def test_a_file_without_a_title_is_called_by_its_name():
    assert document("* A heading", "x/2021-01-20.org").front.title == "2021-01-20"


def test_headings_have_no_state_priority_or_tags():
    state = "todo".upper()
    assert line(f"** {state} [#A] Buy tea [1/3]   :shop:@home:") == "## Buy tea [1/3]"
    assert line(f"* {state}") == f"# {state}"
    assert line("******** deep") == "###### deep"
    assert line("*bold* begins") == "**bold** begins"
    assert read("#+todo: WANT(w) | GOT\n* WANT tea") == "\n# tea"
    assert line("* C #") == "# C # #"


def test_links():
    assert line("[[id:ab-12][the /best/ tea]]") == "[the *best* tea](id:ab-12)"
    assert line("[[id:ab-12]]") == "[ab-12](id:ab-12)"
    assert line("[[id:ab-12::*Kinds][k]]") == "[k](id:ab-12#Kinds)"
    assert line("[[file:x.org::*A heading][text]]") == "[text](<x.org#A heading>)"
    assert line("[[file:a b/x.org::#custom][text]]") == "[text](<a b/x.org#custom>)"
    assert line("[[file:x.org::42]]") == "[x.org::42](x.org)"
    assert line("[[./c#.org][C]]") == "[C](./c%23.org)"
    assert line("[[*A heading]]") == "[A heading](<#A heading>)"
    assert line("[[https://tea.example/a_b_c/][1 [a] tea]]") == "[1 (a) tea](https://tea.example/a_b_c/)"
    assert line("see [[https://tea.example/]].") == "see <https://tea.example/>."
    assert line("[[file:img/tea pot.png]]") == "![](<img/tea pot.png>)"
    assert line("[[https://tea.example/][file:tea.png]]") == "[![](tea.png)](https://tea.example/)"
    assert line("[[Green tea]] [[Green tea][it]]") == "[[Green tea]] [[Green tea|it]]"
    assert line("[[roam:Green tea]]") == "[[Green tea]]"
    assert line("[[Tea: a history]]") == "[[Tea: a history]]"


def test_no_link_leads_out_of_the_folder_or_runs_anything():
    assert line("[[elisp:(delete-file)][tea]] [[shell:rm tea]]") == "tea shell:rm tea"
    assert line("[[file:/etc/passwd]] [[file:~/tea.org][tea]]") == "/etc/passwd tea"
    assert read('#+include: "/etc/passwd"') == ""


def test_a_link_over_two_lines_stands_on_the_first():
    assert read("see [[id:ab-12][Extended\nKalman Filter]], too") == "see [Extended](id:ab-12)\nKalman Filter, too"
    assert read("[[id:ab-12][\nTea]]") == "\n[Tea](id:ab-12)"


def test_links_are_found_where_they_stand():
    text = read("`old' [[Tea]] and `new' [[file:x.org][x]] #no-tag\n")
    note = markdown.parse(text, "tea")
    assert [link.target for link in note.links] == ["Tea", "x.org"]
    assert not note.tags


def test_emphasis():
    assert line("*b* /i/ _u_ +s+ =a_b= ~c~.") == "**b** *i* u ~~s~~ `a_b` `c`."
    assert line("*b /i/ =c=*") == "**b *i* `c`**"
    assert line("a/b/c snake_case_name 2*3*4 ~ a = b") == "a/b/c snake_case_name 2*3*4 ~ a = b"
    assert line("$f*g*h$ costs $5 and $6") == "$f*g*h$ costs $5 and $6"
    assert line("~a`b~") == "`` a`b ``"
    assert read("*two\nlines*") == "**two\nlines**"


def test_times_notes_citations_and_targets():
    assert (
        line("<2020-01-16 Thu>--<2020-01-17 Fri> [2020-01-16 Thu]") == "2020-01-16 Thu--2020-01-17 Fri 2020-01-16 Thu"
    )
    assert line("a[fn:1] b[fn:: why] [fn:1] c") == "a[^1] b ( why) [^1] c"
    assert line("[cite:@tea20] [cite/t:see @a p. 3]") == "[@tea20] [see @a p. 3]"
    assert line("<<here>>tea <<<radio>>>") == "tea radio"


def test_blocks():
    text = """\
        #+begin_src python -n :results output
        print("*a*")
          ```
        ,* no heading
        #+end_src
        #+RESULTS:
        : 1
        #+begin_quote
        /So/ he

        said.
        #+end_quote
        #+begin_export html
        <b>
        #+end_export
        #+begin_definition
        Tea is *hot*.
        #+end_definition"""
    expected = """\
        ````python
        print("*a*")
          ```
        * no heading
        ````

            1

        > *So* he
        >
        > said.




        
        Tea is **hot**.
        """  # noqa: W293
    assert read(text).split("\n") == [each.removeprefix(" " * 8) for each in expected.split("\n")]


def test_a_block_without_an_end_is_text():
    assert read("#+begin_src c\n# a\n*b*\n* heading\n*c*") == "\n\\# a\n**b**\n# heading\n**c**"
    assert read(":LOGBOOK:\ntext") == "\ntext"


def test_comments_and_logbooks_are_left_out_and_other_drawers_are_not():
    assert read("# a comment\n#\n#hash") == "\n\n\\#hash"
    assert read(":LOGBOOK:\nCLOCK: x\n:END:\nCLOCK: y\n:NOTES:\ntext\n:END:") == "\n\n\n\n\ntext\n"


def test_tables():
    text = "| a | b |\n|---+---|\n| 1 | =2= |\n|---+---|\n| 3 | 4 |\n#+TBLFM: x"
    assert read(text) == "| a | b |\n|---|---|\n| 1 | `2` |\n| |\n| 3 | 4 |\n"
    assert read("|---+---|\n| a | b |\n|---+---|\n") == "\n| a | b |\n|---|---|\n"


def test_lists():
    text = """\
         - tags :: [[Tea]]
           + [X] done
             on
           + [-] half

             new paragraph
         1. [@3] one
        text"""
    assert read(text).split("\n") == [
        "- tags: [[Tea]]",
        "  - [x] done",
        "    on",
        "  - [ ] half",
        "",
        "    new paragraph",
        "1. one",
        "text",
    ]


def test_what_is_indented_below_a_heading_is_no_code():
    assert read("*** h\n    - a\n      - b\n    text [[Tea]]") == "### h\n- a\n  - b\ntext [[Tea]]"


def test_what_looks_like_markdown_and_is_none_is_escaped():
    assert read("a\n===\n> b\n-----\n```") == "a\n\\===\n\\> b\n***\n\\`\\`\\`"
