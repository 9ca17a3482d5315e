"""Which way the arrows point, and which library is known where (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.rules.repository import imports, modules

LEAVES = {"blas", "errors", "config", "heap", "private", "settings_file", "values"}
ARROWS = {
    "__main__": {"cli"},
    "cli": {
        "cli_adapt",
        "cli_ask",
        "cli_chat",
        "cli_doctor",
        "cli_graph",
        "cli_map",
        "cli_model",
        "cli_summarize",
        "terminal",
        "lsp",
        "engine",
        "index",
        "version",
    },
    "cli_adapt": {"engine", "models", "terminal"},
    "cli_ask": {"cli_chat", "terminal", "engine"},
    "cli_chat": {"terminal", "engine", "models"},
    "cli_doctor": {"engine", "terminal"},
    "cli_graph": {"engine", "index", "terminal"},
    "cli_map": {"engine", "terminal"},
    "cli_model": {"models", "terminal"},
    "cli_summarize": {"cli_chat", "terminal", "engine", "index"},
    "terminal": {"engine", "index", "readers"},
    "indexer": {"engine"},
    "lsp": {"engine", "index", "models", "notes", "version"},
    "version": {"engine"},
    "engine": {"index", "models", "notes", "readers", "version"},
    "index": {"notes"},
    "models": {"notes"},
    "readers": {"notes"},
    "notes": set(),
    "blas": set(),
    "errors": set(),
    "heap": set(),
    "config": {"values", "version"},
    "private": set(),
    "settings_file": {"config"},
    "values": set(),
}
"""What each part may import, besides the leaves.  ``version`` is the package itself: its version, and ``open``."""

OF_THE_INDEX = {
    "lsp": {"starlight.index.records"},
    "terminal": {"starlight.index.records"},
    "cli": {"starlight.index.location"},
    "cli_graph": {"starlight.index.location"},
    "cli_summarize": {"starlight.index.location"},
}
"""What the outer parts know of the index: values and places, never the database."""

HOMES = {
    "apsw": {
        "index.cache",
        "index.stored_graph",
        "index.lexical",
        "index.lookup",
        "index.listing",
        "index.narrowing",
        "index.overview",
        "index.rows",
        "index.schema",
        "index.semantic",
        "index.sizes",
    },
    "charset_normalizer": {"readers.decoding"},
    "sqlite_vec": {"index.schema"},
    "watchfiles": {"index.notifying", "index.watcher"},
    "pathspec": {"index.ignoring"},
    "numpy": {
        "engine.adjacency",
        "engine.cells",
        "engine.centrality",
        "engine.learning",
        "engine.linking",
        "engine.map",
        "engine.names",
        "engine.neighbours",
        "engine.projection",
        "engine.signals",
        "engine.strings",
        "engine.tallies",
        "engine.titles",
        "index.codes",
        "index.vectors",
        "models.adapted",
        "models.bag",
        "models.embedder",
        "models.refiner",
        "models.refiner_encoder",
        "models.refiner_worker",
        "models.static_model",
        "models.words",
    },
    "onnxruntime": {"models.refiner_encoder"},
    "model2vec": {"models.bag", "models.embedder", "models.static_model"},
    "safetensors": {"models.static_model"},
    "tokenizers": {"models.pieces", "models.refiner_encoder", "models.static_model", "models.words"},
    "lxml": {"readers.markup"},
    "markdown_it": {"notes.markdown"},
    "yaml": {"notes.frontmatter"},
    "filelock": {"engine.following", "engine.indexer", "models.hub", "models.slot"},
    "huggingface_hub": {"models.hub"},
    "llama_cpp": {"models.llama_model", "models.llama_prompt"},
    "platformdirs": {"cli", "index.location", "models.consent", "models.library", "models.slot"},
    "pypdfium2": {"readers.pdfium"},
    "rich": {"terminal"},
    "tomli": {"settings_file"},
}
"""The modules that know each library; all of them import it when it is first needed."""

LATE = {
    "starlight.engine.names",
    "starlight.engine.signals",
    "starlight.engine.tallies",
    "starlight.engine.titles",
    "starlight.index.codes",
    "starlight.models.bag",
    "starlight.models.refiner_encoder",
    "starlight.models.words",
}
"""Modules that are themselves imported when they are first needed, so that their libraries can stand at the top."""

OF_THE_MODEL_PROCESS = {
    "starlight.models.llama_answers",
    "starlight.models.llama_model",
    "starlight.models.llama_prompt",
}
"""Modules that are imported in the process of a chat model only, after its standard output was taken away."""

EDITOR_LIBRARIES = {"pygls", "lsprotocol"}


def _part(module: str) -> str:
    return "version" if module == "starlight" else module.split(".")[1]


def _edges() -> list[tuple[str, str]]:
    return [
        (module, name)
        for module, tree in modules().items()
        for name, _ in imports(tree)
        if name.split(".")[0] == "starlight"
    ]


def test_every_part_is_known():
    assert {_part(module) for module in modules()} == set(ARROWS)


def test_arrows_never_turn_back():
    wrong = [
        f"{module} imports {name}"
        for module, name in _edges()
        if _part(name) != _part(module) and _part(name) not in ARROWS[_part(module)] | LEAVES
    ]
    assert not wrong, "\n".join(wrong)


def test_leaves_are_leaves():
    """But for the settings, which have the checks of their values beside them."""
    edges = {edge for edge in _edges() if _part(edge[0]) in LEAVES}
    assert edges <= {
        ("starlight.config", "starlight"),
        ("starlight.config", "starlight.values"),
        ("starlight.settings_file", "starlight.config"),
    }


@pytest.mark.parametrize("part", OF_THE_INDEX)
def test_outer_parts_know_values_of_the_index_only(part):
    known = {name for module, name in _edges() if _part(module) == part and _part(name) == "index"}
    assert known <= OF_THE_INDEX[part]


def test_the_language_server_knows_of_models_how_to_stop_one():
    known = {name for module, name in _edges() if _part(module) == "lsp" and _part(name) == "models"}
    assert known == {"starlight.models.generator"}


def test_nobody_but_the_index_opens_databases():
    """The writer belongs to the indexer alone, so there is one writer to reason about."""
    users = {module for module, name in _edges() if name == "starlight.index.writer" and _part(module) != "index"}
    assert users == {"starlight.engine.indexer", "starlight.engine.indexing"}


def test_features_do_not_know_each_other():
    """Apart from symbols, which are a search, they stand alone."""
    edges = {
        (module, name)
        for module, name in _edges()
        if module.startswith("starlight.lsp.features.") and name.startswith("starlight.lsp.features.")
    }
    assert edges == {("starlight.lsp.features.symbols", "starlight.lsp.features.search")}


def test_only_the_language_server_knows_its_libraries():
    users = {
        _part(module)
        for module, tree in modules().items()
        for name, _ in imports(tree)
        if name.split(".")[0] in EDITOR_LIBRARIES
    }
    assert users == {"lsp"}


def test_each_library_has_its_home():
    found: dict[str, set[str]] = {}
    for module, tree in modules().items():
        for name, _ in imports(tree):
            library = name.split(".")[0]
            if library not in sys.stdlib_module_names | EDITOR_LIBRARIES | {"starlight"}:
                found.setdefault(library, set()).add(module.removeprefix("starlight."))
    assert found == HOMES


def test_libraries_are_imported_when_they_are_needed():
    early = [
        f"{module} imports {name} at its beginning"
        for module, tree in modules().items()
        for name, statement in imports(tree)
        if module not in LATE | OF_THE_MODEL_PROCESS
        and (name.split(".")[0] in HOMES or name in LATE)
        and statement in tree.body
    ]
    assert not early, "\n".join(early)


def test_llama_stays_in_its_process():
    """Its worker alone imports what knows it, and nobody imports the worker."""
    users = {
        (module, name) for module, name in _edges() if name in OF_THE_MODEL_PROCESS | {"starlight.models.llama_worker"}
    }
    outside = {module for module, name in users if module not in OF_THE_MODEL_PROCESS}
    assert outside == {"starlight.models.llama_worker"}
    assert "llama_cpp" not in _loaded_by("import starlight.models.llama")


def test_the_refiner_s_library_stays_in_its_process():
    users = {module for module, name in _edges() if name == "starlight.models.refiner_encoder"}
    assert users == {"starlight.models.refiner_worker"}
    assert not {module for module, name in _edges() if name == "starlight.models.refiner_worker"}


def _loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.decode().split())


def test_the_command_line_begins_without_anything_heavy():
    assert (
        _loaded_by("import starlight.cli") & (set(HOMES) | EDITOR_LIBRARIES | {"asyncio", "multiprocessing"}) == set()
    )


def test_the_command_line_begins_without_what_takes_long_of_python_itself():
    """With dataclasses comes half of the standard library: more than all else together."""
    assert not _loaded_by("import starlight.cli") & {"dataclasses", "inspect", "pathlib", "logging", "subprocess"}


def test_the_server_answers_before_it_loads_database_and_model():
    loaded = _loaded_by("from starlight.lsp.server import create_server; create_server()")
    assert loaded & set(HOMES) == set()
    assert loaded >= EDITOR_LIBRARIES  # the control: this is how a loaded library shows


@pytest.mark.parametrize("process", ["starlight.cli", "starlight.indexer", "starlight.engine.worker"])
def test_processes_begin_without_numpy(process):
    """It asks once, when it is loaded, how many threads it may have; see ``blas``."""
    assert "numpy" not in _loaded_by(f"import {process}")


def test_numpy_is_whole_before_threads_need_it():
    """Two that load it at once can leave it half made; see ``embedder.load``."""
    assert "numpy" in _loaded_by("from starlight.models import embedder; embedder.load()")


def test_control_the_rules_see_imports_inside_of_functions_and_type_blocks():
    lines = ("import a", "if x: from b.c import D", "def f():", "    import e.f", "    from starlight import errors")
    tree = ast.parse("\n".join(lines))
    assert [name for name, _ in imports(tree)] == ["a", "b.c", "e.f", "starlight.errors"]
