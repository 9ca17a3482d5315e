import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settled } from "../src/settle";

const same = (row: string): string => row;

describe("settled", () => {
  it("takes the new order where nobody has moved", () => {
    assert.deepEqual(settled(["a", "b", "c"], ["c", "a", "b"], same, undefined), ["c", "a", "b"]);
  });

  it("leaves the row under the cursor where it is", () => {
    assert.deepEqual(settled(["a", "b", "c"], ["c", "a", "b"], same, "b"), ["c", "b", "a"]);
    assert.deepEqual(settled(["a", "b", "c"], ["b", "c", "a"], same, "a"), ["a", "b", "c"]);
  });

  it("keeps the row under the cursor when it is no longer among the best", () => {
    assert.deepEqual(settled(["a", "b"], ["c", "b"], same, "a"), ["a", "c", "b"]);
    assert.deepEqual(settled(["a", "b", "c"], ["d"], same, "c"), ["d", "c"]);
  });

  it("takes the new order where the row was not in the list", () => {
    assert.deepEqual(settled(["a"], ["b", "c"], same, "x"), ["b", "c"]);
  });
});
