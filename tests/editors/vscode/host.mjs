// Runs a test file inside VS Code's extension host: node host.mjs URL FOLDER EXTENSION TEST_FILE
// The workbench takes the extension and the test file from its address; the page is told how the test ended.
import { address, openBrowser, until } from "./workbench.mjs";

const [base, folder, extension, testFile] = process.argv.slice(2);
const remote = (path) => `vscode-remote://${new URL(base).host}${path}`;
const payload = JSON.stringify([["extensionDevelopmentPath", remote(extension)], ["extensionTestsPath", remote(testFile)]]);

const { browser, page } = await openBrowser();
let ended;
await page.exposeFunction("codeAutomationExit", (code) => { ended = { code }; });
await page.exposeFunction("codeAutomationLog", (_type, words) => {
  const line = words.join(" ");
  if (/^(ok|FAIL) /.test(line)) console.log(line);
});
await page.goto(`${address(base, folder)}&payload=${encodeURIComponent(payload)}`);
await until("the extension host ends", () => ended, 180_000).catch((error) => console.log(error.message));
await browser.close();
process.exit(ended?.code === 0 ? 0 : 1);
