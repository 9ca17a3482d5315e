/** "Rebuild Index": asks first, because a large folder takes a while. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { tell } from "../explain";

const REBUILD = "Rebuild";

export function rebuildIndex(client: Client): () => Promise<void> {
  return async () => {
    if (await tell(client)) return;
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name).join(", ");
    const chosen = await vscode.window.showWarningMessage(
      `Rebuild the index of ${folders}?`,
      { modal: true, detail: "It is made again from your notes, which are not touched. You can go on searching the old one meanwhile." },
      REBUILD,
    );
    if (chosen !== REBUILD) return;
    try {
      await client.rebuild();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Starlight could not rebuild the index: ${detail}`);
    }
  };
}
