// What the tests inside VS Code's extension host share.
"use strict";
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const vscode = require("vscode");

const PATIENCE_MS = 40_000;

/** The first folder's address. */
function folder() {
  return vscode.workspace.workspaceFolders[0].uri;
}

/** What the test expects: the Python test writes it beside the folder. */
function expectations() {
  return JSON.parse(readFileSync(join(dirname(folder().fsPath), "expected.json"), "utf8"));
}

/** Calls `look` until it returns something true, and returns that. */
async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  let last;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      last = error; // The server may be starting; what it says at the end is told.
    }
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS / 1000} s until ${what}${last ? `: ${last.message}` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The status of the server, once its index is ready and holds something. */
function ready() {
  return until("the index is ready", async () => {
    const status = await vscode.commands.executeCommand("starlight.status", {});
    return status?.state === "ready" && status.files > 0 && status;
  });
}

/** Makes the function that VS Code calls, and that fails when one of the tests does. */
function runner(tests) {
  return async () => {
    const failed = [];
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test();
        console.log(`ok   ${name}`);
      } catch (error) {
        failed.push(name);
        console.log(`FAIL ${name}: ${error.stack}`);
      }
    }
    if (failed.length > 0) throw new Error(`failed: ${failed.join("; ")}`);
  };
}

module.exports = { expectations, folder, ready, runner, until };
