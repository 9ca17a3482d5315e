/**
 * Which server to run, and how.
 *
 * Nothing here knows VS Code: what has to be looked at comes in as `Surroundings`, so the order below is tested on its own.
 */
import { posix, win32 } from "node:path";

export interface Surroundings {
  /** The setting `starlight.server.path`, as the user wrote it. */
  setting: string;
  home: string;
  platform: NodeJS.Platform;
  /** The variable PATH. */
  path: string;
  /** Whether the user trusts this workspace. */
  trusted: boolean;
  /** The interpreter that the Python extension has selected; undefined without that extension. */
  interpreter: string | undefined;
  /** The environment that "Install Server" makes. */
  ownEnvironment: string;
  isExecutable(file: string): Promise<boolean>;
  /** Whether this interpreter can import the server. */
  canImport(interpreter: string): Promise<boolean>;
}

export interface Server {
  kind: "found";
  command: string;
  args: string[];
  /** Why this one: said in the log and in the status. */
  reason: string;
}

export interface NoServer {
  kind: "missing";
  /** True when the setting names a program that is not there: then nothing else is tried. */
  badSetting: boolean;
  problem: string;
}

/**
 * Finds the server. The first of these that is there is taken:
 *
 * 1. The setting `starlight.server.path`. `~` is the home folder. A setting that points at nothing is an error and not
 *    a reason to look further: the user named a program and would otherwise run another one without knowing.
 * 2. The environment that the Python extension has selected: `starlight` beside the interpreter, else
 *    `python -m starlight` when the interpreter can import it. Skipped in a workspace that is not trusted, because the
 *    folder itself can hold that environment or choose it.
 * 3. `starlight` on PATH, in absolute folders only.
 * 4. The extension's own environment, which the command "Install Server" makes when the user asks for it.
 */
export async function findServer(around: Surroundings): Promise<Server | NoServer> {
  if (around.setting.trim() !== "") return fromSetting(around);
  return (
    (await fromInterpreter(around)) ??
    (await fromPath(around)) ??
    (await fromOwnEnvironment(around)) ?? {
      kind: "missing",
      badSetting: false,
      problem:
        "Starlight's server is not installed, neither in the selected Python environment nor on PATH.",
    }
  );
}

async function fromSetting(around: Surroundings): Promise<Server | NoServer> {
  const path = paths(around);
  const written = around.setting.trim();
  const file = /^~(?=$|[/\\])/.test(written) ? path.join(around.home, written.slice(1)) : written;
  const fault = !path.isAbsolute(file)
    ? "is not an absolute path"
    : !(await around.isExecutable(file))
      ? "is not a program that can be run"
      : undefined;
  if (fault === undefined) return found(file, "the setting starlight.server.path names it");
  return { kind: "missing", badSetting: true, problem: `The setting starlight.server.path is "${written}", which ${fault}.` };
}

async function fromInterpreter(around: Surroundings): Promise<Server | undefined> {
  const { interpreter } = around;
  if (interpreter === undefined || !around.trusted) return undefined;
  const path = paths(around);
  const beside = path.join(path.dirname(interpreter), programName(around));
  if (await around.isExecutable(beside)) return found(beside, "it is in the environment that the Python extension has selected");
  if (!(await around.canImport(interpreter))) return undefined;
  return {
    kind: "found",
    command: interpreter,
    args: ["-m", "starlight", "serve"],
    reason: "the interpreter that the Python extension has selected can import it",
  };
}

async function fromPath(around: Surroundings): Promise<Server | undefined> {
  const path = paths(around);
  for (const folder of around.path.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, programName(around));
    if (await around.isExecutable(file)) return found(file, "it is on PATH");
  }
  return undefined;
}

async function fromOwnEnvironment(around: Surroundings): Promise<Server | undefined> {
  const file = inEnvironment(around.ownEnvironment, "starlight", around.platform);
  return (await around.isExecutable(file)) ? found(file, "\"Starlight: Install Server\" installed it") : undefined;
}

/** Where a virtual environment keeps a program. */
export function inEnvironment(environment: string, program: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? win32.join(environment, "Scripts", `${program}.exe`) : posix.join(environment, "bin", program);
}

/**
 * The working folder of the server: the one that its program is in.
 *
 * Not the workspace, because Python would import modules from there, and an untrusted folder could hold some.
 */
export function workingFolder(server: Server, platform: NodeJS.Platform): string {
  return paths({ platform }).dirname(server.command);
}

export function commandLine(server: Server): string {
  return [server.command, ...server.args].join(" ");
}

function found(command: string, reason: string): Server {
  return { kind: "found", command, args: ["serve"], reason };
}

function programName({ platform }: { platform: NodeJS.Platform }): string {
  return platform === "win32" ? "starlight.exe" : "starlight";
}

function paths({ platform }: { platform: NodeJS.Platform }): typeof posix {
  return platform === "win32" ? win32 : posix;
}
