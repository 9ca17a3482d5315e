/** Shows notes while one moves through a list, and puts back what the editor showed before. */
import * as vscode from "vscode";

export interface Place {
  uri: vscode.Uri;
  /** Count from 0. */
  start: number;
  end: number;
}

/** An editor as it was: which document, where the cursor was, what was in view. */
interface Before {
  uri: vscode.Uri;
  column: vscode.ViewColumn | undefined;
  isPreview: boolean;
  selections: readonly vscode.Selection[];
  visible: vscode.Range | undefined;
}

export class Preview implements vscode.Disposable {
  private readonly before = editorBefore();
  private readonly textsBefore = openTexts();
  private readonly previewBefore = previewTab();
  private readonly highlight = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    isWholeLine: true,
  });
  private used = false;
  /** Shows come one after the other, or an early one could end up on top of a later one. */
  private last: Promise<void> = Promise.resolve();
  private wanted: Place | undefined;

  /** Shows a place in the preview editor; the list keeps the keyboard. */
  show(place: Place): Promise<void> {
    this.wanted = place;
    this.last = this.last.then(async () => {
      if (this.wanted !== place) return; // The user has moved on.
      this.used = true;
      const editor = await open(place, { preview: true, preserveFocus: true });
      // In the middle, because the list hangs over the upper part of the editor.
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
      editor.setDecorations(this.highlight, [new vscode.Range(place.start, 0, place.end, 0)]);
    }).catch(() => undefined); // A note that is gone by now cannot be shown; opening it says so.
    return this.last;
  }

  /** Opens a place for good. */
  async accept(place: Place): Promise<void> {
    this.wanted = undefined;
    await this.last;
    await open(place, { preview: false, preserveFocus: false });
  }

  /** Puts back what was there before the first `show`. */
  async restore(): Promise<void> {
    this.wanted = undefined;
    await this.last;
    if (!this.used) return;
    const replaced = this.previewBefore !== undefined && !openTexts().has(this.previewBefore.toString());
    // Reopening the preview that ours took the place of takes the place of ours in turn.
    if (replaced) await vscode.window.showTextDocument(this.previewBefore, { preview: true, preserveFocus: true });
    if (this.before !== undefined) await reopen(this.before);
    await this.closeOurs();
  }

  dispose(): void {
    this.highlight.dispose();
  }

  private async closeOurs(): Promise<void> {
    const ours = vscode.window.tabGroups.activeTabGroup.tabs.filter(
      (tab) => tab.isPreview && tab.input instanceof vscode.TabInputText && !this.textsBefore.has(tab.input.uri.toString()),
    );
    await vscode.window.tabGroups.close(ours, true);
  }
}

async function open(place: Place, options: { preview: boolean; preserveFocus: boolean }): Promise<vscode.TextEditor> {
  const at = new vscode.Position(place.start, 0);
  return vscode.window.showTextDocument(place.uri, { ...options, selection: new vscode.Range(at, at) });
}

async function reopen(before: Before): Promise<void> {
  const editor = await vscode.window.showTextDocument(before.uri, {
    preview: before.isPreview,
    ...(before.column === undefined ? {} : { viewColumn: before.column }),
  });
  editor.selections = before.selections;
  if (before.visible !== undefined) editor.revealRange(before.visible, vscode.TextEditorRevealType.AtTop);
}

function editorBefore(): Before | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  return {
    uri: editor.document.uri,
    column: editor.viewColumn,
    isPreview: vscode.window.tabGroups.activeTabGroup.activeTab?.isPreview ?? false,
    selections: editor.selections,
    visible: editor.visibleRanges[0],
  };
}

function openTexts(): Set<string> {
  const tabs = vscode.window.tabGroups.activeTabGroup.tabs;
  return new Set(tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri.toString()] : [])));
}

function previewTab(): vscode.Uri | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.tabs.find(({ isPreview }) => isPreview);
  return tab?.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
}
