/** An answer as HTML: Markdown without HTML, images or links that lead anywhere; its citations are buttons. Pure. */
import MarkdownIt from "markdown-it";
import type { AnswerSource, AnswerStatement } from "../protocol";

/** Stand around what is marked while Markdown is read; punctuation, so that emphasis beside them stays what it is. */
const OPEN = "\u2e28";
const CLOSE = "\u2e29";
const CITATION = /\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\]/g;
const BLOCK_MARK = /^\s*(?:(?:[-*+>|]|\d+[.)]|#{1,6})\s+)+/;

interface Marks {
  sources: ReadonlyMap<number, AnswerSource>;
  marked: AnswerStatement[];
  /** The statement that the text being rendered belongs to, where that one is marked. */
  inside: AnswerStatement | undefined;
}

const markdown = new MarkdownIt("commonmark", { html: false }).enable("table").disable("image");
const escape = (text: string): string => markdown.utils.escapeHtml(text);

markdown.renderer.rules.text = (tokens, at, _options, env) => rendered(tokens[at]?.content ?? "", env?.["marks"] as Marks);
markdown.renderer.rules.code_inline = (tokens, at) => `<code>${escape(bare(tokens[at]?.content ?? ""))}</code>`;
// A link of an answer leads wherever the model, or a note that it read, has written: it is shown and not followed.
markdown.renderer.rules.link_open = (tokens, at) => `<span class="link" title="${escape(String(tokens[at]?.attrGet("href") ?? ""))}">`;
markdown.renderer.rules.link_close = () => "</span>";

/** Returns the HTML of an answer, with every statement marked that its sources do not bear out. */
export function answerHtml(text: string, sources: readonly AnswerSource[], statements: readonly AnswerStatement[] = []): string {
  const marked = statements.filter(({ support }) => support === "weak" || support === "unsupported");
  const marks: Marks = { sources: new Map(sources.map((source) => [source.number, source])), marked: [...marked], inside: undefined };
  return markdown.render(withMarks(text, marked), { marks });
}

/** Offsets of statements count code points, those of a string UTF-16 units. */
function withMarks(text: string, marked: readonly AnswerStatement[]): string {
  const points = Array.from(text, (point) => (point === OPEN || point === CLOSE ? " " : point));
  let at = 0;
  const parts: string[] = [];
  for (const { start, end } of marked) {
    const statement = points.slice(start, end).join("");
    const skipped = BLOCK_MARK.exec(statement)?.[0] ?? "";
    parts.push(points.slice(at, start).join(""), skipped, OPEN, statement.slice(skipped.length), CLOSE);
    at = end;
  }
  return parts.join("") + points.slice(at).join("");
}

function bare(text: string): string {
  return text.replaceAll(OPEN, "").replaceAll(CLOSE, "");
}

function rendered(text: string, marks: Marks): string {
  let html = "";
  for (const piece of text.split(/([\u2e28\u2e29])/)) {
    if (piece === OPEN) marks.inside = marks.marked.shift();
    else if (piece === CLOSE) marks.inside = undefined;
    else if (piece !== "") html += wrapped(cited(piece, marks), marks.inside);
  }
  return html;
}

function wrapped(html: string, statement: AnswerStatement | undefined): string {
  return statement === undefined ? html : `<span class="${statement.support}" title="${escape(statement.reason)}">${html}</span>`;
}

function cited(text: string, marks: Marks): string {
  let html = "";
  let at = 0;
  for (const found of text.matchAll(CITATION)) {
    html += escape(text.slice(at, found.index));
    html += numbers(found[1] ?? "").map((number) => citation(number, marks)).join("");
    at = found.index + found[0].length;
  }
  return html + escape(text.slice(at));
}

/** The numbers of `1, 3` or `2-4`. */
export function numbers(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split(/[–-]/).map(Number);
    return last < first || last - first > 20 ? [first, last] : Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

function citation(number: number, { sources }: Marks): string {
  const source = sources.get(number);
  if (source === undefined) return `<span class="cite unknown" title="There is no source with this number">${number}</span>`;
  return `<button type="button" class="cite" data-source="${number}" title="${escape(place(source))}">${number}</button>`;
}

export function place(source: AnswerSource): string {
  const lines = source.end_line > source.start_line ? `${source.start_line}–${source.end_line}` : String(source.start_line);
  return source.locator === undefined ? `${source.path}:${lines}` : `${source.path}, ${source.locator.label}`;
}
