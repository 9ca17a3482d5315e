// @ts-check
/** Puts the parts together: what is asked by mouse, finger and keyboard, and what comes of it. */

/** @typedef {{ postMessage: (message: object) => void }} Editor */

/** The editor that shows the page, which opens notes itself. @type {Editor | undefined} */
const editor = "acquireVsCodeApi" in globalThis
  ? /** @type {{ acquireVsCodeApi: () => Editor }} */ (/** @type {unknown} */ (globalThis)).acquireVsCodeApi()
  : undefined;
const packed = /** @type {Packed} */ (JSON.parse(element("data", HTMLScriptElement).textContent ?? ""));
const notes = notesOf(packed);
const clusters = clustersOf(packed, notes);
const canvas = element("map", HTMLCanvasElement);
const query = element("query", HTMLInputElement);
const count = element("count", HTMLOutputElement);
const tip = element("tip", HTMLDivElement);
const view = new View(canvas, notes, clusters);
const panel = new Panel(packed, clusters, { select, open, find: ask, cluster: showCluster, inEditor: editor !== undefined });
const { compare } = new Intl.Collator();
const byTitle = [...notes].sort((one, other) => compare(one.title, other.title));
/** @type {Choice} */
let choice = "auto";
let isPrinting = false;

/** Says something to those who do not see the map. @param {string} text */
function say(text) {
  element("said", HTMLParagraphElement).textContent = text;
}

/** @param {Note | undefined} note @param {boolean} [look]  whether to bring it into view */
function select(note, look = false) {
  view.selected = note;
  panel.select(note);
  if (note === undefined) say("Nothing is selected");
  else say(`${note.title}. ${panel.about(note)}`);
  if (note !== undefined && look) view.show(note);
  view.drawSoon();
}

/** @param {Note} note */
function open(note) {
  if (editor !== undefined) {
    editor.postMessage({ kind: "open", path: note.path });
    return;
  }
  const links = document.querySelectorAll("#open a");
  if (links[0] instanceof HTMLAnchorElement) links[0].click();
}

/** Puts a query into the field and finds. @param {string} text */
function ask(text) {
  query.value = text;
  found(text);
}

/** @param {string} text */
function found(text) {
  const isAsked = text.trim() !== "";
  const hits = isAsked ? find(notes, text) : [];
  light(isAsked ? hits : undefined, "Found");
}

/** Highlights some notes and lists them; all where there is nothing to highlight. @param {Note[] | undefined} hits @param {string} heading */
function light(hits, heading) {
  view.found = hits === undefined ? undefined : new Set(hits);
  count.value = hits === undefined ? counted(notes.length, "note") : `${hits.length.toLocaleString("en")} of ${counted(notes.length, "note")}`;
  panel.show(hits ?? byTitle, hits === undefined ? "All notes" : heading);
  view.drawSoon();
}

/** @param {Cluster} cluster */
function showCluster(cluster) {
  view.go(view.fitting(cluster.notes));
  panel.show(cluster.notes, cluster.name);
  say(`${cluster.name}: ${counted(cluster.notes.length, "note")}`);
}

function clear() {
  const isAsking = query.value !== "" || view.found !== undefined;
  if (view.selected !== undefined) select(undefined);
  else if (isAsking) ask("");
}

function paintAll() {
  const dark = (isPrinting ? "light" : choice === "auto" ? around() : choice) === "dark";
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  view.theme = dark ? THEMES.dark : THEMES.light;
  const next = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
  const button = element("theme", HTMLButtonElement);
  button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[choice];
  button.title = `Colours: ${choice}; change to ${next}`;
  button.setAttribute("aria-label", button.title);
  panel.listClusters(view.theme);
  if (isPrinting) view.draw();
  else view.drawSoon();
}

/** @param {Note | undefined} note @param {number} px @param {number} py */
function hover(note, px, py) {
  canvas.classList.toggle("over", note !== undefined);
  if (note === view.hovered) return;
  view.hovered = note;
  tip.hidden = note === undefined;
  view.drawSoon();
  if (note === undefined) return;
  const around = [...new Set([...note.to, ...note.from, ...note.near])].map(({ title }) => title);
  const lines = [note.tags.map((tag) => `#${tag}`).join(" "), around.slice(0, 6).join(" · ") + (around.length > 6 ? ` and ${around.length - 6} more` : "")];
  tip.replaceChildren(made("strong", note.title), ...lines.filter((line) => line !== "").map((line) => made("span", line)));
  tip.style.setProperty("left", `${Math.max(Math.min(px + 14, view.width - tip.offsetWidth - 8), 4)}px`);
  const below = py + 18;
  tip.style.setProperty("top", `${below + tip.offsetHeight > view.height ? Math.max(py - tip.offsetHeight - 12, 4) : below}px`);
}

/** Fingers and buttons that are down. @type {Map<number, { x: number, y: number }>} */
const pointers = new Map();
let travelled = 0;

/** @param {PointerEvent | WheelEvent} event @returns {[number, number]} */
function placeOf(event) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** @param {PointerEvent} event */
function moved(event) {
  const [x, y] = placeOf(event);
  const before = pointers.get(event.pointerId);
  if (before === undefined) {
    if (event.pointerType === "mouse") hover(view.at(x, y, 8), x, y);
    return;
  }
  const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
  if (other !== undefined) {
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    view.zoom(Math.hypot(x - other.x, y - other.y) / Math.max(was, 1), (x + other.x) / 2, (y + other.y) / 2);
  }
  const share = other === undefined ? 1 : 0.5;
  view.pan((x - before.x) * share, (y - before.y) * share);
  travelled += Math.hypot(x - before.x, y - before.y);
  pointers.set(event.pointerId, { x, y });
}

/** @param {boolean} is */
function setMoving(is) {
  if (view.isMoving === is) return;
  view.isMoving = is;
  canvas.classList.toggle("moving", is && pointers.size > 0);
  view.drawSoon();
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const [x, y] = placeOf(event);
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, { x, y });
  if (pointers.size === 1) travelled = 0;
  hover(undefined, x, y);
  setMoving(true);
});
canvas.addEventListener("pointermove", moved);
canvas.addEventListener("pointerup", (event) => {
  const [x, y] = placeOf(event);
  if (pointers.delete(event.pointerId) && pointers.size === 0) {
    setMoving(false);
    if (travelled < 5) select(view.at(x, y, event.pointerType === "mouse" ? 8 : 18));
  }
});
canvas.addEventListener("pointercancel", (event) => {
  pointers.delete(event.pointerId);
  if (pointers.size === 0) setMoving(false);
});
canvas.addEventListener("pointerleave", () => hover(undefined, 0, 0));
canvas.addEventListener("dblclick", (event) => {
  const { left, top } = canvas.getBoundingClientRect();
  const note = view.at(event.clientX - left, event.clientY - top, 8);
  if (note !== undefined) open(note);
});

let settling = 0;
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const pixels = event.deltaY * ([1, 16, 400][event.deltaMode] ?? 1);
  view.zoom(Math.exp(-Math.max(Math.min(pixels, 240), -240) * (event.ctrlKey ? 0.01 : 0.0022)), ...placeOf(event));
  setMoving(true);
  clearTimeout(settling);
  settling = setTimeout(() => setMoving(false), 120);
}, { passive: false });

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The note to begin with where none is selected: the one that stands most in the middle of what is seen. */
function first() {
  const lit = notes.filter((note) => view.isLit(note));
  const { x, y } = view.camera;
  let best;
  let least = Infinity;
  for (const note of lit) {
    const apart = Math.hypot(note.x - x, note.y - y);
    if (apart < least) [best, least] = [note, apart];
  }
  return best;
}

/** @param {KeyboardEvent} event */
function arrow(event) {
  const direction = ARROWS[event.key];
  if (direction === undefined) return false;
  const [dx, dy] = direction;
  if (event.shiftKey) view.pan(-60 * dx, -60 * dy);
  else {
    const from = view.selected;
    const next = from === undefined ? first() : toward(notes.filter((note) => view.isLit(note)), from, dx, dy);
    if (next !== undefined) select(next, true);
  }
  return true;
}

/** @type {Record<string, () => void>} */
const KEYS = { "+": () => view.zoom(1.3), "=": () => view.zoom(1.3), "-": () => view.zoom(1 / 1.3), "0": () => view.go(view.fitting(notes)) };

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (act !== undefined) act();
  else if (!arrow(event)) return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isHere = event.target === canvas || event.target === panel.list;
  if (event.key === "Escape") clear();
  else if (event.key === "Enter" && isHere && view.selected !== undefined) open(view.selected);
  else if (event.key === "/" && event.target !== query) query.focus();
  else return;
  event.preventDefault();
});
query.addEventListener("input", () => found(query.value));
query.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    panel.list.focus();
    if (panel.listed[0] !== undefined) select(panel.listed[0], true);
  }
});
element("find", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  if (panel.listed[0] !== undefined && view.found !== undefined) {
    select(panel.listed[0], true);
    panel.list.focus();
  }
});
element("clear", HTMLButtonElement).addEventListener("click", () => {
  select(undefined);
  canvas.focus();
});
element("in", HTMLButtonElement).addEventListener("click", () => view.zoom(1.5));
element("out", HTMLButtonElement).addEventListener("click", () => view.zoom(1 / 1.5));
element("fit", HTMLButtonElement).addEventListener("click", () => view.go(view.fitting(notes)));
element("theme", HTMLButtonElement).addEventListener("click", () => {
  choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "auto";
  paintAll();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
new MutationObserver(paintAll).observe(document.body, { attributes: true, attributeFilter: ["class"] });
for (const [event, is] of /** @type {const} */ ([["beforeprint", true], ["afterprint", false]])) {
  addEventListener(event, () => {
    isPrinting = is;
    paintAll();
  });
}
new ResizeObserver(() => view.resize()).observe(canvas);

element("name", HTMLHeadingElement).textContent = packed.name;
element("name", HTMLHeadingElement).title = packed.made;
element("empty", HTMLParagraphElement).hidden = notes.length > 0;
paintAll();
view.resize();
light(undefined, "");
if (packed.found !== null) {
  query.value = packed.found.query;
  light(packed.found.notes.flatMap((index) => notes[index] ?? []), "Found by Starlight, the best first");
}
document.documentElement.dataset["ready"] = String(Math.round(performance.now()));
