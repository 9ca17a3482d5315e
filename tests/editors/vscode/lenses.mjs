// The counts above headings as a user sees and clicks them: node lenses.mjs URL FOLDER EXPECTATIONS
// EXPECTATIONS is JSON: {notes, file, heading, from}: a note and a line of it that is a heading, and a note that links there.
import { Workbench, must, openBrowser, plain, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations] = process.argv.slice(2);
const expected = JSON.parse(expectations);
const name = expected.file.split("/").at(-1);

const { browser, page } = await openBrowser();
const vs = new Workbench(page);
const lenses = page.locator(".part.editor .codelens-decoration a");
const backlinks = lenses.filter({ hasText: /^[1-9]\d* backlinks?$/ });
const related = lenses.filter({ hasText: /^[1-9]\d* related notes?$/ });
const peek = page.locator(".part.editor .peekview-widget");
const pane = page.locator(".part.sidebar .pane", { has: page.locator('.pane-header[aria-label^="Related"]') });

const steps = {
  "the workbench opens": async () => {
    await vs.open(base, folder);
    await vs.openFile(name);
    await vs.untilReady(expected.notes);
  },
  "the title says how many notes link to it, and how many are related": async () => {
    await until("the counts are there", async () => (await backlinks.count()) > 0 && (await related.count()) > 0);
    await vs.shot("lenses");
  },
  "a count of backlinks opens them, each with what stands around it": async () => {
    await backlinks.first().click();
    await peek.waitFor();
    await until("the notes that link here are listed", async () => plain(await peek.innerText()).includes(expected.from));
    await vs.shot("lenses-backlinks");
    await page.keyboard.press("Escape");
    await peek.waitFor({ state: "detached" });
  },
  "a count of related notes shows these, for the place of the lens": async () => {
    must((await pane.locator(".monaco-list-row").count()) === 0, "they are shown already");
    await related.first().click();
    await until("they are there", async () => (await pane.locator(".monaco-list-row").count()) > 0);
    await until("the cursor is at the heading", async () => (await vs.line()) === expected.heading);
    await vs.shot("lenses-related");
  },
};

const well = await runSteps(vs, steps);
await browser.close();
process.exit(well ? 0 : 1);
