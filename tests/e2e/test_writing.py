"""Writing help through the protocol: what is offered, what is suggested, and that no text is ever lost."""

from __future__ import annotations

import copy

import pytest

from tests.e2e.client import CAPABILITIES, Refused
from tests.models.stand_in import StandIn

INVALID_PARAMS = -32602
NOTE = "# Tap 🚰\n\nthe tap it drips\n\nSecond part.\n"
NOTES = """
== tap.md ==
# Tap
== washer.md ==
# Washers for the tap that drips
A washer for a dripping tap costs 3 euros.
"""
SELECTION = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 16}}
EMPTY = {"start": {"line": 2, "character": 3}, "end": {"line": 2, "character": 3}}


def capitals(sent: list[dict[str, str]]) -> str:
    """A model that writes what it was given in capitals, or what the first source says."""
    if "<source 1" in sent[0]["content"]:
        return "A washer for a dripping tap costs 3 euros [1]."
    return sent[-1]["content"].split("<text>\n")[1].split("\n</text>")[0].upper()


def capabilities(*, annotated: bool = False, disabled: bool = False):
    can = copy.deepcopy(CAPABILITIES)
    if annotated:
        can["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = {}
    if disabled:
        can["textDocument"]["codeAction"] = {"disabledSupport": True}
    return can


@pytest.fixture(scope="module")
def stand_in():
    with StandIn(says=capitals) as server:
        yield server


@pytest.fixture
def model(stand_in):
    stand_in.again()
    yield stand_in
    stand_in.release.set()


@pytest.fixture(scope="module")
def shared(share, stand_in, module_home):
    settings = {"chat": {"endpoint": stand_in.url, "languages": ["German", "Tamil"]}}
    server = share(NOTES, settings=settings, capabilities=capabilities(annotated=True, disabled=True))
    server.path = module_home / "notes" / "tap.md"
    server.version = 0
    return server


@pytest.fixture
def desk(shared, model):
    """A server with the note open, anew for each test."""
    shared.received.clear()
    shared.answers["workspace/applyEdit"] = lambda _params: {"applied": True}
    shared.version += 1
    shared.open(shared.path, NOTE, shared.version)
    yield shared
    shared.notify("textDocument/didClose", {"textDocument": {"uri": shared.path.as_uri()}})


def write(server, action: str, span=SELECTION, **more: object):
    return server.execute("starlight.write", {"action": action, "uri": server.path.as_uri(), "range": span, **more})


def begin(server, action: str, **more: object) -> int:
    asked = {"action": action, "uri": server.path.as_uri(), "range": SELECTION, "id": "w", **more}
    return server.begin("workspace/executeCommand", {"command": "starlight.write", "arguments": [asked]})


def actions(server, span=SELECTION, **context: object):
    """The code actions that have a model write."""
    found = server.request("textDocument/codeAction", {
        "textDocument": {"uri": server.path.as_uri()}, "range": span, "context": {"diagnostics": [], **context},
    })  # fmt: skip
    return [action for action in found if action["title"].startswith("Starlight: ")]


def type_something(server) -> None:
    server.notify("textDocument/didChange", {
        "textDocument": {"uri": server.path.as_uri(), "version": server.version + 1},
        "contentChanges": [{"range": EMPTY, "text": "XY"}],
    })  # fmt: skip
    server.version += 1


def text_of(server) -> str:
    return "".join(event.get("text", "") for event in server.of("starlight/answer"))


def test_suggestion_has_the_agreed_shape(desk):
    made = write(desk, "rewrite", id="w")
    assert set(made) == {
        "action", "text", "original", "edit", "version", "applied", "sources", "statements", "model", "host",
        "left_machine", "stopped", "hint", "usage",
    }  # fmt: skip
    assert (made["text"], made["original"]) == ("THE TAP IT DRIPS", "the tap it drips")
    assert (made["version"], made["applied"], made["hint"]) == (desk.version, False, "")
    assert text_of(desk) == "THE TAP IT DRIPS"
    (change,) = made["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": desk.path.as_uri(), "version": desk.version}
    (edit,) = change["edits"]
    assert (edit["range"], edit["newText"]) == (SELECTION, "THE TAP IT DRIPS")
    assert made["edit"]["changeAnnotations"][edit["annotationId"]]["needsConfirmation"] is True
    assert desk.of("workspace/applyEdit") == []


def test_a_note_with_a_space_in_its_name_is_helped_as_well(desk):
    before, desk.path = desk.path, desk.path.with_name("dripping tap.md")
    try:
        desk.open(desk.path, NOTE, 1)
        assert len(actions(desk)) > 0
        assert write(desk, "rewrite")["text"] == "THE TAP IT DRIPS"
        desk.notify("textDocument/didClose", {"textDocument": {"uri": desk.path.as_uri()}})
    finally:
        desk.path = before


def test_every_action_is_offered_on_a_selection(desk):
    offered = actions(desk)
    assert [action["title"] for action in offered] == [
        "Starlight: Rewrite", "Starlight: Shorten", "Starlight: Continue", "Starlight: Fix spelling and grammar",
        "Starlight: Translate to German", "Starlight: Translate to Tamil", "Starlight: Make a title",
        "Starlight: Draft from this outline", "Starlight: Draft from related notes", "Starlight: Turn into a list",
        "Starlight: Turn into a table",
    ]  # fmt: skip
    assert {action["kind"] for action in offered} == {"refactor.rewrite"}
    assert all("disabled" not in action for action in offered)


def test_every_offered_action_can_be_done(desk):
    for action in actions(desk):
        made = desk.execute(action["command"]["command"], *action["command"]["arguments"])
        assert made["applied"] is True, action["title"]
        assert made["text"]
    assert len(desk.of("workspace/applyEdit")) == 11


def test_without_a_selection_only_what_needs_none_is_offered(desk):
    assert [action["title"] for action in actions(desk, EMPTY)] == ["Starlight: Continue", "Starlight: Make a title"]


@pytest.mark.parametrize(("only", "count"), [(["refactor"], 11), (["refactor.rewrite"], 11), (["quickfix"], 0)])
def test_only_kinds_that_are_asked_for_are_given(desk, only, count):
    assert len(actions(desk, only=only)) == count


def test_a_draft_from_related_notes_cites_them_and_not_the_note_itself(desk):
    made = write(desk, "related")
    assert {source["path"] for source in made["sources"]} == {"washer.md"}
    assert made["statements"][0]["support"] == "supported"
    assert made["text"] == "\n\nA washer for a dripping tap costs 3 euros [[washer|1]]."
    (change,) = made["edit"]["documentChanges"]
    assert change["edits"][0]["range"] == {"start": SELECTION["end"], "end": SELECTION["end"]}
    assert made["original"] == ""


def test_a_note_that_changed_meanwhile_is_not_touched(desk, model):
    model.behaviour = "pausing"
    asked = begin(desk, "rewrite", apply=True)
    desk.wait("it writes", lambda: text_of(desk))
    type_something(desk)
    desk.execute("starlight.status", {})  # messages are read in order: the server knows of the change now
    model.release.set()
    made = desk.answer(asked)
    assert made["text"] == "THE TAP IT DRIPS"
    assert (made["edit"], made["applied"]) == (None, False)
    assert "changed while this was written" in made["hint"]
    assert desk.of("workspace/applyEdit") == []


def test_a_text_that_was_stopped_replaces_nothing(desk, model):
    model.behaviour = "endless"
    asked = begin(desk, "rewrite", apply=True)
    desk.wait("it writes", lambda: "more" in text_of(desk))
    assert desk.execute("starlight.stop", {"id": "w"}) == {"stopped": True}
    made = desk.answer(asked)
    assert (made["stopped"], made["edit"], made["applied"]) == (True, None, False)
    assert made["text"].startswith("THE TAP IT DRIPS")
    assert "does not replace yours" in made["hint"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"action": "fly"}, "there is no such action"),
        ({"action": "rewrite", "range": EMPTY}, "select the text first"),
        ({"action": "rewrite", "range": None}, "a range must be"),
        ({"action": "rewrite", "range": {"start": {"line": 5, "character": 0}, "end": {"line": 1}}}, "a range must be"),
        ({"action": "rewrite", "uri": "file:///nowhere.md"}, "that is open in the editor"),
        ({"action": "rewrite", "uri": 5}, "`uri` must be a string"),
        ({"action": "translate"}, "which language"),
    ],
)
def test_bad_arguments_are_refused_clearly(desk, argument, message):
    with pytest.raises(Refused, match=message.replace("`", ".")) as refused:
        desk.execute("starlight.write", {"uri": desk.path.as_uri(), "range": SELECTION, **argument})
    assert refused.value.code == INVALID_PARAMS


def test_server_that_fails_is_said(desk, model):
    model.behaviour = "failing"
    with pytest.raises(Refused, match="out of memory"):
        write(desk, "rewrite")


def test_without_a_model_actions_say_why_they_cannot_be_done(ready, vault):
    root = vault(NOTES)
    server = ready(root, settings={"chat": {"localPorts": []}}, capabilities=capabilities(disabled=True))
    server.path = root / "tap.md"
    server.open(server.path, NOTE)
    offered = actions(server)
    assert {action["disabled"]["reason"].split(":")[0] for action in offered} == {"No chat model is set up"}
    assert all("command" not in action for action in offered)
    assert actions(server, triggerKind=2) == []
    with pytest.raises(Refused, match="No chat model is set up"):
        write(server, "rewrite")


def test_a_client_without_previews_is_asked(ready, vault, model):
    root = vault(NOTES)
    server = ready(root, settings={"chat": {"endpoint": model.url}})
    server.path = root / "tap.md"
    server.open(server.path, NOTE)
    server.answers["workspace/applyEdit"] = lambda _params: {"applied": True}
    server.answers["window/showMessageRequest"] = lambda params: params["actions"][-1]
    assert write(server, "rewrite", apply=True)["applied"] is False
    assert server.of("workspace/applyEdit") == []
    server.answers["window/showMessageRequest"] = lambda params: params["actions"][0]
    assert write(server, "rewrite", apply=True)["applied"] is True
    assert "THE TAP IT DRIPS" in server.of("window/showMessageRequest")[-1]["message"]
    assert (root / "tap.md").read_text() == "# Tap\n", "the editor writes, and the server never"
