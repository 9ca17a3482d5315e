// Runs inside the extension host, in a workspace of two folders.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { expectations, folder, ready, runner } = require("./inside.js");

const expected = expectations();

exports.run = runner({
  async "one server serves both folders"() {
    assert.equal(vscode.workspace.workspaceFolders.length, 2);
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder(), expected.first));
    const status = await ready();
    assert.equal(status.roots.length, 2);
    assert.equal(status.files, expected.notes);
  },
  async "a search finds notes of both, by their addresses"() {
    for (const [query, uri] of Object.entries(expected.places)) {
      const { hits } = await vscode.commands.executeCommand("starlight.search", { query });
      assert.ok(hits.some((hit) => hit.uri === uri), `${query}: ${hits.map((hit) => hit.uri).join(", ")}`);
    }
  },
});
