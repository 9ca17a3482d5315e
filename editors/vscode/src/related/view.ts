/** The Related view in the side bar: passages of other notes that belong to the place of the cursor, while it is seen. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { TEXT_SCHEME } from "../protocol";
import type { Hit, Related } from "../protocol";
import { fileBehind } from "../texts";
import { relatedRow, relatedState } from "../wording";
import { itemOf, keyOf } from "./item";

export const RELATED_VIEW = "starlight.relatedView";

/** So long the cursor has to rest before its place is told. */
const REST_MS = 150;
/** So long no note may be in the editor before its list is taken away: between two notes there is none, too. */
const SWITCH_MS = 1000;

export class RelatedView implements vscode.TreeDataProvider<Hit>, vscode.Disposable {
  private readonly redraw = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.redraw.event;
  private readonly view: vscode.TreeView<Hit>;
  private readonly disposables: { dispose(): unknown }[];
  private hits: readonly Hit[] = [];
  /** The note whose place the server follows. */
  private followed: vscode.TextDocument | undefined;
  private running = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly client: Client) {
    this.view = vscode.window.createTreeView(RELATED_VIEW, { treeDataProvider: this });
    const soon = (): void => {
      this.followSoon();
    };
    this.disposables = [
      this.view,
      this.redraw,
      this.view.onDidChangeVisibility(soon),
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.window.onDidChangeVisibleTextEditors(soon),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.noteEditor()) this.followSoon();
      }),
      client.onRelated((found) => {
        this.heard(found);
      }),
      client.onDidChange(() => {
        this.serverChanged();
      }),
    ];
    this.serverChanged();
  }

  getChildren(parent?: Hit): Hit[] {
    return parent === undefined ? [...this.hits] : [];
  }

  getTreeItem(hit: Hit): vscode.TreeItem {
    const uri = vscode.Uri.parse(hit.uri);
    const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
    const file = vscode.Uri.parse(hit.file ?? hit.uri);
    return itemOf(hit, uri, relatedRow(hit, several ? vscode.workspace.asRelativePath(file, true) : hit.path));
  }

  /** Puts a link to the note of a row where the cursor is, and gives the keyboard back to the text. */
  async insertLink(hit: Hit | undefined): Promise<void> {
    const before = this.noteEditor();
    if (hit === undefined || before === undefined) return;
    try {
      const { text } = await this.client.link({ uri: before.document.uri.toString(), target: hit.uri });
      const column = before.viewColumn;
      const editor = await vscode.window.showTextDocument(before.document, column === undefined ? {} : { viewColumn: column });
      const inserted = await editor.edit((edit) => {
        edit.insert(editor.selection.active, text);
      });
      if (!inserted) throw new Error("the note cannot be changed.");
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot insert the link: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private serverChanged(): void {
    const running = this.client.health.kind === "running";
    if (running === this.running) return;
    this.running = running;
    this.followed = undefined; // Another server knows nothing of it.
    this.followSoon();
  }

  private followSoon(): void {
    clearTimeout(this.timer);
    const pause = this.view.visible && this.running && this.noteEditor() === undefined ? SWITCH_MS : REST_MS;
    this.timer = setTimeout(() => void this.follow(), pause);
  }

  /** Tells the server which place to follow, or that nobody looks. */
  private async follow(): Promise<void> {
    const editor = this.view.visible && this.running ? this.noteEditor() : undefined;
    const before = this.followed;
    this.followed = editor?.document;
    if (editor === undefined) {
      if (this.view.visible) this.show([], "none");
      if (before !== undefined && this.running) await this.client.unfollow().catch(() => undefined); // It has ended by itself.
      return;
    }
    if (before !== editor.document) this.view.description = vscode.workspace.asRelativePath(fileBehind(editor.document.uri), false);
    const { active, start, end, isEmpty } = editor.selection;
    const selected = isEmpty ? {} : { range: { start: place(start), end: place(end) } };
    try {
      await this.client.follow({ uri: editor.document.uri.toString(), position: place(active), ...selected });
    } catch {
      this.followed = undefined; // The server has ended: the status item says so, and the next one is told again.
    }
  }

  private heard(found: Related): void {
    if (found.uri !== this.followed?.uri.toString()) return;
    this.show(found.hits, relatedState(found));
  }

  /** Fills the list, unless it would be the same to who reads it. */
  private show(hits: readonly Hit[], state: string): void {
    void vscode.commands.executeCommand("setContext", "starlight.relatedState", state);
    if (state === "none") this.view.description = "";
    const isSame = hits.map(keyOf).join("\n") === this.hits.map(keyOf).join("\n");
    this.hits = hits;
    if (!isSame) this.redraw.fire();
  }

  /** The note in the editor, also while something else has the keyboard and the note can still be seen. */
  private noteEditor(): vscode.TextEditor | undefined {
    const active = vscode.window.activeTextEditor;
    if (active !== undefined && isNote(active.document)) return active;
    return vscode.window.visibleTextEditors.find(({ document }) => document === this.followed);
  }
}

function isNote({ uri, languageId }: vscode.TextDocument): boolean {
  return (uri.scheme === "file" || uri.scheme === TEXT_SCHEME) && languageId === "markdown";
}

function place({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
