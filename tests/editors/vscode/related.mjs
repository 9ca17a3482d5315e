// The Related view as a user sees it: node related.mjs URL FOLDER EXPECTATIONS LOGS
// EXPECTATIONS is JSON: {notes, first, firstTitle, file, linkTitle, link}: a note without links to open first, and one that
// belongs to the text typed there. LOGS is the folder in which the trace of the messages is looked for.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Workbench, must, openBrowser, plain, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations, logs] = process.argv.slice(2);
const expected = JSON.parse(expectations);
const TYPED = "The tap in the kitchen drips: its washer is worn.";

const { browser, page } = await openBrowser();
const vs = new Workbench(page);
const pane = page.locator(".part.sidebar .pane", { has: page.locator('.pane-header[aria-label^="Related"]') });
const rows = pane.locator(".monaco-list-row");
// By its name alone: reasons of other notes may say it, too.
const wanted = rows.filter({ has: page.locator(".label-name", { hasText: expected.linkTitle }) });

const texts = async () => (await rows.allInnerTexts()).map(plain);
const editorText = async () => (await page.locator(".part.editor .view-line").allInnerTexts()).map(plain).join("\n");

/** How often the extension has sent that command, from the trace. */
function sent(command) {
  const traces = readdirSync(logs, { recursive: true }).filter((name) => /Starlight Trace\.log$/.test(name));
  const all = traces.map((name) => readFileSync(join(logs, name), "utf8")).join("\n");
  return all.split(`"command": "${command}"`).length - 1;
}

const steps = {
  "the workbench opens": async () => {
    await vs.open(base, folder);
    await vs.openFile(expected.first);
    await vs.untilReady(expected.notes);
  },
  "nothing is followed before the view is seen": async () => {
    must(sent("starlight.search") + sent("starlight.follow") === 0, "a place is followed already");
  },
  "the command shows what belongs to the place of the cursor": async () => {
    await vs.run("Starlight: Show Related Notes");
    await until("there are passages", async () => (await rows.count()) > 0);
    must(!(await texts()).some((text) => text.includes(expected.firstTitle)), `the note itself is there: ${await texts()}`);
    must(sent("starlight.follow") > 0, "the trace does not show it: what follows would prove nothing");
    await vs.shot("related");
  },
  "it follows what is typed and not saved": async () => {
    await vs.run("View: Focus Active Editor Group");
    await page.keyboard.press("Control+End");
    await page.keyboard.type(`\n\n${TYPED}`);
    await until("the note about it is first", async () => ((await texts())[0] ?? "").includes(expected.linkTitle));
    must((await page.locator(".part.editor .tab.active.dirty").count()) === 1, "it is saved");
    await vs.shot("related-typed");
  },
  "a row says why it is there, and the mouse shows the passage": async () => {
    const row = wanted.first();
    must(/meaning|words/.test(plain(await row.innerText())), `no reason: ${await row.innerText()}`);
    const hover = page.locator(".monaco-hover:visible", { hasText: expected.file }).first();
    await until("the passage is shown", async () => {
      await page.mouse.move(900, 600); // Where the list has changed under the mouse, it has to come again.
      await row.hover({ position: { x: 80, y: 8 } });
      return hover.waitFor({ timeout: 4000 }).then(() => true, () => false);
    });
    await vs.shot("related-hover");
  },
  "its button inserts a link at the cursor, and the keyboard is in the text again": async () => {
    await wanted.first().hover();
    await wanted.first().locator('.action-label[aria-label^="Insert Link"]').click();
    await until("the link is there", async () => (await editorText()).includes(`${TYPED}[[${expected.link}]]`));
    await until("what is linked has left the list", async () => (await wanted.count()) === 0);
    await page.mouse.move(900, 600);
    await vs.shot("related-linked");
    await page.keyboard.press("Control+Z");
    await until("one step undoes it", async () => !(await editorText()).includes("[["));
    await until("and it belongs here again", async () => (await wanted.count()) > 0);
  },
  "a click opens the passage, and the list follows there": async () => {
    await wanted.first().click();
    await until("the note is open", async () => expected.file.endsWith((await vs.activeFile()) ?? "?"));
    await until("the cursor is at the passage", async () => (await vs.line()) > 1);
    await until("the list is of that note", async () => plain(await pane.locator(".pane-header").innerText()).includes(expected.file));
    await until("the note itself is not in it", async () => (await rows.count()) > 0 && (await wanted.count()) === 0);
    await vs.shot("related-opened");
  },
  "nothing is followed while the view is not seen": async () => {
    const before = sent("starlight.unfollow");
    await vs.run("View: Show Explorer");
    await until("it is given up", () => sent("starlight.unfollow") > before);
  },
  "without a note it says what it is for": async () => {
    await vs.run("Starlight: Show Related Notes");
    await until("there are passages again", async () => (await rows.count()) > 0);
    await vs.run("View: Close All Editors");
    await page.locator(".monaco-dialog-box").getByRole("button", { name: "Don't Save" }).click();
    await pane.locator(".welcome-view", { hasText: "Go to a note" }).waitFor();
    must((await rows.count()) === 0, "rows are left");
    await vs.shot("related-none");
  },
};

const well = await runSteps(vs, steps);
await browser.close();
process.exit(well ? 0 : 1);
