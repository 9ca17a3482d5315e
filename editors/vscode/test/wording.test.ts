import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hit, SearchResult, Status } from "../src/protocol";
import { escapeMarkdown, hitRow, nothingRow, percent, searchTitle, statusTooltip, statusWords } from "../src/wording";

const running = { kind: "running" } as const;

function status(change: Partial<Status> = {}): Status {
  return { state: "ready", files: 12, chunks: 80, queue: 0, revision: 3, failed: 0, message: "", version: "0.1.0", roots: [], ...change };
}

function result(change: Partial<SearchResult> = {}): SearchResult {
  return { query: "moist soil", verdict: "found", complete: true, hits: [hit()], ...change };
}

function hit(change: Partial<Hit> = {}): Hit {
  return {
    path: "garden/mulch.md", uri: "file:///notes/garden/mulch.md", title: "Mulch", heading: "In summer",
    start_line: 6, end_line: 9, line: 7, snippet: "Straw keeps the water in.", score: 0.8, reasons: ["near in meaning"], ...change,
  };
}

describe("the status item", () => {
  it("counts the notes when all is ready", () => {
    assert.deepEqual(statusWords(running, status({ files: 1234 })), { text: "$(sparkle) 1,234 notes", severity: "none" });
    assert.equal(statusWords(running, status({ files: 1 })).text, "$(sparkle) 1 note");
  });

  it("spins with a percentage while indexing", () => {
    assert.equal(statusWords(running, status({ state: "indexing", files: 30, queue: 70 })).text, "$(loading~spin) Starlight: 30 %");
  });

  it("warns when the index failed and is red without a server", () => {
    assert.equal(statusWords(running, status({ state: "failed" })).severity, "warning");
    assert.equal(statusWords({ kind: "missing", problem: "none", badSetting: false }, undefined).severity, "error");
  });

  it("shows the percentage of files that are done, never a hundred before the end", () => {
    assert.equal(percent({ files: 0, queue: 0 }), 0);
    assert.equal(percent({ files: 1, queue: 2 }), 33);
    assert.equal(percent({ files: 99_999, queue: 1 }), 99);
  });
});

describe("the tooltip", () => {
  it("names a few failures, counts the rest and escapes both", () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({ path: `note*${i}.md`, reason: "not [UTF-8]" }));
    const root = { root: "/notes", state: "ready", files: 12, chunks: 80, queue: 0, revision: 3, failed: 9, message: "" } as const;
    const text = statusTooltip(running, status({ failed: 9, roots: [{ ...root, failures }] }));
    assert.match(text, /9 files could not be read/);
    assert.match(text, /- note\\\*0\.md: not \\\[UTF\\-8\\\]/);
    assert.match(text, /and 4 more/);
    assert.doesNotMatch(text, /[^\\]\[UTF/);
  });

  it("offers to install where there is no server, and not where the setting is wrong", () => {
    assert.match(statusTooltip({ kind: "missing", problem: "not installed", badSetting: false }, undefined), /installServer/);
    assert.doesNotMatch(statusTooltip({ kind: "missing", problem: "wrong", badSetting: true }, undefined), /installServer/);
  });

  it("lists the folders when there are several", () => {
    const root = (name: string) => ({ root: name, state: "ready" as const, files: 1, chunks: 2, queue: 0, revision: 1, failed: 0, message: "", failures: [] });
    assert.match(statusTooltip(running, status({ roots: [root("/a"), root("/b")] })), /- \/a: ready, 1 note\n- \/b/);
  });
});

describe("a hit", () => {
  it("shows its headings, its line and why", () => {
    assert.deepEqual(hitRow(hit(), "garden/mulch.md"), {
      label: "Mulch › In summer", description: "garden/mulch.md:7  ·  near in meaning", detail: "Straw keeps the water in.",
    });
  });

  it("falls back to the title, then to the path", () => {
    assert.equal(hitRow(hit({ heading: "" }), "x").label, "Mulch");
    assert.equal(hitRow(hit({ heading: "", title: "" }), "x").label, "garden/mulch.md");
  });

  it("makes no icons out of a note's text", () => {
    assert.equal(hitRow(hit({ heading: "Costs $(bug)" }), "x").label, "Mulch › Costs \\$(bug)");
  });
});

describe("a search", () => {
  it("says when nothing is about it", () => {
    const row = nothingRow(result({ verdict: "nothing", hits: [] }), status());
    assert.equal(row.label, "Nothing in your notes is about this");
  });

  it("says how far the index is while it is being built", () => {
    const indexing = status({ state: "indexing", files: 1, queue: 3 });
    assert.match(nothingRow(result({ verdict: "nothing", hits: [], complete: false }), indexing).description, /indexing, 25 %/);
    assert.match(searchTitle(result({ complete: false }), indexing), /indexing, 25 %/);
  });

  it("says when the hits are weak, and nothing more when they are good", () => {
    assert.match(searchTitle(result({ verdict: "weak" }), status()), /nothing fits well/);
    assert.equal(searchTitle(result(), status()), "Starlight: Search Notes");
  });
});

describe("escapeMarkdown", () => {
  it("leaves no markup and no line ends", () => {
    assert.equal(escapeMarkdown("a_b\n[c](command:x)"), "a\\_b \\[c\\]\\(command:x\\)");
  });
});
