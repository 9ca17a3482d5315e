/** Writing help: shows that a model writes, and how far it is, and then what it suggests. */
import * as vscode from "vscode";
import type { Client } from "./client";
import type { WriteParams } from "./protocol";
import type { SuggestionPreview } from "./suggestion";

const SHOWN = 80;

let asked = 0;

/** Runs what a code action asks for, with a message that grows with the text and can be cancelled. */
export async function write(client: Client, preview: SuggestionPreview, argument: WriteParams): Promise<void> {
  const id = `write-${(asked += 1)}`;
  const options = { location: vscode.ProgressLocation.Notification, title: "Starlight", cancellable: true };
  try {
    const written = await vscode.window.withProgress(options, async (progress, token) => {
      let text = "";
      const listener = client.onAnswer((news) => {
        if (news.id !== id) return;
        text += news.text ?? "";
        progress.report({ message: text === "" ? (news.message ?? news.phase ?? "") : tail(text) });
      });
      token.onCancellationRequested(() => void client.stopAnswer(id).catch(() => undefined)); // It has ended by itself.
      try {
        return await client.write({ ...argument, id, apply: false });
      } finally {
        listener.dispose();
      }
    });
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === vscode.Uri.parse(argument.uri).toString());
    if (document !== undefined && document.version === written.version) await preview.show(document, written);
    if (written.hint !== "") void vscode.window.showWarningMessage(`Starlight: ${written.hint}`);
    if (written.left_machine) void vscode.window.showInformationMessage(`Starlight: this text was sent to ${written.host}.`);
  } catch (error) {
    void vscode.window.showErrorMessage(`Starlight cannot write this: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The end of what is written, on one line. */
export function tail(text: string): string {
  const line = Array.from(text.replace(/\s+/g, " ").trim());
  return line.length <= SHOWN ? line.join("") : `…${line.slice(1 - SHOWN).join("")}`;
}
