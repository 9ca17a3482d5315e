/** "Show Neighbours of This Note": what is connected with it, by links, tags and meaning. */
import * as vscode from "vscode";
import { nameOf, noteInEditor } from "../ask/scope";
import type { Client } from "../client";
import { tell } from "../explain";
import { GraphList } from "../graph/list";
import type { Load } from "../graph/list";
import { neighbourRows } from "../graph/rows";

const FURTHER: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("expand-all"), tooltip: "One Step Further" };
const MOST_DEPTH = 6;

export function showNeighbours(client: Client): () => Promise<void> {
  return async () => {
    if (await tell(client)) return;
    const uri = noteInEditor()?.document.uri;
    if (uri === undefined) {
      void vscode.window.showInformationMessage("Open the note whose neighbours you want to see.");
      return;
    }
    let depth = 1;
    const load: Load = async (token) => {
      const found = await client.graph({ what: "neighbours", uri: uri.toString(), depth }, token);
      return { title: `Neighbours of ${found.title}`, message: found.message, rows: neighbourRows(found) };
    };
    const list = new GraphList(client, "What is connected with this note");
    list.withButton(FURTHER, () => {
      depth = Math.min(depth + 1, MOST_DEPTH);
      void list.load(load);
    }).show(`Neighbours of ${nameOf(uri)}`, load);
  };
}
