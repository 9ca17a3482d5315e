// Runs inside the extension host, where an extension says, as the Python extension does, which interpreter is selected.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { expectations, folder, ready, runner } = require("./inside.js");

const expected = expectations();

exports.run = runner({
  async "the server beside the selected interpreter is run"() {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder(), expected.first));
    assert.equal((await ready()).files, expected.notes);
  },
  async "the status page says why"() {
    await vscode.commands.executeCommand("starlight.showStatus");
    assert.match(vscode.window.activeTextEditor.document.getText(), /chosen because it is in the environment that the Python extension has selected/);
  },
});
