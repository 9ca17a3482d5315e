/** "Why Is This File (Not) Indexed?": asks for the file of the editor, or for the one chosen in the explorer. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { tell } from "../explain";

export function explainFile(client: Client): (chosen?: vscode.Uri) => Promise<void> {
  return async (chosen) => {
    if (await tell(client)) return;
    const uri = chosen ?? vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined) {
      void vscode.window.showInformationMessage("Open the file that you want to know about, or choose it in the explorer.");
      return;
    }
    try {
      const { message } = await client.why(uri.toString());
      void vscode.window.showInformationMessage(message);
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot say: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
