import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Connection, GraphGround, GraphNote, GraphStep, Neighbours } from "../src/graph/answers";
import { bridgeRows, connectionRows, hubRows, neighbourRows, orphanRows } from "../src/graph/rows";

const note = (name: string): GraphNote => ({ path: `${name}.md`, title: name.toUpperCase(), uri: `file:///notes/${name}.md` });

const ground = (name: string, first: number, text: string): GraphGround => ({
  path: `${name}.md`, uri: `file:///notes/${name}.md`, first, heading: "Water", text,
});

function step(from: string, to: string, change: Partial<GraphStep> = {}): GraphStep {
  return {
    from: `${from}.md`, to: `${to}.md`, title: to.toUpperCase(), uri: `file:///notes/${to}.md`,
    kind: "link", strength: 1, tag: "", evidence: [], words: [], ...change,
  };
}

function connection(steps: GraphStep[], shortest: GraphStep[] = []): Connection {
  return { message: "", from: note("tea"), to: note("lime"), connected: steps.length > 0, steps, shortest };
}

const linked = step("tea", "kettle", { evidence: [ground("tea", 2, "Boil it in the [[kettle]] $(x)")] });
const near = step("kettle", "lime", {
  kind: "meaning", words: ["hard", "furs"], evidence: [ground("kettle", 3, "It furs up."), ground("lime", 7, "Hard water.")],
});

describe("how two notes are connected", () => {
  it("shows each step, and below it the lines that it rests on", () => {
    assert.deepEqual(connectionRows(connection([linked, near])), [
      { label: "The way that says most: 2 steps", description: "", detail: "", isHeading: true },
      { label: "TEA", description: "tea.md", detail: "", at: { uri: "file:///notes/tea.md", line: 0 } },
      { label: "$(link) KETTLE", description: "linked  ·  kettle.md", detail: "", at: { uri: "file:///notes/kettle.md", line: 0 } },
      {
        label: "$(indent) tea.md:2", description: "Water", detail: "Boil it in the [[kettle]] \\$(x)",
        at: { uri: "file:///notes/tea.md", line: 1 },
      },
      {
        label: "$(sparkle) LIME", description: "near in meaning: hard, furs  ·  lime.md", detail: "",
        at: { uri: "file:///notes/lime.md", line: 6 },
      },
      { label: "$(indent) kettle.md:3", description: "Water", detail: "It furs up.", at: { uri: "file:///notes/kettle.md", line: 2 } },
      { label: "$(indent) lime.md:7", description: "Water", detail: "Hard water.", at: { uri: "file:///notes/lime.md", line: 6 } },
    ]);
  });

  it("shows a way of fewer steps, too, where there is one", () => {
    const labels = connectionRows(connection([linked, near], [step("tea", "lime", { kind: "tag", tag: "water", strength: 12 })]));
    assert.deepEqual(labels.slice(-3).map(({ label, description }) => [label, description]), [
      ["In fewer steps: 1, which says less", ""],
      ["TEA", "tea.md"],
      ["$(tag) LIME", "both tagged #water, as 12 notes are  ·  lime.md"],
    ]);
  });

  it("says so where nothing connects them", () => {
    const [row, ...others] = connectionRows(connection([]));
    assert.deepEqual(others, []);
    assert.equal(row?.label, "Nothing connects TEA and LIME");
    assert.equal(row.at, undefined);
  });
});

describe("neighbours", () => {
  const found = (neighbours: Neighbours["neighbours"]): Neighbours => ({ message: "", ...note("tea"), neighbours });

  it("stand under how far away they are, with what the neighbour says of it", () => {
    const rows = neighbourRows(found([{ ...linked, depth: 1 }, { ...near, depth: 2 }]));
    assert.deepEqual(rows.map(({ label, detail }) => [label, detail]), [
      ["1 step away", ""],
      ["$(link) KETTLE", "Boil it in the [[kettle]] \\$(x)"],
      ["2 steps away", ""],
      ["$(sparkle) LIME", "Hard water."],
    ]);
    assert.deepEqual(rows.at(-1)?.at, { uri: "file:///notes/lime.md", line: 6 });
  });

  it("are told where there are none", () => {
    assert.deepEqual(neighbourRows(found([])).map(({ label }) => label), ["No other note is connected with this one"]);
  });
});

describe("notes that stand out", () => {
  const details = (rows: { label: string; detail: string }[]): string[] => rows.map(({ label, detail }) => `${label}: ${detail}`);

  it("say why", () => {
    const lonely = [{ ...note("tea"), near: [note("kettle"), note("lime")] }, { ...note("lime"), near: [] }];
    assert.deepEqual(details(orphanRows({ message: "", total: 2, orphans: lonely })), ["TEA: near in meaning: KETTLE, LIME", "LIME: "]);
    assert.deepEqual(details(hubRows({ message: "", hubs: [{ ...note("tea"), n_from: 1, n_to: 4 }] })), ["TEA: linked from 1 note, links to 4"]);
    assert.deepEqual(details(bridgeRows({ message: "", bridges: [{ ...note("tea"), clusters: ["Water", "Cups"] }] })), ["TEA: between: Water | Cups"]);
  });
});
