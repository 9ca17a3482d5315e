/** One row of the Related view. */
import * as vscode from "vscode";
import type { Hit } from "../protocol";
import type { RelatedRow } from "../wording";

/** All of a hit that its row shows: two with the same key look alike. */
export function keyOf({ uri, start_line, line, title, heading, snippet, reasons }: Hit): string {
  return JSON.stringify([uri, start_line, line, title, heading, snippet, reasons]);
}

export function itemOf(hit: Hit, uri: vscode.Uri, row: RelatedRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  const at = new vscode.Position(hit.line - 1, 0); // No selection, which the next key would overwrite.
  item.id = keyOf(hit); // So that whoever has chosen a row finds it chosen when others have come before it.
  item.description = row.description;
  item.tooltip = new vscode.MarkdownString(row.tooltip); // From a note, so nothing in it is trusted.
  item.iconPath = new vscode.ThemeIcon("note");
  item.contextValue = "passage";
  item.accessibilityInformation = { label: row.spoken };
  item.command = {
    command: "vscode.open",
    title: "Open",
    arguments: [uri, { selection: new vscode.Range(at, at), preview: true } satisfies vscode.TextDocumentShowOptions],
  };
  return item;
}
