/** The connection to the server: one language client for all folders, started, restarted and ended here. */
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import type { ErrorHandler, LanguageClientOptions, StaticFeature } from "vscode-languageclient/node";
import { createInterface } from "node:readline";
import { coalesce } from "./coalesce";
import { SECTION, serverSettings, settingsForServer } from "./config";
import type { GraphAnswers, GraphParams } from "./graph/answers";
import { COMMANDS, NOTIFICATIONS, TEXT_SCHEME } from "./protocol";
import type {
  Answer, AnswerProgress, AskParams, Backlinks, DocumentText, FollowParams, InsertSummaryParams, LinkParams, NoteMap, Related, SaveParams,
  SearchParams, SearchResult, Status, StatusReport, Suggestion, SummarizeParams, Summary, Syntax, Why, WriteParams,
} from "./protocol";
import { commandLine, workingFolder } from "./server";
import type { NoServer, Server } from "./server";

const CRASHES = 3;
const CRASH_WINDOW_MS = 180_000;

/** Whether there is a server to ask. */
export type Health =
  | { kind: "starting" }
  | { kind: "running" }
  | { kind: "stopped" }
  | { kind: "missing"; problem: string; badSetting: boolean }
  | { kind: "failed"; problem: string };

/** Its errors go to the log only: this extension says them itself, in words and with buttons. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Tells the server that results may lead to texts of documents. */
const TEXT_VIEWS: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), starlightTextViews: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

export class Client implements vscode.Disposable {
  health: Health = { kind: "starting" };
  status: Status | undefined;
  /** The server that runs, or that ran last, with the reason for choosing it. */
  server: Server | undefined;

  private current: QuietClient | undefined;
  private stopping = false;
  private crashes: number[] = [];
  /** What the server wrote last beside its messages: the reason, when it ends at once. */
  private lastWords = "";
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when `health` or `status` has changed. */
  readonly onDidChange = this.changed.event;
  private readonly answered = new vscode.EventEmitter<AnswerProgress>();
  /** Fires while an answer is made. */
  readonly onAnswer = this.answered.event;
  private readonly related = new vscode.EventEmitter<Related>();
  /** Fires when something else belongs to the place that is followed. */
  readonly onRelated = this.related.event;
  /** Does what a code action of the server asks for. */
  onWrite: (argument: WriteParams) => Promise<void> = () => Promise.resolve();
  /** Summarizes what a code action of the server asks for. */
  onSummarize: (argument: SummarizeParams) => Promise<void> = () => Promise.resolve();
  /** Ends the server, if one runs, looks for the one to run and starts it. One call runs and at most one waits. */
  readonly restart = coalesce(() => this.stopAndStart());

  constructor(
    private readonly find: () => Promise<Server | NoServer>,
    private readonly log: vscode.LogOutputChannel,
    private readonly trace: vscode.LogOutputChannel,
  ) {}

  search(params: SearchParams, token: vscode.CancellationToken): Promise<SearchResult> {
    return this.execute<SearchResult>(COMMANDS.search, params, token);
  }

  syntax(): Promise<Syntax> {
    return this.execute<Syntax>(COMMANDS.syntax, {});
  }

  report(): Promise<StatusReport> {
    return this.execute<StatusReport>(COMMANDS.status, {});
  }

  rebuild(): Promise<Status> {
    return this.execute<Status>(COMMANDS.rebuild, {});
  }

  why(uri: string): Promise<Why> {
    return this.execute<Why>(COMMANDS.why, { uri });
  }

  pause(): Promise<Status> {
    return this.execute<Status>(COMMANDS.pause, {});
  }

  resume(): Promise<Status> {
    return this.execute<Status>(COMMANDS.resume, {});
  }

  ask(params: AskParams): Promise<Answer> {
    return this.execute<Answer>(COMMANDS.ask, params);
  }

  summarize(params: SummarizeParams): Promise<Summary> {
    return this.execute<Summary>(COMMANDS.summarize, params);
  }

  /** Has the server put a summary into a note, or make one of it, as an edit that can be undone. */
  insertSummary(params: InsertSummaryParams): Promise<{ uri: string; applied: boolean }> {
    return this.execute<{ uri: string; applied: boolean }>(COMMANDS.insertSummary, params);
  }

  /** Has the answer with that id end with what is written. */
  stopAnswer(id: string): Promise<{ stopped: boolean }> {
    return this.execute<{ stopped: boolean }>(COMMANDS.stop, { id });
  }

  saveConversation(params: SaveParams): Promise<{ uri?: string }> {
    return this.execute<{ uri?: string }>(COMMANDS.saveConversation, params);
  }

  backlinks(uri: string): Promise<Backlinks> {
    return this.execute<Backlinks>(COMMANDS.backlinks, { uri });
  }

  /** Follows that place, in place of another one: `onRelated` tells what belongs to it. */
  follow(params: FollowParams): Promise<unknown> {
    return this.execute(COMMANDS.follow, params);
  }

  unfollow(): Promise<unknown> {
    return this.execute(COMMANDS.unfollow, {});
  }

  /** The text of a link, as completions write it. */
  link(params: LinkParams): Promise<{ text: string }> {
    return this.execute<{ text: string }>(COMMANDS.link, params);
  }

  /** What a document says that no editor shows. */
  text(uri: string): Promise<DocumentText> {
    return this.execute<DocumentText>(COMMANDS.text, { uri });
  }

  /** Has the server draw the map of the folder that holds a note, or of the first one. */
  map(params: { uri?: string }, token: vscode.CancellationToken): Promise<NoteMap> {
    return this.execute<NoteMap>(COMMANDS.map, params, token);
  }

  /** How notes are connected. */
  graph<What extends keyof GraphAnswers>(params: GraphParams<What>, token: vscode.CancellationToken): Promise<GraphAnswers[What]> {
    return this.execute<GraphAnswers[What]>(COMMANDS.graph, params, token);
  }

  /** Waits until it is known whether there is a server to ask. */
  async started(): Promise<void> {
    while (this.health.kind === "starting") {
      await new Promise<void>((resolve) => {
        const listener = this.onDidChange(() => {
          listener.dispose();
          resolve();
        });
      });
    }
  }

  write(params: WriteParams): Promise<Suggestion> {
    return this.execute<Suggestion>(COMMANDS.write, params);
  }

  /** Restarts only if another server would be chosen now: the Python environment changes often, the answer rarely. */
  async restartIfOther(): Promise<void> {
    const next = await this.find();
    const same = next.kind === "found" && this.server !== undefined && commandLine(next) === commandLine(this.server);
    if (!same || this.health.kind !== "running") await this.restart();
  }

  async stop(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    this.stopping = true;
    try {
      // A client that is just starting cannot be stopped and says so; its process is ended all the same.
      await client?.dispose();
    } catch (error) {
      this.log.debug(`While the server was being stopped: ${String(error)}`);
    } finally {
      this.stopping = false;
    }
  }

  /** Tells the server of a change; it may also ask for the settings whenever it likes. */
  async settingsChanged(): Promise<void> {
    if (this.health.kind !== "running") return;
    await this.current?.sendNotification("workspace/didChangeConfiguration", { settings: { [SECTION]: serverSettings() } });
  }

  dispose(): void {
    this.changed.dispose();
    this.answered.dispose();
    this.related.dispose();
  }

  private async execute<R>(command: string, argument: object, token?: vscode.CancellationToken): Promise<R> {
    if (this.current === undefined || this.health.kind !== "running") throw new Error("The Starlight server is not running.");
    const params = { command, arguments: [argument] };
    return token === undefined
      ? this.current.sendRequest<R>("workspace/executeCommand", params)
      : this.current.sendRequest<R>("workspace/executeCommand", params, token);
  }

  private async stopAndStart(): Promise<void> {
    await this.stop();
    this.status = undefined;
    this.set({ kind: "starting" });
    const server = await this.find();
    if (server.kind === "missing") {
      this.log.error(server.problem);
      this.server = undefined;
      this.set({ kind: "missing", problem: server.problem, badSetting: server.badSetting });
      return;
    }
    this.server = server;
    this.log.info(`Starting ${commandLine(server)} (${server.reason}).`);
    await this.startWith(server);
  }

  private async startWith(server: Server): Promise<void> {
    const client = new QuietClient(
      SECTION,
      "Starlight",
      { command: server.command, args: server.args, options: { cwd: workingFolder(server, process.platform) } },
      this.options(),
    );
    client.registerFeature(TEXT_VIEWS);
    this.current = client;
    this.lastWords = "";
    client.onDidChangeState(({ newState }) => {
      if (client === this.current && newState === State.Running) this.set({ kind: "running" });
    });
    client.onNotification(NOTIFICATIONS.status, (status: Status) => {
      if (client !== this.current) return;
      this.status = status;
      void vscode.commands.executeCommand("setContext", "starlight.paused", status.paused);
      this.changed.fire();
    });
    client.onNotification(NOTIFICATIONS.answer, (news: AnswerProgress) => {
      if (client === this.current) this.answered.fire(news);
    });
    client.onNotification(NOTIFICATIONS.related, (found: Related) => {
      if (client === this.current) this.related.fire(found);
    });
    try {
      await client.start();
    } catch (error) {
      if (client !== this.current) return;
      this.fail(`The Starlight server did not start (${commandLine(server)}). ${this.lastWords || firstLine(error)}`);
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file", language: "markdown" }, { scheme: TEXT_SCHEME, language: "markdown" }],
      initializationOptions: serverSettings,
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: this.errorHandler(),
      initializationFailedHandler: () => false,
      // The server's log comes by its stderr, and most of its lines are no errors.
      stdioOptions: { stdout: this.forward, stderr: this.forward },
      middleware: {
        executeCommand: (command, args, next) => {
          if (command === COMMANDS.write) return this.onWrite((args as [WriteParams])[0]);
          if (command === COMMANDS.summarize) return this.onSummarize((args as [SummarizeParams])[0]);
          return next(command, args) as unknown;
        },
        // VS Code has an outline of Markdown itself, and would show the same headings twice.
        provideDocumentSymbols: () => undefined,
        workspace: {
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            return Array.isArray(answers) ? (answers as unknown[]).map(forServer) : answers;
          },
        },
        // The status item shows the indexing; a second spinner beside it would say the same.
        handleWorkDoneProgress: (token, params, next) => {
          if (params.kind === "end") next(token, params);
        },
      },
    };
  }

  /** Restarts a server that ended by itself, unless it does so again and again. */
  private errorHandler(): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        if (this.stopping || this.health.kind !== "running") return { action: CloseAction.DoNotRestart, handled: true };
        const now = Date.now();
        this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW_MS), now];
        if (this.crashes.length > CRASHES) {
          this.fail(`The Starlight server ended by itself ${this.crashes.length} times within three minutes.`);
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        this.log.warn("The server ended by itself and is started again.");
        // Not the language client's own restart: the server is looked for afresh, and a failure is told.
        setImmediate(() => void this.restart());
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private readonly forward = (input: NodeJS.ReadableStream, output: vscode.LogOutputChannel): void => {
    createInterface({ input, crlfDelay: Infinity }).on("line", (line) => {
      if (line.trim() !== "") this.lastWords = line.trim();
      output.info(line);
    });
  };

  private fail(problem: string): void {
    this.log.error(problem);
    this.set({ kind: "failed", problem });
  }

  private set(health: Health): void {
    this.health = health;
    if (health.kind !== "running") this.status = undefined;
    void vscode.commands.executeCommand("setContext", "starlight.running", health.kind === "running");
    this.changed.fire();
  }
}

function forServer(settings: unknown): unknown {
  return typeof settings === "object" && settings !== null && !Array.isArray(settings)
    ? settingsForServer(settings as Record<string, unknown>)
    : settings;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
