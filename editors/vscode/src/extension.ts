/** Puts the parts together: one client, one status item, the commands. */
import * as vscode from "vscode";
import { ASK_VIEW, AskView } from "./ask/view";
import { Client } from "./client";
import { connectNotes } from "./commands/connectNotes";
import { explainFile } from "./commands/explainFile";
import { showReferences, showRelated } from "./commands/lenses";
import { installServer } from "./commands/installServer";
import { pauseIndexing, resumeIndexing } from "./commands/pauseIndexing";
import { rebuildIndex } from "./commands/rebuildIndex";
import { restartServer } from "./commands/restartServer";
import { searchNotes } from "./commands/searchNotes";
import { showBacklinks } from "./commands/showBacklinks";
import { showGraph } from "./commands/showGraph";
import { showMap } from "./commands/showMap";
import { showNeighbours } from "./commands/showNeighbours";
import { summarizePlace, summarizing } from "./commands/summarize";
import { showLog } from "./commands/showLog";
import { StatusPage } from "./commands/showStatus";
import { WATCHER_EXCLUDE } from "./config";
import { tell } from "./explain";
import { TraceChannel, createLog } from "./log";
import { CLIENT_COMMANDS } from "./protocol";
import type { Hit } from "./protocol";
import { onInterpreterChange } from "./python";
import { RelatedView } from "./related/view";
import { findServer } from "./server";
import { createStatusItem } from "./status";
import { SuggestionPreview } from "./suggestion";
import { lookAround, ownEnvironment } from "./surroundings";
import { TextViews } from "./texts";
import { write } from "./writing";

let client: Client | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const trace = new TraceChannel();
  const version = (context.extension.packageJSON as { version: string }).version;
  log.info(`Starlight ${version} in ${vscode.env.appName} ${vscode.version}`);
  const active = new Client(async () => findServer(await lookAround(context, log)), log, trace);
  client = active;
  const page = new StatusPage(active, version);
  const ask = new AskView(active, vscode.Uri.joinPath(context.extensionUri, "dist"));
  const related = new RelatedView(active);
  const texts = new TextViews(active);
  const preview = new SuggestionPreview();
  active.onWrite = (argument) => write(active, preview, argument);
  active.onSummarize = (argument) => summarizePlace(ask, argument);
  const commands: Record<string, (...args: never[]) => unknown> = {
    searchNotes: searchNotes(active),
    askNotes: (question?: unknown) => ask.ask(typeof question === "string" ? question : undefined),
    newConversation: () => { ask.clear(); },
    saveAnswers: () => ask.save(),
    acceptSuggestion: () => preview.accept(),
    refuseSuggestion: () => preview.refuse(),
    stopAnswer: () => { ask.stop(); },
    ...summarizing(ask),
    rebuildIndex: rebuildIndex(active),
    explainFile: explainFile(active),
    openFile: () => texts.openFile(),
    showBacklinks: showBacklinks(active),
    connectNotes: connectNotes(active), showNeighbours: showNeighbours(active), showGraph: showGraph(active),
    showRelated, showMap: showMap(active),
    insertRelatedLink: (hit?: Hit) => related.insertLink(hit),
    pauseIndexing: pauseIndexing(active),
    resumeIndexing: resumeIndexing(active),
    restartServer: restartServer(active),
    showLog: showLog(log),
    showStatus: () => page.show(),
    installServer: installServer(active, { extension: context.extensionPath, environment: ownEnvironment(context) }, log),
  };
  context.subscriptions.push(
    log, trace, active, page, ask, related, texts, preview, createStatusItem(active),
    vscode.window.registerWebviewViewProvider(ASK_VIEW, ask),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`starlight.${name}`, run)),
    vscode.commands.registerCommand(CLIENT_COMMANDS.showReferences, showReferences),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void active.restartIfOther()),
    vscode.workspace.onDidChangeConfiguration((event) => { configured(active, event); }),
  );
  void restartAndTell(active);
  void onInterpreterChange(() => void active.restartIfOther()).then((listener) => {
    if (listener !== undefined) context.subscriptions.push(listener);
  });
}

function configured(active: Client, event: vscode.ConfigurationChangeEvent): void {
  if (event.affectsConfiguration("starlight.server.path")) void restartAndTell(active);
  else if (event.affectsConfiguration("starlight") || event.affectsConfiguration(WATCHER_EXCLUDE)) void active.settingsChanged();
}

async function restartAndTell(active: Client): Promise<void> {
  await active.restart();
  if (active.health.kind !== "running") await tell(active);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
