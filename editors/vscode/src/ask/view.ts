/** The Ask view in the side bar: keeps the conversation, asks the server, opens what an answer cites. */
import * as vscode from "vscode";
import type { Client } from "../client";
import { trouble } from "../explain";
import type { Answer, AnswerProgress, InsertSummaryParams, SummarizeParams, Summary } from "../protocol";
import { begun, copied, failed, finished, history, told } from "./conversation";
import type { Turn } from "./conversation";
import type { FromPage, ScopeChoice, ToPage } from "./messages";
import { page } from "./page";
import { folderOf, nameOf, noteInEditor, scopeOf } from "./scope";

export const ASK_VIEW = "starlight.askView";
const INSERT = "Insert into the Note";
const NEW_NOTE = "Make a Note";

export class AskView implements vscode.WebviewViewProvider, vscode.Disposable {
  private turns: Turn[] = [];
  private view: vscode.WebviewView | undefined;
  private waiting: ToPage[] = [];
  private asked = 0;
  private summary: { summary: Summary; of: SummarizeParams } | undefined;
  private readonly disposables: vscode.Disposable[] = [];

  constructor(
    private readonly client: Client,
    private readonly dist: vscode.Uri,
  ) {
    this.disposables.push(
      client.onAnswer((news) => {
        this.heard(news);
      }),
      client.onDidChange(() => {
        this.sayTrouble();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.sayEditor();
      }),
      vscode.window.onDidChangeTextEditorSelection(() => {
        this.sayEditor();
      }),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [this.dist] };
    view.webview.onDidReceiveMessage((message: FromPage) => void this.take(message));
    view.onDidDispose(() => {
      if (this.view === view) this.view = undefined;
    });
    view.webview.html = page(view.webview, this.dist);
  }

  /** Shows the view with the keyboard in its field; a question given is put there, and a selection becomes the scope. */
  async ask(question?: string): Promise<void> {
    const editor = noteInEditor();
    const scope: ScopeChoice | undefined = editor !== undefined && !editor.selection.isEmpty ? "selection" : undefined;
    const focus: ToPage = {
      kind: "focus",
      ...(question === undefined ? {} : { question }),
      ...(scope === undefined ? {} : { scope }),
    };
    await vscode.commands.executeCommand(`${ASK_VIEW}.focus`);
    if (this.view === undefined) this.waiting.push(focus);
    else this.say(focus);
  }

  /** Summarizes, on the page and as a turn of the conversation; then offers to put the summary somewhere. */
  async summarize(title: string, of: SummarizeParams): Promise<void> {
    await vscode.commands.executeCommand(`${ASK_VIEW}.focus`);
    if (this.working() !== undefined) {
      void vscode.window.showWarningMessage("Starlight: an answer is still being written; stop it first.");
      return;
    }
    const id = this.begin(title, "");
    const answer = await this.settle(id, this.client.summarize({ ...of, id, offer: false }));
    if (answer === undefined || answer.answer === "") return;
    this.summary = { summary: answer, of };
    this.contextChanged();
    const into = of.uri === undefined || !["note", "section", "selection"].includes(answer.subject.kind) ? [] : [INSERT];
    const chosen = await vscode.window.showInformationMessage(`Starlight: ${answer.coverage.text}`, ...into, NEW_NOTE);
    if (chosen !== undefined) await this.place(chosen === NEW_NOTE ? "note" : undefined);
  }

  /** The answers so far, to be summarized. */
  get exchanges(): { question: string; answer: string }[] {
    return history(this.turns);
  }

  /** Has the server put the last summary into its note, as the settings say, or make a note of it. */
  async place(as?: "note"): Promise<void> {
    if (this.summary === undefined) {
      void vscode.window.showInformationMessage("There is no summary yet.");
      return;
    }
    const { summary, of } = this.summary;
    const params: InsertSummaryParams = {
      title: summary.subject.name, answer: summary.answer, sources: summary.sources, line: summary.line, line_text: summary.line_text,
      said: summary.coverage.text,
      ...(of.uri === undefined ? {} : { uri: of.uri }), ...(of.root === undefined ? {} : { root: of.root }), ...(as === undefined ? {} : { as }),
    };
    try {
      const { uri, applied } = await this.client.insertSummary(params);
      if (applied) await vscode.window.showTextDocument(vscode.Uri.parse(uri));
      else void vscode.window.showWarningMessage("Starlight: VS Code did not make the edit, so the summary is in no note.");
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot put the summary there: ${said(error)}`);
    }
  }

  /** Begins anew; an answer that is being written is stopped. */
  clear(): void {
    this.stop();
    this.turns = [];
    this.say({ kind: "conversation", turns: [] });
    this.contextChanged();
  }

  /** Has the server make a note of the conversation, as an edit that can be undone. */
  async save(): Promise<void> {
    const turns = this.turns.flatMap(({ question, answer }) =>
      answer === undefined ? [] : [{ question, answer: answer.answer, sources: answer.sources }]);
    if (turns.length === 0) {
      void vscode.window.showInformationMessage("There is no answer yet that could be saved.");
      return;
    }
    try {
      const { uri } = await this.client.saveConversation({ turns });
      if (uri) await vscode.window.showTextDocument(vscode.Uri.parse(uri));
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot save the conversation: ${said(error)}`);
    }
  }

  stop(): void {
    const turn = this.working();
    if (turn !== undefined) void this.client.stopAnswer(turn.id).catch(() => undefined); // It has ended by itself.
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async take(message: FromPage): Promise<void> {
    switch (message.kind) {
      case "ready":
        this.say({ kind: "conversation", turns: this.turns });
        this.sayTrouble();
        this.sayEditor();
        for (const waiting of this.waiting.splice(0)) this.say(waiting);
        return;
      case "ask":
        return this.start(message.question, message.scope);
      case "stop":
        this.stop();
        return;
      case "open":
        return this.open(message);
      case "copy": {
        const turn = this.turns.find(({ id }) => id === message.turn);
        if (turn !== undefined) await vscode.env.clipboard.writeText(copied(turn));
      }
    }
  }

  private async start(question: string, choice: ScopeChoice): Promise<void> {
    if (question.trim() === "" || this.working() !== undefined) return;
    const scope = scopeOf(choice);
    const conversation = history(this.turns);
    const id = this.begin(question, scope?.words ?? "");
    if (scope === undefined) {
      const wanted = choice === "selection" ? "Select something in a note" : "Open a note";
      this.change(id, (turn) => failed(turn, `${wanted}, or ask all notes.`));
      return;
    }
    await this.settle(id, this.client.ask({ id, question, conversation, scope: scope.asked }));
  }

  /** Shows a turn that is being answered; returns its id. */
  private begin(question: string, scope: string): string {
    const id = `${Date.now().toString(36)}-${(this.asked += 1)}`;
    const turn = begun(id, question, scope);
    this.turns.push(turn);
    this.say({ kind: "turn", turn });
    this.contextChanged();
    return id;
  }

  /** Waits for the answer of a turn and shows it; undefined where there is none. */
  private async settle<A extends Answer>(id: string, answering: Promise<A>): Promise<A | undefined> {
    try {
      const answer = await answering;
      this.change(id, (turn) => finished(turn, answer));
      return answer;
    } catch (error) {
      this.change(id, (turn) => failed(turn, said(error)));
      return undefined;
    }
  }

  private heard(news: AnswerProgress): void {
    this.change(news.id, (turn) => told(turn, news));
  }

  private change(id: string, change: (turn: Turn) => Turn): void {
    const at = this.turns.findIndex((turn) => turn.id === id);
    const turn = this.turns[at];
    if (turn === undefined) return; // Of a conversation that was put away.
    this.turns[at] = change(turn);
    this.say({ kind: "turn", turn: this.turns[at] });
    if (this.turns[at].state !== "working") this.contextChanged();
  }

  private async open({ turn: id, source: number, beside }: FromPage & { kind: "open" }): Promise<void> {
    const source = this.turns.find((turn) => turn.id === id)?.sources.find((source) => source.number === number);
    if (source === undefined) return;
    const uri = vscode.Uri.parse(source.uri);
    const at = new vscode.Position(source.start_line - 1, 0); // No selection, which the next key would overwrite.
    try {
      await vscode.window.showTextDocument(uri, {
        selection: new vscode.Range(at, at), preview: true, ...(beside ? { viewColumn: vscode.ViewColumn.Beside } : {}),
      });
    } catch (error) {
      void vscode.window.showErrorMessage(`Starlight cannot open ${source.path}: ${said(error)}`);
    }
  }

  private working(): Turn | undefined {
    return this.turns.find(({ state }) => state === "working");
  }

  private sayTrouble(): void {
    const found = trouble(this.client);
    this.say({ kind: "trouble", problem: found?.problem ?? "" });
  }

  private sayEditor(): void {
    const editor = noteInEditor();
    this.say({
      kind: "editor",
      note: editor === undefined ? "" : nameOf(editor.document.uri),
      folder: editor === undefined ? "" : folderOf(editor.document.uri),
      selected: editor !== undefined && !editor.selection.isEmpty,
    });
  }

  private say(message: ToPage): void {
    void this.view?.webview.postMessage(message);
  }

  private contextChanged(): void {
    void vscode.commands.executeCommand("setContext", "starlight.answering", this.working() !== undefined);
    void vscode.commands.executeCommand("setContext", "starlight.hasSummary", this.summary !== undefined);
    void vscode.commands.executeCommand("setContext", "starlight.hasAnswers", this.turns.some(({ answer }) => answer !== undefined));
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
