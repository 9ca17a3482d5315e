// Runs inside the extension host, in a folder that is not trusted and whose settings name a program of its own.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { expectations, folder, ready, runner } = require("./inside.js");

const expected = expectations();

exports.run = runner({
  async "the folder is not trusted, or this test would prove nothing"() {
    assert.equal(vscode.workspace.isTrusted, false);
  },
  async "it is searched by the user's own server all the same"() {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder(), expected.first));
    assert.equal((await ready()).files, expected.notes);
  },
});
