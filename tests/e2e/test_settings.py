"""Settings from the client: at the start, when asked for, when they change, and when they are wrong."""

from __future__ import annotations

import importlib.util

import pytest

from tests.e2e.test_completion import complete
from tests.parts import need
from tests.waiting import wait_until

EXCLUDING = {"index": {"exclude": ["archive/**"]}}
NOTES = """
== tea.md ==
# Tea
== archive/old.md ==
# Old
== archive/older.md ==
# Old times
"""


def test_initialization_options(ready, vault):
    server = ready(vault(NOTES), options={"index": {"exclude": ["tea.md", "*.txt"]}, "search": {"limit": 1}})
    assert server.status()["files"] == 2
    assert len(server.search("old times")["hits"]) == 1
    assert "No folder is open" not in {status["message"] for status in server.of("starlight/status")}


def test_change_of_settings_is_followed(ready, vault):
    server = ready(vault(NOTES))
    assert server.status()["files"] == 3
    _change(server, EXCLUDING)
    wait_until("the folder is left out", lambda: _settled(server, 1))
    assert server.search("tea")["hits"]
    assert server.of("window/showMessage") == []


def test_a_window_with_other_settings_is_told_once(ready, vault):
    root = vault(NOTES)
    ready(root)
    other = ready(root, options=EXCLUDING, settings=EXCLUDING)
    (warning,) = other.wait("it is said", lambda: other.of("window/showMessage"))
    assert "with other settings (index.exclude): they hold until it closes" in warning["message"]
    status = other.status()
    assert status["files"] == 3
    assert "other settings (index.exclude)" in status["message"]
    (root / "new.md").write_text("# New\n")
    other.notify("textDocument/didSave", {"textDocument": {"uri": (root / "new.md").as_uri()}})
    wait_until("the new note is counted", lambda: other.status()["files"] == 4)
    assert len(other.of("window/showMessage")) == 1


def test_change_is_pushed_by_clients_that_cannot_be_asked(start, vault):
    server = start()
    server.initialize(vault(NOTES), capabilities={})
    server.wait_state("ready")
    assert server.of("workspace/configuration") == []
    server.notify("workspace/didChangeConfiguration", {"settings": {"starlight": {"index": {"exclude": ["archive"]}}}})
    wait_until("the folder is left out", lambda: _settled(server, 1))


def test_settings_that_are_read_with_each_request_need_no_opening_anew(start, vault):
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    root = vault(NOTES)
    server = start()
    server.initialize(root, capabilities={}, options={"search": {"refine": True, "refineMilliseconds": 1}})
    server.wait_state("ready")
    assert not server.search("tea")["refined"]
    changed = {"search": {"refine": True, "refineMilliseconds": 60_000}, "links": {"style": "markdown"}}
    server.notify("workspace/didChangeConfiguration", {"settings": {"starlight": changed}})
    assert server.search("old times", refine=True)["refined"]
    (item, *_) = complete(server, (root / "new.md").as_uri(), "[[tea¦")["items"]
    assert item["textEdit"]["newText"] == "[Tea](tea.md)"


WRONG = [
    ({"index": {"exlude": ["archive"]}}, "index.exlude", "did you mean `index.exclude`"),
    ({"index": {"exclude": "archive"}}, "index.exclude", "must be a list of strings"),
    ({"index": {"maxFileSize": "big"}}, "index.maxFileSize", "must be a number"),
    ({"search": {"limit": 0}}, "search.limit", "must be at least 1"),
    ({"search": {"limit": 7.5}}, "search.limit", "must be a whole number"),
    ({"model": {"path": 3}}, "model.path", "must be a string"),
    ({"colour": "blue"}, "colour", "there is no setting"),
    ([1, 2], "", "must be a table"),
]


@pytest.fixture(scope="module")
def shared(share):
    return share(NOTES)


@pytest.mark.parametrize(("settings", "key", "message"), WRONG, ids=[key or "list" for _, key, _ in WRONG])
def test_wrong_settings_are_named_and_defaults_hold(shared, settings, key, message):
    said = len(shared.of("window/showMessage"))
    _change(shared, settings)
    (warning,) = shared.wait("it is said", lambda: shared.of("window/showMessage")[said:])
    assert warning["type"] == 2
    assert key in warning["message"]
    assert message in warning["message"]
    assert _settled(shared, 3)


def test_what_decides_nothing_of_the_index_opens_nothing_anew(shared):
    before = shared.of("starlight/status")[-1]
    seen = len(shared.of("starlight/status"))
    _change(shared, {"search": {"limit": 1}, "chat": {"model": "small", "threads": 2}})
    wait_until("the limit holds", lambda: len(shared.search("tea old")["hits"]) == 1)
    assert shared.status()["revision"] == before["revision"]
    assert shared.of("starlight/status")[seen:] == []


def test_editor_s_own_settings_are_no_fault(shared):
    said = len(shared.of("window/showMessage"))
    _change(shared, {"server": {"path": ""}, "trace": {"server": "off"}, "search": None})
    assert _settled(shared, 3)
    assert len(shared.of("window/showMessage")) == said


def test_each_fault_is_said_once(serve, vault):
    wrong = {"index": {"exlude": []}, "search": {"limit": 0}}
    server = serve(vault(NOTES), options=wrong, settings=wrong)
    server.wait_state("ready")
    for _ in range(2):
        server.notify("workspace/didChangeConfiguration", {"settings": None})
    assert server.search("tea", limit=None)["hits"]
    warnings = [warning["message"] for warning in server.of("window/showMessage")]
    assert len(warnings) == 2
    assert len(server.of("workspace/configuration")) == 3
    assert server.status()["files"] == 3


def test_configuration_is_asked_for_and_a_model_that_is_none_costs_only_itself(ready, vault, tmp_path):
    server = ready(vault(NOTES), settings={"index": {"exclude": ["archive"]}, "model": {"path": str(tmp_path)}})
    assert server.of("workspace/configuration") == [{"items": [{"section": "starlight"}]}]
    assert server.status()["files"] == 1
    (warning,) = server.of("window/showMessage")
    for part in ("model.path", str(tmp_path), "not a model2vec model", "the model that ships is used"):
        assert part in warning["message"]
    assert server.search("tea")["hits"]


def _change(server, settings: object) -> None:
    """Change the settings, as a client that is asked for them does."""
    asked = len(server.of("workspace/configuration"))
    server.answers["workspace/configuration"] = lambda _params: [settings]
    server.notify("workspace/didChangeConfiguration", {"settings": None})
    server.wait("the server asks", lambda: len(server.of("workspace/configuration")) > asked)


def _settled(server, files: int) -> bool:
    status = server.status()
    return (status["state"], status["files"]) == ("ready", files)
