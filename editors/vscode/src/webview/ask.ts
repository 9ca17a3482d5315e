/** The script of the Ask view's page: shows what it is told, and says what is clicked and typed. */
import type { Turn } from "../ask/conversation";
import type { FromPage, ScopeChoice, ToPage } from "../ask/messages";
import { turnHtml } from "./turn";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; getState(): unknown; setState(state: unknown): void };

const vscode = acquireVsCodeApi();
const turns = element("turns", HTMLElement);
const form = element("form", HTMLFormElement);
const question = element("question", HTMLTextAreaElement);
const scope = element("scope", HTMLSelectElement);
const send = element("send", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const trouble = element("trouble", HTMLElement);
const working = new Set<string>();
const due = new Map<string, Turn>();

function element<T extends HTMLElement>(id: string, type: { new (): T }): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

function take(message: ToPage): void {
  switch (message.kind) {
    case "conversation":
      turns.replaceChildren();
      working.clear();
      due.clear();
      message.turns.forEach(show);
      arrange();
      return;
    case "turn":
      if (due.size === 0) requestAnimationFrame(showDue); // Text may come thirty times a second.
      due.set(message.turn.id, message.turn);
      return;
    case "trouble":
      trouble.textContent = message.problem;
      trouble.hidden = message.problem === "";
      return;
    case "editor":
      name(message);
      return;
    case "focus":
      if (message.question !== undefined) question.value = message.question;
      if (message.scope !== undefined) scope.value = message.scope;
      question.focus();
  }
}

function showDue(): void {
  const all = [...due.values()];
  due.clear();
  all.forEach(show);
  arrange();
}

/**
 * Shows one turn in its place.  Whoever is at its end follows what is written; when it is done its beginning is shown, or
 * nothing moves where that is out of view already: the sources that come then lie below what is being read.
 */
function show(turn: Turn): void {
  const atEnd = turns.scrollHeight - turns.scrollTop - turns.clientHeight < 40;
  const found = document.getElementById(`turn-${turn.id}`);
  const article = found ?? document.createElement("article");
  article.id = `turn-${turn.id}`;
  article.dataset["turn"] = turn.id;
  article.dataset["state"] = turn.state;
  article.innerHTML = turnHtml(turn); // What comes from notes and models is escaped there.
  if (found === null) turns.append(article);
  if (turn.state === "working") working.add(turn.id);
  else working.delete(turn.id);
  if (!atEnd && found !== null) return;
  const end = turns.scrollHeight - turns.clientHeight;
  const top = Math.min(end, article.offsetTop - turns.offsetTop);
  turns.scrollTop = turn.state === "working" ? end : Math.max(turns.scrollTop, top);
}

function arrange(): void {
  const busy = working.size > 0;
  send.hidden = busy;
  stop.hidden = !busy;
  turns.classList.toggle("empty", turns.childElementCount === 0);
}

function name({ note, folder, selected }: ToPage & { kind: "editor" }): void {
  const labels: Record<string, [string, boolean]> = {
    folder: [folder === "" ? "This folder" : `Folder ${folder}`, folder !== ""],
    note: [note === "" ? "This note" : `Note ${note}`, note !== ""],
    selection: ["Selection", selected],
  };
  for (const option of scope.options) {
    const [label, there] = labels[option.value] ?? [option.textContent, true];
    option.textContent = label;
    option.disabled = !there;
  }
  if (scope.selectedOptions[0]?.disabled === true) scope.value = "all";
}

function ask(): void {
  if (question.value.trim() === "" || working.size > 0) return;
  vscode.postMessage({ kind: "ask", question: question.value, scope: scope.value as ScopeChoice });
  question.value = "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
question.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // Enter ends a word of an input method.
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    ask();
  } else if (event.key === "Escape" && working.size > 0) {
    vscode.postMessage({ kind: "stop" });
  }
});
stop.addEventListener("click", () => {
  vscode.postMessage({ kind: "stop" });
});
turns.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const turn = event.target.closest("article")?.dataset["turn"];
  const source = event.target.closest<HTMLElement>("[data-source]")?.dataset["source"];
  if (turn === undefined) return;
  if (source !== undefined) vscode.postMessage({ kind: "open", turn, source: Number(source), beside: event.ctrlKey || event.metaKey });
  else if (event.target.closest(".copy") !== null) vscode.postMessage({ kind: "copy", turn });
});
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  take(data);
});
vscode.postMessage({ kind: "ready" });
