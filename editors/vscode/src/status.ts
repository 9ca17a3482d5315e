/** The status item: one place that shows what the server is doing, fed by its `starlight/status`. */
import * as vscode from "vscode";
import type { Client } from "./client";
import { statusTooltip, statusWords } from "./wording";

const LINKS = ["searchNotes", "showStatus", "pauseIndexing", "resumeIndexing", "restartServer", "installServer", "showLog"].map(
  (name) => `starlight.${name}`,
);

export function createStatusItem(client: Client): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("starlight.status", vscode.StatusBarAlignment.Right, 50);
  item.name = "Starlight";
  item.command = "starlight.showStatus";

  const show = (): void => {
    const { text, severity } = statusWords(client.health, client.status);
    item.text = text;
    item.backgroundColor = severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
    const tooltip = new vscode.MarkdownString(statusTooltip(client.health, client.status), true);
    tooltip.isTrusted = { enabledCommands: LINKS };
    item.tooltip = tooltip;
  };
  show();
  item.show();
  return vscode.Disposable.from(item, client.onDidChange(show));
}
