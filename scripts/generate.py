"""Write what is made from tables in the code.

From ``config.py`` the tables of the settings, in the documentation and in both editors; from ``notes/fields.py`` the
page on what a query may hold; from ``readers/formats.py`` the table of the files that are indexed.

    python scripts/generate.py

``tests/rules/test_generated.py`` fails where a file is not as this would write it.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from starlight.config import options
from starlight.notes.fields import forms
from starlight.notes.links import ENDINGS
from starlight.readers.formats import FORMATS, Format
from starlight.values import Option

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs" / "configuration.md"
SEARCH = REPOSITORY / "docs" / "search.md"
FILES = REPOSITORY / "docs" / "formats.md"
VSCODE = REPOSITORY / "editors" / "vscode" / "package.json"
NEOVIM = REPOSITORY / "editors" / "neovim" / "doc" / "starlight.txt"

_BEGIN, _END = "    begin generated settings\n", "    end generated settings\n"
_HELP_WIDTH = 78
_BEGIN_FORMS, _END_FORMS = "<!-- begin generated filters -->\n", "<!-- end generated filters -->\n"

_BEGIN_FORMATS, _END_FORMATS = "<!-- begin generated formats -->\n", "<!-- end generated formats -->\n"

_DOCS = """\
# Settings

This page is generated from `server/starlight/config.py`.

| setting | type | default | meaning |
| --- | --- | --- | --- |
{rows}

A setting with an unknown name or a wrong value is reported once, and its default is used; the others hold.

## Where they are written

In VS Code, in your settings, each with `starlight.` in front: `"starlight.search.limit": 50`.

In Neovim, in the client's configuration:

```lua
vim.lsp.config("starlight", {{ settings = {{ starlight = {{ search = {{ limit = 50 }} }} }} }})
```

In any other editor, as `initializationOptions` and as the section `starlight` of its settings:

```json
{{"search": {{"limit": 50}}}}
```

For the command line, in the file `config.toml` ([cli.md](cli.md) says where).
The server begins with the same file, and what the editor says wins.

```toml
[search]
limit = 50
```

## Settings that a workspace may not set unless you trust it

{trusted}

They name a model, or something outside of the workspace.
VS Code takes them from your own settings alone until you trust the workspace.
Neovim reads no settings from a workspace.
"""


def generated() -> dict[Path, str]:
    """Return the text that each generated file should have."""
    return {
        DOCS: _documentation(),
        SEARCH: _search(SEARCH.read_text(encoding="utf-8")),
        FILES: _formats(FILES.read_text(encoding="utf-8")),
        VSCODE: _package(json.loads(VSCODE.read_text(encoding="utf-8"))),
        NEOVIM: _help(NEOVIM.read_text(encoding="utf-8")),
    }


def schema(option: Option, default: Any) -> dict[str, Any]:  # noqa: ANN401 -- any JSON value
    """Return the JSON schema of a setting, as VS Code reads it."""
    described: dict[str, Any] = {"type": option.type}
    values = {"enum": list(option.choices)} if option.choices else {}
    if option.type == "array":
        described["items"] = {"type": "string", **values}
    else:
        described |= values
    described["default"] = _json_value(default)
    for name, bound in (("minimum", option.minimum), ("maximum", option.maximum)):
        if bound is not None:
            described[name] = _json_value(bound)
    if option.trusted:
        described["scope"] = "machine-overridable"
    described["markdownDescription"] = option.doc
    return described


def _documentation() -> str:
    rows = [
        f"| `{option.key}` | {_type(option)} | `{_json(default)}` | {option.doc} |" for _, option, default in options()
    ]
    trusted = [f"- `{option.key}`" for _, option, _ in options() if option.trusted]
    return _DOCS.format(rows="\n".join(rows), trusted="\n".join(trusted))


def _search(text: str) -> str:
    """Return the page on queries with the table of filters between the two marker lines."""
    rows = "".join(f"| `{form.written}` | {form.meaning} |\n" for form in forms())
    return _between(text, _BEGIN_FORMS, _END_FORMS, f"\n| written | meaning |\n| --- | --- |\n{rows}\n", SEARCH)


def _formats(text: str) -> str:
    """Return the page on files with the table of formats between the two marker lines."""
    rows = [("Markdown", "", ENDINGS, "notes: headings, links, tags, front matter", "its lines")]
    rows += [(each.title, f"`{each.name}`", each.endings, each.gives, _places(each)) for each in FORMATS]
    lines = "".join(
        f"| {title} | {name} | {' '.join(f'`{ending}`' for ending in endings)} | {gives} | {places} |\n"
        for title, name, endings, gives, places in rows
    )
    head = "| files | name | endings | what is read | a hit leads to |\n| --- | --- | --- | --- | --- |\n"
    return _between(text, _BEGIN_FORMATS, _END_FORMATS, f"\n{head}{lines}\n", FILES)


def _places(known: Format) -> str:
    if known.has_lines:
        return "its lines"
    return f"its {known.unit}s, and a text of it" if known.unit else "a text of it"


def _package(package: dict[str, Any]) -> str:
    """Return the manifest with the server's settings first, in alphabetical order, and the editor's own after them.

    Those that need trust are restricted.
    """
    configuration = package["contributes"]["configuration"]
    ours = {f"starlight.{option.key}": schema(option, default) for _, option, default in options()}
    sections = {key.split(".")[1] for key in ours}
    own = {key: value for key, value in configuration["properties"].items() if key.split(".")[1] not in sections}
    configuration["properties"] = dict(sorted(ours.items())) | own
    trusted = [f"starlight.{option.key}" for _, option, _ in options() if option.trusted]
    package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = ["starlight.server.path", *trusted]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _help(text: str) -> str:
    """Return the Neovim help with the settings between the two marker lines."""
    entries = [_help_entry(option, default) for _, option, default in options()]
    return _between(text, _BEGIN, _END, "\n" + "\n".join(entries) + "\n", NEOVIM)


def _between(text: str, begin: str, end: str, made: str, path: Path) -> str:
    """Return ``text``, that of the file at ``path``, with ``made`` between two marker lines."""
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise ValueError(f"{path}: the marker lines of what is generated are gone")
    return before + begin + made + end + after


def _help_entry(option: Option, default: Any) -> str:  # noqa: ANN401 -- any JSON value
    tag = f"*starlight.{option.key}*"
    meaning = textwrap.fill(option.doc, _HELP_WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"{tag:>{_HELP_WIDTH}}\n{option.key}    {_type(option)}, default `{_json(default)}`\n{meaning}\n"


def _type(option: Option) -> str:
    name = "array of strings" if option.type == "array" else option.type
    if option.minimum is None or option.maximum is None:
        return name
    return f"{name}, {_json(option.minimum)} to {_json(option.maximum)}"


def _json(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    return json.dumps(_json_value(value), ensure_ascii=False)


def _json_value(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    if isinstance(value, tuple):
        return list(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def main() -> None:
    """Write every generated file."""
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
