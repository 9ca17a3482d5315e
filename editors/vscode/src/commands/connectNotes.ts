/** "How Are These Connected?": the way between two notes, with what each step rests on. */
import * as vscode from "vscode";
import { nameOf, noteInEditor } from "../ask/scope";
import type { Client } from "../client";
import { tell } from "../explain";
import { GraphList } from "../graph/list";
import { pickNote } from "../graph/pickNote";
import { connectionRows, connectionTitle } from "../graph/rows";
import { fileBehind } from "../texts";

/** From the explorer it is told what was clicked, and all that is selected there. */
export function connectNotes(client: Client): (clicked?: unknown, selected?: unknown) => Promise<void> {
  return async (clicked, selected) => {
    if (await tell(client)) return;
    const [first, second] = named(clicked, selected);
    const from = first ?? noteInEditor()?.document.uri ?? await pickNote(client, { title: "Which Note Is Connected?" });
    if (from === undefined) return;
    const to = second ?? await pickNote(client, { title: `How Is ${nameOf(from)} Connected With…`, except: from, ...rootOf(from) });
    if (to === undefined) return;
    const asked = { what: "path", uri: from.toString(), to: to.toString() } as const;
    new GraphList(client, "Each step, and the lines that it rests on").show(`How ${nameOf(from)} and ${nameOf(to)} are connected`, async (token) => {
      const found = await client.graph(asked, token);
      return { title: connectionTitle(found), message: found.message, rows: connectionRows(found) };
    });
  };
}

function named(clicked: unknown, selected: unknown): [vscode.Uri | undefined, vscode.Uri | undefined] {
  const all = (Array.isArray(selected) ? selected : []).filter((uri) => uri instanceof vscode.Uri);
  const first = clicked instanceof vscode.Uri ? clicked : all[0];
  return [first, all.find((uri) => uri.toString() !== first?.toString())];
}

function rootOf(uri: vscode.Uri): { root?: string } {
  const folder = vscode.workspace.getWorkspaceFolder(fileBehind(uri));
  return folder === undefined ? {} : { root: folder.uri.fsPath };
}
