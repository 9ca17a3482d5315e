/**
 * The server's messages, as the server writes them.
 *
 * A test of the repository compares these names with the server's own, so they stay plain string literals.
 * VS Code knows the commands of `COMMANDS` too (the language client registers every command that a server lists),
 * which is why the extension's own commands have other ids.
 */

export const COMMANDS = {
  search: "starlight.search",
  syntax: "starlight.syntax",
  related: "starlight.related",
  follow: "starlight.follow",
  unfollow: "starlight.unfollow",
  link: "starlight.link",
  status: "starlight.status",
  rebuild: "starlight.rebuild",
  why: "starlight.why",
  pause: "starlight.pause",
  resume: "starlight.resume",
  ask: "starlight.ask",
  stop: "starlight.stop",
  models: "starlight.models",
  saveConversation: "starlight.saveConversation",
  write: "starlight.write",
  summarize: "starlight.summarize",
  insertSummary: "starlight.insertSummary",
  backlinks: "starlight.backlinks",
  graph: "starlight.graph",
  open: "starlight.open",
  text: "starlight.text",
  map: "starlight.map",
} as const;

/** What code lenses of the server have the editor do. */
export const CLIENT_COMMANDS = {
  showReferences: "starlight.showReferences",
  showRelated: "starlight.showRelated",
} as const;

export const NOTIFICATIONS = {
  status: "starlight/status",
  answer: "starlight/answer",
  related: "starlight/related",
} as const;

export interface SearchParams {
  query: string;
  limit?: number;
  /** The path of one root, to search in that one only. */
  root?: string;
  /** Whether the best hits are looked at again, which takes some tenths of a second. */
  refine?: boolean;
}

/** The scheme of text views: read-only documents with the text of a file that no editor shows. */
export const TEXT_SCHEME = "starlight-text";

/** Where a result is in a file that is counted in something beside lines. */
export interface Locator {
  unit: "page" | "cell";
  /** Counts from 1. */
  number: number;
  /** As people write it: "p. 4". */
  label: string;
}

/** A map that was written as a page; where it was cancelled there is none. */
export type NoteMap = { root: string; stopped: true } | {
  root: string;
  stopped: false;
  /** Of the page. */
  uri: string;
  path: string;
  notes: number;
  clusters: number;
  links: number;
};

/** What a document says that no editor shows. */
export interface DocumentText {
  /** Of the view. */
  uri: string;
  file: string;
  title: string;
  text: string;
  unit: "" | "page" | "cell";
  /** Where each page or cell begins; lines and numbers count from 1. */
  marks: { line: number; number: number; label: string }[];
}

export interface Hit {
  /** Relative to its root, with `/`. */
  path: string;
  uri: string;
  /** The file's own URI, where `uri` is that of a view of its text. */
  file?: string;
  locator?: Locator;
  title: string;
  /** The headings below the title that lead to the place, joined by " › "; may be empty. */
  heading: string;
  /** Counts from 1, as does `end_line`. */
  start_line: number;
  end_line: number;
  /** Where the snippet begins: the line to go to. */
  line: number;
  snippet: string;
  score: number;
  reasons: string[];
}

export interface SearchResult {
  query: string;
  verdict: "found" | "weak" | "nothing";
  /** False while the index is still being built. */
  complete: boolean;
  /** Whether the best hits were looked at again. */
  refined: boolean;
  hits: Hit[];
  /** The hits of each note, by their numbers from 0, the best first. */
  notes?: number[][];
  /** What of the query makes no sense as a filter; older servers do not say. */
  problems?: QueryProblem[];
}

export interface QueryProblem {
  message: string;
  /** In code points of the query. */
  start: number;
  end: number;
}

/** One thing that a query may hold beside words: an example, and what it does. */
export interface SyntaxForm {
  written: string;
  meaning: string;
}

export interface Syntax {
  forms: SyntaxForm[];
}

/** A place whose related passages are told from now on. */
export interface FollowParams {
  uri: string;
  position: { line: number; character: number };
  /** A selection, which counts in place of the paragraph around the cursor. */
  range?: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** A link to be written: from a document to a note. */
export interface LinkParams {
  uri: string;
  target: string;
}

/** What belongs to the place that is followed. */
export interface Related {
  uri: string;
  complete: boolean;
  hits: Hit[];
}

/** Why a file is, or is not, in the index. */
export interface Why {
  path: string;
  root: string;
  /** One word or two, for programs. */
  reason: string;
  /** A sentence for the user. */
  message: string;
  passages: number;
}

/** A place of a note that speaks of another. */
export interface Mention {
  path: string;
  uri: string;
  title: string;
  heading: string;
  line: number;
  context: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

/** What links to a note, and who names it without a link. */
export interface Backlinks {
  path: string;
  title: string;
  backlinks: Mention[];
  mentions: Mention[];
  total: number;
}

export type State = "starting" | "indexing" | "ready" | "paused" | "failed";

export interface Failure {
  path: string;
  reason: string;
}

export interface RootStatus {
  root: string;
  state: State;
  files: number;
  failures: Failure[];
}

export interface Status {
  state: State;
  files: number;
  chunks: number;
  failed: number;
  message: string;
  /** Of the run at work, 0 to 99; 0 between runs. */
  percent: number;
  /** The run at work in words: files, rate, time left. */
  progress: string;
  /** Whether the run makes an index that takes the place of this one, which is searched meanwhile. */
  rebuilding: boolean;
  paused: boolean;
  /** Lines that a model writes for notes in idle time; `words` are empty where none are made. */
  summary_lines?: { words: string; message: string };
  /** What is done about scans whose text is to be recognised, or why nothing is; empty where there are none. */
  recognising: string;
  version: string;
  roots: RootStatus[];
}

/** What the command answers: the status with a block of plain text for a bug report. */
export interface StatusReport extends Status {
  report: string;
}

/** Where an answer is: what is waited for, in one word for programs. */
export type Phase = "searching" | "queued" | "loading" | "reading" | "writing" | "checking";

export interface Exchange {
  question: string;
  answer: string;
}

/** What of the notes may be used; nothing named is all of them. */
export interface AskScope {
  root?: string;
  folder?: string;
  tags?: string[];
  notes?: string[];
  selection?: { uri: string; range: { start: Position; end: Position } };
}

/** Counts from 0, in UTF-16 units, as VS Code does. */
export interface Position {
  line: number;
  character: number;
}

export interface AskParams {
  question: string;
  /** Names the request in `starlight/answer` and `starlight.stop`. */
  id?: string;
  conversation?: Exchange[];
  scope?: AskScope;
  model?: string;
}

export interface AnswerSource extends Hit {
  /** The answer cites it by this number. */
  number: number;
  text: string;
  tokens: number;
  /** Whether it says what it is cited for; unknown until the answer is checked. */
  support?: "supported" | "weak" | "unsupported" | "unused";
}

export interface AnswerStatement {
  text: string;
  /** In code points of the answer. */
  start: number;
  end: number;
  sources: number[];
  support: "supported" | "weak" | "unsupported" | "uncited";
  reason: string;
}

export interface Answer {
  question: string;
  answer: string;
  /** Sentences of the notes, or the words of a model. */
  kind: "extractive" | "generated";
  verdict: "found" | "weak" | "nothing";
  complete: boolean;
  sources: AnswerSource[];
  statements: AnswerStatement[];
  left_out: { path: string; start_line: number; end_line: number; reason: string }[];
  model: string;
  host: string;
  left_machine: boolean;
  stopped: boolean;
  /** A sentence for the user; may be empty. */
  hint: string;
  usage: { first_token_seconds: number; tokens_per_second: number };
}

/** What shall be summarized: a file, a part of it or a folder, or what a tag, a day or a search names. */
export interface SummarizeParams {
  uri?: string;
  range?: { start: Position; end: Position };
  /** Anywhere in the section that is meant. */
  position?: Position;
  tag?: string;
  since?: string;
  query?: string;
  turns?: Exchange[];
  /** The path of one open folder. */
  root?: string;
  id?: string;
  /** Whether the server shows the summary and asks where it goes. */
  offer?: boolean;
}

/** A summary: an answer whose question is the name of what it is of. */
export interface Summary extends Answer {
  subject: { kind: string; name: string };
  coverage: { text: string };
  /** Of the heading or the selection in its note, from 0; null where it is of all of it. */
  line: number | null;
  /** What that line says, by which the server finds it again. */
  line_text: string;
}

export interface InsertSummaryParams {
  uri?: string;
  root?: string;
  as?: "callout" | "frontMatter" | "note";
  title: string;
  answer: string;
  sources: AnswerSource[];
  line?: number | null;
  line_text?: string;
  said: string;
}

/** What is told while an answer is made. */
export interface AnswerProgress {
  id: string;
  phase?: Phase;
  message?: string;
  sources?: AnswerSource[];
  /** More of the answer. */
  text?: string;
  /** What stands in for the answer until it is written; it takes the place of one told before. */
  draft?: string;
  tokens_per_second?: number;
}

export interface SaveParams {
  turns: (Exchange & { sources: AnswerSource[] })[];
  title?: string;
}

/** What a code action asks for, as the server wrote it there. */
export interface WriteParams {
  action: string;
  uri: string;
  range: { start: Position; end: Position };
  language?: string;
  apply?: boolean;
  id?: string;
}

export interface Suggestion {
  action: string;
  text: string;
  /** Null where it could cost text: the note has changed, or the text is not whole. */
  edit: { documentChanges?: { edits: { range: { start: Position; end: Position }; newText: string }[] }[] } | null;
  /** Of the note that was asked about. */
  version: number | null;
  model: string;
  host: string;
  left_machine: boolean;
  stopped: boolean;
  hint: string;
}
