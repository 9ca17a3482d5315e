import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coalesce } from "../src/coalesce";

/** A function whose runs are ended one by one by the test. */
function controlled(): { run: () => Promise<void>; ends: ((error?: Error) => void)[] } {
  const ends: ((error?: Error) => void)[] = [];
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      ends.push((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  return { run, ends };
}

describe("coalesce", () => {
  it("runs one and queues one, however often it is called", async () => {
    const { run, ends } = controlled();
    const call = coalesce(run);
    const first = call();
    const others = [call(), call(), call()];
    assert.equal(ends.length, 1);
    ends[0]?.();
    await first;
    await new Promise(setImmediate);
    assert.equal(ends.length, 2);
    ends[1]?.();
    await Promise.all(others);
    assert.equal(ends.length, 2);
  });

  it("runs the queued one after a failure too", async () => {
    const { run, ends } = controlled();
    const call = coalesce(run);
    const first = call();
    const second = call();
    ends[0]?.(new Error("no"));
    await assert.rejects(first, /no/);
    await new Promise(setImmediate);
    ends[1]?.();
    await second;
  });

  it("never runs two at once, also for a call at the very moment one ends", async () => {
    let active = 0;
    let most = 0;
    const call = coalesce(async () => {
      most = Math.max(most, ++active);
      await new Promise(setImmediate);
      active--;
    });
    const first = call();
    const second = call();
    await Promise.all([first.then(() => call()), second, first.then(() => call())]);
    assert.equal(most, 1);
  });

  it("starts afresh when nothing runs", async () => {
    let runs = 0;
    const call = coalesce(() => {
      runs++;
      return Promise.resolve();
    });
    await call();
    await call();
    assert.equal(runs, 2);
  });
});
