/** What of the notes a question is about: a choice in the view, as the server takes it. */
import * as vscode from "vscode";
import { TEXT_SCHEME } from "../protocol";
import type { AskScope } from "../protocol";
import { fileBehind } from "../texts";
import type { ScopeChoice } from "./messages";

export interface Scope {
  /** In words, shown beside the question; empty for all notes. */
  words: string;
  asked: AskScope;
}

/** The document that "this note" means: the one in the editor, also while the view has the keyboard. */
export function noteInEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor !== undefined && ["file", TEXT_SCHEME].includes(editor.document.uri.scheme) ? editor : undefined;
}

/** What is chosen; undefined where there is nothing in the editor that it could mean. */
export function scopeOf(choice: ScopeChoice): Scope | undefined {
  if (choice === "all") return { words: "", asked: {} };
  const editor = noteInEditor();
  if (editor === undefined) return undefined;
  const { uri } = editor.document;
  switch (choice) {
    case "folder":
      return { words: `in ${folderOf(uri)}`, asked: { folder: vscode.Uri.joinPath(fileBehind(uri), "..").toString() } };
    case "note":
      return { words: `in ${nameOf(uri)}`, asked: { notes: [uri.toString()] } };
    case "selection":
      return editor.selection.isEmpty ? undefined : selected(editor);
  }
}

function selected({ document, selection }: vscode.TextEditor): Scope {
  const { start, end } = selection;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const range = { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
  const words = `in ${nameOf(document.uri)}, lines ${start.line + 1} to ${last + 1}`;
  return { words, asked: { selection: { uri: document.uri.toString(), range } } };
}

export function nameOf(uri: vscode.Uri): string {
  const { path } = fileBehind(uri);
  return path.slice(path.lastIndexOf("/") + 1);
}

export function folderOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(vscode.Uri.joinPath(fileBehind(uri), ".."));
}
