"""Scans made of nothing but shades of grey, a program in place of tesseract that reads these, and a folder of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from starlight.engine.recognising import Recognition
from starlight.engine.workspace import Workspace
from starlight.index.cache import Cache
from starlight.index.records import Status
from starlight.index.writer import Writer
from tests.pdfs import mixed
from tests.waiting import wait_until

PROGRAM = '''#!{python}
"""Says what a page says by its shade of grey, as hOCR, with the arguments of tesseract and no others."""

import json
import os
import sys
import time
from pathlib import Path

folder = Path(__file__).parent
texts = json.loads((folder / "texts.json").read_text())
arguments = sys.argv[1:]
with (folder / "calls.txt").open("a") as calls:
    calls.write(" ".join(arguments) + "\\n")
if arguments == ["--list-langs"]:
    print("List of available languages in \\"/data/\\" (3):", *texts["languages"], sep="\\n")
    raise SystemExit
first, rest = arguments[:2], dict(zip(arguments[2::2], arguments[3::2]))
assert first == ["stdin", "stdout"], first
assert rest.pop("-c") == "tessedit_create_hocr=1"
assert set(rest.pop("-l").split("+")) <= set(texts["languages"])
assert rest.pop("--psm") in ("1", "3") and 70 <= int(rest.pop("--dpi")) <= 600 and not rest, rest
kind, width, height, most = sys.stdin.buffer.readline().split()
assert (kind, most) == (b"P5", b"255")
rows = sys.stdin.buffer.read()
assert len(rows) == int(width) * int(height)
says = texts[str(rows[len(rows) // 2 + int(width) // 2])]
if says == "hang":
    time.sleep(600)
if says == "fail":
    print("Error in pixReadStream", "cannot read", file=sys.stderr, sep="\\n")
    raise SystemExit(1)
if says == "kill":
    os.abort()
if says == "flood":
    while True:
        sys.stdout.write("word " * 10_000)
if says == "garbage":
    os.write(1, bytes(range(256)) * 20)
    raise SystemExit
print(f"<html><body><div class='ocr_page' title='image \\"stdin\\"; bbox 0 0 {width.decode()} {height.decode()}'>")
for number, line in enumerate(says.splitlines()):
    top = 300 + 60 * number
    print(f"<span class='ocr_line' title='bbox 200 {top} 2000 {top + 38}; baseline 0 -9; x_size 38'>")
    for at, word in enumerate(line.split()):
        left = 200 + 150 * at
        print(f"<span class='ocrx_word' title='bbox {left} {top} {left + 130} {top + 38}; x_wconf 95'>{word}</span>")
    print("</span>")
print("</div></body></html>")
'''


WATER = "Whales swim in the cold water of all seas and come up for air.\n" * 30
SLEEP = "Half of the brain of a whale sleeps while the other half stays awake.\n"
WHALES = {200: WATER, 100: SLEEP + "That side keeps an eye open for the others of the group that sleep.\n" * 30}
"""What pages say, by their shade."""


def scan(*greys: int) -> bytes:
    """Return a PDF of pages that are images of one shade each."""
    return mixed(*greys)


class Standin:
    """The program, in a folder of its own, and what it was asked."""

    def __init__(self, folder: Path, texts: Mapping[int, str], languages: tuple[str, ...] = ("eng", "osd")) -> None:
        self._folder = folder
        folder.mkdir()
        self.program = folder / "tesseract"
        self.says(texts, languages)
        self.program.write_text(PROGRAM.replace("{python}", sys.executable))
        self.program.chmod(0o755)

    def says(self, texts: Mapping[int, str], languages: tuple[str, ...] = ("eng", "osd")) -> None:
        """Let it say that from now on, by the shade of a page."""
        (self._folder / "texts.json").write_text(json.dumps({**texts, "languages": languages}))

    @property
    def calls(self) -> list[str]:
        """The arguments of all calls."""
        path = self._folder / "calls.txt"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def n_pages(self) -> int:
        """How many pages it was asked to read."""
        return sum(call.startswith("stdin") for call in self.calls)


class Recognised:
    """A folder with scans, their recognition, and the index that they come into."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        workspace.bring_up_to_date()
        self.writer = Writer(workspace.location.database(workspace.fingerprint))
        self.cache = Cache(workspace.location.cache, 10_000_000)
        self.recognition = Recognition(workspace.root, workspace.settings, self.cache)
        self.recognition.look(self.writer)
        self.told: list[str] = []

    def step(self) -> set[str]:
        """Do what one idle moment does."""
        known = self.recognition.go_on(self.writer)
        if self.recognition.has_news:
            self.told.append(self.status.recognising)
        return known

    def until(self, what: str, condition: Callable[[], object]) -> set[str]:
        """Go on until ``condition`` holds; returns the files that are to be indexed."""
        known: set[str] = set()

        def holds() -> bool:
            known.update(self.step())
            return bool(condition())

        wait_until(what, holds, 60)
        return known

    def run(self) -> set[str]:
        """Go on until nothing is left to do, and index what has come of it."""
        known = self.until("all is done", lambda: not self.recognition.is_at_work and not self.recognition._known)
        self.workspace.bring_up_to_date()
        return known

    @property
    def status(self) -> Status:
        return self.recognition.told(Status("ready"), on_battery=False)

    def close(self) -> None:
        self.recognition.close()
        self.writer.close()
        self.cache.close()
