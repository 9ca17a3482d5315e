// What a user sees: node screen.mjs URL FOLDER EXPECTATIONS SETTINGS_FILE
// EXPECTATIONS is JSON: {notes, first, query, file}: how many notes there are, one to open first, a question that does not
// use the note's own words, and the note that answers it.
import { readFileSync, writeFileSync } from "node:fs";
import { Workbench, must, openBrowser, plain, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations, settingsFile] = process.argv.slice(2);
const expected = JSON.parse(expectations);
const NONSENSE = "zzkq wvvxj qqfp";

const { browser, page } = await openBrowser();
const vs = new Workbench(page);

const place = (text) => /([^\s›·]+\.md):(\d+)/.exec(plain(text));

async function search(query) {
  await vs.run("Starlight: Search Notes");
  await until("the list is open", async () => (await vs.input.getAttribute("placeholder"))?.startsWith("Ask in your own words"));
  await vs.input.pressSequentially(query, { delay: 20 });
  await until("there are rows", async () => (await vs.rows.count()) > 0);
}

async function hits(query) {
  await search(query);
  return until("the hits are there", async () => {
    const texts = await vs.rowTexts();
    return texts.some((text) => text.includes(expected.file)) && texts;
  });
}

/** Moves down and waits until the note of the row is on the screen, at the line of the row. */
async function previewNext() {
  const before = await vs.focusedRow.innerText();
  await page.keyboard.press("ArrowDown");
  const row = await until("another row is focused", async () => {
    const text = await vs.focusedRow.innerText();
    return text !== before && text;
  });
  const [, path, line] = place(row) ?? [];
  must(path, `the row names no place: ${row}`);
  await until(`${path} is shown`, async () => path.endsWith((await vs.activeFile()) ?? "?"));
  await until(`the cursor is at line ${line}`, async () => (await vs.line()) === Number(line));
  must((await vs.focusedRow.innerText()) === row, "another row is focused than the one that is shown");
  return { path, line: Number(line) };
}

function changeSetting(name, value) {
  const settings = JSON.parse(readFileSync(settingsFile, "utf8"));
  writeFileSync(settingsFile, JSON.stringify({ ...settings, [name]: value }));
  return settings[name];
}

const steps = {
  "the workbench opens": async () => {
    await vs.open(base, folder);
    await vs.openFile(expected.first);
  },
  "the status item reaches the number of notes": async () => {
    await vs.untilReady(expected.notes);
    await vs.statusItem.hover();
    await page.locator(".monaco-hover:visible", { hasText: "Starlight" }).first().waitFor();
    await vs.shot("status");
    await page.mouse.move(600, 400);
  },
  "an empty query shows no rows": async () => {
    await vs.run("Starlight: Search Notes");
    await until("the list is open", async () => (await vs.input.getAttribute("placeholder"))?.startsWith("Ask in your own words"));
    must((await vs.rows.count()) === 0, "there are rows without a query");
    await vs.shot("empty");
    await page.keyboard.press("Escape");
  },
  "a question in other words finds the note as one types": async () => {
    const texts = await hits(expected.query);
    must(texts[0].includes(expected.file), `the first hit is another one: ${texts[0]}`);
    await vs.shot("hits");
  },
  "nothing is shown before one moves": async () => {
    must((await vs.activeFile()) === expected.first, "the editor has changed");
  },
  "moving shows the note at its line, and the list keeps the keyboard": async () => {
    await previewNext();
    must(await vs.input.evaluate((input) => input === document.activeElement), "the list has lost the keyboard");
    must(await vs.activeTabIsPreview(), "the tab is no preview");
    await vs.shot("preview");
  },
  "Escape brings back what was there": async () => {
    await page.keyboard.press("Escape");
    await until("the first note is back", async () => (await vs.activeFile()) === expected.first);
    must((await vs.line()) === 1, `the cursor is at line ${await vs.line()}`);
    await until("the preview is closed", async () => (await vs.tabs.count()) === 1);
    await until("the editor has the keyboard", () => page.locator(".part.editor .monaco-editor.focused").isVisible());
  },
  "Enter opens the note at its line": async () => {
    await hits(expected.query);
    const { path, line } = await previewNext();
    await page.keyboard.press("Enter");
    await until("the list is closed", () => vs.input.isHidden());
    await until("the note is open", async () => path.endsWith((await vs.activeFile()) ?? "?"));
    await until(`the cursor is at line ${line}`, async () => (await vs.line()) === line);
    must(!(await vs.activeTabIsPreview()), "the tab is still a preview");
    must((await vs.tabs.count()) === 2, `there are ${await vs.tabs.count()} tabs`);
    await vs.shot("opened");
  },
  "nothing in the notes is about nonsense": async () => {
    await search(NONSENSE);
    await until("it says so", async () => (await vs.rowTexts()).some((text) => text.includes("Nothing in your notes is about this")));
    await vs.shot("nothing");
    await page.keyboard.press("Escape");
  },
  "the status item opens the status page": async () => {
    await vs.statusItem.click();
    await until("the page is open", async () => (await vs.activeFile()) === "Starlight Status");
    const first = page.locator(".part.editor .view-line", { hasText: "Extension" });
    await first.first().waitFor();
    await vs.shot("status-page");
  },
  "the map shows all notes, and opens one": async () => {
    await vs.run("Starlight: Show Map");
    const map = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
    await until("all notes are on it", async () => (await map.locator("#count").innerText()).startsWith(`${expected.notes} `));
    await vs.shot("map");
    await map.locator("#query").fill(expected.linkTitle);
    await page.keyboard.press("Enter");
    await map.locator("#open button").click();
    await page.locator(`.tab.active[data-resource-name="${expected.file.split("/").at(-1)}"]`).waitFor(); // beside the map
    await vs.shot("map-opened");
  },
  "a setting that points at nothing is said, with buttons": async () => {
    const good = changeSetting("starlight.server.path", "/nowhere/starlight");
    await vs.toasts.filter({ hasText: 'starlight.server.path is "/nowhere/starlight"' }).waitFor();
    for (const button of ["Set Path", "Show Log"]) await vs.toasts.locator(".monaco-button", { hasText: button }).waitFor();
    await vs.shot("bad-path");
    await vs.run("Starlight: Search Notes");
    await until("the search says it too", async () => (await vs.rowTexts()).join(" ").includes("/nowhere/starlight"));
    await vs.shot("bad-path-search");
    await page.keyboard.press("Escape");
    changeSetting("starlight.server.path", good);
    await vs.untilReady(expected.notes);
  },
};

const well = await runSteps(vs, steps);
await browser.close();
process.exit(well ? 0 : 1);
