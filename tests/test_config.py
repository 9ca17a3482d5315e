"""Settings: what is good is taken, what is not is said, and costs nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.config import Settings, options, resolve
from starlight.settings_file import read_settings_file


def check_settings(raw: object, *problems: tuple[str, str], **expected: object) -> None:
    """``raw`` gives the defaults but for ``expected``, with ``problems``: the key, and a part of what is said."""
    settings, found = resolve(raw)
    assert settings == Settings(**expected)
    assert [problem.key for problem in found] == [key for key, _ in problems]
    for problem, (_, part) in zip(found, problems, strict=True):
        assert part in problem.message


EVERY = {
    "index.exclude": ["*.tmp.md", "drafts/"],
    "index.include": ["journal/"],
    "index.useIgnoreFiles": False,
    "index.maxFileSize": 2.5,
    "index.formats": ["pdf"],
    "index.maxDocumentSize": 5.5,
    "index.watcherExclude": ["archive/"],
    "index.ocr": True,
    "index.ocrLanguages": ["deu"],
    "index.ocrProgram": "~/bin/tesseract",
    "index.polling": True,
    "model.path": "~/models/potion",
    "search.limit": 7,
    "search.refine": False,
    "search.refineMilliseconds": 250,
    "search.refineAhead": False,
    "search.refiner": "~/models/many-languages",
    "search.refinerCacheSize": 50,
    "links.style": "markdown",
    "chat.model": "small",
    "chat.models.answer": "a",
    "chat.models.summary": "b",
    "chat.models.summaryLine": "c",
    "chat.models.title": "d",
    "chat.models.rewrite": "e",
    "chat.endpoint": "http://127.0.0.1:8000",
    "chat.apiKeyFile": "~/.keys/team",
    "chat.apiKeyVariable": "TEAM_KEY",
    "chat.localPorts": ["9000"],
    "chat.contextSize": 4096,
    "chat.threads": 4,
    "chat.gpuLayers": 0,
    "chat.idleSeconds": 60,
    "chat.temperature": 0,
    "chat.languages": ["German", "Tamil"],
    "chat.answerTokens": 99,
    "chat.folder": "talks",
    "chat.budget": 2000,
    "summary.insertAs": "frontMatter",
    "summary.background": True,
    "summary.folder": "digests",
    "diagnostics.brokenLink": False,
    "diagnostics.ambiguousLink": False,
    "diagnostics.missingHeading": False,
    "diagnostics.duplicateAlias": False,
    "diagnostics.frontMatter": False,
    "diagnostics.unlinkedMention": False,
    "diagnostics.alreadyWritten": False,
    "codeLens.counts": True,
    "inlayHints.titles": True,
}
"""A value for every setting, other than its default."""


def nested(values: dict[str, object]) -> dict[str, object]:
    """The settings as an editor sends them: a table in a table for each part of a name."""
    tables: dict[str, object] = {}
    for key, value in values.items():
        *parts, last = key.split(".")
        table = tables
        for part in parts:
            table = table.setdefault(part, {})
        table[last] = value
    return tables


def test_every_setting_can_be_set() -> None:
    settings, problems = resolve(nested(EVERY))
    assert problems == []
    assert [option.key for _, option, _ in options()] == list(EVERY)
    for name, option, default in options():
        value, wanted = getattr(settings, name), EVERY[option.key]
        assert value == (tuple(wanted) if isinstance(wanted, list) else wanted), option.key
        assert value != default, option.key
        assert type(value) is type(default), option.key


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, {}),
        ({}, {}),
        ({"index": {}}, {}),
        ({"index.maxFileSize": 3}, {"max_file_size": 3.0}),
        ({"index": {"exclude": []}}, {"exclude": ()}),
        ({"index": {"exclude": None}}, {}),
        ({"search": {"limit": 5.0}}, {"search_limit": 5}),
        ({"search": {"limit": 1}}, {"search_limit": 1}),
        ({"search": {"limit": 100}}, {"search_limit": 100}),
        ({"server": {"path": "/usr/bin/starlight"}, "trace": {"server": "off"}}, {}),
        ({"trace.server": "verbose"}, {}),
        ({"chat.models.title": "t"}, {"chat_title_model": "t"}),
        ({"chat": {"models.title": "t"}}, {"chat_title_model": "t"}),
    ],
)
def test_what_is_good(raw: object, expected: dict[str, object]) -> None:
    check_settings(raw, **expected)


@pytest.mark.parametrize(
    ("raw", "key", "said"),
    [
        ([], "", "must be a table of names and values, not a list"),
        ("all", "", "must be a table of names and values, not 'all'"),
        ({"search": {"limit": "many"}}, "search.limit", "must be a number, not 'many'; the default is used"),
        ({"search": {"limit": True}}, "search.limit", "must be a number, not True"),
        ({"search": {"limit": 2.5}}, "search.limit", "must be a whole number, not 2.5; the default is used"),
        ({"search": {"limit": 0}}, "search.limit", "must be at least 1, not 0"),
        ({"search": {"limit": 101}}, "search.limit", "must be at most 100, not 101"),
        ({"search": {"limit": float("nan")}}, "search.limit", "must be a finite number"),
        ({"search": {"limit": float("inf")}}, "search.limit", "must be a finite number"),
        ({"search": {"limit": {}}}, "search.limit", "must be a number, not a table"),
        ({"index": {"exclude": "drafts"}}, "index.exclude", "must be a list of strings, not 'drafts'"),
        ({"index": {"exclude": ["a", 1]}}, "index.exclude", "must be a list of strings"),
        ({"index": {"maxFileSize": -1}}, "index.maxFileSize", "must be at least 0.001, not -1"),
        ({"index": {"maxFileSize": [1]}}, "index.maxFileSize", "must be a number, not a list"),
        ({"index": {"polling": 1}}, "index.polling", "must be true or false, not 1"),
        ({"index": {"formats": ["pdf", "pfd"]}}, "index.formats", "which 'pfd' is not"),
        ({"index": {"useIgnoreFiles": "no"}}, "index.useIgnoreFiles", "must be true or false, not 'no'"),
        ({"model": {"path": 7}}, "model.path", "must be a string, not 7"),
        ({"index": {"maxfilesize": 1}}, "index.maxfilesize", "did you mean `index.maxFileSize`?"),
        ({"indexes": {"exclude": []}}, "indexes", "there is no setting `indexes`"),
        ({"index": 3}, "index", "there is no setting `index`"),
        ({"chat": {"models": {"titel": "t"}}}, "chat.models.titel", "did you mean `chat.models.title`?"),
        ({"chat": {"models": "small"}}, "chat.models", "there is no setting `chat.models`"),
        ({"chat": {"temperature": 3}}, "chat.temperature", "must be at most 2, not 3"),
        ({"search": {"deep": {"er": 1}}}, "search.deep", "there is no setting `search.deep`"),
    ],
)
def test_what_is_not_good(raw: object, key: str, said: str) -> None:
    check_settings(raw, (key, said))


def test_a_bad_value_costs_only_itself() -> None:
    check_settings(
        {"search": {"limit": 0}, "index": {"maxFileSize": 3, "exclude": 5}},
        ("search.limit", "at least"),
        ("index.exclude", "list of strings"),
        max_file_size=3.0,
    )


def test_what_is_not_said_is_as_before() -> None:
    base = Settings(search_limit=5, exclude=("x",))
    assert resolve({"index": {"exclude": ["y"]}}, base) == (Settings(search_limit=5, exclude=("y",)), [])
    assert resolve(None, base) == (base, [])


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["index", "search", "model", "exclude", "limit", "path", "maxFileSize", "x", ""]), inner
        )
    ),
    max_leaves=10,
)


@settings(max_examples=50)
@given(_json)
def test_whatever_comes_the_settings_are_valid(raw: object) -> None:
    found, _ = resolve(raw)
    again = {option.key: getattr(found, name) for name, option, _ in options()}
    assert resolve(again) == (found, [])


def test_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_settings_file(path) == (Settings(), [])
    path.write_text('[index]\nexclude = ["drafts"]\n[search]\nlimit = 3\n')
    assert read_settings_file(path) == (Settings(exclude=("drafts",), search_limit=3), [])
    for content in (b"[index\n", b"\xff", b"a = "):
        path.write_bytes(content)
        settings, (problem,) = read_settings_file(path)
        assert settings == Settings()
        assert str(path) in problem.message
        assert "cannot be read" in problem.message
    assert read_settings_file(tmp_path)[0] == Settings()


def test_what_is_declared_is_complete() -> None:
    found = list(options())
    for name, option, default in found:
        assert option.doc.endswith((".", "`")), name
        assert option.type in {"array", "string", "number", "integer", "boolean"}
        assert default == getattr(Settings(), name)
    trusted = {option.key for _, option, _ in found if option.trusted}
    models = {"answer", "summary", "summaryLine", "title", "rewrite"}
    named = {"chat.model", *(f"chat.models.{task}" for task in models)}
    assert (
        trusted
        == {
            "model.path",
            "index.ocr",
            "index.ocrProgram",
            "search.refiner",
            "chat.endpoint",
            "chat.apiKeyFile",
            "chat.apiKeyVariable",
            "chat.localPorts",
        }
        | named
    )


def test_what_makes_another_index() -> None:
    same = Settings(search_limit=3, chat_model="x", chat_endpoint="http://127.0.0.1:1", chat_threads=2)
    assert Settings().makes_the_same_index(same)
    for other in (Settings(exclude=()), Settings(max_file_size=1), Settings(model_path="~/m")):
        assert not Settings().makes_the_same_index(other)
