/** "Show Orphans, Hubs and Bridges": the notes that stand out by their links, some of each, and all on demand. */
import * as vscode from "vscode";
import { noteInEditor } from "../ask/scope";
import type { Client } from "../client";
import { tell } from "../explain";
import { GraphList } from "../graph/list";
import type { ListRow, Load, Shown } from "../graph/list";
import { bridgeRows, heading, hubRows, orphanRows } from "../graph/rows";
import { fileBehind } from "../texts";
import { count } from "../wording";

const TITLE = "Orphans, Hubs and Bridges";
const FEW = 8;
const ALL = 1000;

type Ask = (client: Client, asked: { uri?: string; root?: string; limit: number }, token: vscode.CancellationToken) => Promise<Shown>;

const KINDS: Ask[] = [
  async (client, asked, token) => {
    const found = await client.graph({ ...asked, what: "orphans" }, token);
    return { title: `Orphans: ${count(found.total, "note")} without a link`, message: found.message, rows: orphanRows(found) };
  },
  async (client, asked, token) => {
    const found = await client.graph({ ...asked, what: "hubs" }, token);
    return { title: "Hubs: the notes with most links", message: found.message, rows: hubRows(found) };
  },
  async (client, asked, token) => {
    const found = await client.graph({ ...asked, what: "bridges" }, token);
    return { title: "Bridges: notes whose links lead to several clusters", message: found.message, rows: bridgeRows(found) };
  },
];

export function showGraph(client: Client): () => Promise<void> {
  return async () => {
    if (await tell(client)) return;
    const folder = folderMeant();
    new GraphList(client, "Notes that stand out by their links").show(TITLE, async (token) => {
      const found = await Promise.all(KINDS.map(async (ask) => {
        const shown = await ask(client, { ...folder, limit: FEW + 1 }, token);
        return { ...shown, rows: section(shown, (again) => ask(client, { ...folder, limit: ALL }, again)) };
      }));
      return { title: TITLE, message: found[0]?.message ?? "", rows: found.flatMap(({ rows }) => rows) };
    });
  };
}

/** That of the note in the editor, or the first one. */
function folderMeant(): { uri?: string; root?: string } {
  const editor = noteInEditor();
  const first = vscode.workspace.workspaceFolders?.[0];
  if (editor !== undefined && vscode.workspace.getWorkspaceFolder(fileBehind(editor.document.uri)) !== undefined) return { uri: editor.document.uri.toString() };
  return first === undefined ? {} : { root: first.uri.fsPath };
}

function section({ title, rows }: Shown, load: Load): ListRow[] {
  if (rows.length === 0) return [heading(title), { label: "None", description: "", detail: "" }];
  const all: ListRow = { label: "$(ellipsis) Show all", description: "", detail: "", load };
  return [heading(title), ...rows.slice(0, FEW), ...rows.length > FEW ? [all] : []];
}
