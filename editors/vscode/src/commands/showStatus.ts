/** "Show Status": a read-only page with everything that helps to see what is wrong, to read or to put in a bug report. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { trouble } from "../explain";
import { commandLine } from "../server";

const SCHEME = "starlight-status";
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: "Starlight Status" });

export class StatusPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(
    private readonly client: Client,
    private readonly extensionVersion: string,
  ) {}

  async provideTextDocumentContent(): Promise<string> {
    return [...this.extensionLines(), "", await this.serverReport(), ""].join("\n");
  }

  async show(): Promise<void> {
    this.changed.fire(PAGE);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(PAGE), { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private extensionLines(): string[] {
    const { server, health } = this.client;
    const found = server === undefined ? "none" : `${commandLine(server)}\n             chosen because ${server.reason}`;
    return [
      `Extension    ${this.extensionVersion} in ${vscode.env.appName} ${vscode.version} (${process.platform} ${process.arch})`,
      `Server       ${found}`,
      `State        ${health.kind}`,
      `Trusted      ${vscode.workspace.isTrusted ? "yes" : "no"}`,
      `Folders      ${vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath).join("\n             ") ?? "none"}`,
    ];
  }

  private async serverReport(): Promise<string> {
    if (this.client.health.kind !== "running") return trouble(this.client)?.problem ?? "";
    try {
      return (await this.client.report()).report;
    } catch (error) {
      return `The server did not say how it is: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
