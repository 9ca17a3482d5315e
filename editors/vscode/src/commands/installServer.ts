/** "Install Server": downloads the server, only ever when the user asks for it and has read that it downloads. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { type Installation, bundledPackage, choosePython, install } from "../install";
import { selectedInterpreter } from "../python";

const INSTALL = "Download and Install";

export interface Target {
  /** Where this extension lies, with the server's package in it. */
  extension: string;
  /** Where the server's environment is made. */
  environment: string;
}

export function installServer(client: Client, { extension, environment }: Target, log: vscode.LogOutputChannel): () => Promise<void> {
  return async () => {
    const server = await bundledPackage(extension);
    if (server === undefined) {
      void vscode.window.showErrorMessage("This build of the extension carries no Starlight server. Install it as its README says.");
      return;
    }
    const chosen = await vscode.window.showInformationMessage(
      "Install the Starlight server?",
      {
        modal: true,
        detail: `The server comes with this extension. This downloads the Python packages that it needs from the Python package index, into an environment of this extension:\n${environment}\n\nYour notes are not sent anywhere.`,
      },
      INSTALL,
    );
    if (chosen !== INSTALL) return;
    const selected = vscode.workspace.isTrusted ? await selectedInterpreter(log) : undefined;
    const python = await choosePython(selected === undefined ? [] : [selected]);
    if (python === undefined) {
      void vscode.window.showErrorMessage(
        "Starlight needs Python 3.10 or newer with the module venv, and found none. Install Python, or select an interpreter in the Python extension.",
      );
      return;
    }
    await client.stop(); // A running program cannot be replaced everywhere.
    if (await installWithProgress({ python, server, environment }, log)) {
      await client.restart();
      const running = client.health.kind === "running";
      if (running) void vscode.window.showInformationMessage("The Starlight server is installed and running.");
    } else {
      await client.restart();
    }
  };
}

type Choice = Pick<Installation, "python" | "server" | "environment">;

async function installWithProgress(choice: Choice, log: vscode.LogOutputChannel): Promise<boolean> {
  const abort = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title: "Starlight server", cancellable: true };
  log.info(`Installing ${choice.server} into ${choice.environment} with ${choice.python}.`);
  try {
    await vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => {
        abort.abort();
      });
      await install({
        ...choice,
        signal: abort.signal,
        onLine: (line) => {
          log.info(line);
        },
        onStep: (message) => {
          progress.report({ message });
        },
      });
    });
    return true;
  } catch (error) {
    if (abort.signal.aborted) {
      log.info("The installation was cancelled.");
      return false;
    }
    const detail = error instanceof Error ? error.message : String(error);
    log.error(`The installation failed: ${detail}`);
    const chosen = await vscode.window.showErrorMessage(`The Starlight server could not be installed: ${detail}`, "Show Log");
    if (chosen !== undefined) log.show(true);
    return false;
  }
}
