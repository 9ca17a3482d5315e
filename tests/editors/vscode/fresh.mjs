// A machine without a server, as its user sees it: node fresh.mjs URL FOLDER EXPECTATIONS
// EXPECTATIONS is JSON: {notes, first}.
import { Workbench, openBrowser, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations] = process.argv.slice(2);
const expected = JSON.parse(expectations);

const { browser, page } = await openBrowser();
const vs = new Workbench(page);
const dialog = page.locator(".monaco-dialog-box");

const steps = {
  "a message says that there is no server, and what helps": async () => {
    await vs.open(base, folder);
    await vs.openFile(expected.first);
    const message = vs.toasts.filter({ hasText: "server is not installed" });
    await message.waitFor({ timeout: 60_000 });
    for (const button of ["Install", "Set Path", "Show Log"]) await message.getByRole("button", { name: button, exact: true }).waitFor();
    await vs.shot("no-server");
  },
  "the search says it too": async () => {
    await vs.run("Starlight: Search Notes");
    await until("it says so", async () => (await vs.rowTexts()).join(" ").includes("server is not running"));
    await vs.shot("no-server-search");
    await page.keyboard.press("Escape");
  },
  "installing asks first, and says that it downloads": async () => {
    await vs.toasts.getByRole("button", { name: "Install", exact: true }).click();
    await dialog.filter({ hasText: "downloads the Python packages" }).waitFor();
    await vs.shot("install-asks");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
  },
  "installing makes an environment and starts the server": async () => {
    await vs.run("Starlight: Install Server");
    await dialog.getByRole("button", { name: "Download and Install" }).click();
    await vs.toasts.filter({ hasText: "Starlight server" }).first().waitFor();
    await vs.shot("installing");
    await vs.toasts.filter({ hasText: "installed and running" }).waitFor({ timeout: 180_000 });
    await vs.untilReady(expected.notes);
  },
  "the status page says why this server was chosen": async () => {
    await vs.statusItem.click();
    await page.locator(".part.editor .view-line", { hasText: "chosen because" }).filter({ hasText: "Install" }).first().waitFor();
    await vs.shot("installed");
  },
};

const well = await runSteps(vs, steps);
await browser.close();
process.exit(well ? 0 : 1);
