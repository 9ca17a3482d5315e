"""Rules of the source itself: sizes, words, and what no module may do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from starlight.cli import main
from tests.rules.repository import PACKAGE, ROOT, files, functions, modules, path_of

MAX_LINES, MAX_FUNCTION, MAX_HANDLER = 400, 50, 30
SOURCES = (".py", ".ts", ".lua", ".mjs", ".js", ".sh")
UNFINISHED = re.compile("|".join(rf"\b{word}\b" for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")))

WRITERS = {
    "starlight.engine.control": "the address and key of the indexer",
    "starlight.private": "folders and small files of the cache and of the user's state",
    "starlight.engine.following": "the indexer's log",
    "starlight.engine.adaptation": "what was learnt, beside the index: it is removed",
    "starlight.engine.adapting": "its own folder beside the index, for as long as it works",
    "starlight.index.databases": "the index",
    "starlight.engine.worker": "what it has read, to the indexer",
    "starlight.readers.worker": "what a document says, to whoever asked",
    "starlight.index.cache": "what was costly to make, beside the index",
    "starlight.index.schema": "the index",
    "starlight.lsp.run": "standard output",
    "starlight.models.consent": "what the user agreed to, in the user's state",
    "starlight.models.library": "models, in the user's data",
    "starlight.models.hub": "models that are being fetched, in the user's data",
    "starlight.models.llama_worker": "answers, to their reader",
    "starlight.models.refiner_worker": "vectors, to their reader",
    "starlight.models.slot": "the folder of its locks",
    "starlight.cli_chat": "a conversation as a new note, when its user says so",
}
"""Every module that writes, moves or removes files, and which: all in folders of the user's that are for programs, but
the last, which only makes a note that was not there."""
WRITING = {
    "write_text", "write_bytes", "unlink", "rmdir", "rmtree", "mkdir", "makedirs", "chmod", "rename",
    "symlink_to", "hardlink_to", "copytree", "copyfile",
}  # fmt: skip


def _long(tree: ast.AST, limit: int) -> list[str]:
    lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in functions(tree)}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length >= limit]


def test_files_are_short():
    long = {
        str(path.relative_to(ROOT)): length
        for path in files(*SOURCES)
        if (length := len(path.read_text(encoding="utf-8").splitlines())) >= MAX_LINES
    }
    assert long == {}


def test_functions_are_short():
    long = {module: found for module, tree in modules().items() if (found := _long(tree, MAX_FUNCTION))}
    assert long == {}


def test_handlers_are_short():
    long = {
        module: found
        for module, tree in modules().items()
        if module.startswith("starlight.lsp.features.")
        if (found := [line for line in _long(tree, MAX_HANDLER) if not line.startswith("register")])
    }
    assert long == {}


def test_nothing_is_left_unfinished():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files(*SOURCES, ".md", ".txt", ".toml", ".json")
        if path.name != "package-lock.json" and not path.is_relative_to(PACKAGE / "data")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def _calls(name: str) -> set[str]:
    """The modules that call something of that name."""
    return {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
    }


def test_nobody_prints():
    """Standard output belongs to answers and to the protocol; a stray print would break the latter."""
    prints = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "print"
    }
    assert prints == set()


def test_nobody_sleeps():
    """Waiting is for a condition."""
    assert _calls("sleep") == set()


def test_only_the_index_is_written():
    """Notes are only read: no other module has a call that writes, moves or removes a file."""
    writers = {module for module, tree in modules().items() if _writes(tree)}
    assert writers == set(WRITERS)


def _writes(tree: ast.Module) -> bool:
    return any(_is_write(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_write(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name in ("open", "fdopen"):
        modes = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
        return any(isinstance(mode, str) and re.fullmatch(r"[rwaxbt+]*[wax+][rwaxbt+]*", mode) for mode in modes)
    if name == "replace":  # of a path; that of texts takes two arguments, that of dataclasses names
        return isinstance(call.func, ast.Attribute) and len(arguments) == 1
    owner = getattr(getattr(call.func, "value", None), "id", "")
    return name in WRITING or (owner in ("os", "shutil") and name in ("remove", "move", "copy", "truncate"))


def test_control_a_write_is_seen():
    for line in (
        "path.write_text('x')", "open(path, 'w')", "path.open('ab')", "path.open(mode='r+')", "a.replace(b)",
        "os.fdopen(3, 'wb')", "shutil.rmtree(folder)",
    ):  # fmt: skip
        assert _writes(ast.parse(line)), line
    for line in ("path.open('rb')", "open(path)", "text.replace('a', 'b')", "replace(status, state='x')"):
        assert not _writes(ast.parse(line)), line


def test_everything_public_is_described():
    bare = []
    for module, tree in modules().items():
        bare += [module] if not ast.get_docstring(tree) else []
        bare += [f"{module}.{name}" for name, node in _public(tree) if not ast.get_docstring(node)]
    assert bare == []


def _public(tree: ast.Module | ast.ClassDef, prefix: str = ""):
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if _is_stub(node):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node, f"{node.name}.")


def _is_stub(node: ast.AST) -> bool:
    """A method of a protocol that says in a comment where it is described."""
    body = getattr(node, "body", [])
    return len(body) == 1 and isinstance(body[0], ast.Expr) and getattr(body[0].value, "value", None) is Ellipsis


def test_only_what_fetches_models_knows_settings_of_a_hub():
    """No other module has to keep a hub's client from calling home: none of them ever asks one."""
    knowing = {path.name for path in files(".py", below=PACKAGE) if "HF_" in path.read_text(encoding="utf-8")}
    assert knowing == {"hub.py"}


def test_package_can_be_run_as_a_module():
    ended = subprocess.run([sys.executable, "-m", "starlight", "--version"], capture_output=True, check=True)
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert ended.stdout.startswith(b"starlight ")


def test_modules_are_found_where_they_are():
    assert all(path_of(module).exists() for module in modules())
