/**
 * Makes a function of which one call runs and at most one waits.
 *
 * A call that comes while one is waiting shares it: whatever asked for it is served by the run that is still to begin.
 */
export function coalesce(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  const begin = (): Promise<void> => {
    const current = run().finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };

  return () => {
    if (queued !== undefined) return queued;
    if (running === undefined) return begin();
    queued = running
      .catch(() => undefined) // Who asked for that run hears of its failure; this one starts afresh.
      .then(() => {
        queued = undefined;
        return begin();
      });
    return queued;
  };
}
