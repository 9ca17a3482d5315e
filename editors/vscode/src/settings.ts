/** Settings as the server reads them, as pure functions of the settings as VS Code has them. */

type Settings = Record<string, unknown>;

/** Leaves out what only this extension understands: the server would call it an unknown setting. */
export function withoutOurs(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== "server" && name !== "trace"));
}

/** Adds the patterns of VS Code's own `files.watcherExclude` that are switched on. */
export function withWatcherExclude(settings: Settings, excluded: Record<string, boolean>): Settings {
  const index = typeof settings["index"] === "object" && settings["index"] !== null ? (settings["index"] as Settings) : {};
  const own = Array.isArray(index["watcherExclude"]) ? (index["watcherExclude"] as unknown[]) : [];
  const patterns = Object.keys(excluded).filter((pattern) => excluded[pattern] === true);
  return { ...settings, index: { ...index, watcherExclude: [...own, ...patterns] } };
}
