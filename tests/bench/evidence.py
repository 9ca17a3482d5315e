"""Whether the evidence for an answer holds the passage that answers, and whether it is said where nothing does.

The first is measured by the script beside the data, the second by asking collections each other's questions.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, missing

BUDGET = 512
GOALS = {
    "xquad_en": ("at least .97", "plain BM25, packed: .938"),
    "xquad_de": ("at least .95", "plain BM25, packed: .898"),
    "stackfaq": ("at least .92", "plain BM25, packed: .838"),
}
OTHERS = ("cranfield", "cisi", "medline", "lisa")
ASKED = ("stackfaq", "medline", "xquad_en", "cranfield", "xquad_de")
"""Collections that are asked their own questions and each other's, but for those that are the same in two languages."""
TRANSLATED = {"xquad_en", "xquad_de"}
N_QUESTIONS = 40
SCRIPT = DATA.parent / "eval" / "evidence.py"


def run(extent: Extent) -> Iterator[Figure]:
    if not SCRIPT.is_file():
        yield missing(_what("xquad_en"), GOALS["xquad_en"][0])
        return
    for name in (*GOALS, *(OTHERS if extent.legs else ())):
        share, tokens = _measure(name)
        goal, baseline = GOALS.get(name, ("", ""))
        yield Figure(_what(name), share, goal=goal, note=", ".join(filter(None, (f"{tokens} tokens", baseline))))
    if extent.legs:
        yield from _verdicts()


def _verdicts() -> Iterator[Figure]:
    own, others = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as temporary:
        for name in ASKED:
            root = _vault(name, Path(temporary) / name)
            for asked in ASKED:
                if asked == name or not {asked, name} <= TRANSLATED:
                    (own if asked == name else others).update(_asked(root, _questions(asked)))
    for what, found, verdicts in (
        ("a collection's own questions: said to be answered, at least weakly", own, ("found", "weak")),
        ("another collection's questions: said not to be answered", others, ("nothing",)),
    ):
        share = sum(found[verdict] for verdict in verdicts) / found.total()
        yield Figure(what, share, note=", ".join(f"{verdict} {n}" for verdict, n in found.most_common()))


def _vault(name: str, root: Path) -> Path:
    root.mkdir()
    for number, line in enumerate((DATA / "ir" / name / "corpus.jsonl").read_text(encoding="utf-8").splitlines()):
        note = json.loads(line)
        head = f"# {note['title']}\n\n" if note.get("title") else ""
        (root / f"{number}.md").write_text(f"{head}{note['text']}\n", encoding="utf-8")
    return root


def _questions(name: str) -> list[str]:
    lines = (DATA / "ir" / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = lines[:: max(1, len(lines) // N_QUESTIONS)][:N_QUESTIONS]
    return [" ".join(json.loads(line)["text"].split()) for line in chosen]


def _asked(root: Path, questions: list[str]) -> Iterator[str]:
    """Yield the verdict on each of ``questions``, asked of the notes at ``root``."""
    options = ("--evidence", "--budget", str(BUDGET), "--json", "--queries", "-")
    command = [*STARLIGHT, "ask", "--root", str(root), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True, input="\n".join(questions))
    yield from (json.loads(line)["verdict"] for line in done.stdout.splitlines())


def _what(name: str) -> str:
    return f"evidence of {BUDGET} tokens holds a passage that answers, {name}"


def _measure(name: str) -> tuple[float, int]:
    command = [sys.executable, str(SCRIPT), "--starlight", shlex.join(STARLIGHT), "--budget", str(BUDGET)]
    done = subprocess.run([*command, str(DATA / "ir" / name)], check=True, capture_output=True, text=True)
    found = re.search(r"holds the passage ([\d.]+)  (\d+) tokens", done.stdout)
    if found is None:
        raise ValueError(f"{SCRIPT}: {done.stdout!r}")
    return float(found[1]), int(found[2])
