/** A list of places: it shows the one that one moves to, opens the one that is chosen, and else leaves all as it was. */
import * as vscode from "vscode";
import { Preview } from "./preview";
import type { Place } from "./preview";

export interface PlaceItem extends vscode.QuickPickItem {
  place?: Place;
  /** What choosing it does in place of opening the place. */
  run?: () => unknown;
}

export class PlaceList<T extends PlaceItem = PlaceItem> {
  protected readonly picker = vscode.window.createQuickPick<T>();
  protected readonly disposables: { dispose(): unknown }[] = [this.picker];
  /** Whether the user has moved to another row than the first. */
  protected moved = false;
  private readonly preview = new Preview();
  private accepted = false;

  constructor() {
    // The server has put the rows in order; without this, VS Code would put those first whose label has the letters typed.
    Object.assign(this.picker, { sortByLabel: false });
    this.disposables.push(
      this.picker.onDidChangeActive(([item]) => void this.follow(item)),
      this.picker.onDidAccept(() => {
        const item = this.picker.activeItems[0];
        if (item !== undefined) void this.accept(item);
      }),
      this.picker.onDidHide(() => void this.close()),
    );
  }

  /** Fills the list; whoever has moved to a row that is there again stays there. */
  protected fill(items: T[]): void {
    const at = this.moved ? keyOf(this.picker.activeItems[0]) : undefined;
    const again = at === undefined ? undefined : items.find((item) => keyOf(item) === at);
    this.moved = again !== undefined;
    this.picker.items = items;
    if (again !== undefined) this.picker.activeItems = [again];
  }

  protected async accept(item: T): Promise<void> {
    const { place, run } = item;
    if (place === undefined && run === undefined) return;
    this.accepted = run === undefined;
    this.picker.hide();
    try {
      if (run !== undefined) await run();
      else if (place !== undefined) await this.preview.accept(place);
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot open ${item.description ?? "this note"}: ${said(error)}`);
    }
  }

  /** Ends what the list still waits for. */
  protected stop(): void {
    // A list that waits for nothing.
  }

  /** What follows when all is as it was before the list, or as the user chose. */
  protected closed(): void {
    // A list that only opens places.
  }

  /** Shows what is active, once the user has moved: the first row becomes active by itself. */
  private async follow(item: T | undefined): Promise<void> {
    if (item === undefined) return;
    this.moved ||= item !== this.picker.items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
    if (this.moved && item.place !== undefined) await this.preview.show(item.place);
  }

  private async close(): Promise<void> {
    this.stop();
    // First, because VS Code gives the keyboard to the editor when a list is disposed of, and by the end of what
    // follows the user may have opened the next one.
    vscode.Disposable.from(...this.disposables).dispose();
    if (!this.accepted) await this.preview.restore();
    this.preview.dispose();
    this.closed();
  }
}

export function keyOf(item: PlaceItem | undefined): string | undefined {
  return item?.place === undefined ? undefined : `${item.place.uri.toString()}:${item.place.start}`;
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A row that says what went wrong, and leads to the log. */
export function failedRow(what: string, error: unknown): vscode.QuickPickItem & { run: () => unknown } {
  const run = (): unknown => vscode.commands.executeCommand("starlight.showLog");
  return { label: `$(error) ${what}`, description: "show the log", detail: said(error), alwaysShow: true, run };
}
