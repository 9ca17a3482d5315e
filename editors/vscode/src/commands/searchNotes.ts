/** "Search Notes": a list that searches by meaning while one types. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { Preview } from "../preview";
import type { Place } from "../preview";
import type { Hit, SearchResult, SyntaxForm } from "../protocol";
import { explain } from "../explain";
import { settled } from "../settle";
import { openFile } from "../texts";
import { furtherRow, hitRow, nothingRow, searchTitle, syntaxRow } from "../wording";

const PAUSE_MS = 120;
/** After so long without a letter the best hits are looked at again: what is shown until then came at once. */
const REFINE_PAUSE_MS = 250;
const REPEAT_MS = 1000;

interface Item extends vscode.QuickPickItem {
  place?: Place;
  /** Opens the file of which the place shows the text. */
  openFile?: () => Promise<void>;
  run?: () => unknown;
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

class SearchList {
  private readonly picker = vscode.window.createQuickPick<Item>();
  private readonly preview = new Preview();
  private readonly disposables: { dispose(): unknown }[] = [this.picker];
  private timer: NodeJS.Timeout | undefined;
  private request: vscode.CancellationTokenSource | undefined;
  private refining: vscode.CancellationTokenSource | undefined;
  private refineTimer: NodeJS.Timeout | undefined;
  private typed = 0;
  private result: SearchResult | undefined;
  private asked = 0;
  private moved = false;
  private accepted = false;

  constructor(private readonly client: Client) {
    // The server has ranked the hits; without this, VS Code would put those first whose label has the letters typed.
    Object.assign(this.picker, { sortByLabel: false });
    this.picker.placeholder = "Ask in your own words, for example: how do I keep the soil moist in summer. Type ? for filters";
    this.disposables.push(
      this.picker.onDidChangeValue(() => {
        this.searchSoon();
      }),
      this.picker.onDidChangeActive(([item]) => void this.follow(item)),
      this.picker.onDidAccept(() => void this.accept()),
      this.picker.onDidTriggerItemButton(({ item }) => void this.openFile(item)),
      this.picker.onDidHide(() => void this.close()),
      this.client.onDidChange(() => {
        this.serverChanged();
      }),
    );
  }

  show(query: string): void {
    this.picker.value = query;
    this.picker.title = searchTitle(undefined, this.client.status);
    this.picker.show();
    void this.search();
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
      this.answer(undefined, problem ?? []);
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
      const result = await this.client.search({ query }, request.token);
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
      const result = await this.client.search({ query, refine: true }, request.token);
      if (request.token.isCancellationRequested || !result.refined) return;
      this.answer(result, settled(this.picker.items, this.rows(result), key, this.moved ? key(this.picker.activeItems[0]) : undefined));
    } catch {
      // The first answer stands, and the next search says what is wrong.
    } finally {
      request.dispose();
    }
  }

  private answer(result: SearchResult | undefined, rows: Item[]): void {
    this.result = result;
    this.picker.title = searchTitle(result, this.client.status);
    this.fill(rows);
  }

  private rows(result: SearchResult): Item[] {
    const none = result.verdict === "nothing" || result.hits.length === 0;
    if (none) return [{ ...nothingRow(result, this.client.status), alwaysShow: true }];
    const notes = result.notes ?? result.hits.map((_, number) => [number]);
    return notes.flatMap((places) => places.flatMap((number) => hitItem(result.hits[number], number !== places[0])));
  }

  private fail(error: unknown, what = "The search failed"): void {
    const detail = error instanceof Error ? error.message : String(error);
    const run = (): unknown => vscode.commands.executeCommand("starlight.showLog");
    this.answer(undefined, [{ label: `$(error) ${what}`, description: "show the log", detail, alwaysShow: true, run }]);
  }

  /** Fills the list; when the same is asked again, whoever has moved to a hit stays there. */
  private fill(items: Item[]): void {
    const at = this.moved ? key(this.picker.activeItems[0]) : undefined;
    const again = at === undefined ? undefined : items.find((item) => key(item) === at);
    this.moved = again !== undefined;
    this.picker.items = items;
    if (again !== undefined) this.picker.activeItems = [again];
  }

  /** Previews what is active, once the user has moved: the first hit becomes active by itself at every letter typed. */
  private async follow(item: Item | undefined): Promise<void> {
    if (item === undefined) return;
    this.moved ||= item !== this.picker.items[0];
    if (this.moved && item.place !== undefined) await this.preview.show(item.place);
  }

  private async accept(): Promise<void> {
    const item = this.picker.activeItems[0];
    if (item?.query !== undefined) {
      this.picker.value = item.query;
      return;
    }
    if (item?.place === undefined && item?.run === undefined) return;
    this.accepted = item.place !== undefined;
    this.picker.hide();
    try {
      if (item.place !== undefined) await this.preview.accept(item.place);
      else await item.run?.();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Starlight cannot open ${item.description ?? "this note"}: ${detail}`);
    }
  }

  private async openFile(item: Item): Promise<void> {
    try {
      await item.openFile?.();
    } catch (error) {
      this.fail(error, "The file cannot be opened");
    }
  }

  private async close(): Promise<void> {
    clearTimeout(this.timer);
    this.request?.cancel();
    this.stopRefining();
    // First, because VS Code gives the keyboard to the editor when a list is disposed of, and by the end of what
    // follows the user may have opened the next one.
    vscode.Disposable.from(...this.disposables).dispose();
    if (!this.accepted) await this.preview.restore();
    this.preview.dispose();
  }

  /** Repeats a search whose answer can be better by now: the server is back, or the index has grown. */
  private serverChanged(): void {
    this.picker.title = searchTitle(this.result, this.client.status);
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
function hitItem(hit: Hit | undefined, isFurther: boolean): Item[] {
  if (hit === undefined) return [];
  const uri = vscode.Uri.parse(hit.uri);
  const file = vscode.Uri.parse(hit.file ?? hit.uri);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const place = several ? vscode.workspace.asRelativePath(file, true) : hit.path;
  const row = isFurther ? furtherRow(hit) : hitRow(hit, place);
  const item = { ...row, alwaysShow: true, place: { uri, start: hit.line - 1, end: hit.end_line - 1 } };
  if (hit.file === undefined) return [item];
  const page = hit.locator?.unit === "page" ? hit.locator.number : undefined;
  return [{ ...item, buttons: [OPEN_FILE], openFile: () => openFile(file, page) }];
}

function syntaxItem(form: SyntaxForm): Item {
  return { ...syntaxRow(form), alwaysShow: true, query: `${form.written} ` };
}

function key(item: Item | undefined): string | undefined {
  return item?.place === undefined ? undefined : `${item.place.uri.toString()}:${item.place.start}`;
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !editor.selection.isSingleLine) return "";
  return editor.document.getText(editor.selection).trim();
}
