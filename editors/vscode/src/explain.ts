/** What a command shows when it cannot do its work: why, and the buttons that help. */
import * as vscode from "vscode";
import type { Client } from "./client";

export interface Remedy {
  label: string;
  run: () => unknown;
}

const command = (label: string, id: string, ...args: unknown[]): Remedy => ({
  label,
  run: () => vscode.commands.executeCommand(id, ...args),
});

const INSTALL = command("Install", "starlight.installServer");
const SET_PATH = command("Set Path", "workbench.action.openSettings", "starlight.server.path");
const SHOW_LOG = command("Show Log", "starlight.showLog");
const RESTART = command("Restart", "starlight.restartServer");
const OPEN_FOLDER = command("Open Folder", "vscode.openFolder");

/** Why the server cannot be asked just now, with what helps; undefined when it can. */
export function trouble(client: Client): { problem: string; remedies: Remedy[] } | undefined {
  const { health } = client;
  switch (health.kind) {
    case "running":
      return vscode.workspace.workspaceFolders === undefined
        ? { problem: "No folder is open. Open the folder with your notes, and Starlight searches it.", remedies: [OPEN_FOLDER] }
        : undefined;
    case "starting":
      return { problem: "The Starlight server is starting.", remedies: [SHOW_LOG] };
    case "stopped":
      return { problem: "The Starlight server is stopped.", remedies: [RESTART, SHOW_LOG] };
    case "failed":
      return { problem: health.problem, remedies: [RESTART, SHOW_LOG] };
    case "missing":
      return { problem: health.problem, remedies: health.badSetting ? [SET_PATH, SHOW_LOG] : [INSTALL, SET_PATH, SHOW_LOG] };
  }
}

/** The same as rows of a list: the problem first, then a row for everything that helps. */
export function explain(client: Client): (vscode.QuickPickItem & { run?: () => unknown })[] | undefined {
  const found = trouble(client);
  if (found === undefined) return undefined;
  const { kind } = client.health;
  const icon = kind === "starting" ? "$(loading~spin)" : "$(warning)";
  const label = kind === "starting" || kind === "running" ? found.problem : "Starlight's server is not running";
  return [
    { label: `${icon} ${label}`, alwaysShow: true, ...(label === found.problem ? {} : { detail: found.problem }) },
    ...found.remedies.map(({ label, run }) => ({ label: `$(arrow-right) ${label}`, alwaysShow: true, run })),
  ];
}

/** The same as a message with buttons. True when there was something to say. */
export async function tell(client: Client): Promise<boolean> {
  const found = trouble(client);
  if (found === undefined) return false;
  const chosen = await vscode.window.showErrorMessage(found.problem, ...found.remedies.map(({ label }) => label));
  await found.remedies.find(({ label }) => label === chosen)?.run();
  return true;
}
