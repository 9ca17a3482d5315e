/** The page of the Ask view: static, with a policy that lets it load its own script and style and nothing else. */
import * as vscode from "vscode";
import { randomBytes } from "node:crypto";

export function page(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(18).toString("base64url");
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, "ask.js")).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, "ask.css")).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>Ask your notes</title>
</head>
<body>
  <main id="turns" role="log" aria-live="polite" aria-label="Questions and answers"></main>
  <form id="form">
    <p id="trouble" role="status" hidden></p>
    <textarea id="question" rows="2" aria-label="Question" placeholder="Ask your notes…"></textarea>
    <div class="bar">
      <select id="scope" aria-label="Which notes may be used">
        <option value="all">All notes</option>
        <option value="folder">This folder</option>
        <option value="note">This note</option>
        <option value="selection">Selection</option>
      </select>
      <button id="send" type="submit">Ask</button>
      <button id="stop" type="button" hidden>Stop</button>
    </div>
  </form>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
