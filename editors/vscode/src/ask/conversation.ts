/** A conversation as it is on the screen: questions, answers that grow, and what they rest on. Pure. */
import type { Answer, AnswerProgress, AnswerSource, Exchange, Phase, Summary } from "../protocol";

export interface Turn {
  id: string;
  question: string;
  /** What of the notes may be used, in words. */
  scope: string;
  state: "working" | "done" | "failed";
  phase: Phase;
  /** What is done now, in words. */
  message: string;
  text: string;
  /** What stands in for the text until it is written. */
  draft: string;
  sources: AnswerSource[];
  /** Tokens a second while it is written; 0 before. */
  speed: number;
  /** The checked answer, once there is one. */
  answer?: Answer | Summary;
  /** Why there is none. */
  problem?: string;
}

export function begun(id: string, question: string, scope: string): Turn {
  return { id, question, scope, state: "working", phase: "searching", message: "", text: "", draft: "", sources: [], speed: 0 };
}

/** The turn with what the server has told of it; nothing is heard any more once it has ended. */
export function told(turn: Turn, news: AnswerProgress): Turn {
  if (turn.state !== "working") return turn;
  return {
    ...turn,
    phase: news.phase ?? (news.text === undefined ? turn.phase : "writing"),
    message: news.message ?? (news.phase === undefined ? turn.message : ""),
    text: turn.text + (news.text ?? ""),
    draft: news.draft ?? turn.draft,
    sources: news.sources ?? turn.sources,
    speed: news.tokens_per_second ?? turn.speed,
  };
}

export function finished(turn: Turn, answer: Answer | Summary): Turn {
  return { ...turn, state: "done", text: answer.answer, sources: answer.sources, answer };
}

/** The turn ended without an answer; what was written stays. */
export function failed(turn: Turn, problem: string): Turn {
  return { ...turn, state: "failed", problem };
}

/** What the next question may refer to. */
export function history(turns: readonly Turn[]): Exchange[] {
  return turns.flatMap(({ question, answer }) => (answer === undefined ? [] : [{ question, answer: answer.answer }]));
}

/** The answer with its sources below it, as Markdown for another document. */
export function copied(turn: Turn): string {
  const used = turn.sources.filter(({ support }) => support !== "unused");
  const lines = used.map(({ number, path, start_line, locator }) =>
    `[${number}] ${locator === undefined ? `${path}:${start_line}` : `${path}, ${locator.label}`}`);
  return lines.length === 0 ? turn.text : `${turn.text.trimEnd()}\n\n${lines.join("\n")}\n`;
}
