"""What ``make run`` does: index a folder and answer searches by meaning, for a person to see.

run_example.py [NOTES [QUERY]]
"""

from __future__ import annotations

import sys
from pathlib import Path

from starlight import cli

EXAMPLE = Path(__file__).parents[1] / "examples" / "notes"
# Not one word of these stands in the note that it finds.
QUERIES = ("leaky faucet plumbing", "automobile crash compensation", "espresso caffeine beverage")


def main(notes: str = str(EXAMPLE), query: str = "") -> int:
    """Index ``notes`` and search them; returns the exit code."""
    code = cli.main(["index", notes])
    if code:
        return code
    example = Path(notes).resolve() == EXAMPLE.resolve()
    if not query and not example:
        print(f'\nNow ask: make run NOTES={notes} QUERY="what you look for"')
    for text in [query] if query else QUERIES if example else ():
        print(f"\n? {text}", flush=True)
        code = cli.main(["search", text, "--root", notes, "--limit", "3"])
    return code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:3]))
