// @ts-check
/** What is on the map: taken out of the page, and made handy. */

/**
 * @typedef {object} Packed  What was put into the page (engine/map_html.py).
 * @property {string} name  of the folder
 * @property {string} root  the folder as a URI
 * @property {"vscode" | "file"} opener  how Enter opens a note
 * @property {string} made  when, in words
 * @property {string[]} titles
 * @property {string[]} paths
 * @property {string[]} words  of headings, a note's in one string
 * @property {string[]} tags
 * @property {number[][]} noteTags  numbers in `tags`, for each note
 * @property {string} places  two 16-bit numbers a note
 * @property {string} cluster  a 16-bit number a note; 65535 for none
 * @property {string[]} clusters
 * @property {string} links  pairs of 32-bit numbers of notes: from, to
 * @property {string} near  the same, of notes that are near in meaning
 * @property {{ query: string, notes: number[] } | null} found  what a search found, the best first
 */

/**
 * @typedef {object} Note
 * @property {number} index
 * @property {string} title
 * @property {string} path
 * @property {string[]} tags
 * @property {number} cluster  -1 for none
 * @property {number} x  from 0 to 1
 * @property {number} y
 * @property {Note[]} to  notes that it links to
 * @property {Note[]} from  notes that link to it
 * @property {Note[]} near
 * @property {string} words  of its headings
 */

/**
 * @typedef {object} Cluster
 * @property {number} index
 * @property {string} name
 * @property {Note[]} notes
 * @property {number} x  where most of it lies
 * @property {number} y
 * @property {number} colour  of the palette; -1: none
 */

const NO_CLUSTER = 65535;

/** @param {string} text @returns {Uint8Array} */
function bytes(text) {
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) found[i] = raw.charCodeAt(i);
  return found;
}

/** Numbers as they were written, the lowest byte first. @param {string} text @param {2 | 4} width @returns {number[]} */
function numbers(text, width) {
  const view = new DataView(bytes(text).buffer);
  const found = new Array(view.byteLength / width);
  for (let i = 0; i < found.length; i += 1) {
    found[i] = width === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
  }
  return found;
}

/** Text as it is compared: without case and accents. @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
}

/** The words of a text, folded, each with a blank in front. @param {string} text */
function wordsOf(text) {
  return ` ${folded(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim()}`;
}

/** @param {Packed} packed @returns {Note[]} */
function notesOf(packed) {
  const places = numbers(packed.places, 2);
  const cluster = numbers(packed.cluster, 2);
  const notes = packed.titles.map((title, index) => {
    const tags = (packed.noteTags[index] ?? []).map((tag) => packed.tags[tag] ?? "");
    const path = packed.paths[index] ?? "";
    return {
      index, title, path, tags,
      cluster: cluster[index] === NO_CLUSTER ? -1 : cluster[index] ?? -1,
      x: (places[2 * index] ?? 0) / 65535, y: (places[2 * index + 1] ?? 0) / 65535,
      to: [], from: [], near: [],
      words: packed.words[index] ?? "",
    };
  });
  join(notes, packed.links, (one, other) => { one.to.push(other); other.from.push(one); });
  join(notes, packed.near, (one, other) => { one.near.push(other); other.near.push(one); });
  return notes;
}

/** @param {Note[]} notes @param {string} pairs @param {(one: Note, other: Note) => void} take */
function join(notes, pairs, take) {
  const found = numbers(pairs, 4);
  for (let i = 0; i + 1 < found.length; i += 2) {
    const one = notes[found[i] ?? -1];
    const other = notes[found[i + 1] ?? -1];
    if (one !== undefined && other !== undefined) take(one, other);
  }
}

/** @param {Packed} packed @param {Note[]} notes @returns {Cluster[]} */
function clustersOf(packed, notes) {
  /** @type {Note[][]} */
  const members = packed.clusters.map(() => []);
  for (const note of notes) members[note.cluster]?.push(note);
  const clusters = packed.clusters.map((name, index) => {
    const own = members[index] ?? [];
    return { index, name, notes: own, ...densest(own), colour: -1 };
  });
  paint(clusters);
  return clusters;
}

/** Where most of some notes lie: the middle of them is often between two groups. @param {Note[]} notes */
function densest(notes) {
  const cells = new Map();
  for (const note of notes) {
    const key = `${Math.floor(note.x * 12)} ${Math.floor(note.y * 12)}`;
    const cell = cells.get(key) ?? { n: 0, x: 0, y: 0 };
    cells.set(key, { n: cell.n + 1, x: cell.x + note.x, y: cell.y + note.y });
  }
  let best = { n: 0, x: 0, y: 0 };
  for (const cell of cells.values()) if (cell.n > best.n) best = cell;
  return best.n === 0 ? { x: 0.5, y: 0.5 } : { x: best.x / best.n, y: best.y / best.n };
}

const COLOURS = 8;

/** Gives each cluster the colour that is furthest away; there are more clusters than colours. @param {Cluster[]} clusters */
function paint(clusters) {
  /** @type {Cluster[]} */
  const painted = [];
  for (const cluster of clusters) {
    const nearest = new Array(COLOURS).fill(2);
    for (const other of painted) {
      const apart = Math.hypot(other.x - cluster.x, other.y - cluster.y);
      nearest[other.colour] = Math.min(nearest[other.colour], apart);
    }
    cluster.colour = nearest.indexOf(Math.max(...nearest));
    painted.push(cluster);
  }
}
