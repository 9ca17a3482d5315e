// @ts-check
/** Names on the map: of clusters, and of as many notes as there is room for. */

const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif';
const MOST_LABELS = 160;
const LONGEST = 42;
const FEW = 400;

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

class Labels {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
    /** @type {Box[]} */
    this.taken = [];
    /** @type {Map<string, number>} */
    this.widths = new Map();
  }

  /** @param {View} view @param {Note[]} seen */
  draw(view, seen) {
    this.taken = [];
    const { selected, hovered } = view;
    const first = [selected, hovered].filter((note) => note !== undefined);
    for (const note of new Set(first)) this.note(view, note, 600, true);
    this.clusters(view);
    const about = selected ?? hovered;
    if (about !== undefined) {
      for (const note of [...about.to, ...about.from, ...about.near].slice(0, 40)) this.note(view, note, 400, false);
    }
    this.notes(view, seen);
  }

  /** The largest first, those in no other's way. @param {View} view */
  clusters(view) {
    const { theme, found } = view;
    const most = Math.max(...view.clusters.map(({ notes }) => notes.length), 1);
    for (const cluster of view.clusters) {
      if (found !== undefined && !cluster.notes.some((note) => found.has(note))) continue;
      const size = Math.round(12 + 7 * Math.sqrt(cluster.notes.length / most));
      const [x, middle] = view.onScreen(cluster.x, cluster.y);
      const y = view.notes.length < FEW ? middle - size - 8 : middle; // above dots, where these are large
      const colour = theme.palette[cluster.colour] ?? theme.ink;
      this.text(cluster.name, x, y, `650 ${size}px ${FONT}`, size, view, { colour, middle: true });
    }
  }

  /** @param {View} view @param {Note[]} seen */
  notes(view, seen) {
    const close = view.camera.scale / view.whole;
    const room = (view.width * view.height) / 9000;
    const fits = seen.length < room * 2 || view.found !== undefined;
    if (!fits && close < 1.6) return;
    const lit = seen.filter((note) => view.isLit(note));
    lit.sort((one, other) => other.from.length - one.from.length || one.index - other.index);
    const most = Math.min(MOST_LABELS, fits ? MOST_LABELS : 14 * close);
    for (const note of lit.slice(0, most)) this.note(view, note, 400, false);
  }

  /** @param {View} view @param {Note} note @param {number} weight @param {boolean} always */
  note(view, note, weight, always) {
    const [x, y] = view.onScreen(note.x, note.y);
    const colour = view.theme.ink;
    this.text(short(note.title), x, y + view.radius(note) + 10, `${weight} 12px ${FONT}`, 12, view, { colour, always });
  }

  /**
   * Writes a text where there is room for it, on a ground that sets it off.
   * @param {string} text @param {number} x @param {number} y @param {string} font @param {number} size @param {View} view
   * @param {{ colour: string, always?: boolean, middle?: boolean }} how
   */
  text(text, x, y, font, size, view, how) {
    const { context } = this;
    const width = this.width(text, font);
    const left = Math.min(Math.max(x - width / 2, 4), Math.max(view.width - width - 4, 4));
    if (Math.abs(left + width / 2 - x) > width / 2 && how.always !== true) return;
    const box = { left: left - 3, top: y - size * 0.7, right: left + width + 3, bottom: y + size * 0.7 };
    if (box.top < 0 || box.bottom > view.height) return;
    if (how.always !== true && this.taken.some((other) => overlap(other, box))) return;
    this.taken.push(box);
    context.font = font;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = how.middle === true ? 4 : 3;
    context.strokeStyle = view.theme.paper;
    context.globalAlpha = 0.9;
    context.strokeText(text, left, y);
    context.globalAlpha = 1;
    context.fillStyle = how.colour;
    context.fillText(text, left, y);
  }

  /** @param {string} text @param {string} font */
  width(text, font) {
    const key = `${font} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.context.font = font;
      width = this.context.measureText(text).width;
      if (this.widths.size > 50_000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }
}

/** @param {Box} one @param {Box} other */
function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** @param {string} text */
function short(text) {
  const letters = Array.from(text);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : text;
}
