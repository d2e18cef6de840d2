/** What browsers get: within budget, complete, and nothing that leads elsewhere. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const KILOBYTE = 1024;
const { build } = await import(pathToFileURL("build.mjs").href);
const folder = mkdtempSync(join(process.cwd(), "node_modules/.bundle-"));
writeFileSync(join(folder, "app-OLD.js"), "");
const manifest: Record<string, string> = await build(folder);
after(() => rmSync(folder, { recursive: true }));

function read(name: string): Buffer {
  const file = manifest[name];
  assert.ok(file, `${name} is in the manifest`);
  return readFileSync(join(folder, file));
}

test("each part keeps to its budget", () => {
  const budgets = { "app.js": 45, "chart.js": 240, "app.css": 20, "inter-latin-wght-normal.woff2": 50 };
  for (const [name, kilobytes] of Object.entries(budgets)) {
    const size = gzipSync(read(name)).length / KILOBYTE;
    assert.ok(size <= kilobytes, `${name} is ${size.toFixed(1)} KB, more than ${kilobytes}`);
  }
});

test("names change with content, and nothing of an earlier build or of the sources stays behind", () => {
  const files = readdirSync(folder).filter((file) => file !== "manifest.json").sort();
  assert.deepEqual(files, Object.values(manifest).sort());
  for (const file of files) assert.match(file, /-[0-9A-Z]{8}\.(js|css|svg|woff2|txt)$/);
});

test("charts are not part of what is loaded before the first paint", () => {
  const app = read("app.js").toString();
  assert.ok(app.includes(`import("./${manifest["chart.js"]}")`));
  assert.ok(!/^import|\bfrom"\.\//.test(app), "one file, no waterfall");
});

test("no style names another origin, and every file that a style names is shipped", () => {
  const links = [...read("app.css").toString().matchAll(/url\("?([^")]+)"?\)/g)].map(([, link]) => link ?? "");
  assert.ok(links.length > 0);
  for (const link of links) assert.ok(Object.values(manifest).includes(link.replace("./", "")), link);
});

test("every icon of the list is in the sprite and takes the colour of the text", () => {
  const sprite = read("icons.svg").toString();
  const names = Object.keys(JSON.parse(readFileSync("src/icons.json", "utf8")));
  for (const name of names) assert.ok(sprite.includes(`<symbol id="${name}"`), name);
  assert.ok(!/#[0-9a-f]{6}/i.test(sprite.replace(/id="[^"]*"/g, "")));
});

test("the licences of what is bundled travel with it", () => {
  const text = read("licenses.txt").toString();
  for (const name of ["htmx.org", "echarts", "zrender", "@fontsource-variable/inter", "heroicons"]) assert.ok(text.includes(`${name} `), name);
});
