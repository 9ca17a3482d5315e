/** The settings, read when they are needed so that a change holds from the next use on. */
import * as vscode from "vscode";
import { withWatcherExclude, withoutOurs } from "./settings";

export const SECTION = "starlight";
export const WATCHER_EXCLUDE = "files.watcherExclude";

export function serverPath(): string {
  return vscode.workspace.getConfiguration(SECTION).get("server.path", "");
}

export function traceLevel(): string {
  return vscode.workspace.getConfiguration(SECTION).get("trace.server", "off");
}

/** The settings that are the server's, in the shape that it reads. */
export function serverSettings(): Record<string, unknown> {
  return settingsForServer(vscode.workspace.getConfiguration().get<Record<string, unknown>>(SECTION, {}));
}

/** What VS Code does not watch, Starlight need not watch either. */
export function settingsForServer(settings: Record<string, unknown>): Record<string, unknown> {
  const excluded = vscode.workspace.getConfiguration().get<Record<string, boolean>>(WATCHER_EXCLUDE, {});
  return withWatcherExclude(withoutOurs(settings), excluded);
}
