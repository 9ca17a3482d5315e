"""What may be sent to another machine: kept with the user, for one folder and one host, and taken back."""

from __future__ import annotations

import json
import stat

from starlight.models import consent


def test_it_holds_for_one_folder_and_one_host(tmp_path, xdg_home):
    notes, others = tmp_path / "notes", tmp_path / "others"
    notes.mkdir()
    others.mkdir()
    assert not consent.allowed(notes, "models.example.org:443")
    consent.allow(notes, "models.example.org:443")
    assert consent.allowed(notes, "models.example.org:443")
    assert not consent.allowed(others, "models.example.org:443")
    assert not consent.allowed(notes, "models.example.org:80")
    assert not consent.allowed(None, "models.example.org:443")
    (tmp_path / "link").symlink_to(notes)
    assert consent.allowed(tmp_path / "link", "models.example.org:443"), "the folder is its real path"
    (found,) = (xdg_home / "state" / "starlight" / "consents").iterdir()
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert [(given.root, given.host) for given in consent.given()] == [(str(notes), "models.example.org:443")]
    assert consent.given()[0].since
    assert list(notes.iterdir()) == [], "nothing of it is in the folder"


def test_it_is_taken_back(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        for host in ("a.example:443", "a.example:80", "b.example:80"):
            consent.allow(root, host)
    assert [given.root for given in consent.forget("b.example:80", one)] == [str(one)]
    assert consent.allowed(two, "b.example:80")
    assert len(consent.forget("a.example")) == 4
    assert [given.host for given in consent.given()] == ["b.example:80"]
    assert consent.forget("a.example") == []


def test_a_record_that_is_damaged_or_was_moved_is_none(tmp_path, xdg_home):
    consent.allow(tmp_path, "a.example:443")
    (place,) = (xdg_home / "state" / "starlight" / "consents").iterdir()
    text = place.read_text()
    for damaged in ("", "{", "[]", '"x"', json.dumps({"root": str(tmp_path), "host": "b.example:443"})):
        place.write_text(damaged)
        assert not consent.allowed(tmp_path, "a.example:443")
        assert consent.given() == []
    (place.parent / "copied.json").write_text(text)
    assert consent.given() == []


def test_the_question_names_the_host_and_what_is_sent():
    asked = consent.question("models.example.org:80", encrypted=False)
    for part in ("models.example.org:80", "the question and the passages found for it", "not encrypted"):
        assert part in asked
    assert "encrypted" not in consent.question("models.example.org:443")
