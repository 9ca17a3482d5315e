/** Looks at the machine for `findServer`. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { serverPath } from "./config";
import { selectedInterpreter } from "./python";
import type { Surroundings } from "./server";

const IMPORT_LIMIT_MS = 15_000;

export function ownEnvironment(context: vscode.ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, "server");
}

export async function lookAround(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Surroundings> {
  const setting = serverPath();
  return {
    setting,
    home: homedir(),
    platform: process.platform,
    path: process.env["PATH"] ?? "",
    trusted: vscode.workspace.isTrusted,
    // Asking the Python extension activates it, which takes a while: not when the setting decides anyway.
    interpreter: setting === "" && vscode.workspace.isTrusted ? await selectedInterpreter(log) : undefined,
    ownEnvironment: ownEnvironment(context),
    isExecutable,
    canImport,
  };
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function canImport(interpreter: string): Promise<boolean> {
  const code = "import importlib.util, sys; sys.exit(importlib.util.find_spec('starlight.__main__') is None)";
  return new Promise((resolve) => {
    execFile(interpreter, ["-c", code], { cwd: dirname(interpreter), timeout: IMPORT_LIMIT_MS }, (error) => {
      resolve(error === null);
    });
  });
}
