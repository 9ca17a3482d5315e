// The lists about the graph of notes as a user sees them: node graph.mjs URL FOLDER EXPECTATIONS
// EXPECTATIONS is JSON: {notes, first, file, linkTitle, link, hidden}: a note to begin with, one that it links to, and one that is
// not indexed.
import { Workbench, must, openBrowser, plain, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations] = process.argv.slice(2);
const expected = JSON.parse(expectations);

const { browser, page } = await openBrowser();
const vs = new Workbench(page);

const title = async () => plain(await vs.listTitle.innerText());
const titled = (part) => until(`the list is titled "${part}"`, async () => (await title().catch(() => "")).includes(part));
const rowWith = (part) => until(`a row says "${part}"`, async () => (await vs.rowTexts()).find((text) => text.includes(part)));

/** Asks how the first note is connected with the one that it links to. */
async function connect() {
  await vs.run("Starlight: How Are These Connected?");
  await titled(`How Is ${expected.first} Connected With`);
  await vs.input.pressSequentially(expected.linkTitle, { delay: 20 });
  await until("the note is found first", async () => ((await vs.rowTexts())[0] ?? "").includes(expected.file));
  await page.keyboard.press("Enter");
  await titled(`and ${expected.linkTitle} are connected`);
}

/** Escape, and what was in the editor before is back: before that no other list could stay open. */
async function leave() {
  await page.keyboard.press("Escape");
  await until("the note is back", async () => expected.file.endsWith((await vs.activeFile()) ?? "?"));
  await until("the editor has the keyboard", () => page.locator(".part.editor .monaco-editor.focused").isVisible());
}

/** Moves down to the row with that text, or that stands under a heading with it. */
async function moveTo(part) {
  await until(`a row says "${part}"`, async () => {
    if (plain(await vs.focusedRow.innerText()).includes(part)) return true;
    await page.keyboard.press("ArrowDown");
    return false;
  });
}

const steps = {
  "the workbench opens": async () => {
    await vs.open(base, folder);
    await vs.openFile(expected.first);
    await vs.untilReady(expected.notes);
  },
  "a note that was moved to while one looked for it leaves no trace": async () => {
    await vs.run("Starlight: How Are These Connected?");
    await titled(`How Is ${expected.first} Connected With`);
    await vs.input.pressSequentially(expected.linkTitle, { delay: 20 });
    await until("there are notes", async () => (await vs.rows.count()) > 1);
    await page.keyboard.press("ArrowDown");
    await until("it is shown", async () => (await vs.activeFile()) !== expected.first);
    await page.keyboard.press("Escape");
    await until("the first note is back", async () => (await vs.activeFile()) === expected.first);
    await until("the preview is closed", async () => (await vs.tabs.count()) === 1);
  },
  "the way between two notes is shown, with the line of the link": async () => {
    await connect();
    await rowWith("The way that says most: 1 step");
    must((await rowWith(`${expected.linkTitle}`)).length > 0, "the note is not on the way");
    await rowWith("linked");
    must((await rowWith(`${expected.first}:`)).includes(`[[${expected.link}`), "the line of the link is not shown");
    await vs.shot("connected");
  },
  "moving shows each place, and Escape brings back what was there": async () => {
    await moveTo(`${expected.first}:`);
    await until("the cursor is on the line of the link", async () => (await vs.line()) > 1);
    await page.keyboard.press("Escape");
    await until("the cursor is where it was", async () => (await vs.line()) === 1);
  },
  "a step opens at its place": async () => {
    await connect();
    await moveTo(expected.file);
    await page.keyboard.press("Enter");
    await until("the note is open", async () => expected.file.endsWith((await vs.activeFile()) ?? "?"));
    await until("the tab is no preview any more", async () => !(await vs.activeTabIsPreview()));
    await until("the editor has the keyboard", () => page.locator(".part.editor .monaco-editor.focused").isVisible());
  },
  "the neighbours of a note are listed, and further ones on demand": async () => {
    await vs.run("Starlight: Show Neighbours of This Note");
    await titled(`Neighbours of ${expected.linkTitle}`);
    await rowWith("1 step away");
    await vs.shot("neighbours");
    await page.locator(".quick-input-widget .codicon-expand-all").click();
    await moveTo("2 steps away");
    await leave();
  },
  "orphans, hubs and bridges are listed, some of each, and all on demand": async () => {
    await vs.run("Starlight: Show Orphans, Hubs and Bridges");
    await titled("Orphans, Hubs and Bridges");
    await rowWith("notes without a link");
    await vs.shot("standing-out");
    await moveTo("Show all");
    await page.keyboard.press("Enter");
    await titled("Orphans: ");
    await until("no other kind is there", async () => !(await vs.rowTexts()).some((text) => text.includes("Hubs")));
    await leave();
  },
  "a note that is not indexed is told": async () => {
    await vs.openFile(expected.hidden);
    await vs.run("Starlight: Show Neighbours of This Note");
    await rowWith("no such note is indexed");
    await vs.shot("not-indexed");
    await page.keyboard.press("Escape");
  },
};

const well = await runSteps(vs, steps);
await browser.close();
process.exit(well ? 0 : 1);
