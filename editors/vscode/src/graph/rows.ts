/** What the lists about the graph of notes say, as pure functions of the server's answers. */
import type { Row } from "../wording";
import { count, plain } from "../wording";
import type { Bridges, Connection, GraphNote, GraphStep, Hubs, Neighbours, Orphans } from "./answers";

/** A row and where it leads, if anywhere; `line` counts from 0. */
export interface GraphRow extends Row {
  at?: { uri: string; line: number };
  /** Whether it stands over the rows below it, and cannot be chosen. */
  isHeading?: true;
}

const ICONS = { link: "$(link)", meaning: "$(sparkle)", tag: "$(tag)" } as const;

/** How two notes are connected: the way that says most, and the one of fewer steps where there is one. */
export function connectionRows(found: Connection): GraphRow[] {
  const { from, to, steps, shortest } = found;
  if (!found.connected) {
    const detail = "No link, no tag that few notes have, and no nearness in meaning leads from one to the other.";
    return [{ label: plain(`Nothing connects ${from.title} and ${to.title}`), description: "", detail }];
  }
  const fewer = shortest.length === 0 ? [] : [heading(`In fewer steps: ${shortest.length}, which says less`), ...wayRows(from, shortest)];
  return [heading(`The way that says most: ${count(steps.length, "step")}`), ...wayRows(from, steps), ...fewer];
}

export function connectionTitle({ from, to }: Connection): string {
  return `How ${from.title} and ${to.title} are connected`;
}

/** The notes around one, those of each further step under a heading. */
export function neighbourRows(found: Neighbours): GraphRow[] {
  if (found.neighbours.length === 0) return [{ label: "No other note is connected with this one", description: "", detail: "" }];
  return found.neighbours.flatMap((step, at) => {
    const { depth } = step;
    const isFirst = found.neighbours[at - 1]?.depth !== depth;
    return [...isFirst ? [heading(depth === 1 ? "1 step away" : `${depth} steps away`)] : [], neighbourRow(step)];
  });
}

export function orphanRows({ orphans }: Orphans): GraphRow[] {
  return orphans.map((note) => noteRow(note, note.near.length === 0 ? "" : `near in meaning: ${note.near.map(({ title }) => title).join(", ")}`));
}

export function hubRows({ hubs }: Hubs): GraphRow[] {
  return hubs.map((note) => noteRow(note, `linked from ${count(note.n_from, "note")}, links to ${note.n_to}`));
}

export function bridgeRows({ bridges }: Bridges): GraphRow[] {
  return bridges.map((note) => noteRow(note, `between: ${note.clusters.join(" | ")}`));
}

export function heading(label: string): GraphRow {
  return { label, description: "", detail: "", isHeading: true };
}

function wayRows(from: GraphNote, steps: GraphStep[]): GraphRow[] {
  return [noteRow(from, ""), ...steps.flatMap(stepRows)];
}

/** The note that a step leads to, and below it the lines that the step rests on. */
function stepRows(step: GraphStep): GraphRow[] {
  return [
    { label: `${ICONS[step.kind]} ${plain(step.title)}`, description: plain(`${how(step)}  ·  ${step.to}`), detail: "", at: placeOf(step) },
    ...step.evidence.map(({ path, uri, first, heading: under, text }) => ({
      label: `$(indent) ${plain(`${path}:${first}`)}`, description: plain(under), detail: plain(text), at: { uri, line: first - 1 },
    })),
  ];
}

function neighbourRow(step: GraphStep): GraphRow {
  const said = step.evidence.find(({ path }) => path === step.to) ?? step.evidence[0];
  return {
    label: `${ICONS[step.kind]} ${plain(step.title)}`,
    description: plain(`${how(step)}  ·  ${step.to}`),
    detail: plain(said?.text ?? ""),
    at: placeOf(step),
  };
}

function noteRow({ title, path, uri }: GraphNote, detail: string): GraphRow {
  return { label: plain(title), description: plain(path), detail: plain(detail), at: { uri, line: 0 } };
}

function how({ kind, tag, strength, words }: GraphStep): string {
  switch (kind) {
    case "link":
      return "linked";
    case "meaning":
      return words.length === 0 ? "near in meaning" : `near in meaning: ${words.join(", ")}`;
    case "tag":
      return `both tagged #${tag}, as ${count(strength, "note")} are`;
  }
}

/** Of the note that a step leads to, the lines that the step rests on, or the beginning. */
function placeOf({ to, uri, evidence }: GraphStep): { uri: string; line: number } {
  return { uri, line: (evidence.find(({ path }) => path === to)?.first ?? 1) - 1 };
}
