/** A list of what the graph says: it opens at once, is filled when the answer is there, and Escape ends the question. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { PlaceList, failedRow } from "../placeList";
import type { PlaceItem } from "../placeList";
import { stillReading } from "../wording";
import type { GraphRow } from "./rows";

export interface Shown {
  title: string;
  /** What the user should know of all of it; may be empty. */
  message: string;
  rows: ListRow[];
}

/** A row, or one that has the list filled anew. */
export type ListRow = GraphRow & { load?: Load };
export type Load = (token: vscode.CancellationToken) => Promise<Shown>;

interface Item extends PlaceItem {
  load?: Load;
}

export class GraphList extends PlaceList<Item> {
  private request: vscode.CancellationTokenSource | undefined;

  constructor(private readonly client: Client, placeholder: string) {
    super();
    Object.assign(this.picker, { placeholder, matchOnDescription: true, matchOnDetail: true });
  }

  show(title: string, load: Load): void {
    this.picker.title = `Starlight: ${title}`;
    this.picker.show();
    void this.load(load);
  }

  /** Has a button in the title do something, for as long as the list is there. */
  withButton(button: vscode.QuickInputButton, run: () => void): this {
    this.picker.buttons = [button];
    this.disposables.push(this.picker.onDidTriggerButton(run));
    return this;
  }

  async load(load: Load): Promise<void> {
    this.request?.cancel();
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    this.picker.busy = true;
    try {
      const { title, message, rows } = await load(request.token);
      if (request.token.isCancellationRequested) return;
      this.picker.title = ["Starlight: " + title, ...message === "" ? [] : [message]].join("  ·  ");
      this.picker.value = "";
      this.fill(rows.map(itemOf));
    } catch (error) {
      if (!request.token.isCancellationRequested) this.fill([...stillReading(this.client.status), failedRow("This cannot be said", error)]);
    } finally {
      if (this.request === request) this.picker.busy = false;
      request.dispose();
    }
  }

  protected override stop(): void {
    this.request?.cancel();
  }

  protected override async accept(item: Item): Promise<void> {
    if (item.load === undefined) await super.accept(item);
    else await this.load(item.load);
  }
}

function itemOf({ label, description, detail, at, isHeading, load }: ListRow): Item {
  if (isHeading === true) return { label, kind: vscode.QuickPickItemKind.Separator };
  return {
    label,
    description,
    ...detail === "" ? {} : { detail },
    ...at === undefined ? {} : { place: { uri: vscode.Uri.parse(at.uri), start: at.line, end: at.line } },
    ...load === undefined ? {} : { load },
  };
}
