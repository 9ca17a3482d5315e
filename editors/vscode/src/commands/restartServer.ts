/** "Restart Server": looks for the server afresh, so it also starts one that has just been installed. */
import type { Client } from "../client";
import { tell } from "../explain";

export function restartServer(client: Client): () => Promise<void> {
  return async () => {
    await client.restart();
    if (client.health.kind !== "running") void tell(client);
  };
}
