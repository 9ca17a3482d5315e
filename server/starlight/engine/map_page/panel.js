// @ts-check
/** What stands beside the map: the selected note, the list of notes, the clusters. All of the map as text. */

const AT_ONCE = 100;
const MOST_AROUND = 60;

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name @param {string} [text] @param {string} [kind]
 */
function made(name, text, kind) {
  const found = document.createElement(name);
  if (text !== undefined) found.textContent = text;
  if (kind !== undefined) found.className = kind;
  return found;
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const found = made("button", text);
  found.type = "button";
  found.addEventListener("click", act);
  return found;
}

/** @param {number} n @param {string} one @param {string} [many] */
function counted(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** Where a note is: null where its name cannot be written as an address. @param {string} root @param {string} path @returns {string | null} */
function address(root, path) {
  try {
    return `${root.replace(/\/$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
  } catch {
    return null;
  }
}

class Panel {
  /**
   * @param {Packed} packed @param {Cluster[]} clusters
   * @param {{ select: (note: Note | undefined, look?: boolean) => void, open: (note: Note) => void, find: (query: string) => void, cluster: (cluster: Cluster) => void, inEditor: boolean }} acts
   */
  constructor(packed, clusters, acts) {
    this.packed = packed;
    this.clusters = clusters;
    this.acts = acts;
    this.list = element("list", HTMLUListElement);
    this.more = element("more", HTMLButtonElement);
    /** @type {Note[]} */
    this.listed = [];
    this.shown = AT_ONCE;
    /** @type {Note | undefined} */
    this.selected = undefined;
    this.more.addEventListener("click", () => {
      this.shown += AT_ONCE;
      this.fill();
    });
    this.list.addEventListener("click", (event) => {
      const note = this.noteOf(event.target);
      if (note !== undefined) acts.select(note, true);
    });
    this.list.addEventListener("dblclick", (event) => {
      const note = this.noteOf(event.target);
      if (note !== undefined) acts.open(note);
    });
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {EventTarget | null} target */
  noteOf(target) {
    const option = target instanceof Element ? target.closest("[role=option]") : null;
    return option === null ? undefined : this.listed[Number(option.id.slice(2))];
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.selected === undefined ? -1 : this.listed.indexOf(this.selected);
    const last = this.listed.length - 1;
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last, PageDown: Math.min(at + 10, last), PageUp: Math.max(at - 10, 0) }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (to >= this.shown) {
      this.shown = to + AT_ONCE;
      this.fill();
    }
    this.acts.select(this.listed[to], true);
  }

  /** Lists some notes under a heading. @param {Note[]} notes @param {string} heading */
  show(notes, heading) {
    this.listed = notes;
    this.shown = AT_ONCE;
    element("list-title", HTMLHeadingElement).textContent = heading;
    this.list.scrollTop = 0;
    this.fill();
  }

  fill() {
    const items = this.listed.slice(0, this.shown).map((note, place) => {
      const item = made("li", note.title);
      item.id = `n-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(note === this.selected));
      const folder = note.path.split("/").slice(0, -1).join("/");
      if (folder !== "") item.append(made("small", folder));
      return item;
    });
    this.list.replaceChildren(...items);
    this.more.hidden = this.listed.length <= this.shown;
    this.more.textContent = `Show more of ${this.listed.length.toLocaleString("en")}`;
    this.mark();
  }

  mark() {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    const place = this.selected === undefined ? -1 : this.listed.indexOf(this.selected);
    const item = document.getElementById(`n-${place}`);
    if (item === null) {
      this.list.removeAttribute("aria-activedescendant");
      return;
    }
    item.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", item.id);
    const { scrollTop, clientHeight } = this.list;
    const top = item.offsetTop - this.list.offsetTop;
    if (top < scrollTop) this.list.scrollTop = top;
    else if (top + item.offsetHeight > scrollTop + clientHeight) this.list.scrollTop = top + item.offsetHeight - clientHeight;
  }

  /** @param {Note | undefined} note */
  select(note) {
    this.selected = note;
    this.mark();
    const details = element("details", HTMLElement);
    details.hidden = note === undefined;
    if (note === undefined) return;
    element("title", HTMLHeadingElement).textContent = note.title;
    element("path", HTMLParagraphElement).textContent = note.path;
    element("about", HTMLParagraphElement).textContent = this.about(note);
    element("tags", HTMLUListElement).replaceChildren(...note.tags.map((tag) => {
      const item = made("li");
      item.append(button(`#${tag}`, () => this.acts.find(`#${tag}`)));
      return item;
    }));
    element("open", HTMLParagraphElement).replaceChildren(...this.openers(note));
    element("around", HTMLDivElement).replaceChildren(
      ...this.around("Links to", note.to), ...this.around("Linked from", note.from), ...this.around("Near in meaning", note.near));
  }

  /** @param {Note} note */
  about(note) {
    const cluster = this.clusters[note.cluster];
    const place = cluster === undefined ? "In no cluster" : `In “${cluster.name}”`;
    const isAlone = note.to.length + note.from.length === 0;
    return isAlone ? `${place}, without links` : `${place}, ${counted(note.to.length, "link")}, linked from ${counted(note.from.length, "note")}`;
  }

  /** @param {Note} note */
  openers(note) {
    if (this.acts.inEditor) return [button("Open the note", () => this.acts.open(note))];
    const file = address(this.packed.root, note.path);
    if (file === null) return [made("span", "Its name cannot be written as an address.")];
    const links = [link("Open in VS Code", file.replace(/^file:\/\//, "vscode://file")), link("Open the file", file)];
    return this.packed.opener === "vscode" ? links : links.reverse();
  }

  /** @param {string} heading @param {Note[]} notes */
  around(heading, notes) {
    if (notes.length === 0) return [];
    const list = made("ul");
    for (const note of notes.slice(0, MOST_AROUND)) {
      const item = made("li");
      item.append(button(note.title, () => this.acts.select(note, true)));
      list.append(item);
    }
    if (notes.length > MOST_AROUND) list.append(made("li", `and ${counted(notes.length - MOST_AROUND, "other note")}`));
    return [made("h3", `${heading} (${notes.length.toLocaleString("en")})`), list];
  }

  /** @param {Theme} theme */
  listClusters(theme) {
    element("clusters", HTMLElement).hidden = this.clusters.length === 0;
    element("cluster-list", HTMLUListElement).replaceChildren(...this.clusters.map((cluster) => {
      const item = made("li");
      const dot = made("span", undefined, "dot");
      dot.style.setProperty("background-color", theme.palette[cluster.colour] ?? theme.plain);
      const choose = button("", () => this.acts.cluster(cluster));
      const n = made("span", cluster.notes.length.toLocaleString("en"), "n");
      n.setAttribute("aria-label", counted(cluster.notes.length, "note"));
      choose.append(dot, made("span", cluster.name), n);
      item.append(choose);
      return item;
    }));
  }
}

/** @param {string} text @param {string} href */
function link(text, href) {
  const found = made("a", text);
  found.href = href;
  if (href.startsWith("file:")) found.target = "_blank";
  found.rel = "noreferrer";
  return found;
}
