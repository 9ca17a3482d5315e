/** "Show Log": the channel with what the extension did and what the server said. */
import type { LogOutputChannel } from "vscode";

export function showLog(log: LogOutputChannel): () => void {
  return () => {
    log.show(true);
  };
}
