/** What the page of the Ask view and the extension say to each other. */
import type { Turn } from "./conversation";

/** What of the notes may be used. */
export type ScopeChoice = "all" | "folder" | "note" | "selection";

export type ToPage =
  | { kind: "conversation"; turns: Turn[] }
  | { kind: "turn"; turn: Turn }
  /** Why nothing can be asked just now; empty where it can. */
  | { kind: "trouble"; problem: string }
  /** The last part of the name of what is open in the editor; empty where there is none. */
  | { kind: "editor"; note: string; folder: string; selected: boolean }
  /** Puts the keyboard into the field, with a question and a scope where they are named. */
  | { kind: "focus"; question?: string; scope?: ScopeChoice };

export type FromPage =
  | { kind: "ready" }
  | { kind: "ask"; question: string; scope: ScopeChoice }
  | { kind: "stop" }
  | { kind: "open"; turn: string; source: number; beside: boolean }
  | { kind: "copy"; turn: string };
