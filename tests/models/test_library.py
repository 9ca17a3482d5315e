"""The models of the user: added, found, chosen, removed; bad files are refused and cost nothing."""

from __future__ import annotations

import pytest

from starlight.errors import GeneratorUnavailable, InvalidRequest
from starlight.models import fetchable, library
from tests.models import tiny_gguf


@pytest.fixture
def file(tmp_path):
    return tiny_gguf.write(tmp_path / "here" / "tiny-model.gguf", says="Tea.")


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    (tmp_path / "here").mkdir()


@pytest.mark.parametrize("how", ["link", "copy", "in-place"])
def test_a_model_is_added_and_removed(file, how):
    model = library.add(file, how=how)
    assert (model.name, model.size_bytes, model.record.source) == ("tiny-model", file.stat().st_size, str(file))
    assert library.installed() == [model]
    assert library.find("tiny-model.gguf") == model
    assert (model.path == file) == (how == "in-place")
    assert model.path.samefile(file) == (how != "copy")
    assert library.problem(model) == ""
    assert library.memory(model, 4096) > model.size_bytes
    library.choose("tiny-model")
    library.choose("tiny-model", "title")
    library.choose("another", "rewrite")
    assert library.remove("tiny-model").is_ours == (how != "in-place")
    assert library.installed() == []
    assert file.exists()
    assert library.choices() == {"rewrite": "another"}, "no choice names what is gone"
    with pytest.raises(InvalidRequest, match="there is no such model"):
        library.remove("tiny-model")


def test_a_name_is_taken_once(file):
    library.add(file)
    with pytest.raises(InvalidRequest, match="there is a model of that name"):
        library.add(file)
    assert library.add(file, "other").name == "other"
    for name in ("a/b", "../x", "a@b", ".hidden", "-x", "x y", "x" * 200):
        with pytest.raises(InvalidRequest, match="cannot be the name of a model"):
            library.add(file, name)


def test_a_file_that_is_no_model_is_refused_and_leaves_nothing(tmp_path, file):
    wrong = {
        "text": b"# Tea\n",
        "empty": b"",
        "short": file.read_bytes()[:2000],
        "without its end": file.read_bytes()[:-100],
    }
    for name, content in wrong.items():
        path = tmp_path / f"{name}.gguf"
        path.write_bytes(content)
        with pytest.raises(GeneratorUnavailable, match=f"{name}.gguf"):
            library.add(path, "wrong")
    with pytest.raises(GeneratorUnavailable, match="no such file"):
        library.add(tmp_path / "missing.gguf")
    assert library.installed() == []
    assert not library.folder().exists()


def test_a_model_whose_file_is_gone_is_told_and_comes_last(file):
    library.add(file, "gone", "in-place")
    library.add(file, "here", "copy")
    file.unlink()
    here, gone = library.installed()
    assert (here.name, gone.name, gone.size_bytes) == ("here", "gone", 0)
    assert "there is no such file" in library.problem(gone)
    assert library.memory(gone, 4096) == 0


def test_a_file_that_was_put_there_by_hand_counts_and_damaged_records_say_nothing(file):
    library.add(file, "added")
    (library.folder() / "by-hand.gguf").write_bytes(file.read_bytes())
    (library.folder() / "added.json").write_text("{")
    (library.folder() / "stray.json").write_text("[]")
    assert {model.name for model in library.installed()} == {"added", "by-hand"}


def test_damaged_choices_are_none(xdg_home):
    library.choose("small", "title")
    assert library.choices() == {"title": "small"}
    place = xdg_home / "state" / "starlight" / "models.json"
    for damaged in ("", "[]", '{"title": 3, "other": "x"}'):
        place.write_text(damaged)
        assert library.choices() == {}


def test_every_model_of_the_catalogue_says_what_it_is():
    names = [entry.name for entry in fetchable.ENTRIES]
    assert len(set(names)) == len(names) >= 5
    for entry in fetchable.ENTRIES:
        assert library.check_name(entry.name) == entry.name
        assert len(entry.sha256) == 64
        assert len(entry.revision) == 40
        assert 4e8 < entry.size_bytes < 3e9
        assert entry.size_bytes < entry.memory_bytes < entry.size_bytes + 3e9
        assert entry.licence == "Apache-2.0"
        assert entry.source.endswith(".gguf")
        assert entry.languages
    assert len({entry.sha256 for entry in fetchable.ENTRIES}) == len(names)
    assert fetchable.entry("qwen3-0.6b").repository == "Qwen/Qwen3-0.6B-GGUF"
    assert fetchable.entry("nothing") is None
