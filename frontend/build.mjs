/**
 * Bundles the scripts, styles, font and icons into one folder of content-hashed files.
 *
 * Usage: node build.mjs [output folder]
 *
 * `manifest.json` maps each logical name ("app.js") to its file ("app-3F2A….js"), so that the server can let browsers
 * keep every file for ever. It is written last, and stale files are removed after it: a server that runs meanwhile
 * never meets a manifest that names a missing file.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** Browsers that know CSS nesting, light-dark() and popovers; older ones get a page without scripts. */
const browsers = ["chrome125", "firefox128", "safari17.5"];

export async function build(outputFolder) {
  mkdirSync(outputFolder, { recursive: true });
  const bundle = await esbuild.build({
    absWorkingDir: here,
    entryPoints: { app: "src/app.ts", "app-styles": "src/css/app.css" },
    outdir: outputFolder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: browsers,
    minify: true,
    sourcemap: false,
    legalComments: "none",
    metafile: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".svg": "file" },
    logLevel: "warning",
  });

  const manifest = {
    ...outputsByLogicalName(bundle.metafile.outputs),
    "icons.svg": writeHashed(outputFolder, "icons.svg", iconSprite()),
    "favicon.svg": writeHashed(outputFolder, "favicon.svg", read("src/favicon.svg")),
    "licenses.txt": writeHashed(outputFolder, "licenses.txt", licenses(bundle.metafile.inputs)),
  };
  writeManifest(outputFolder, manifest);
  removeStaleFiles(outputFolder, new Set([...Object.values(manifest), "manifest.json"]));
  return manifest;
}

function outputsByLogicalName(outputs) {
  const manifest = {};
  for (const path of Object.keys(outputs)) {
    const file = basename(path);
    const extension = extname(file);
    const stem = file.slice(0, file.lastIndexOf("-"));
    const name = stem === "app-styles" ? "app" : stem;
    manifest[name + extension] = file;
  }
  return manifest;
}

/** One `<symbol>` per name in icons.json, so that a page draws an icon with `<use href="…#name">`. */
function iconSprite() {
  const symbols = Object.entries(JSON.parse(read("src/icons.json"))).map(([name, source]) => {
    const svg = read(`node_modules/heroicons/${source}.svg`);
    const [, attributes, drawing] = svg.match(/<svg([^>]*)>(.*)<\/svg>/s);
    const kept = attributes.match(/\b(viewBox|fill|stroke|stroke-width)="[^"]*"/g).join(" ");
    const coloured = drawing.trim().replace(/#0F172A/gi, "currentColor");
    return `<symbol id="${name}" ${kept.replace(/#0F172A/gi, "currentColor")}>${coloured}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

/** The licence texts of every package whose code is in the bundle; their terms ask for it. */
function licenses(inputs) {
  const bundled = Object.keys(inputs)
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter(Boolean);
  const packages = [...new Set([...bundled, "heroicons"])].sort();
  return packages.map((name) => licence(name)).join(`\n${"-".repeat(100)}\n\n`);
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = licenceFiles(folder).map((file) => readFileSync(file, "utf8").trim());
  return `${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
}

/** Files named LICENSE or NOTICE, and those of a folder named so (ECharts has one for the code that it took over). */
function licenceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => /^(licen[cs]e|notice|copyright)/i.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? licenceFiles(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function writeHashed(folder, name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  const file = `${basename(name, extension)}-${hash}${extension}`;
  writeFileSync(join(folder, file), content);
  return file;
}

function writeManifest(folder, manifest) {
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  const draft = join(folder, "manifest.json.new");
  writeFileSync(draft, `${JSON.stringify(sorted, null, 2)}\n`);
  renameSync(draft, join(folder, "manifest.json"));
}

function removeStaleFiles(folder, current) {
  for (const file of readdirSync(folder)) {
    if (!current.has(file)) rmSync(join(folder, file), { recursive: true });
  }
}

function read(path) {
  return readFileSync(join(here, path), "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const output = process.argv[2] ?? join(here, "../src/finora/web/static");
  await build(resolve(output));
}
