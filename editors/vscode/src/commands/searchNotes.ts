/** "Search Notes": a list that searches by meaning while one types. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { PlaceList, failedRow, keyOf } from "../placeList";
import type { PlaceItem } from "../placeList";
import type { Hit, SearchParams, SearchResult, SyntaxForm } from "../protocol";
import { explain } from "../explain";
import { settled } from "../settle";
import { openFile } from "../texts";
import { furtherRow, hitRow, nothingRow, searchTitle, syntaxRow } from "../wording";

const PAUSE_MS = 120;
/** After so long without a letter the best hits are looked at again: what is shown until then came at once. */
const REFINE_PAUSE_MS = 250;
const REPEAT_MS = 1000;

export interface SearchItem extends PlaceItem {
  /** Opens the file of which the place shows the text. */
  openFile?: () => Promise<void>;
  /** What takes the place of the query when this is chosen; the list stays open. */
  query?: string;
}

const OPEN_FILE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: "Open the File" };

/** Typed alone, this asks what a query may hold beside words. */
const HELP = "?";

export function searchNotes(client: Client): (query?: unknown) => void {
  return (query) => {
    new SearchList(client).show(typeof query === "string" ? query : selectedText());
  };
}

/** A list of hits.  What it is for is said by those who make one of their own of it. */
export class SearchList extends PlaceList<SearchItem> {
  private timer: NodeJS.Timeout | undefined;
  private request: vscode.CancellationTokenSource | undefined;
  private refining: vscode.CancellationTokenSource | undefined;
  private refineTimer: NodeJS.Timeout | undefined;
  private typed = 0;
  private result: SearchResult | undefined;
  private asked = 0;

  constructor(private readonly client: Client) {
    super();
    this.picker.placeholder = "Ask in your own words, for example: how do I keep the soil moist in summer. Type ? for filters";
    this.disposables.push(
      this.picker.onDidChangeValue(() => {
        this.searchSoon();
      }),
      this.picker.onDidTriggerItemButton(({ item }) => void this.openFile(item)),
      this.client.onDidChange(() => {
        this.serverChanged();
      }),
    );
  }

  show(query: string): void {
    this.picker.value = query;
    this.picker.title = this.title(undefined);
    this.picker.show();
    void this.search();
  }

  /** What is searched for. */
  protected params(query: string): SearchParams {
    return { query };
  }

  /** The rows where nothing is typed. */
  protected offered(): SearchItem[] {
    return [];
  }

  protected title(result: SearchResult | undefined, name?: string): string {
    return searchTitle(result, this.client.status, name);
  }

  protected rows(result: SearchResult): SearchItem[] {
    if (isNothing(result)) return [{ ...nothingRow(result, this.client.status), alwaysShow: true }];
    return notesOf(result).flatMap((places) => places.flatMap((number) => hitItem(result.hits[number], number !== places[0])));
  }

  private searchSoon(): void {
    this.moved = false; // VS Code goes back to the first row at every letter.
    this.typed = Date.now();
    this.request?.cancel();
    this.stopRefining();
    clearTimeout(this.timer);
    if (this.result?.query === this.picker.value.trim()) return; // A blank at the end asks nothing new.
    this.timer = setTimeout(() => void this.search(), PAUSE_MS);
  }

  private async search(): Promise<void> {
    this.request?.cancel();
    this.stopRefining();
    const problem = explain(this.client);
    const query = this.picker.value.trim();
    if (problem !== undefined || query === "") {
      this.picker.busy = false;
      this.answer(undefined, problem ?? this.offered());
      return;
    }
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    this.picker.busy = true;
    this.asked = Date.now();
    try {
      if (query === HELP) {
        const { forms } = await this.client.syntax();
        if (!request.token.isCancellationRequested) this.answer(undefined, forms.map(syntaxItem));
        return;
      }
      const result = await this.client.search(this.params(query), request.token);
      if (request.token.isCancellationRequested) return;
      this.answer(result, this.rows(result));
      this.refineSoon(result);
    } catch (error) {
      if (!request.token.isCancellationRequested) this.fail(error);
    } finally {
      if (this.request === request) this.picker.busy = false;
      request.dispose();
    }
  }

  private refineSoon(result: SearchResult): void {
    if (result.hits.length < 2 || result.verdict === "nothing") return;
    const pause = Math.max(0, this.typed + REFINE_PAUSE_MS - Date.now());
    this.refineTimer = setTimeout(() => void this.refine(result.query), pause);
  }

  private stopRefining(): void {
    clearTimeout(this.refineTimer);
    this.refining?.cancel();
  }

  /** Lets the list settle, once: whatever goes wrong with that, it stays as it is. */
  private async refine(query: string): Promise<void> {
    const request = new vscode.CancellationTokenSource();
    this.refining = request;
    try {
      const result = await this.client.search({ ...this.params(query), refine: true }, request.token);
      if (request.token.isCancellationRequested || !result.refined) return;
      this.answer(result, settled(this.picker.items, this.rows(result), keyOf, this.moved ? keyOf(this.picker.activeItems[0]) : undefined));
    } catch {
      // The first answer stands, and the next search says what is wrong.
    } finally {
      request.dispose();
    }
  }

  private answer(result: SearchResult | undefined, rows: SearchItem[]): void {
    this.result = result;
    this.picker.title = this.title(result);
    this.fill(rows);
  }

  private fail(error: unknown, what = "The search failed"): void {
    this.answer(undefined, [failedRow(what, error)]);
  }

  protected override async accept(item: SearchItem): Promise<void> {
    if (item.query === undefined) await super.accept(item);
    else this.picker.value = item.query;
  }

  private async openFile(item: SearchItem): Promise<void> {
    try {
      await item.openFile?.();
    } catch (error) {
      this.fail(error, "The file cannot be opened");
    }
  }

  protected override stop(): void {
    clearTimeout(this.timer);
    this.request?.cancel();
    this.stopRefining();
  }

  /** Repeats a search whose answer can be better by now: the server is back, or the index has grown. */
  private serverChanged(): void {
    this.picker.title = this.title(this.result);
    if (!this.picker.busy && this.canBeBetter()) void this.search();
  }

  private canBeBetter(): boolean {
    const { health, status } = this.client;
    const isDue = Date.now() - this.asked > REPEAT_MS;
    if (health.kind !== "running") return true; // Then it is said why.
    if (this.result === undefined) return isDue;
    if (this.result.complete) return false;
    // Hits stay as they are until the index is ready, because they may be being read.
    return status?.state === "ready" || (this.result.hits.length === 0 && isDue);
  }
}

/** A row of the list: a note with its best place, or a further place of the note above. */
function hitItem(hit: Hit | undefined, isFurther: boolean): SearchItem[] {
  if (hit === undefined) return [];
  const uri = vscode.Uri.parse(hit.uri);
  const file = vscode.Uri.parse(hit.file ?? hit.uri);
  const row = isFurther ? furtherRow(hit) : hitRow(hit, pathOf(file, hit.path));
  const item = { ...row, alwaysShow: true, place: { uri, start: hit.line - 1, end: hit.end_line - 1 } };
  if (hit.file === undefined) return [item];
  const page = hit.locator?.unit === "page" ? hit.locator.number : undefined;
  return [{ ...item, buttons: [OPEN_FILE], openFile: () => openFile(file, page) }];
}

function syntaxItem(form: SyntaxForm): SearchItem {
  return { ...syntaxRow(form), alwaysShow: true, query: `${form.written} ` };
}

/** The path to show of a file: with its folder's name in front where there are several folders. */
function pathOf(file: vscode.Uri, path: string): string {
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? vscode.workspace.asRelativePath(file, true) : path;
}

/** Whether it says that nothing in the notes is about the query. */
export function isNothing(result: SearchResult): boolean {
  return result.verdict === "nothing" || result.hits.length === 0;
}

/** The numbers of the hits of each note, the best first. */
export function notesOf(result: SearchResult): number[][] {
  return result.notes ?? result.hits.map((_, number) => [number]);
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !editor.selection.isSingleLine) return "";
  return editor.document.getText(editor.selection).trim();
}
