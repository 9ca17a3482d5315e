/** Text views: what a document says that VS Code shows otherwise or not at all, as Markdown that cannot be changed. */
import * as vscode from "vscode";
import type { Client } from "./client";
import { tell, trouble } from "./explain";
import { TEXT_SCHEME } from "./protocol";
import type { DocumentText } from "./protocol";

const VIEW_ENDING = ".md";

/** The file that a text view is of; any other URI as it is. */
export function fileBehind(uri: vscode.Uri): vscode.Uri {
  return uri.scheme === TEXT_SCHEME ? uri.with({ scheme: "file", path: uri.path.slice(0, -VIEW_ENDING.length) }) : uri;
}

export class TextViews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  /** Fires when a view is to be filled again. */
  readonly onDidChange = this.changed.event;
  private readonly shown = new Map<string, DocumentText>();
  private readonly watchers = new Map<string, vscode.Disposable>();
  private readonly disposables: { dispose(): unknown }[];

  constructor(private readonly client: Client) {
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(TEXT_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.forget(uri);
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    await this.client.started();
    const found = trouble(this.client);
    if (found !== undefined) throw new Error(found.problem);
    const shown = await this.client.text(uri.toString());
    this.shown.set(uri.toString(), shown);
    this.watch(uri);
    return shown.text;
  }

  /** Opens the file of the view in the editor, at the page of the cursor where the user's viewer can do that. */
  async openFile(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.scheme !== TEXT_SCHEME) {
      void vscode.window.showInformationMessage("Open the text of a document, for example from a search: this command opens its file.");
      return;
    }
    const { uri } = editor.document;
    if (!this.shown.has(uri.toString()) && await tell(this.client)) return;
    try {
      const { unit, marks } = this.shown.get(uri.toString()) ?? await this.client.text(uri.toString());
      const line = editor.selection.active.line + 1;
      await openFile(fileBehind(uri), unit === "page" ? marks.findLast((mark) => mark.line <= line)?.number : undefined);
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot open the file: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables, ...this.watchers.values()).dispose();
  }

  /** Reads the text again when its file has changed. */
  private watch(uri: vscode.Uri): void {
    if (this.watchers.has(uri.toString())) return;
    const file = fileBehind(uri);
    // The name itself may hold what a pattern takes for something else.
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(file, ".."), "*"));
    const look = (changed: vscode.Uri): void => {
      if (changed.fsPath === file.fsPath) this.changed.fire(uri);
    };
    this.watchers.set(uri.toString(), vscode.Disposable.from(watcher, watcher.onDidChange(look), watcher.onDidCreate(look)));
  }

  private forget(uri: vscode.Uri): void {
    this.shown.delete(uri.toString());
    this.watchers.get(uri.toString())?.dispose();
    this.watchers.delete(uri.toString());
  }
}

/** Opens a file as the user's system does; where that is another machine, VS Code itself does what it can. */
export async function openFile(file: vscode.Uri, page: number | undefined): Promise<void> {
  const place = page === undefined ? file : file.with({ fragment: `page=${page}` });
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (isHere && await vscode.env.openExternal(place)) return;
  await vscode.commands.executeCommand("vscode.open", place);
}
