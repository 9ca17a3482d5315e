// @ts-check
/** Drawing: where the map stands on the screen, and what of it is seen. */

/**
 * @typedef {object} Camera  A place of the map is drawn at (place - x, y) * scale, from the middle of the canvas.
 * @property {number} x
 * @property {number} y
 * @property {number} scale
 */

const MARGIN = 48;
const MOST_ZOOM = 400;
const MANY_LINKS = 2000;
const SMALL = 3;
const LINKS_AT_ONCE = 400;
const TAU = 2 * Math.PI;

class View {
  /** @param {HTMLCanvasElement} canvas @param {Note[]} notes @param {Cluster[]} clusters */
  constructor(canvas, notes, clusters) {
    this.canvas = canvas;
    this.notes = notes;
    this.clusters = clusters;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.labels = new Labels(this.context);
    this.width = this.height = 1;
    /** @type {Camera} */
    this.camera = { x: 0.5, y: 0.5, scale: 1 };
    this.whole = 1;
    /** @type {Note | undefined} */
    this.selected = undefined;
    /** @type {Note | undefined} */
    this.hovered = undefined;
    /** @type {Set<Note> | undefined} */
    this.found = undefined;
    /** @type {Theme} */
    this.theme = THEMES.light;
    this.isMoving = false;
    this.isDue = false;
    this.animation = 0;
  }

  /** Takes the size that the canvas has on the screen now. */
  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const wasWhole = Math.abs(this.camera.scale - this.whole) < 1e-9;
    [this.width, this.height] = [clientWidth, clientHeight];
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.whole = this.fitting(this.notes).scale;
    if (wasWhole || this.camera.scale === 1) this.camera = this.fitting(this.notes);
    this.draw();
  }

  /** The camera that shows all of some notes. @param {Note[]} notes @returns {Camera} */
  fitting(notes) {
    if (notes.length === 0) return { x: 0.5, y: 0.5, scale: Math.min(this.width, this.height) };
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of notes) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
    const margin = Math.min(MARGIN, this.width / 6, this.height / 6);
    const scale = Math.min((this.width - 2 * margin) / Math.max(right - left, 0.02), (this.height - 2 * margin) / Math.max(bottom - top, 0.02));
    return { x: (left + right) / 2, y: (top + bottom) / 2, scale };
  }

  /** @param {number} x @param {number} y @returns {[number, number]} */
  onScreen(x, y) {
    return [(x - this.camera.x) * this.camera.scale + this.width / 2, (y - this.camera.y) * this.camera.scale + this.height / 2];
  }

  /** Keeps some of the map in view. @param {Camera} camera */
  look(camera) {
    const scale = Math.min(Math.max(camera.scale, this.whole / 2), this.whole * MOST_ZOOM);
    this.camera = { x: Math.min(Math.max(camera.x, -0.2), 1.2), y: Math.min(Math.max(camera.y, -0.2), 1.2), scale };
    this.drawSoon();
  }

  /** @param {number} dx @param {number} dy  in pixels */
  pan(dx, dy) {
    this.stop();
    this.look({ ...this.camera, x: this.camera.x - dx / this.camera.scale, y: this.camera.y - dy / this.camera.scale });
  }

  /** Zooms about a place on the screen. @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    this.stop();
    const { x, y, scale } = this.camera;
    const next = Math.min(Math.max(scale * factor, this.whole / 2), this.whole * MOST_ZOOM);
    const [ox, oy] = [px - this.width / 2, py - this.height / 2];
    this.look({ x: x + ox / scale - ox / next, y: y + oy / scale - oy / next, scale: next });
  }

  /** Goes there, in a moment where motion is welcome. @param {Camera} to */
  go(to) {
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.look(to);
      return;
    }
    const from = this.camera;
    const start = performance.now();
    /** @param {number} now */
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - start) / 280));
      const eased = 1 - (1 - share) ** 3;
      const scale = from.scale * (to.scale / from.scale) ** eased;
      this.look({ x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased, scale });
      this.animation = share < 1 ? requestAnimationFrame(step) : 0;
    };
    this.animation = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.animation);
    this.animation = 0;
  }

  /** Brings a note into view where it is not. @param {Note} note */
  show(note) {
    const [x, y] = this.onScreen(note.x, note.y);
    const scale = Math.max(this.camera.scale, this.whole * Math.min(3, Math.sqrt(this.notes.length) / 15));
    const isSeen = x > MARGIN && y > MARGIN && x < this.width - MARGIN && y < this.height - MARGIN;
    if (!isSeen || scale > this.camera.scale * 1.01) this.go({ x: note.x, y: note.y, scale });
  }

  /** The note at a place on the screen. @param {number} px @param {number} py @param {number} reach */
  at(px, py, reach) {
    let best;
    let least = Infinity;
    for (const note of this.notes) {
      const [x, y] = this.onScreen(note.x, note.y);
      const apart = Math.hypot(x - px, y - py) - this.radius(note);
      if (apart < reach && apart < least && this.isLit(note)) [best, least] = [note, apart];
    }
    return best;
  }

  /** @param {Note} note */
  radius(note) {
    const base = Math.min(Math.max(55 / Math.sqrt(this.notes.length), 1.5), 6);
    const zoomed = Math.min(base * (this.camera.scale / this.whole) ** 0.4, 9);
    return zoomed * (1 + 0.35 * Math.log2(1 + note.from.length));
  }

  /** @param {Note} note */
  isLit(note) {
    return this.found === undefined || this.found.has(note) || note === this.selected;
  }

  drawSoon() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.isDue = false;
    const { context, theme } = this;
    context.globalAlpha = 1;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, this.width, this.height);
    const seen = this.notes.filter((note) => this.isSeen(note));
    this.drawLinks(seen);
    this.drawNotes(seen);
    const about = this.selected ?? this.hovered;
    if (about !== undefined) this.drawAround(about);
    this.labels.draw(this, seen);
  }

  /** @param {Note} note */
  isSeen(note) {
    const [x, y] = this.onScreen(note.x, note.y);
    return x > -20 && y > -20 && x < this.width + 20 && y < this.height + 20;
  }

  /** All links, faintly; while the map moves and there are many, some of them. @param {Note[]} seen */
  drawLinks(seen) {
    const { context } = this;
    const total = seen.reduce((sum, note) => sum + note.to.length, 0);
    const step = this.isMoving ? Math.ceil(total / MANY_LINKS) : 1;
    context.strokeStyle = this.theme.link;
    context.globalAlpha = Math.min(1, (400 / Math.max(total, 1)) ** 0.33) * (this.found === undefined ? 1 : 0.5);
    context.lineWidth = 1;
    let drawn = 0;
    context.beginPath();
    for (const note of seen) {
      const [x, y] = this.onScreen(note.x, note.y);
      for (const other of note.to) {
        drawn += 1;
        if (drawn % step !== 0) continue;
        context.moveTo(x, y);
        context.lineTo(...this.onScreen(other.x, other.y));
        if (drawn % LINKS_AT_ONCE === 0) {
          context.stroke();
          context.beginPath();
        }
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** @param {Note[]} seen */
  drawNotes(seen) {
    const { context } = this;
    /** @type {Map<string, Note[]>} */
    const lit = new Map();
    const dim = [];
    for (const note of seen) {
      if (!this.isLit(note)) dim.push(note);
      else {
        const colour = this.colour(note);
        const same = lit.get(colour);
        if (same === undefined) lit.set(colour, [note]);
        else same.push(note);
      }
    }
    context.globalAlpha = 0.22;
    this.dots(dim, this.theme.plain);
    context.globalAlpha = 0.9;
    for (const [colour, notes] of lit) this.dots(notes, colour);
    context.globalAlpha = 1;
  }

  /** @param {Note} note */
  colour(note) {
    return this.theme.palette[this.clusters[note.cluster]?.colour ?? -1] ?? this.theme.plain;
  }

  /** @param {Note[]} notes @param {string} colour */
  dots(notes, colour) {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    for (const note of notes) {
      const [x, y] = this.onScreen(note.x, note.y);
      const radius = this.radius(note);
      if (this.isMoving && radius < SMALL) context.rect(x - radius, y - radius, 2 * radius, 2 * radius); // far cheaper
      else {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, TAU);
      }
    }
    context.fill();
  }

  /** A note with what belongs to it. @param {Note} note */
  drawAround(note) {
    const { context, theme } = this;
    context.lineWidth = 1.5;
    context.setLineDash([3, 4]);
    this.lines(note, note.near, theme.near);
    context.setLineDash([]);
    this.lines(note, [...note.to, ...note.from], theme.strong);
    for (const other of [...note.near, ...note.to, ...note.from]) this.ring(other, this.colour(other), 1.5, 1.5);
    if (this.hovered !== undefined) this.ring(this.hovered, theme.ink, 1.5, 2);
    if (this.selected !== undefined) this.ring(this.selected, theme.ink, 2.5, 3);
  }

  /** @param {Note} note @param {Note[]} others @param {string} colour */
  lines(note, others, colour) {
    const { context } = this;
    context.strokeStyle = colour;
    context.beginPath();
    for (const other of others) {
      context.moveTo(...this.onScreen(note.x, note.y));
      context.lineTo(...this.onScreen(other.x, other.y));
    }
    context.stroke();
  }

  /** @param {Note} note @param {string} colour @param {number} width @param {number} gap */
  ring(note, colour, width, gap) {
    const { context, theme } = this;
    const [x, y] = this.onScreen(note.x, note.y);
    const radius = this.radius(note);
    context.beginPath();
    context.arc(x, y, radius + gap, 0, TAU);
    context.fillStyle = theme.paper;
    context.fill();
    context.beginPath();
    context.arc(x, y, radius, 0, TAU);
    context.fillStyle = this.colour(note);
    context.fill();
    context.beginPath();
    context.arc(x, y, radius + gap, 0, TAU);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
