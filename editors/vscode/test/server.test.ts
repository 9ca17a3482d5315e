import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandLine, findServer, inEnvironment, workingFolder } from "../src/server";
import type { Surroundings } from "../src/server";

/** A machine on which nothing is to be found, but for the programs named. */
function machine(change: Partial<Surroundings> & { programs?: string[]; importers?: string[] } = {}): Surroundings {
  const { programs = [], importers = [], ...rest } = change;
  return {
    setting: "",
    home: "/home/ada",
    platform: "linux",
    path: "/usr/local/bin:/usr/bin",
    trusted: true,
    interpreter: undefined,
    ownEnvironment: "/home/ada/storage/server",
    isExecutable: (file) => Promise.resolve(programs.includes(file)),
    canImport: (interpreter) => Promise.resolve(importers.includes(interpreter)),
    ...rest,
  };
}

const everywhere = [
  "/opt/starlight", "/venv/bin/starlight", "/usr/bin/starlight", "/home/ada/storage/server/bin/starlight",
];

async function commandOn(around: Surroundings): Promise<string> {
  const server = await findServer(around);
  assert.equal(server.kind, "found");
  return commandLine(server);
}

async function problemOn(around: Surroundings): Promise<{ badSetting: boolean; problem: string }> {
  const server = await findServer(around);
  assert.equal(server.kind, "missing");
  return server;
}

describe("findServer", () => {
  it("takes the setting before everything else", async () => {
    const around = machine({ setting: "/opt/starlight", interpreter: "/venv/bin/python", programs: everywhere });
    assert.equal(await commandOn(around), "/opt/starlight serve");
  });

  it("takes the selected environment before PATH", async () => {
    const around = machine({ interpreter: "/venv/bin/python", programs: everywhere });
    assert.equal(await commandOn(around), "/venv/bin/starlight serve");
  });

  it("runs the module when the selected interpreter can import it and has no program beside it", async () => {
    const around = machine({ interpreter: "/venv/bin/python", importers: ["/venv/bin/python"], programs: ["/usr/bin/starlight"] });
    assert.equal(await commandOn(around), "/venv/bin/python -m starlight serve");
  });

  it("goes on to PATH when the selected environment has no server", async () => {
    const around = machine({ interpreter: "/venv/bin/python", programs: ["/usr/bin/starlight"] });
    assert.equal(await commandOn(around), "/usr/bin/starlight serve");
  });

  it("takes the first folder of PATH that has it", async () => {
    const around = machine({ programs: ["/usr/bin/starlight", "/usr/local/bin/starlight"] });
    assert.equal(await commandOn(around), "/usr/local/bin/starlight serve");
  });

  it("takes its own environment last", async () => {
    const around = machine({ programs: ["/home/ada/storage/server/bin/starlight"] });
    assert.equal(await commandOn(around), "/home/ada/storage/server/bin/starlight serve");
  });

  it("says what is missing when there is none", async () => {
    const { badSetting, problem } = await problemOn(machine());
    assert.equal(badSetting, false);
    assert.match(problem, /not installed/);
  });

  it("keeps the reason", async () => {
    const server = await findServer(machine({ programs: ["/usr/bin/starlight"] }));
    assert.equal(server.kind === "found" && server.reason, "it is on PATH");
  });
});

describe("the setting", () => {
  it("may begin with the home folder", async () => {
    assert.equal(await commandOn(machine({ setting: "~/bin/starlight", programs: ["/home/ada/bin/starlight"] })), "/home/ada/bin/starlight serve");
  });

  it("expands no other tilde", async () => {
    const { problem } = await problemOn(machine({ setting: "~bob/starlight", programs: ["/home/ada/bob/starlight"] }));
    assert.match(problem, /"~bob\/starlight", which is not an absolute path/);
  });

  it("that points at nothing is an error, also where another server could be found", async () => {
    const around = machine({ setting: "/nowhere/starlight", interpreter: "/venv/bin/python", programs: everywhere });
    const { badSetting, problem } = await problemOn(around);
    assert.equal(badSetting, true);
    assert.match(problem, /starlight\.server\.path is "\/nowhere\/starlight", which is not a program/);
  });

  it("of spaces only is no setting", async () => {
    assert.equal(await commandOn(machine({ setting: "  ", programs: ["/usr/bin/starlight"] })), "/usr/bin/starlight serve");
  });
});

describe("safety", () => {
  it("leaves the selected environment alone in a workspace that is not trusted", async () => {
    const around = machine({
      trusted: false, interpreter: "/vault/.venv/bin/python", importers: ["/vault/.venv/bin/python"],
      programs: ["/vault/.venv/bin/starlight", "/usr/bin/starlight"],
    });
    assert.equal(await commandOn(around), "/usr/bin/starlight serve");
  });

  it("skips folders of PATH that depend on the working folder", async () => {
    await problemOn(machine({ path: ".::bin", programs: ["starlight", "./starlight", "bin/starlight"] }));
  });

  it("runs the server in the folder of its program and not in the workspace", async () => {
    const server = await findServer(machine({ programs: ["/usr/bin/starlight"] }));
    assert.equal(server.kind === "found" && workingFolder(server, "linux"), "/usr/bin");
  });
});

describe("Windows", () => {
  it("has its own names and separators", async () => {
    const around = machine({ platform: "win32", path: "C:\\Windows;D:\\Tools", programs: ["D:\\Tools\\starlight.exe"] });
    assert.equal(await commandOn(around), "D:\\Tools\\starlight.exe serve");
    assert.equal(inEnvironment("C:\\env", "python", "win32"), "C:\\env\\Scripts\\python.exe");
  });
});
