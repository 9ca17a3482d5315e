"""What may follow in a note, from a real index; ``¦`` stands for the cursor."""

from __future__ import annotations

import gc
import re
import weakref
from datetime import datetime, timedelta

import pytest

from starlight.config import Settings
from starlight.engine.hover import hover
from starlight.engine.navigation import definition
from starlight.engine.workspace import Workspace
from starlight.errors import IndexMissing
from starlight.notes.markdown import parse

NOTES = """
== drinks/tea.md ==
---
aliases: [Brewed leaves]
tags: [drinks, hot]
status: done
---
# Tea

Boil water for the leaves. ^boiled

## Black tea

Wait four minutes.
== drinks/coffee.md ==
---
tags: [drinks]
status: draft
---
# Coffee

Grind the beans. See [[tea]] and [[kettle]].
== kitchen/kettle.md ==
# Kettle

It boils water: [[tea]], [[coffee]], [[limescale]].
== kitchen/limescale.md ==
# Limescale

White crust from hard water.  [[no such note]]
== garden/tomato.md ==
# Tomatoes

Brown spots on the lower leaves: [[no such note]].
== garden/notes.md ==
# Garden notes
== kitchen/notes.md ==
# Kitchen notes
== daily/2024-05-06.md ==
Planted tomatoes.
"""


@pytest.fixture
def vault_of(indexed):
    return lambda settings=None: indexed(NOTES, settings)


def complete(workspace, text: str, path: str = "new.md", **opened: str):
    offset = text.index("¦")
    text = text.replace("¦", "")
    return workspace.authoring.complete(path, text, offset, {path: text, **opened}, workspace.settings.link_style)


def inserts(completion) -> list[str]:
    return [item.insert for item in completion.items] if completion else []


def paths(completion) -> list[str]:
    return [item.path for item in completion.items] if completion else []


def test_what_fits_the_paragraph_comes_first(vault_of):
    workspace = vault_of()
    assert paths(complete(workspace, "A white crust in hard water [[¦]]"))[0] == "kitchen/limescale.md"
    assert paths(complete(workspace, "Brown spots on a plant [[¦]]"))[0] == "garden/tomato.md"


def test_every_item_says_why(vault_of):
    found = complete(vault_of(), "A white crust in hard water [[¦]]")
    assert found.items[0].detail == "shares words with this paragraph; close in meaning"
    assert all(item.detail for item in found.items)
    reasons = "shares words with this paragraph; linked in similar passages"
    assert complete(vault_of(), "about limescale: [[¦").items[0].detail == reasons


def test_the_note_itself_is_left_out(vault_of):
    workspace = vault_of()
    assert "drinks/tea.md" in paths(complete(workspace, "Boil water for tea [[¦"))
    found = paths(complete(workspace, "Boil water for tea [[¦", "drinks/tea.md"))
    assert "kitchen/kettle.md" in found
    assert "drinks/tea.md" not in found


def test_what_is_linked_already_comes_last(vault_of):
    found = paths(complete(vault_of(), "White crust in [[limescale]], hard water [[¦"))
    assert "kitchen/limescale.md" in found
    assert found[-1] == "kitchen/limescale.md"


def test_linked_together_elsewhere(vault_of):
    """Nothing but the link beside it speaks for coffee."""
    found = complete(vault_of(), "[[tea]] xyzzy [[¦")
    assert set(paths(found)[:2]) == {"drinks/coffee.md", "kitchen/kettle.md"}


def test_typed(vault_of):
    workspace = vault_of()
    assert inserts(complete(workspace, "[[cof¦]]"))[0] == "coffee]]"
    assert inserts(complete(workspace, "[[kitchen/ke¦"))[0] == "kettle]]"
    assert inserts(complete(workspace, "[[xqzj¦")) == []


def test_an_alias_is_shown_in_the_link(vault_of):
    assert inserts(complete(vault_of(), "[[brewed¦"))[0] == "tea|Brewed leaves]]"


def test_the_text_of_a_link_that_is_changed_stays(vault_of):
    text = "[[cof¦x|my drink]]"
    found = complete(vault_of(), text)
    assert inserts(found)[0] == "coffee"
    assert text.replace("¦", "")[found.start : found.end] == "cofx"


def test_two_notes_of_one_name_are_told_apart(vault_of):
    assert {"garden/notes]]", "kitchen/notes]]"} <= set(inserts(complete(vault_of(), "[[notes¦")))


def test_a_name_is_as_short_as_it_may_be(indexed):
    workspace = indexed("== a.md ==\nx\n== b/a.md ==\nx\n== c/b/a.md ==\nx\n")
    assert sorted(inserts(complete(workspace, "[[a¦"))) == ["a]]", "b/a]]", "c/b/a]]"]
    for item in complete(workspace, "[[a¦").items:
        target = item.insert.removesuffix("]]")
        text = f"[[{target}]]"
        card = workspace.look({"x/new.md": text}, lambda catalogue: hover(catalogue, "x/new.md", 3))
        assert card.path == item.path


def test_headings(vault_of):
    workspace = vault_of()
    assert inserts(complete(workspace, "[[tea#¦]]")) == ["Tea]]", "Black tea]]"]
    assert inserts(complete(workspace, "[[tea#bl¦]]")) == ["Black tea]]"]
    assert inserts(complete(workspace, "# One\n[[#¦")) == ["One]]"]
    assert inserts(complete(workspace, "[x](drinks/tea.md#¦)")) == ["tea)", "black-tea)"]


REPEATED = """# Log
## Monday
### Notes
## Tuesday
### Notes
### a|b
### x [y] z
### Notes
## Notes
# C# & Co.
## Notes
"""


@pytest.mark.parametrize("link", ["[[log#¦]]", "[x](log.md#¦)"])
def test_a_heading_leads_to_itself(indexed, link):
    workspace = indexed(f"== log.md ==\n{REPEATED}")
    leading = {}
    for item in complete(workspace, link).items:
        text = link.replace("¦]]", item.insert).replace("¦)", item.insert)
        place = workspace.look({"new.md": text}, lambda catalogue: definition(catalogue, "new.md", 3))
        leading.setdefault(item.insert, (place.start, item.detail))
    lines = [line.start() for line in re.finditer("^#", REPEATED, re.MULTILINE)]
    told_apart = len(lines) - 2 * ("[[" in link)  # nothing above two of them does not stand above one before, too
    assert len(leading) == told_apart
    assert all(detail.endswith(f" line {lines.index(start) + 1}") for start, detail in leading.values())


def test_thousands_of_headings_of_one_name(indexed):
    text = "# Day\n## Notes\n" * 3_000
    workspace = indexed(f"== log.md ==\n{text}")
    assert inserts(complete(workspace, "[x](log.md#¦)"))[:4] == ["day)", "notes)", "day-1)", "notes-1)"]
    assert inserts(complete(workspace, "[[log#¦"))[:4] == ["Day]]", "Notes]]"] * 2


def test_blocks(vault_of):
    found = complete(vault_of(), "[[tea^¦")
    assert inserts(found) == ["boiled]]"]
    assert found.items[0].description == "Boil water for the leaves."


def test_unsaved_text_of_other_notes(vault_of):
    workspace = vault_of()
    opened = {"drinks/tea.md": "# Tisane\n\n## Mint\n\n[[tomato]]"}
    assert inserts(complete(workspace, "[[tea#m¦", **opened)) == ["Mint]]"]
    assert paths(complete(workspace, "[[tisane¦", **opened)) == ["drinks/tea.md"]
    assert paths(complete(workspace, "[[unsaved¦", **{"unsaved.md": "x"})) == ["unsaved.md"]
    assert paths(complete(workspace, "[[unsaved¦")) == []


def test_open_documents_that_are_no_notes(vault_of):
    workspace = vault_of(Settings(exclude=("archive/",)))
    opened = {"draft.txt": "# Quince", "archive/quince.md": "# Quince", ".trash/quince.md": "# Quince"}
    assert paths(complete(workspace, "[[quince¦", **opened)) == []
    assert paths(complete(workspace, "[[cof¦", "archive/quince.md", **opened)) == ["drinks/coffee.md"]


def test_what_changes_on_disk(vault_of):
    workspace = vault_of()
    complete(workspace, "[[¦")
    (workspace.root / "juniper.md").write_text("# Juniper\n")
    (workspace.root / "drinks" / "coffee.md").unlink()
    workspace.bring_up_to_date()
    assert paths(complete(workspace, "[[jun¦")) == ["juniper.md"]
    assert paths(complete(workspace, "[[coffee¦")) == []


def test_markdown_links(vault_of):
    workspace = vault_of()
    assert inserts(complete(workspace, "[x](tea¦)", "garden/new.md"))[0] == "../drinks/tea.md)"
    assert inserts(complete(workspace, "[Limescale](¦", "kitchen/new.md"))[0] == "limescale.md)"


def test_style(indexed, vault_of):
    found = complete(vault_of(Settings(link_style="markdown")), "[[limesc¦]]", "kitchen/new.md")
    assert inserts(found) == ["[Limescale](limescale.md)"]
    assert (found.opening, found.start, found.items[0].is_whole) == (0, 2, True)
    markdown_vault = vault_of(Settings(link_style="markdown"))
    assert inserts(complete(markdown_vault, "[[limesc¦|x]]", "kitchen/new.md")) == ["limescale"]
    links = "".join(f"[a](a.md) {n}\n" for n in range(70))
    workspace = indexed(f"== a.md ==\n# Apple pie\n== b.md ==\n{links}")
    assert inserts(complete(workspace, "[[apple¦")) == ["[Apple pie](a.md)"]


def test_odd_paths_are_escaped(indexed):
    workspace = indexed("== my (odd) 100%.md ==\n# Odd\n")
    assert inserts(complete(workspace, "[x](odd¦"))[0] == "my%20%28odd%29%20100%25.md)"


@pytest.mark.parametrize("name", ["C# notes", "a: b", "x [y] z", "1^2", "a%20b", "ftp:x"])
@pytest.mark.parametrize("before", ["[[¦", "[x](¦"])
def test_a_link_to_an_odd_name_leads_there(indexed, name, before):
    workspace = indexed(f"== {name}.md ==\n# Odd\n== C.md ==\n# Other\n")
    found = complete(workspace, f"see {before}")
    item = next(item for item in found.items if item.path == f"{name}.md")
    text = f"see {before}".replace("¦", "")
    text = text[: found.opening if item.is_whole else found.start] + item.insert + " end"
    links = parse(text, "").links
    assert [(link.start, link.end) for link in links] == [(4, len(text) - 4)]
    assert workspace.look({"new.md": text}, lambda c: c.resolve(links[0], "new.md")) == f"{name}.md"


def test_no_link_where_none_can_be_written(indexed):
    workspace = indexed("== C# notes.md ==\n# Odd\n")
    assert inserts(complete(workspace, "[[Od¦|shown]]")) == []


def test_tags(vault_of):
    found = complete(vault_of(), "about #¦")
    assert [(item.label, item.detail) for item in found.items] == [("drinks", "2 notes"), ("hot", "1 note")]
    assert inserts(complete(vault_of(), "about #ho¦")) == ["hot"]


def test_front_matter(vault_of):
    workspace = vault_of()
    assert inserts(complete(workspace, "---\nst¦\n---\n")) == ["status: "]
    assert inserts(complete(workspace, "---\nstatus: ¦\n---\n")) == ["done", "draft"]
    assert inserts(complete(workspace, "---\ntags:\n  - dr¦\n---\n")) == ["drinks"]


def test_dates(vault_of):
    day = datetime.now().astimezone().date() + timedelta(1)
    found = complete(vault_of(), "[[tomo¦").items[0]
    assert found.insert in {f"{day + timedelta(n)}]]" for n in (0, 1)}  # midnight may have come
    assert found.path.startswith("daily/")


def test_names_that_no_note_has(vault_of):
    found = complete(vault_of(), "[[no such¦")
    assert [(item.kind, item.insert) for item in found.items] == [("missing", "no such note]]")]


def test_dendron_writes_the_text_first(indexed):
    links = "".join(f"[[Text {n}|proj.note{n}]]\n" for n in range(6))
    notes = "".join(f"== proj.note{n}.md ==\n# Title {n}\n" for n in range(6))
    workspace = indexed(f"== root.md ==\n{links}{notes}")
    assert inserts(complete(workspace, "[[See|note3¦]]")) == ["proj.note3]]"]
    assert paths(complete(workspace, "[[x|proj.note1]] [[¦"))[-1] == "proj.note1.md"  # that is linked already


def test_without_an_index(open_workspace, tmp_path):
    with pytest.raises(IndexMissing):
        complete(open_workspace(tmp_path), "[[¦")


def test_fifty_thousand_links(vault_of):
    text = "[[tea]] " * 25_000 + "[[¦ " + "[[kettle]] " * 25_000
    found = paths(complete(vault_of(), text))
    assert found[-2:] in (["drinks/tea.md", "kitchen/kettle.md"], ["kitchen/kettle.md", "drinks/tea.md"])


def test_a_document_that_is_no_note(vault_of):
    assert paths(complete(vault_of(), "A white crust in hard water [[¦", ""))[0] == "kitchen/limescale.md"


def test_the_language_is_not_known(indexed):
    """Where the model knows no word, the words alone decide."""
    workspace = indexed("== 茶.md ==\n# 茶\n\n水要烧开，然后泡茶叶。\n== 番茄.md ==\n# 番茄\n\n叶子上有褐色的斑点。\n")
    assert paths(complete(workspace, "把水烧开泡茶 [[¦"))[0] == "茶.md"


def test_what_is_known_of_the_notes_goes_with_their_workspace(vault, embedder):
    workspace = Workspace(vault(NOTES).resolve(), Settings(refine=False), embedder)
    workspace.bring_up_to_date()
    gone = weakref.ref(workspace)
    assert workspace.authoring.complete("drinks/tea.md", "[[", 2, {})
    workspace.close()
    del workspace
    gc.collect()
    assert gone() is None
