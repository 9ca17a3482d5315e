// Opens VS Code's workbench in headless Chromium, and knows the parts of it that the tests look at.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT);
const SHOTS = process.env.STARLIGHT_SHOTS;

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function openBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(30_000);
  return { browser, page };
}

/** The address of a folder, or of a workspace file, in the workbench. */
export function address(base, path) {
  return `${base}/?${path.endsWith(".code-workspace") ? "workspace" : "folder"}=${encodeURIComponent(path)}`;
}

export function must(condition, message) {
  if (!condition) throw new Error(message);
}

/** Calls `look` until it returns something true, and returns that. */
export async function until(what, look, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  let last;
  for (;;) {
    last = await look();
    if (last) return last;
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class Workbench {
  constructor(page) {
    this.page = page;
    this.input = page.locator(".quick-input-widget input[type=text]").first();
    this.rows = page.locator(".quick-input-list .monaco-list-row");
    this.focusedRow = page.locator(".quick-input-list .monaco-list-row.focused");
    this.listTitle = page.locator(".quick-input-widget .quick-input-title");
    this.statusItem = page.locator('.part.statusbar [id="starlight.starlight.starlight.status"]');
    this.toasts = page.locator(".notifications-toasts");
    this.activeTab = page.locator(".part.editor .tab.active");
    this.tabs = page.locator(".part.editor .tab");
  }

  async open(base, folder) {
    await this.page.goto(address(base, folder), { waitUntil: "domcontentloaded" });
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await this.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
  }

  async run(command) {
    await this.page.keyboard.press("F1");
    await this.input.waitFor({ state: "visible" });
    await this.input.fill(`>${command}`);
    await this.rows.filter({ hasText: command }).first().click();
  }

  async openFile(name) {
    await this.page.keyboard.press("Control+P");
    await this.input.waitFor({ state: "visible" });
    await this.input.fill(name);
    await this.rows.filter({ hasText: name }).first().click();
    await this.page.locator(`.tab[data-resource-name="${name}"]`).waitFor();
  }

  /** The line of the cursor, from the status bar: what the user sees. */
  async line() {
    const text = await this.page.locator('.part.statusbar [id="status.editor.selection"]').innerText().catch(() => "");
    return Number(/Ln (\d+)/.exec(text)?.[1] ?? 0);
  }

  activeFile() {
    return this.activeTab.getAttribute("data-resource-name", { timeout: 2000 }).catch(() => null);
  }

  /** VS Code sets the name of a preview in italics. */
  activeTabIsPreview() {
    return this.activeTab.locator(".label-name").evaluate((name) => getComputedStyle(name).fontStyle === "italic");
  }

  async rowTexts() {
    return (await this.rows.allInnerTexts()).map(plain);
  }

  async statusText() {
    return plain(await this.statusItem.innerText());
  }

  /** Waits until the status item says how many notes there are. */
  async untilReady(notes) {
    await this.statusItem.waitFor({ timeout: 60_000 });
    await until(`the status item says ${notes} notes`, async () => (await this.statusText()).includes(`${notes} notes`), 60_000)
      .catch(async (error) => { throw new Error(`${error.message}; it says: ${await this.statusText()}`); });
  }

  async shot(name) {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `vscode-${name}.png`) });
  }
}

/** Texts of a list as one reads them: VS Code writes its blanks as no-break spaces. */
export const plain = (text) => text.replace(/\u00a0/g, " ");

/** Runs steps in order. Each says whether it went well; after the first that did not, nothing is tried any more. */
export async function runSteps(workbench, steps) {
  const started = Date.now();
  for (const [name, step] of Object.entries(steps)) {
    const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
    try {
      await step();
      console.log(`ok    ${name} [${seconds()} s]`);
    } catch (error) {
      console.log(`FAIL  ${name} [${seconds()} s]\n${error.stack}`);
      await workbench.shot(`failed-${name.replace(/\W+/g, "-")}`).catch(() => undefined);
      return false;
    }
  }
  return true;
}
