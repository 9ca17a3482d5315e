// How long the page of a map takes until it is drawn and hears its user: node opened.mjs PLAYWRIGHT CHROMIUM FILE
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [playwright, executablePath, file] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);
const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
const started = performance.now();
await page.goto(pathToFileURL(file).href);
await page.waitForFunction(() => document.documentElement.dataset.ready !== undefined);
await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
console.log((performance.now() - started).toFixed(0));
await browser.close();
