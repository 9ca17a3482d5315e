import assert from "node:assert/strict";
import { test } from "node:test";
import { withWatcherExclude, withoutOurs } from "../src/settings";

test("what is the extension's own is not the server's", () => {
  assert.deepEqual(withoutOurs({ server: { path: "x" }, trace: {}, search: { limit: 3 } }), { search: { limit: 3 } });
});

test("what VS Code does not watch is added to what the user named", () => {
  const excluded = { "**/.git/objects/**": true, "**/kept/**": false };
  const settings = { index: { exclude: ["a"], watcherExclude: ["b"] }, search: { limit: 3 } };
  assert.deepEqual(withWatcherExclude(settings, excluded), {
    index: { exclude: ["a"], watcherExclude: ["b", "**/.git/objects/**"] },
    search: { limit: 3 },
  });
  assert.deepEqual(withWatcherExclude({}, excluded), { index: { watcherExclude: ["**/.git/objects/**"] } });
});
