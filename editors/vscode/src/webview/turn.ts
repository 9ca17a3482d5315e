/** One question and its answer as HTML. Pure. */
import MarkdownIt from "markdown-it";
import type { Turn } from "../ask/conversation";
import type { Answer, AnswerSource, Phase, Summary } from "../protocol";
import { answerHtml, place } from "./answer";

const escape = new MarkdownIt().utils.escapeHtml;

const DOING: Record<Phase, string> = {
  searching: "Searching",
  queued: "Waiting for its turn",
  loading: "Loading the model",
  reading: "Reading",
  writing: "Writing",
  checking: "Checking the citations",
};
const SHOWN = {
  supported: "✓ supports the answer",
  weak: "~ supports it in part",
  unsupported: "✗ does not say what it is cited for",
};

export function turnHtml(turn: Turn): string {
  return [
    `<h2 class="question">${escape(turn.question)}</h2>`,
    turn.scope === "" ? "" : `<p class="scope">${escape(turn.scope)}</p>`,
    turn.text === "" && turn.state === "working" && turn.draft !== "" ? `<div class="draft">${answerHtml(turn.draft, [])}</div>` : "",
    turn.text === "" ? "" : `<div class="answer">${answerHtml(turn.text, turn.sources, turn.answer?.statements)}</div>`,
    turn.state === "working" ? working(turn) : "",
    turn.problem === undefined ? "" : `<p class="problem" role="alert">${escape(turn.problem)}</p>`,
    turn.answer === undefined ? "" : notes(turn.answer),
    sourcesHtml(turn),
  ].join("");
}

function working({ phase, message, sources, speed }: Turn): string {
  const words = message !== "" ? message : phase === "reading" && sources.length > 0 ? `Reading ${count(sources.length, "passage")}` : DOING[phase];
  const rate = phase === "writing" && speed > 0 ? ` · ${speed.toFixed(1)} tokens/s` : "";
  return `<p class="phase"><span class="dot"></span>${escape(words)}${rate}</p>`;
}

/** What stands below an answer: how far it can be trusted, who wrote it and where. */
function notes(answer: Answer | Summary): string {
  const lines: string[] = [];
  if (answer.left_machine) lines.push(`<p class="left-machine">Sent to ${escape(answer.host)}: this answer did not stay on your machine.</p>`);
  if (answer.stopped) lines.push("<p>Stopped before its end.</p>");
  if (!answer.complete) lines.push("<p>The index is still being built: notes may be missing.</p>");
  if (answer.kind === "generated") lines.push(...support(answer));
  if (answer.left_out.length > 0) lines.push(`<p title="${escape(leftOut(answer))}">${count(answer.left_out.length, "passage")} left out.</p>`);
  if ("coverage" in answer) lines.push(`<p class="coverage">${escape(answer.coverage.text)}</p>`);
  if (answer.hint !== "") lines.push(`<p class="hint">${escape(answer.hint).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`);
  lines.push(`<p>${escape(by(answer))} <button type="button" class="copy" title="Copy the answer with its sources">Copy</button></p>`);
  return `<footer>${lines.join("")}</footer>`;
}

/** How much of what a model wrote is in the notes; sentences that were taken from them need no such check. */
function support({ statements }: Answer | Summary): string[] {
  const lines: string[] = [];
  const checked = statements.filter((statement) => statement.support !== "uncited");
  const good = checked.filter((statement) => statement.support === "supported").length;
  if (checked.length > 0) lines.push(`<p>${good} of ${count(checked.length, "cited statement")} supported by your notes.</p>`);
  if (checked.length < statements.length) lines.push(`<p>${count(statements.length - checked.length, "statement")} without a source.</p>`);
  return lines;
}

function leftOut(answer: Answer): string {
  return answer.left_out.map(({ path, start_line, reason }) => `${path}:${start_line}: ${reason}`).join("\n");
}

function by({ kind, model, usage }: Answer): string {
  if (kind === "extractive") return "Sentences from your notes, no model";
  const parts = [model];
  if (usage.first_token_seconds > 0) parts.push(`first word after ${usage.first_token_seconds.toFixed(1)} s`);
  if (usage.tokens_per_second > 0) parts.push(`${usage.tokens_per_second.toFixed(1)} tokens/s`);
  return parts.join(" · ");
}

/** The sources that an answer cites; those that were only read are folded away below them. */
function sourcesHtml({ sources, answer, state }: Turn): string {
  if (sources.length === 0) return "";
  if (answer?.verdict === "nothing") return list("The nearest passages", sources, true);
  const cited = sources.filter(({ support }) => support !== undefined && support !== "unused");
  if (state === "working" || cited.length === 0) return list(count(sources.length, "source"), sources, false);
  const read = sources.filter((source) => !cited.includes(source));
  return list(count(cited.length, "source"), cited, true) + (read.length === 0 ? "" : list(`${read.length} more read`, read, false));
}

function list(summary: string, sources: readonly AnswerSource[], open: boolean): string {
  const items = sources.map(sourceHtml).join("");
  return `<details class="sources"${open ? " open" : ""}><summary>${summary}</summary><ol>${items}</ol></details>`;
}

function sourceHtml(source: AnswerSource): string {
  const title = source.heading === "" ? source.title : `${source.title} › ${source.heading}`;
  const support = source.support ?? "unused";
  return `<li value="${source.number}" class="${support}"><button type="button" class="source" data-source="${source.number}" title="${escape(source.text)}">`
    + `<span class="title">${escape(title)}</span><span class="place">${escape(place(source))}</span>`
    + `<span class="snippet">${escape(source.snippet)}</span></button>`
    + (support === "unused" ? "" : `<span class="support">${SHOWN[support]}</span>`) + "</li>";
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}
