/** Makes an environment of this extension's own and installs the server into it. Knows nothing of VS Code. */
import { execFile, spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { inEnvironment } from "./server";

const OLDEST_PYTHON = [3, 10] as const;
const CANDIDATES = process.platform === "win32" ? ["python", "py"] : ["python3", "python"];

const run = promisify(execFile);

/** The first interpreter that is new enough, tried in the order given and then those on PATH. */
export async function choosePython(preferred: readonly string[]): Promise<string | undefined> {
  for (const python of [...preferred, ...CANDIDATES]) {
    if (await isNewEnough(python)) return python;
  }
  return undefined;
}

async function isNewEnough(python: string): Promise<boolean> {
  try {
    await run(python, ["-c", `import sys, venv; sys.exit(sys.version_info < (${OLDEST_PYTHON.join(", ")}))`], { timeout: 15_000 });
    return true;
  } catch {
    return false;
  }
}

/** The server's package, which comes with this extension: its name on the public package index is another's. */
export async function bundledPackage(extensionFolder: string): Promise<string | undefined> {
  const folder = path.join(extensionFolder, "server");
  const names = await readdir(folder).catch((): string[] => []);
  const wheel = names.find((name) => name.endsWith(".whl"));
  return wheel === undefined ? undefined : path.join(folder, wheel);
}

export interface Installation {
  python: string;
  /** The wheel to install. */
  server: string;
  environment: string;
  signal: AbortSignal;
  /** One line of output of the programs that are run. */
  onLine: (line: string) => void;
  onStep: (step: string) => void;
}

/** Leaves nothing behind when it is cancelled or fails. */
export async function install(how: Installation): Promise<void> {
  try {
    how.onStep("making a Python environment");
    await spawnLogged(how, how.python, ["-m", "venv", "--clear", how.environment]);
    how.onStep("downloading and installing");
    const python = inEnvironment(how.environment, "python", process.platform);
    await spawnLogged(how, python, ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--upgrade", how.server]);
  } catch (error) {
    await rm(how.environment, { recursive: true, force: true });
    throw error;
  }
}

function spawnLogged({ signal, onLine }: Installation, command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { signal, stdio: ["ignore", "pipe", "pipe"] });
    let last = "";
    const collect = (chunk: Buffer): void => {
      for (const line of chunk.toString().split(/\r?\n/)) {
        if (line.trim() === "") continue;
        last = line.trim();
        onLine(last);
      }
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(last === "" ? `${command} ended with code ${code ?? "none"}` : last));
    });
  });
}
