// Bundles the extension into dist/extension.js; with --tests it bundles the unit tests instead, with --minify for the package.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const flags = new Set(process.argv.slice(2));
const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

/** The licences of the packages whose code is in the bundle, which ask to be passed on with it. */
function notices(inputs) {
  const folders = new Set(Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file, so its code cannot be bundled`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

if (flags.has("--tests")) {
  rmSync("dist/test", { recursive: true, force: true });
  const entryPoints = readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`);
  await build({ ...common, entryPoints, outdir: "dist/test", sourcemap: "inline" });
} else {
  const minify = flags.has("--minify");
  const { metafile } = await build({
    ...common, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", external: ["vscode"],
    minify, sourcemap: minify ? false : "inline", metafile: true,
  });
  const page = await build({
    ...common, platform: "browser", format: "iife", target: "es2022", entryPoints: ["src/webview/ask.ts"], outfile: "dist/ask.js",
    minify, sourcemap: minify ? false : "inline", metafile: true,
  });
  copyFileSync("src/webview/ask.css", "dist/ask.css");
  writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices({ ...metafile.inputs, ...page.metafile.inputs }));
}
