/** "Show Backlinks": what links to the note in the editor, and who names it without a link. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { tell } from "../explain";
import type { Mention } from "../protocol";

interface Item extends vscode.QuickPickItem {
  mention?: Mention;
}

export function showBacklinks(client: Client): () => Promise<void> {
  return async () => {
    if (await tell(client)) return;
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined) {
      void vscode.window.showInformationMessage("Open the note whose backlinks you want to see.");
      return;
    }
    try {
      const found = await client.backlinks(uri.toString());
      const items = [...rows("Links", found.backlinks), ...rows("Mentions without a link", found.mentions)];
      if (items.length === 0) {
        void vscode.window.showInformationMessage(`No note links to ${found.title}, or names it.`);
        return;
      }
      const chosen = await vscode.window.showQuickPick<Item>(items, {
        title: `Backlinks of ${found.title}`, matchOnDescription: true, matchOnDetail: true,
      });
      if (chosen?.mention !== undefined) await open(chosen.mention);
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot say: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

function rows(label: string, mentions: Mention[]): Item[] {
  if (mentions.length === 0) return [];
  const separator: Item = { label, kind: vscode.QuickPickItemKind.Separator };
  return [
    separator,
    ...mentions.map((mention) => ({
      label: mention.title,
      description: `${mention.path}:${String(mention.line)}`,
      detail: mention.context,
      mention,
    })),
  ];
}

async function open(mention: Mention): Promise<void> {
  const { start, end } = mention.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(mention.uri), { selection });
}
