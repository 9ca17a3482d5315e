/** Asks for a note: by its name, or by what it says.  What is open is offered first. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { SearchList, isNothing, notesOf } from "../commands/searchNotes";
import type { SearchItem } from "../commands/searchNotes";
import type { Hit, SearchParams, SearchResult } from "../protocol";
import { plain } from "../wording";

export interface NoteWanted {
  title: string;
  /** The folder that it must lie in. */
  root?: string;
  /** Which one is not meant. */
  except?: vscode.Uri;
}

/** The URI of the note that is chosen; undefined where none is. */
export function pickNote(client: Client, wanted: NoteWanted): Promise<vscode.Uri | undefined> {
  return new Promise((resolve) => {
    new NoteList(client, wanted, resolve).show("");
  });
}

class NoteList extends SearchList {
  private chosen: vscode.Uri | undefined;

  constructor(client: Client, private readonly wanted: NoteWanted, private readonly tell: (chosen: vscode.Uri | undefined) => void) {
    super(client);
    this.picker.placeholder = "The name of a note, or what it says";
  }

  protected override params(query: string): SearchParams {
    return this.wanted.root === undefined ? { query } : { query, root: this.wanted.root };
  }

  protected override title(result: SearchResult | undefined): string {
    return super.title(result, `Starlight: ${this.wanted.title}`);
  }

  protected override offered(): SearchItem[] {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const open = new Set(tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri.toString()] : [])));
    const notes = vscode.workspace.textDocuments.filter(({ languageId, uri }) => languageId === "markdown" && open.has(uri.toString()));
    return notes.flatMap(({ uri }) => this.row(uri, vscode.workspace.asRelativePath(uri), "open", 0));
  }

  protected override rows(result: SearchResult): SearchItem[] {
    if (isNothing(result)) return super.rows(result);
    const best = notesOf(result).flatMap(([first]) => result.hits[first ?? 0] ?? []);
    return best.flatMap((hit: Hit) => this.row(vscode.Uri.parse(hit.uri), hit.title || hit.path, hit.path, hit.line - 1));
  }

  protected override closed(): void {
    this.tell(this.chosen);
  }

  private row(uri: vscode.Uri, label: string, description: string, line: number): SearchItem[] {
    if (uri.toString() === this.wanted.except?.toString()) return [];
    const run = (): void => {
      this.chosen = uri;
    };
    return [{ label: plain(label), description: plain(description), alwaysShow: true, place: { uri, start: line, end: line }, run }];
  }
}
