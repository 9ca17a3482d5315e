import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hit, SearchResult, Status } from "../src/protocol";
import {
  escapeMarkdown,
  furtherRow,
  hitRow,
  nothingRow,
  relatedRow,
  relatedState,
  searchTitle,
  statusTooltip,
  statusWords,
  syntaxRow,
} from "../src/wording";

const running = { kind: "running" } as const;

function status(change: Partial<Status> = {}): Status {
  return {
    state: "ready", files: 12, chunks: 80, failed: 0, message: "", percent: 0, progress: "", rebuilding: false, paused: false,
    recognising: "", version: "0.1.0", roots: [], ...change,
  };
}

function result(change: Partial<SearchResult> = {}): SearchResult {
  return {
    query: "moist soil",
    verdict: "found",
    complete: true,
    refined: false,
    hits: [hit()],
    notes: [[0]],
    ...change,
  };
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
    assert.equal(statusWords(running, status({ state: "indexing", percent: 30 })).text, "$(loading~spin) Starlight: 30 %");
  });

  it("warns when the index failed and is red without a server", () => {
    assert.equal(statusWords(running, status({ state: "failed" })).severity, "warning");
    assert.equal(statusWords({ kind: "missing", problem: "none", badSetting: false }, undefined).severity, "error");
  });

  it("shows a pause, with work left or not", () => {
    assert.equal(statusWords(running, status({ state: "paused", paused: true })).text, "$(debug-pause) Starlight: paused");
    assert.equal(statusWords(running, status({ paused: true })).text, "$(debug-pause) 12 notes");
  });
});

describe("the tooltip", () => {
  it("tells files, rate and time left while indexing, and offers to pause", () => {
    const progress = "12,300 of 61,000 notes · 6.1 MB/s · 35 s left";
    const text = statusTooltip(running, status({ state: "indexing", percent: 40, progress }));
    assert.match(text, /indexing, 40 % · 12,300 of 61,000 notes · 6\.1 MB\/s · 35 s left/);
    assert.match(text, /command:starlight\.pauseIndexing/);
    assert.doesNotMatch(text, /resumeIndexing/);
  });

  it("offers to resume what is paused", () => {
    for (const state of ["paused", "ready"] as const) {
      const text = statusTooltip(running, status({ state, paused: true }));
      assert.match(text, /paused/);
      assert.match(text, /command:starlight\.resumeIndexing/);
      assert.doesNotMatch(text, /pauseIndexing/);
    }
  });

  it("says how far the lines are that a model writes, where it writes any", () => {
    const lines = { words: "summary lines: 12 of 340 (resting)", message: "qwen is gone" };
    assert.match(statusTooltip(running, status({ summary_lines: lines })), /summary lines: 12 of 340 \\\(resting\\\): qwen is gone/);
    assert.doesNotMatch(statusTooltip(running, status({ summary_lines: { words: "", message: "" } })), /summary lines/);
    assert.doesNotMatch(statusTooltip(running, status()), /summary lines/);
  });

  it("names a few failures, counts the rest and escapes both", () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({ path: `note*${i}.md`, reason: "not [UTF-8]" }));
    const root = { root: "/notes", state: "ready", files: 12 } as const;
    const text = statusTooltip(running, status({ failed: 9, roots: [{ ...root, failures }] }));
    assert.match(text, /9 files could not be read/);
    assert.match(text, /- note\\\*0\.md: not \\\[UTF\\-8\\\]/);
    assert.match(text, /and 4 more/);
    assert.doesNotMatch(text, /[^\\]\[UTF/);
  });

  it("says what is done about scans, where there are some", () => {
    const text = statusTooltip(running, status({ recognising: "recognising 3 of 12 scans, page 4 of 9" }));
    assert.match(text, /Text recognition: recognising 3 of 12 scans, page 4 of 9/);
    assert.doesNotMatch(statusTooltip(running, status()), /recognition/);
  });

  it("offers to install where there is no server, and not where the setting is wrong", () => {
    assert.match(statusTooltip({ kind: "missing", problem: "not installed", badSetting: false }, undefined), /installServer/);
    assert.doesNotMatch(statusTooltip({ kind: "missing", problem: "wrong", badSetting: true }, undefined), /installServer/);
  });

  it("lists the folders when there are several", () => {
    const root = (name: string) => ({ root: name, state: "ready" as const, files: 1, failures: [] });
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

  it("says less of a further place of the note above it", () => {
    assert.deepEqual(furtherRow(hit({ line: 31, heading: "In winter $(x)" })), {
      label: "$(indent) line 31  In winter \\$(x)", description: "near in meaning", detail: "Straw keeps the water in.",
    });
    assert.equal(furtherRow(hit({ heading: "" })).label, "$(indent) line 7");
  });

  it("in a document with pages says the page in place of the line", () => {
    const found = hit({ path: "a.pdf", heading: "", locator: { unit: "page", number: 4, label: "p. 4" } });
    assert.match(hitRow(found, "papers/a.pdf").description, /^papers\/a\.pdf, p\. 4 {2}·/);
    assert.equal(furtherRow(found).label, "$(indent) p. 4");
    const related = relatedRow(found, "papers/a.pdf");
    assert.match(related.description, /^p\. 4 {2}·/);
    assert.match(related.spoken, /, p\. 4, /);
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
    const indexing = status({ state: "indexing", percent: 25 });
    assert.match(nothingRow(result({ verdict: "nothing", hits: [], complete: false }), indexing).description, /indexing, 25 %/);
    assert.match(searchTitle(result({ complete: false }), indexing), /indexing, 25 %: results are incomplete/);
    assert.match(searchTitle(result({ complete: false }), status({ state: "paused" })), /indexing is paused: results are incomplete/);
  });

  it("says that the old index answers while another is made", () => {
    const rebuilding = status({ state: "indexing", percent: 25, rebuilding: true });
    assert.match(searchTitle(result({ complete: false }), rebuilding), /rebuilding, 25 %: results are from the old index/);
  });

  it("says what is wrong with a filter, whether anything was found or not", () => {
    const problems = [{ message: "is:wat: the only one there is: is:orphan", start: 5, end: 11 }];
    assert.match(searchTitle(result({ problems }), status()), /Search Notes {2}· {2}is:wat: the only one/);
    assert.match(nothingRow(result({ problems, verdict: "nothing", hits: [] }), status()).detail, /is:orphan/);
  });

  it("shows how filters are written", () => {
    const form = { written: "tag:garden", meaning: "notes with that tag, or one below it such as `garden/trees`" };
    assert.deepEqual(syntaxRow(form), {
      label: "tag:garden", description: "notes with that tag, or one below it such as garden/trees", detail: "",
    });
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

describe("a passage that belongs to the place of the cursor", () => {
  it("has its heading, its reasons, and the passage for the mouse", () => {
    const row = relatedRow(hit({ reasons: ["words: straw", "close in meaning"] }), "garden/mulch.md");
    assert.equal(row.label, "Mulch › In summer");
    assert.equal(row.description, "words: straw  ·  close in meaning");
    assert.match(row.tooltip, /Straw keeps the water in/);
    assert.match(row.tooltip, /garden\/mulch.md:7$/);
    assert.match(row.spoken, /Mulch › In summer, words: straw, close in meaning, Straw/);
  });

  it("takes nothing of a note for markup", () => {
    const row = relatedRow(hit({ title: "$(bug) [x](command:y)", heading: "", snippet: "<img src=x> ![y](https://z)" }), "a_b.md");
    assert.equal(row.label, "$(bug) [x](command:y)");
    assert.doesNotMatch(row.tooltip, /(?<!\\)[[<$!_]/);
  });

  it("is missed in three ways", () => {
    const uri = "file:///a.md";
    assert.equal(relatedState({ uri, complete: true, hits: [hit()] }), "found");
    assert.equal(relatedState({ uri, complete: true, hits: [] }), "nothing");
    assert.equal(relatedState({ uri, complete: false, hits: [] }), "building");
  });
});
