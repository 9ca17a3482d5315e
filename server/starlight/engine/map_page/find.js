// @ts-check
/** Finding notes as one types. */

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** What notes are found by: all of it, and the title alone. Made when it is first asked for. @type {Map<Note, [string, string]>} */
const texts = new Map();

/** @param {Note} note @returns {[string, string]} */
function textsOf(note) {
  let found = texts.get(note);
  if (found === undefined) {
    const title = wordsOf(note.title);
    found = [`${title}${wordsOf(`${note.tags.join(" ")} ${note.path} ${note.words}`)}`, title];
    texts.set(note, found);
  }
  return found;
}

/**
 * The notes that have all words of a query, or words that begin so: those with all of them in the title first, then those
 * that most others link to. A word with # in front is a tag.
 * @param {Note[]} notes @param {string} query @returns {Note[]}
 */
function find(notes, query) {
  const asked = query.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const tags = asked.filter((word) => word.startsWith("#")).map((word) => folded(word.slice(1)));
  const words = asked.filter((word) => !word.startsWith("#")).flatMap((word) => wordsOf(word).trim().split(" "));
  const found = notes.filter((note) => words.every((word) => has(textsOf(note)[0], word)) && tags.every((tag) => isTagged(note, tag)));
  const named = new Set(found.filter((note) => words.every((word) => has(textsOf(note)[1], word))));
  return found.sort((one, other) =>
    Number(named.has(other)) - Number(named.has(one)) || other.from.length - one.from.length || one.index - other.index);
}

/** @param {string} text @param {string} word */
function has(text, word) {
  return text.includes(UNSPACED.test(word) ? word : ` ${word}`);
}

/** @param {Note} note @param {string} tag */
function isTagged(note, tag) {
  return note.tags.some((own) => folded(own).startsWith(tag));
}

/**
 * The note to go to from another one in a direction: near, straight ahead, and rather one that belongs to it.
 * @param {Note[]} notes @param {Note} from @param {number} dx @param {number} dy @returns {Note | undefined}
 */
function toward(notes, from, dx, dy) {
  const own = new Set([...from.to, ...from.from, ...from.near]);
  let best;
  let least = Infinity;
  for (const note of notes) {
    const x = note.x - from.x;
    const y = note.y - from.y;
    const apart = Math.hypot(x, y);
    const straight = (x * dx + y * dy) / (apart || 1);
    if (note === from || straight < 0.5) continue;
    const cost = (apart / straight ** 2) * (own.has(note) ? 0.5 : 1);
    if (cost < least) [best, least] = [note, cost];
  }
  return best;
}
