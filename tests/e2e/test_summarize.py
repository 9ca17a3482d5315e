"""Summaries through the protocol: of what, sent as they grow, stopped, and put into notes by edits alone."""

from __future__ import annotations

import pytest

from tests.e2e.client import Refused
from tests.engine.summaries import first_sentences, text_of
from tests.models.stand_in import StandIn

INVALID_PARAMS = -32602
NOTES = """
== tap.md ==
---
tags: [home]
---
# The tap

The tap drips all night.

## Repair
A washer for it costs 3 euros.
== tea.md ==
# Tea #kitchen
Green tea wants 70 degrees.
== plans/garden.md ==
# Garden
The compost is turned in May.
"""


class Said:
    def __init__(self, role: str, content: str) -> None:
        self.role, self.content = role, content


def honest(sent: list[dict[str, str]]) -> str:
    return first_sentences([Said(**message) for message in sent])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def stand_in():
    with StandIn(says=honest, kind="llama-server", context=2_000) as server:
        yield server


@pytest.fixture(scope="module")
def shared(share, stand_in, module_home):
    server = share(NOTES, settings={"chat": {"endpoint": stand_in.url}})
    server.notes = module_home / "notes"
    return server


@pytest.fixture
def desk(shared, stand_in):
    stand_in.again()
    shared.received.clear()
    shared.answers["workspace/applyEdit"] = lambda _params: {"applied": True}
    yield shared
    stand_in.release.set()


def uri(server, path: str) -> str:
    return (server.notes / path).as_uri()


def summarize(server, **asked: object):
    return server.execute("starlight.summarize", asked)


def test_a_note_is_summarized_with_places_and_how_much_was_read(desk):
    made = summarize(desk, uri=uri(desk, "tap.md"), id="s")
    assert made["subject"] == {"kind": "note", "name": "The tap"}
    assert made["answer"].startswith("The tap drips all night [1].")
    assert (made["kind"], made["model"], made["coverage"]["by"]) == ("generated", "tiny", "tiny")
    assert made["coverage"]["text"].endswith("tiny, 1 step")
    assert f"[[1]]({uri(desk, 'tap.md')}#L" in made["linked"]
    assert made["sources"][0]["support"] == "supported"
    assert "".join(news.get("text", "") for news in desk.of("starlight/answer")).startswith("The tap drips")


@pytest.mark.parametrize(
    ("asked", "kind", "cited"),
    [
        ({"uri": "tap.md", "position": {"line": 9, "character": 0}}, "section", {"tap.md"}),
        ({"uri": "tap.md", "section": "Repair"}, "section", {"tap.md"}),
        (
            {"uri": "tap.md", "range": {"start": {"line": 5, "character": 0}, "end": {"line": 6, "character": 0}}},
            "selection", {"tap.md"},
        ),
        ({"uri": "plans"}, "folder", {"plans/garden.md"}),
        ({"uri": "."}, "folder", {"tap.md", "tea.md", "plans/garden.md"}),
        ({"tag": "home"}, "tag", {"tap.md"}),
        ({"query": "green tea"}, "search", {"tea.md"}),
        ({"since": "2000-01-01"}, "changes", {"tap.md", "tea.md", "plans/garden.md"}),
        ({"turns": [{"question": "How hot?", "answer": "Tea wants 70 degrees."}]}, "conversation", {""}),
    ],
)  # fmt: skip
def test_everything_that_can_be_summarized(desk, asked, kind, cited):
    if "uri" in asked:
        asked = {**asked, "uri": uri(desk, asked["uri"])}
    made = summarize(desk, **asked)
    assert made["subject"]["kind"] == kind
    assert cited <= {source["path"] for source in made["sources"]}


def test_a_section_alone_is_read(desk):
    made = summarize(desk, uri=uri(desk, "tap.md"), position={"line": 9, "character": 0})
    assert made["answer"] == "A washer for it costs 3 euros [1]."
    assert (made["line"], made["subject"]["name"]) == (7, "The tap › Repair")
    assert made["line_text"] == "## Repair"


@pytest.mark.parametrize("what", [{"section": "repair"}, {"range": {"start": {"line": 6, "character": 0},
                                                                  "end": {"line": 8, "character": 5}}}])  # fmt: skip
def test_a_part_that_is_named_has_its_line(desk, what):
    made = summarize(desk, uri=uri(desk, "tap.md"), **what)
    assert (made["line"], made["line_text"]) == (7, "## Repair")


def test_a_summary_is_put_where_its_heading_is_now(desk):
    path = desk.notes / "tap.md"
    made = summarize(desk, uri=path.as_uri(), section="Repair")
    asked = {"uri": path.as_uri(), **{name: made[name] for name in ("line", "line_text", "answer", "sources")}}
    more = "```sh\nwhile true; do\n  drip\ndone\n```\n\n"
    desk.open(path, path.read_text().replace("## Repair", f"{more}## Repair"))
    put = desk.execute("starlight.insertSummary", asked)
    (edit,) = put["edit"]["documentChanges"][0]["edits"]
    assert edit["range"]["start"] == {"line": 8 + more.count("\n"), "character": 0}
    desk.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    desk.open(path, path.read_text().replace("## Repair", "## Mending"))
    with pytest.raises(Refused, match="## Repair"):
        desk.execute("starlight.insertSummary", asked)
    desk.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})


def test_a_long_text_is_told_part_by_part(desk):
    long = desk.notes / "long.md"
    desk.open(long, "# Long\n" + "\n\n".join(text_of(number, 150) for number in range(40)))
    made = summarize(desk, uri=long.as_uri(), id="s")
    news = desk.of("starlight/answer")
    messages = [each["message"] for each in news if each.get("message", "").startswith("part 2 of")]
    assert messages
    drafts = [each["draft"] for each in news if "draft" in each]
    assert drafts
    assert drafts[-1].startswith(drafts[0])
    assert made["coverage"]["steps"] >= 2
    assert made["coverage"]["read"] == made["coverage"]["sections"]
    again = summarize(desk, uri=long.as_uri())
    assert (again["answer"], again["coverage"]["calls"]) == (made["answer"], 0)
    desk.notify("textDocument/didClose", {"textDocument": {"uri": long.as_uri()}})


def test_it_is_stopped(desk, stand_in):
    stand_in.behaviour = "pausing"
    asked = {"uri": uri(desk, "tea.md"), "sentences": 3, "id": "slow"}
    request = desk.begin("workspace/executeCommand", {"command": "starlight.summarize", "arguments": [asked]})
    desk.wait("it is being written", lambda: [each for each in desk.of("starlight/answer") if each.get("text")])
    assert desk.execute("starlight.stop", {"id": "slow"}) == {"stopped": True}
    assert desk.answer(request)["stopped"] is True


def test_one_line_and_no_model(desk, stand_in):
    made = summarize(desk, uri=uri(desk, "tap.md"), sentences=1, extractive=True)
    assert (made["kind"], made["model"], len(made["statements"])) == ("extractive", "", 1)
    assert stand_in.chats() == []


@pytest.mark.parametrize(
    "asked",
    [{}, {"uri": "file:///elsewhere/a.md"}, {"sentences": 0}, {"sentences": True}, {"share": 2}, {"since": "soon"},
     {"turns": []}, {"turns": [{}]}, {"range": {}}, {"section": "Repair", "since": "7d"}, {"uri": "LONG"},
     {"uri": "LONG", "section": "x"}],
)  # fmt: skip
def test_bad_requests_are_refused(desk, asked):
    if asked.get("uri") == "LONG":
        asked = {**asked, "uri": uri(desk, "a" * 300 + ".md")}
    if asked and "uri" not in asked and asked != {"since": "soon"}:
        asked = {"uri": uri(desk, "tap.md"), **asked}
    with pytest.raises(Refused) as refused:
        summarize(desk, **asked)
    assert refused.value.code == INVALID_PARAMS


def test_a_summary_is_put_below_the_title_as_a_callout(desk):
    made = summarize(desk, uri=uri(desk, "tap.md"))
    put = desk.execute("starlight.insertSummary", {
        "uri": uri(desk, "tap.md"), "answer": made["answer"], "sources": made["sources"],
    })  # fmt: skip
    assert put["applied"] is True
    (change,) = put["edit"]["documentChanges"]
    (edit,) = change["edits"]
    assert edit["newText"].startswith("> [!summary] Starlight\n> The tap drips all night [[tap|1]].")
    assert edit["range"]["start"] == {"line": 5, "character": 0}
    assert desk.of("workspace/applyEdit")[0]["edit"] == put["edit"]


def test_a_summary_becomes_a_note_of_its_own(desk):
    made = summarize(desk, tag="home")
    put = desk.execute("starlight.insertSummary", {
        "as": "note", "title": made["subject"]["name"], "answer": made["answer"], "sources": made["sources"],
        "said": made["coverage"]["text"],
    })  # fmt: skip
    create, change = put["edit"]["documentChanges"]
    assert create["kind"] == "create"
    assert put["uri"].startswith(uri(desk, "summaries/"))
    text = change["edits"][0]["newText"]
    assert "type: starlight-summary" in text
    assert "[tap.md](../tap.md), lines" in text
    assert not (desk.notes / "summaries").exists()


def test_a_conversation_that_is_no_note_has_no_link(desk):
    made = summarize(desk, turns=[{"question": "How hot?", "answer": "Green tea wants 70 degrees."}])
    assert "](" not in made["linked"]
    put = desk.execute("starlight.insertSummary", {
        "as": "note", "title": "How hot?", "answer": made["answer"], "sources": made["sources"],
    })  # fmt: skip
    text = put["edit"]["documentChanges"][1]["edits"][0]["newText"]
    assert "[[" not in text
    assert "](" not in text
    assert "- \\[1\\] How hot?\n" in text


@pytest.mark.parametrize("asked", [{}, {"answer": ""}, {"answer": "x", "as": "song"}, {"answer": "x", "uri": "plans"}])
def test_what_cannot_be_put_anywhere_is_refused(desk, asked):
    if "uri" in asked:
        asked = {**asked, "uri": uri(desk, asked["uri"])}
    with pytest.raises(Refused) as refused:
        desk.execute("starlight.insertSummary", asked)
    assert refused.value.code == INVALID_PARAMS


@pytest.mark.parametrize(
    ("chosen", "edits"), [("Insert into the note", 1), ("Make a new note", 1), ("Leave it", 0), (None, 0)]
)
def test_a_code_action_shows_the_summary_before_it_goes_anywhere(desk, chosen, edits):
    path = desk.notes / "tap.md"
    desk.open(path, path.read_text())
    shown = []

    def answer(params):
        shown.append(params["message"])
        return {"title": chosen} if chosen else None

    desk.answers["window/showMessageRequest"] = answer
    span = {"start": {"line": 8, "character": 0}, "end": {"line": 8, "character": 5}}
    found = desk.request("textDocument/codeAction", {
        "textDocument": {"uri": path.as_uri()}, "range": span, "context": {"diagnostics": []},
    })  # fmt: skip
    offered = [action for action in found if action["title"].startswith("Summarize")]
    titles = ["Summarize this selection", "Summarize this section", "Summarize this note"]
    assert [action["title"] for action in offered] == titles
    command = offered[1]["command"]
    made = desk.execute(command["command"], *command["arguments"])
    assert made["applied"] is bool(edits)
    assert len(desk.of("workspace/applyEdit")) == edits
    assert "A washer for it costs 3 euros [1]." in shown[0]
    if chosen == "Insert into the note":
        (change,) = desk.of("workspace/applyEdit")[0]["edit"]["documentChanges"]
        assert change["edits"][0]["range"]["start"] == {"line": 8, "character": 0}
    desk.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
