/** The settings, read when they are needed so that a change holds from the next use on. */
import * as vscode from "vscode";

export const SECTION = "starlight";

export function serverPath(): string {
  return vscode.workspace.getConfiguration(SECTION).get("server.path", "");
}

export function traceLevel(): string {
  return vscode.workspace.getConfiguration(SECTION).get("trace.server", "off");
}

/** The settings that are the server's, in the shape that it reads. */
export function serverSettings(): Record<string, unknown> {
  const all = vscode.workspace.getConfiguration().get<Record<string, unknown>>(SECTION, {});
  return withoutOurs(all);
}

/** Leaves out what only this extension understands: the server would call it an unknown setting. */
export function withoutOurs(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== "server" && name !== "trace"));
}
