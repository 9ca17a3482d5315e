/** Summarizes a note, a part of it, a folder, or what a tag, a day or a search names: asks what is missing, then the view. */
import * as vscode from "vscode";
import { folderOf, nameOf, noteInEditor } from "../ask/scope";
import type { AskView } from "../ask/view";
import type { SummarizeParams } from "../protocol";
import { fileBehind } from "../texts";

const SINCE = [
  { label: "Today", since: "today" },
  { label: "In the last 7 days", since: "7d" },
  { label: "In the last 30 days", since: "30d" },
  { label: "Since a day…", since: "" },
];

type Run = (...args: never[]) => Promise<void>;

/** The commands, by name. */
export function summarizing(ask: AskView): Record<string, Run> {
  return {
    summarizeNote: () => ofEditor(ask, ({ document }) => [nameOf(document.uri), {}]),
    summarizeSection: () =>
      ofEditor(ask, ({ document, selection }) => [`a section of ${nameOf(document.uri)}`, { position: place(selection.active) }]),
    summarizeSelection: () => ofEditor(ask, selected),
    summarizeFolder: (folder?: unknown) => ofFolder(ask, folder instanceof vscode.Uri ? folder : undefined),
    summarizeTag: () => named(ask, "Which tag?", (tag) => [`#${tag.replace(/^#/, "")}`, { tag }]),
    summarizeSearch: () => named(ask, "What shall be searched for?", (query) => [query, { query }]),
    summarizeChanges: () => changes(ask),
    summarizeConversation: () => conversation(ask),
    summaryIntoNote: () => ask.place(),
    summaryAsNote: () => ask.place("note"),
  };
}

/** Does what a code action says. */
export async function summarizePlace(ask: AskView, asked: SummarizeParams): Promise<void> {
  const name = asked.uri === undefined ? "" : nameOf(vscode.Uri.parse(asked.uri));
  await ask.summarize(`Summarize ${name}`, asked);
}

async function ofEditor(ask: AskView, what: (editor: vscode.TextEditor) => [string, SummarizeParams] | undefined): Promise<void> {
  const editor = noteInEditor();
  const asked = editor === undefined ? undefined : what(editor);
  if (editor === undefined || asked === undefined) {
    const wanted = editor === undefined ? "open a note" : "select something";
    void vscode.window.showWarningMessage(`Starlight: ${wanted} to summarize it.`);
    return;
  }
  await ask.summarize(`Summarize ${asked[0]}`, { uri: editor.document.uri.toString(), ...asked[1] });
}

function selected({ document, selection }: vscode.TextEditor): [string, SummarizeParams] | undefined {
  if (selection.isEmpty) return undefined;
  const range = { start: place(selection.start), end: place(selection.end) };
  return [`lines ${selection.start.line + 1} to ${selection.end.line + 1} of ${nameOf(document.uri)}`, { range }];
}

async function ofFolder(ask: AskView, chosen: vscode.Uri | undefined): Promise<void> {
  const editor = noteInEditor();
  const open = editor === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.joinPath(fileBehind(editor.document.uri), "..");
  const folder = chosen ?? open;
  if (folder === undefined) {
    void vscode.window.showWarningMessage("Starlight: open a folder to summarize it.");
    return;
  }
  await ask.summarize(`Summarize ${folderOf(vscode.Uri.joinPath(folder, "x"))}`, { uri: folder.toString() });
}

async function named(ask: AskView, prompt: string, what: (words: string) => [string, SummarizeParams]): Promise<void> {
  const words = (await vscode.window.showInputBox({ prompt }))?.trim();
  if (words === undefined || words === "") return;
  const [name, asked] = what(words);
  await ask.summarize(`Summarize ${name}`, { ...asked, ...root() });
}

async function changes(ask: AskView): Promise<void> {
  const chosen = await vscode.window.showQuickPick(SINCE, { placeHolder: "What has changed" });
  const day = { prompt: "Since which day?", placeHolder: "2024-05-01, last week, 7d" };
  const since = chosen?.since === "" ? (await vscode.window.showInputBox(day))?.trim() : chosen?.since;
  if (since === undefined || since === "") return;
  await ask.summarize(`Summarize what has changed: ${since}`, { since, ...root() });
}

async function conversation(ask: AskView): Promise<void> {
  const turns = ask.exchanges;
  if (turns.length === 0) {
    void vscode.window.showInformationMessage("There is no answer yet that could be summarized.");
    return;
  }
  await ask.summarize("Summarize this conversation", { turns });
}

/** The folder of what is in the editor, where there is one. */
function root(): { root?: string } {
  const editor = noteInEditor();
  const folder = editor === undefined ? undefined : vscode.workspace.getWorkspaceFolder(fileBehind(editor.document.uri));
  return folder === undefined ? {} : { root: folder.uri.fsPath };
}

function place({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
