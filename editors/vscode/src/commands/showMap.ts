/** "Show Map": the page that the server makes, in a panel that loads nothing and only says which note to open. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { tell } from "../explain";
import type { NoteMap } from "../protocol";

/** What the page says: server/starlight/engine/map_page/main.js. */
interface FromMap {
  kind: "open";
  path: string;
}

export function showMap(client: Client): () => Promise<void> {
  const panel = new MapPanel();
  return async () => {
    if (await tell(client)) return;
    const uri = vscode.window.activeTextEditor?.document.uri;
    try {
      const map = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Starlight: drawing the map", cancellable: true },
        (_, token) => client.map(uri?.scheme === "file" ? { uri: uri.toString() } : {}, token),
      );
      if (!map.stopped) await panel.fill(map);
    } catch (error) {
      if (!isCancelled(error)) void vscode.window.showErrorMessage(`Starlight cannot draw the map: ${said(error)}`);
    }
  };
}

class MapPanel {
  private panel: vscode.WebviewPanel | undefined;
  private root: vscode.Uri | undefined;

  /** The page has its own policy: its script and style by their hashes, and nothing from anywhere. */
  async fill(map: NoteMap & { stopped: false }): Promise<void> {
    const page = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(map.uri)));
    this.root = vscode.Uri.file(map.root);
    if (this.panel === undefined) {
      this.panel = vscode.window.createWebviewPanel("starlight.map", "Map of Notes", vscode.ViewColumn.Active, {
        enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true,
      });
      this.panel.onDidDispose(() => {
        this.panel = undefined;
      });
      this.panel.webview.onDidReceiveMessage((message: FromMap) => void this.open(message.path));
    }
    this.panel.webview.html = page;
    this.panel.reveal();
  }

  private async open(path: string): Promise<void> {
    if (this.root === undefined) return;
    const uri = vscode.Uri.joinPath(this.root, path);
    if (!uri.path.startsWith(`${this.root.path.replace(/\/$/, "")}/`)) return;
    try {
      await vscode.commands.executeCommand("vscode.open", uri, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot open ${path}: ${said(error)}`);
    }
  }
}

/** What comes of a request that was cancelled: the server has a number for it. */
function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  return typeof error === "object" && error !== null && "code" in error && error.code === -32800;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
