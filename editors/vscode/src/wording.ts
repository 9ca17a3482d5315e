/** Everything the user reads about the server's state and its answers, as pure functions of them. */
import type { Health } from "./client";
import type { Hit, Related, SearchResult, Status, SyntaxForm } from "./protocol";

const FAILURES_SHOWN = 5;

export interface StatusWords {
  text: string;
  severity: "none" | "warning" | "error";
}

export interface Row {
  label: string;
  description: string;
  detail: string;
}

/** What the run at work does, and how much of it is done. */
function doing(status: Status): string {
  return `${status.rebuilding ? "rebuilding" : "indexing"}, ${status.percent} %`;
}

/** A row of the Related view; `tooltip` is Markdown, `spoken` what a screen reader says. */
export interface RelatedRow {
  label: string;
  description: string;
  tooltip: string;
  spoken: string;
}

export function count(number: number, one: string): string {
  return `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;
}

/** The status item itself. */
export function statusWords(health: Health, status: Status | undefined): StatusWords {
  switch (health.kind) {
    case "missing":
    case "failed":
      return { text: "$(error) Starlight", severity: "error" };
    case "stopped":
      return { text: "$(circle-slash) Starlight", severity: "none" };
    case "starting":
      return { text: "$(loading~spin) Starlight", severity: "none" };
    case "running":
      return status === undefined ? { text: "$(loading~spin) Starlight", severity: "none" } : indexWords(status);
  }
}

function indexWords(status: Status): StatusWords {
  switch (status.state) {
    case "starting":
      return { text: "$(loading~spin) Starlight", severity: "none" };
    case "indexing":
      return { text: `$(loading~spin) Starlight: ${status.percent} %`, severity: "none" };
    case "paused":
      return { text: "$(debug-pause) Starlight: paused", severity: "none" };
    case "failed":
      return { text: "$(warning) Starlight: index failed", severity: "warning" };
    case "ready":
      return { text: `$(${status.paused ? "debug-pause" : "sparkle"}) ${count(status.files, "note")}`, severity: "none" };
  }
}

/** What the mouse shows over the status item, in Markdown. */
export function statusTooltip(health: Health, status: Status | undefined): string {
  const parts = [`**Starlight**: ${healthSentence(health, status)}`];
  if (status !== undefined) {
    parts.push(`${count(status.files, "note")}, ${count(status.chunks, "passage")}`);
    if (status.message !== "") parts.push(escapeMarkdown(status.message));
    parts.push(...summaryLines(status));
    if (status.recognising !== "") parts.push(`Text recognition: ${escapeMarkdown(status.recognising)}`);
    parts.push(...status.roots.length > 1 ? [rootLines(status)] : [], ...failureLines(status));
  }
  parts.push(commandLinks(health, status));
  return parts.join("\n\n");
}

function healthSentence(health: Health, status: Status | undefined): string {
  switch (health.kind) {
    case "missing":
    case "failed":
      return escapeMarkdown(health.problem);
    case "stopped":
      return "the server is stopped";
    case "starting":
      return "the server is starting";
    case "running":
      return status === undefined ? "the server is starting" : indexSentence(status);
  }
}

function indexSentence(status: Status): string {
  switch (status.state) {
    case "starting":
      return "opening the index";
    case "indexing":
      return [doing(status), ...status.progress === "" ? [] : [status.progress]].join(" · ");
    case "paused":
      return "indexing is paused";
    case "failed":
      return "the index could not be built";
    case "ready":
      return status.paused ? "ready, and indexing is paused" : "ready";
  }
}

/** How far the lines are that a model writes for notes in idle time, and why it rests. */
function summaryLines(status: Status): string[] {
  const { words = "", message = "" } = status.summary_lines ?? {};
  return words === "" ? [] : [[words, ...message === "" ? [] : [message]].map(escapeMarkdown).join(": ")];
}

function rootLines(status: Status): string {
  return status.roots.map((root) => `- ${escapeMarkdown(root.root)}: ${root.state}, ${count(root.files, "note")}`).join("\n");
}

function failureLines(status: Status): string[] {
  if (status.failed === 0) return [];
  const failures = status.roots.flatMap((root) => root.failures);
  const lines = failures
    .slice(0, FAILURES_SHOWN)
    .map(({ path, reason }) => `- ${escapeMarkdown(path)}: ${escapeMarkdown(reason)}`);
  const rest = status.failed - lines.length;
  if (lines.length > 0 && rest > 0) lines.push(`- and ${rest.toLocaleString("en")} more`);
  const heading = `$(warning) ${count(status.failed, "file")} could not be read`;
  return [lines.length === 0 ? heading : `${heading}:\n${lines.join("\n")}`];
}

function commandLinks(health: Health, status: Status | undefined): string {
  const links =
    health.kind === "missing" && !health.badSetting
      ? ["[$(cloud-download) Install server](command:starlight.installServer)"]
      : ["[$(search) Search](command:starlight.searchNotes)", "[$(info) Status](command:starlight.showStatus)"];
  if (health.kind !== "missing" || health.badSetting) links.push("[$(refresh) Restart](command:starlight.restartServer)");
  if (status?.paused === true) links.push("[$(debug-continue) Resume](command:starlight.resumeIndexing)");
  else if (status?.state === "indexing") links.push("[$(debug-pause) Pause](command:starlight.pauseIndexing)");
  links.push("[$(output) Log](command:starlight.showLog)");
  return links.join(" | ");
}

function nameOf(hit: Hit): string {
  const title = hit.title !== "" ? hit.title : hit.path;
  return hit.heading !== "" ? `${title} › ${hit.heading}` : title;
}

/** Where a hit is, for people: the page of a document, the line of a note. `place` is that of its file. */
function whereOf(hit: Hit, place: string): string {
  return hit.locator === undefined ? `${place}:${hit.line}` : `${place}, ${hit.locator.label}`;
}

/** One hit in the list. `place` is the path to show: with its folder's name in front where there are several folders. */
export function hitRow(hit: Hit, place: string): Row {
  return {
    label: plain(nameOf(hit)),
    // The reasons before the snippet, which is cut where the list ends.
    description: plain([whereOf(hit, place), ...hit.reasons].join("  ·  ")),
    detail: plain(hit.snippet),
  };
}

/** A further place of the note above it in the list. */
export function furtherRow(hit: Hit): Row {
  const heading = hit.heading !== "" ? `  ${hit.heading}` : "";
  return {
    label: `$(indent) ${plain(`${hit.locator?.label ?? `line ${hit.line}`}${heading}`)}`,
    description: plain(hit.reasons.join("  ·  ")),
    detail: plain(hit.snippet),
  };
}

/** What stands over the list of hits: the name of the list, and what one should know of it. */
export function searchTitle(result: SearchResult | undefined, status: Status | undefined, name = "Starlight: Search Notes"): string {
  const notes = [name];
  if (status?.state === "indexing") notes.push(`${doing(status)}: ${missing(status)}`);
  else if (status?.state === "paused") notes.push(`indexing is paused: ${missing(status)}`);
  else if (result?.complete === false) notes.push("the index is still being built: results are incomplete");
  else if (status?.state === "failed") notes.push("the index could not be built: this is what is left of it");
  if (result?.verdict === "weak" && result.hits.length > 0) notes.push("nothing fits well, this is the nearest");
  if (problems(result) !== "") notes.push(problems(result));
  return notes.join("  ·  ");
}

function missing(status: Status): string {
  return status.rebuilding ? "results are from the old index" : "results are incomplete";
}

/** What of the query makes no sense as a filter, in one line; empty where all does. */
function problems(result: SearchResult | undefined): string {
  return (result?.problems ?? []).map((problem) => problem.message).join("  ·  ");
}

/** One thing that a query may hold beside words. */
export function syntaxRow(form: SyntaxForm): Row {
  return { label: form.written, description: form.meaning.replaceAll("`", ""), detail: "" };
}

/** The sentence in the place of hits, when there are none. */
export function nothingRow(result: SearchResult, status: Status | undefined): Row {
  const label = "Nothing in your notes is about this";
  const problem = problems(result);
  if (result.complete) return { label, description: "", detail: problem === "" ? "Try other words, or fewer of them." : problem };
  const progress = status?.state === "indexing" ? doing(status) : "the index is still being built";
  return { label: `${label} so far`, description: progress, detail: "The search is repeated while the index grows." };
}

/** A row above what went wrong while the notes are read: that may be why. */
export function stillReading(status: Status | undefined): Row[] {
  if (status?.state !== "indexing" && status?.state !== "paused") return [];
  const progress = status.state === "paused" ? "indexing is paused" : doing(status);
  return [{ label: "Your notes are still being read", description: progress, detail: "Ask again when they are." }];
}

/** A passage that belongs to the place of the cursor; `place` as in `hitRow`. */
export function relatedRow(hit: Hit, place: string): RelatedRow {
  const label = nameOf(hit);
  const page = hit.locator?.label;
  const description = [...page === undefined ? [] : [page], ...hit.reasons].join("  ·  ");
  const at = whereOf(hit, place);
  return {
    label,
    description,
    tooltip: [`**${escapeMarkdown(label)}**`, escapeMarkdown(hit.snippet), `*${escapeMarkdown(description)}*`, escapeMarkdown(at)].join("\n\n"),
    spoken: [label, ...page === undefined ? [] : [page], ...hit.reasons, hit.snippet].join(", "),
  };
}

/** What the Related view says where it has no rows: package.json has a text for each. */
export function relatedState(found: Related): "found" | "nothing" | "building" {
  if (found.hits.length > 0) return "found";
  return found.complete ? "nothing" : "building";
}

/** Texts from notes are no markup: `$(name)` would become an icon in a list. */
export function plain(text: string): string {
  return text.replaceAll("$(", "\\$(");
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>~$&]/g, "\\$&").replace(/\s+/g, " ");
}
