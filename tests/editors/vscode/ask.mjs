// The Ask view as a user sees it: node ask.mjs URL FOLDER EXPECTATIONS
// EXPECTATIONS is JSON: {notes, first, query, file, model}: `model` is true where a model writes the answers: it waits
// in the middle of the first one.
import { Workbench, must, openBrowser, plain, runSteps, until } from "./workbench.mjs";

const [base, folder, expectations] = process.argv.slice(2);
const expected = JSON.parse(expectations);

const { browser, page } = await openBrowser();
const vs = new Workbench(page);
const view = page.frameLocator("iframe.webview").frameLocator("#active-frame");
const question = view.locator("#question");
const turns = view.locator("article");

const state = (turn) => turn.getAttribute("data-state");

async function ask(text) {
  const before = await turns.count();
  await question.fill(text);
  await question.press("Enter");
  await until("the question is on the page", async () => (await turns.count()) === before + 1);
  return turns.nth(before);
}

async function answered(text) {
  const turn = await ask(text);
  await until("the answer is there", async () => (await state(turn)) !== "working");
  must((await state(turn)) === "done", `it failed: ${await turn.innerText()}`);
  return turn;
}

const opening = {
  "the workbench opens": async () => {
    await vs.open(base, folder);
    await vs.openFile(expected.first);
    await vs.untilReady(expected.notes);
  },
  "the command shows the view with the keyboard in its field": async () => {
    await vs.run("Starlight: Ask Notes");
    await question.waitFor();
    await until("the field has the keyboard", () => question.evaluate((field) => field === document.activeElement));
    await vs.shot("ask-empty");
  },
};

const extractive = {
  "without a model the answer is sentences of the notes, each with its source": async () => {
    const turn = await answered(expected.query);
    await turn.locator(".answer .cite").first().waitFor();
    const text = plain(await turn.innerText());
    must(text.includes(expected.file), `the note is no source: ${text}`);
    must(text.includes("no model"), `it does not say that no model wrote it: ${text}`);
    await vs.shot("ask-answer");
  },
  "a citation opens its place": async () => {
    const source = turns.last().locator(".source", { hasText: expected.file }).first();
    const [, line] = /:(\d+)/.exec(await source.locator(".place").innerText());
    await source.click();
    await until("the note is open", async () => expected.file.endsWith((await vs.activeFile()) ?? "?"));
    await until(`the cursor is at line ${line}`, async () => (await vs.line()) === Number(line));
    await vs.shot("ask-opened");
  },
  "a question about the note in the editor stays within it": async () => {
    await view.locator("#scope").selectOption("note");
    const turn = await answered("What was it about?");
    const places = (await turn.locator(".place").allInnerTexts()).map(plain);
    must(places.length > 0 && places.every((place) => place.startsWith(expected.file)), `other notes: ${places}`);
    await vs.shot("ask-note");
    await view.locator("#scope").selectOption("all");
  },
  "what no note says is said so": async () => {
    const turn = await answered("zzkq wvvxj qqfp?");
    must((await turn.innerText()).includes("Your notes do not say"), await turn.innerText());
    await vs.shot("ask-nothing");
  },
  "the conversation outlives the view": async () => {
    const before = await turns.count();
    await page.locator(".part.sidebar").waitFor();
    await vs.run("View: Show Explorer");
    await question.waitFor({ state: "hidden" });
    await vs.run("Starlight: Ask Notes");
    await until("the turns are back", async () => (await turns.count()) === before);
  },
  "the conversation becomes a note that one can undo": async () => {
    await vs.run("Starlight: Save Conversation as a Note");
    await until("a new note is open", async () => !expected.file.endsWith((await vs.activeFile()) ?? expected.file));
    await page.locator(".part.editor .view-line", { hasText: expected.query }).first().waitFor();
    await vs.shot("ask-saved");
  },
  "a note is summarized in the view, which says how much was read": async () => {
    await vs.openFile(expected.file.split("/").at(-1));
    const before = await turns.count();
    await vs.run("Starlight: Summarize Note");
    await until("the summary is on the page", async () => (await turns.count()) === before + 1);
    const turn = turns.nth(before);
    await until("it is done", async () => (await state(turn)) !== "working");
    await turn.locator(".answer .cite").first().waitFor();
    const text = plain(await turn.locator(".coverage").innerText());
    must(/^\d+ of \d+ sections?, \d+ words, without a model$/.test(text), text);
    await vs.shot("summary");
  },
  "it is put into the note, and one can undo it": async () => {
    await vs.run("Starlight: Insert the Summary into Its Note");
    const callout = page.locator(".part.editor .view-line", { hasText: "[!summary] Starlight" });
    await callout.first().waitFor();
    await vs.shot("summary-inserted");
    await page.locator(".part.editor .monaco-editor").first().click();
    await page.keyboard.press("Control+Z");
    await until("it is gone", async () => (await callout.count()) === 0);
  },
  "a new conversation is empty": async () => {
    await vs.run("Starlight: New Conversation");
    await until("nothing is left", async () => (await turns.count()) === 0);
  },
};

const generated = {
  "text appears while it is written": async () => {
    const turn = await ask(expected.query);
    await turn.locator(".answer").waitFor();
    await turn.locator(".phase").waitFor();
    must((await state(turn)) === "working", "it has ended already");
    must(await view.locator("#stop").isVisible(), "nothing offers to stop it");
    await vs.shot("ask-writing");
  },
  "Escape stops it and keeps what was written": async () => {
    const before = await turns.last().locator(".answer").innerText();
    await question.press("Escape");
    const turn = turns.last();
    await until("it has stopped", async () => (await state(turn)) === "done");
    const text = plain(await turn.innerText());
    must(text.includes("Stopped before its end"), text);
    must((await turn.locator(".answer").innerText()).startsWith(before.trim()), "what was written is gone");
    await vs.shot("ask-stopped");
  },
  "what a source does not say is marked, with the reason": async () => {
    const turn = await answered(expected.query);
    const marked = turn.locator(".answer .unsupported").first();
    await marked.waitFor();
    must((await marked.innerText()).includes("4,711"), `another statement is marked: ${await marked.innerText()}`);
    must((await marked.getAttribute("title")).includes("4,711"), "the reason does not name it");
    must((await turn.locator(".answer a, .answer img, .answer script").count()) === 0, "the answer has become active");
    const text = plain(await turn.innerText());
    must(text.includes("1 of 2 cited statements supported"), text);
    await vs.shot("ask-marked");
  },
  "a code action suggests a text, which takes the place of the old one when it is accepted": async () => {
    await vs.openFile(expected.file.split("/").at(-1));
    await page.keyboard.press("Control+G");
    await vs.input.fill(":9");
    await page.keyboard.press("Enter");
    await until("the cursor is there", async () => (await vs.line()) === 9);
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await vs.run("Refactor...");
    await page.locator(".action-widget .monaco-list-row", { hasText: "Starlight: Shorten" }).first().waitFor();
    await vs.shot("write-actions");
    await page.locator(".action-widget .monaco-list-row", { hasText: "Starlight: Shorten" }).first().click();
    await page.locator(".part.editor .editor.modified .view-line", { hasText: "A suggestion of the model." }).first().waitFor();
    await vs.shot("write-preview");
    await vs.run("Starlight: Accept the Suggestion");
    await until("the text is there", async () => (await lines(9)).includes("A suggestion of the model."));
    must((await page.locator(".monaco-diff-editor").count()) === 0, "the preview is still open");
    await vs.shot("write-applied");
    await page.locator(".part.editor .monaco-editor").first().click();
    await page.keyboard.press("Control+Z");
    await until("it can be undone", async () => (await lines(9)).includes("rubber washer"));
  },
};

/** What is on the screen of the editor around that line. */
async function lines(number) {
  const texts = await page.locator(".part.editor .view-line").allInnerTexts();
  return texts.map(plain).slice(0, number + 4).join("\n");
}

const well = await runSteps(vs, { ...opening, ...(expected.model ? generated : extractive) });
await browser.close();
process.exit(well ? 0 : 1);
