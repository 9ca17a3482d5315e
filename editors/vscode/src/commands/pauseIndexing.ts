/** "Pause Indexing" and "Resume Indexing", of all folders. The status item shows what comes of it. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { tell } from "../explain";
import type { Status } from "../protocol";

export function pauseIndexing(client: Client): () => Promise<void> {
  return asking(client, "pause", () => client.pause());
}

export function resumeIndexing(client: Client): () => Promise<void> {
  return asking(client, "resume", () => client.resume());
}

function asking(client: Client, what: string, ask: () => Promise<Status>): () => Promise<void> {
  return async () => {
    if (await tell(client)) return;
    try {
      await ask();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Starlight could not ${what} indexing: ${detail}`);
    }
  };
}
