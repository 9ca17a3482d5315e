// The page of a map as a user has it: node page.mjs FOLDER
// FOLDER holds page.html of some notes (with "Kettle", which links to "Tea"), empty.html of none, and found.html, which
// begins with what a search found.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { must, runSteps, until } from "../vscode/workbench.mjs";

const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT);
const [folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, colorScheme: "light", reducedMotion: "reduce" });
const page = await context.newPage();
page.setDefaultTimeout(15_000);
const asked = [];
const wrong = [];
page.on("request", (request) => asked.push(request.url()));
page.on("pageerror", (error) => wrong.push(error.message));
page.on("console", (message) => { if (message.type() === "error") wrong.push(message.text()); });
await page.addInitScript(() => {
  window.opened = [];
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (link) { event.preventDefault(); window.opened.push(link.href); }
  }, true);
});

async function open(name) {
  asked.length = 0;
  await page.goto(pathToFileURL(join(folder, name)).href);
  await until("it is ready", () => page.evaluate(() => document.documentElement.dataset.ready));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The colours on the canvas, with how many points have each. */
const colours = () => page.evaluate(() => {
  const canvas = document.getElementById("map");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = {};
  for (let i = 0; i < data.length; i += 4) {
    const colour = `${data[i]},${data[i + 1]},${data[i + 2]}`;
    found[colour] = (found[colour] ?? 0) + 1;
  }
  return found;
});
const paper = async () => Object.entries(await colours()).sort((one, other) => other[1] - one[1])[0][0];
const title = () => page.locator("#title").innerText();
const shown = () => page.locator("#details").isVisible();
const options = () => page.locator("[role=option]").allInnerTexts();
const focused = () => page.evaluate(() => document.activeElement?.id);

const steps = {
  "it loads nothing but itself, and draws": async () => {
    await open("page.html");
    must(asked.length === 1, `it asked for ${asked}`);
    must(Object.keys(await colours()).length > 5, "nothing is drawn");
    must((await page.locator("#count").innerText()).includes("notes"), "it does not say how many notes there are");
  },
  "what notes are called is text": async () => {
    must((await page.locator("img, b").count()) === 0, "a title became markup");
    must((await options()).some((text) => text.includes("<img src=x onerror=alert(1)>")), "the title is not there");
  },
  "its policy keeps scripts and requests out": async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return fetch("https://host.example/").then(() => "fetched", () => window.ran ?? "nothing");
    });
    must(ran === "nothing", `${ran}`);
    wrong.length = 0; // the browser says that it refused
  },
  "typing finds by the beginnings of words, without accents": async () => {
    await page.keyboard.press("/");
    must((await focused()) === "query", "slash leads elsewhere");
    await page.locator("#query").fill("kett");
    await until("one is found", async () => (await options()).length === 1);
    must((await page.locator("#count").innerText()).startsWith("1 of"), "it does not say how many");
    await page.locator("#query").fill("cafe");
    await until("the accent does not matter", async () => (await options())[0]?.includes("Café"));
    await page.locator("#query").fill("#drin");
    await until("a tag is found", async () => (await options()).length === 2);
    await page.locator("#query").fill("kett");
    await page.keyboard.press("Enter");
    await until("it is selected", async () => (await shown()) && (await title()) === "Kettle");
    must((await page.locator("#said").innerText()).startsWith("Kettle"), "it is not said");
  },
  "beside the map stands what belongs to a note": async () => {
    must((await page.locator("#around").innerText()).includes("Tea"), "its link is missing");
    await page.locator("#around button", { hasText: "Tea" }).first().click();
    await until("the other one is selected", async () => (await title()) === "Tea");
    must((await page.locator("#around").innerText()).includes("Linked from (1)"), "its backlink is missing");
  },
  "Escape clears the selection, then the search": async () => {
    await page.keyboard.press("Escape");
    must(!(await shown()), "it is still selected");
    await page.keyboard.press("Escape");
    await until("all are listed", async () => (await options()).length > 3);
    must((await page.locator("#query").inputValue()) === "", "the query is still there");
  },
  "arrow keys go from note to note, Enter opens": async () => {
    await page.locator("#map").focus();
    await page.keyboard.press("ArrowRight");
    await until("a note is selected", shown);
    const first = await title();
    for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) {
      await page.keyboard.press(key);
      if ((await title()) !== first) break;
    }
    must((await title()) !== first, "no arrow leads on");
    await page.keyboard.press("Enter");
    const opened = await page.evaluate(() => window.opened);
    must(opened.length === 1 && opened[0].startsWith("file://"), `opened: ${opened}`);
  },
  "the list is a list for the keyboard, too": async () => {
    await page.keyboard.press("Escape");
    await page.locator("#list").focus();
    await page.keyboard.press("ArrowDown");
    await until("the first is selected", shown);
    const active = await page.locator("#list").getAttribute("aria-activedescendant");
    must((await page.locator(`#${active}`).getAttribute("aria-selected")) === "true", "it is not marked");
  },
  "a click on a note selects it, one beside clears": async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("0");
    const box = await page.locator("#map").boundingBox();
    const places = [];
    for (let x = 20; x < box.width - 20; x += 9) for (let y = 20; y < box.height - 20; y += 9) places.push([box.x + x, box.y + y]);
    for (const [x, y] of places) {
      await page.mouse.move(x, y);
      if (await page.locator("#tip").isVisible()) {
        const name = await page.locator("#tip strong").innerText();
        await page.mouse.click(x, y);
        await until("it is selected", async () => (await shown()) && (await title()) === name);
        await page.mouse.click(box.x + 3, box.y + 3);
        await until("nothing is selected", async () => !(await shown()));
        return;
      }
    }
    throw new Error("the mouse finds no note");
  },
  "the wheel zooms, keys zoom, all comes back": async () => {
    const before = JSON.stringify(await colours());
    await page.locator("#map").hover();
    await page.mouse.wheel(0, -600);
    await until("it looks otherwise", async () => JSON.stringify(await colours()) !== before);
    await page.locator("#fit").click();
    await page.locator("#map").focus();
    for (const key of ["+", "-", "Shift+ArrowLeft", "0"]) await page.keyboard.press(key);
  },
  "dark follows the system, and the button overrules it": async () => {
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    await until("it is dark", async () => (await paper()) !== light);
    await page.locator("#theme").click();
    await until("it is light", async () => (await paper()) === light);
    await page.emulateMedia({ colorScheme: "light" });
  },
  "what a search found is highlighted at the start": async () => {
    await open("found.html");
    must((await page.locator("#query").inputValue()) === "hot drink", "the query is missing");
    must((await options()).length === 2 && (await options())[0].startsWith("Tea"), `listed: ${await options()}`);
  },
  "at twice the size the map and the list stand below each other": async () => {
    await page.setViewportSize({ width: 500, height: 350 });
    await open("page.html");
    const [map, aside] = [await page.locator("#map").boundingBox(), await page.locator("aside").boundingBox()];
    must(aside.y >= map.y + map.height - 1 && map.width > 450, "they stand beside each other");
    must(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it is too wide");
    await page.setViewportSize({ width: 1000, height: 700 });
  },
  "a map of nothing says so": async () => {
    await open("empty.html");
    must(await page.locator("#empty").isVisible(), "it says nothing");
  },
  "nothing went wrong on the way": async () => must(wrong.length === 0, wrong.join("\n")),
};

const well = await runSteps({ shot: (name) => page.screenshot({ path: join(folder, `${name}.png`) }) }, steps);
await browser.close();
process.exit(well ? 0 : 1);
