/** The output channels: "Starlight" for the extension and the server, "Starlight Trace" for the messages between them. */
import * as vscode from "vscode";
import { traceLevel } from "./config";

export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel("Starlight", { log: true });
}

/**
 * The channel for traces, which exists from its first line on.
 *
 * The language client traces when its channel's log level says so; here the setting `starlight.trace.server` does.
 * So this stands in for a channel and passes the lines on to the real one, whose own level would hide them by default.
 */
export class TraceChannel implements vscode.LogOutputChannel {
  readonly name = "Starlight Trace";
  private channel: vscode.OutputChannel | undefined;
  private readonly levelChanged = new vscode.EventEmitter<vscode.LogLevel>();
  readonly onDidChangeLogLevel = this.levelChanged.event;
  private readonly listener = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration("starlight.trace.server")) this.levelChanged.fire(this.logLevel);
  });

  get logLevel(): vscode.LogLevel {
    return traceLevel() === "off" ? vscode.LogLevel.Off : vscode.LogLevel.Trace;
  }

  trace(message: string): void {
    if (this.logLevel !== vscode.LogLevel.Off) this.appendLine(`${new Date().toISOString()} ${message}`);
  }

  debug(message: string): void {
    this.trace(message);
  }

  info(message: string): void {
    this.trace(message);
  }

  warn(message: string): void {
    this.trace(message);
  }

  error(error: string | Error): void {
    this.trace(String(error));
  }

  append(value: string): void {
    this.real().append(value);
  }

  appendLine(value: string): void {
    this.real().appendLine(value);
  }

  replace(value: string): void {
    this.real().replace(value);
  }

  clear(): void {
    this.channel?.clear();
  }

  show(): void {
    this.real().show(true);
  }

  hide(): void {
    this.channel?.hide();
  }

  dispose(): void {
    this.listener.dispose();
    this.levelChanged.dispose();
    this.channel?.dispose();
  }

  private real(): vscode.OutputChannel {
    this.channel ??= vscode.window.createOutputChannel(this.name);
    return this.channel;
  }
}
