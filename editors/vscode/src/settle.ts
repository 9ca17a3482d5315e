/** A list that changes while it is read. */

/**
 * The rows in their new order, but the one that `at` names stays where it is on the screen: whoever moved to a row
 * must not find another one there.
 */
export function settled<T>(before: readonly T[], after: readonly T[], key: (row: T) => string | undefined, at: string | undefined): T[] {
  const place = at === undefined ? -1 : before.findIndex((row) => key(row) === at);
  if (place < 0) return [...after];
  const kept = after.find((row) => key(row) === at) ?? before[place];
  const others = after.filter((row) => key(row) !== at);
  return kept === undefined ? others : [...others.slice(0, place), kept, ...others.slice(place)];
}
