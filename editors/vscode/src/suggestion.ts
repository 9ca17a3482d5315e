/** A text that a model suggests, beside the one that it would replace; nothing changes until it is accepted. */
import * as vscode from "vscode";
import type { Suggestion } from "./protocol";

export const SUGGESTION_SCHEME = "starlight-suggestion";

interface Shown {
  uri: vscode.Uri;
  document: vscode.TextDocument;
  version: number;
  range: vscode.Range;
  text: string;
  /** The whole note as it would be. */
  whole: string;
}

export class SuggestionPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private shown: Shown | undefined;
  private count = 0;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SUGGESTION_SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown?.uri.toString() === uri.toString() ? this.shown.whole : "";
  }

  /** Shows the note as it is beside the note as it would be. */
  async show(document: vscode.TextDocument, { action, edit, model }: Suggestion): Promise<void> {
    const change = edit?.documentChanges?.[0]?.edits[0];
    if (change === undefined) return;
    const { start, end } = change.range;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    const text = document.getText();
    const whole = text.slice(0, document.offsetAt(range.start)) + change.newText + text.slice(document.offsetAt(range.end));
    // Another address each time, or VS Code would show the last text again; the same ending, for the same colours.
    const uri = vscode.Uri.from({ scheme: SUGGESTION_SCHEME, path: document.uri.path, query: String((this.count += 1)) });
    this.shown = { uri, document, version: document.version, range, text: change.newText, whole };
    const title = `Suggestion: ${action}`;
    await vscode.commands.executeCommand("vscode.diff", document.uri, uri, title, { preview: true });
    const accept = "Accept";
    void vscode.window.showInformationMessage(`Starlight: ${model} suggests this text.`, accept, "Refuse").then((chosen) => {
      if (chosen !== undefined && this.shown?.uri === uri) void (chosen === accept ? this.accept() : this.refuse());
    });
  }

  /** Makes the change, as an edit that can be undone; not where the note has changed since. */
  async accept(): Promise<void> {
    const shown = this.shown;
    if (shown === undefined) return;
    if (shown.document.version !== shown.version || shown.document.isClosed) {
      void vscode.window.showWarningMessage("Starlight: the note has changed since this was suggested. Ask again.");
      return;
    }
    await this.refuse();
    const edit = new vscode.WorkspaceEdit();
    edit.replace(shown.document.uri, shown.range, shown.text);
    await vscode.workspace.applyEdit(edit);
    await vscode.window.showTextDocument(shown.document);
  }

  /** Closes the preview. */
  async refuse(): Promise<void> {
    const uri = this.shown?.uri.toString();
    this.shown = undefined;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const ours = tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri);
    await vscode.window.tabGroups.close(ours, true);
  }

  dispose(): void {
    this.registration.dispose();
  }
}
