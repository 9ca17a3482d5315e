// Runs inside the extension host, with the whole of VS Code's API. Loaded by host.mjs; VS Code calls `run`.
"use strict";
const assert = require("node:assert/strict");
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const vscode = require("vscode");
const { expectations, folder, ready, runner, until } = require("./inside.js");

const expected = expectations();
const COMMANDS = ["searchNotes", "rebuildIndex", "pauseIndexing", "resumeIndexing", "restartServer", "showLog", "showStatus", "installServer", "explainFile", "showBacklinks", "openFile", "showMap", "connectNotes", "showNeighbours", "showGraph"].map((name) => `starlight.${name}`);

/** The process of the server, which is a child of this extension host. */
function serverProcess() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).find((pid) => {
    try {
      const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
      return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("serve");
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}

async function setPath(value) {
  await vscode.workspace.getConfiguration("starlight").update("server.path", value, vscode.ConfigurationTarget.Global);
}

const tests = {
  async "a Markdown file activates the extension"() {
    const extension = vscode.extensions.getExtension("starlight.starlight");
    assert.ok(extension, "the extension is not known");
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder(), expected.first));
    await until("it is active", () => extension.isActive);
  },
  async "its commands are registered"() {
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(COMMANDS.filter((command) => !known.has(command)), []);
  },
  async "the index becomes ready with all notes"() {
    const status = await ready();
    assert.equal(status.files, expected.notes);
    assert.match(status.report, /\S/);
  },
  async "a search by meaning answers with places"() {
    const result = await vscode.commands.executeCommand("starlight.search", { query: expected.query });
    const [first] = result.hits;
    assert.equal(first.path, expected.file);
    const note = await vscode.workspace.openTextDocument(vscode.Uri.parse(first.uri));
    assert.ok(first.start_line >= 1 && first.end_line <= note.lineCount, `lines ${first.start_line} to ${first.end_line} of ${note.lineCount}`);
  },
  async "a hover over a wikilink shows the note it leads to"() {
    const uri = vscode.Uri.joinPath(folder(), expected.first);
    const document = await vscode.workspace.openTextDocument(uri);
    const at = document.positionAt(document.getText().indexOf(`[[${expected.link}`) + 3);
    await until("there is a hover", async () => {
      const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, at);
      return hovers.flatMap(({ contents }) => contents.map((content) => content.value ?? content)).find((value) => value.includes(expected.linkTitle));
    });
  },
  async "a hit in a document opens its text at the passage, where hover and related work"() {
    const { document } = expected;
    await vscode.commands.executeCommand("starlight.searchNotes", document.query);
    const editor = await until("the text is shown", async () => {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      const shown = vscode.window.activeTextEditor;
      return shown?.document.uri.scheme === "starlight-text" && shown;
    });
    const { uri } = editor.document;
    assert.equal(editor.document.languageId, "markdown");
    assert.equal(editor.document.lineAt(editor.selection.active).text, document.line);
    const link = editor.document.positionAt(editor.document.getText().indexOf("[the tap]") + 2);
    await until("there is a hover", async () => {
      const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, link);
      return hovers.flatMap(({ contents }) => contents.map((content) => content.value ?? content)).some((value) => value.includes(expected.linkTitle));
    });
    const { line, character } = editor.selection.active;
    const related = await vscode.commands.executeCommand("starlight.related", { uri: uri.toString(), position: { line, character } });
    assert.ok(related.hits.length > 0 && related.hits.every(({ path }) => path !== document.file), JSON.stringify(related));
    await vscode.commands.executeCommand("starlight.openFile");
    await until("the file itself is open", () => vscode.window.activeTextEditor?.document.uri.path.endsWith(document.file));
    const { fsPath } = vscode.Uri.joinPath(folder(), document.file);
    writeFileSync(fsPath, "# Whales\n\nIt was written anew.\n");
    await until("the text follows its file", () => editor.document.getText().includes("written anew"));
  },
  async "it is said why a file is or is not indexed"() {
    const why = (path) => vscode.commands.executeCommand("starlight.why", { uri: vscode.Uri.joinPath(folder(), path).toString() });
    assert.equal((await why(expected.first)).reason, "indexed");
    assert.equal((await why(".vscode/a.md")).reason, "missing");
    await vscode.commands.executeCommand("starlight.explainFile", vscode.Uri.joinPath(folder(), expected.first));
  },
  async "the map opens as a panel"() {
    await vscode.commands.executeCommand("starlight.showMap");
    await until("the panel is open", () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === "Map of Notes")));
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  },
  async "the status page holds the server's report"() {
    await vscode.commands.executeCommand("starlight.showStatus");
    const { document } = vscode.window.activeTextEditor;
    const { report } = await vscode.commands.executeCommand("starlight.status", {});
    assert.equal(document.uri.scheme, "starlight-status");
    assert.ok(document.getText().includes(report.split("\n")[0]), document.getText());
    assert.match(document.getText(), /chosen because the setting starlight\.server\.path names it/);
  },
  async "indexing is paused and resumed"() {
    const told = async () => (await vscode.commands.executeCommand("starlight.status", {})).paused;
    await vscode.commands.executeCommand("starlight.pauseIndexing");
    await until("it is paused", told);
    await vscode.commands.executeCommand("starlight.resumeIndexing");
    await until("it goes on", async () => !(await told()));
  },
  async "a restart brings the index back"() {
    await Promise.all([1, 2, 3].map(() => vscode.commands.executeCommand("starlight.restartServer")));
    assert.equal((await ready()).files, expected.notes);
  },
  async "a server that is killed is started again"() {
    const killed = serverProcess();
    assert.ok(killed, "there is no server process");
    process.kill(killed, "SIGKILL");
    await until("there is another process", () => ![undefined, killed].includes(serverProcess()));
    assert.equal((await ready()).files, expected.notes);
  },
  async "a setting that points at nothing ends no command with an error"() {
    const good = vscode.workspace.getConfiguration("starlight").get("server.path");
    await setPath("/nowhere/starlight");
    try {
      await until("the server is gone", async () => !(await vscode.commands.getCommands(true)).includes("starlight.search"));
      await vscode.commands.executeCommand("starlight.restartServer");
      await vscode.commands.executeCommand("starlight.showStatus");
      const page = vscode.window.activeTextEditor.document;
      await until("the status page says why", () => page.getText().includes('starlight.server.path is "/nowhere/starlight"'));
      await vscode.commands.executeCommand("starlight.searchNotes");
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    } finally {
      await setPath(good);
    }
    assert.equal((await ready()).files, expected.notes);
  },
};

exports.run = runner(tests);
