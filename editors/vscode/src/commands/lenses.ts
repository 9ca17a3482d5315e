/** What the code lenses at headings open: the links to a place, and what is related to it. */
import * as vscode from "vscode";
import { RELATED_VIEW } from "../related/view";

interface Position {
  line: number;
  character: number;
}

interface Location {
  uri: string;
  range: { start: Position; end: Position };
}

export function showReferences(uri: string, position: Position, locations: Location[]): Thenable<unknown> {
  return vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri),
    place(position),
    locations.map(({ uri: of, range }) =>
      new vscode.Location(vscode.Uri.parse(of), new vscode.Range(place(range.start), place(range.end)))),
  );
}

/** Shows the view, for a heading if one is named: the view follows the cursor, so the cursor goes there. */
export async function showRelated(uri?: string, position?: Position): Promise<void> {
  if (uri !== undefined && position !== undefined) {
    const at = place(position);
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(at, at) });
  }
  await vscode.commands.executeCommand(`${RELATED_VIEW}.focus`);
}

function place({ line, character }: Position): vscode.Position {
  return new vscode.Position(line, character);
}
