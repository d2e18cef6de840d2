/** Bundles the TypeScript tests, because Node runs no TypeScript before version 23, and hands them to `node --test`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const frontend = dirname(here);
const folder = mkdtempSync(join(frontend, "node_modules/.tests-"));
try {
  await esbuild.build({
    entryPoints: readdirSync(here).filter((name) => name.endsWith(".test.ts")).map((name) => join(here, name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node18",
    logLevel: "warning",
  });
  const tests = readdirSync(folder).map((name) => join(folder, name));
  process.exitCode = spawnSync(process.execPath, ["--test", ...tests], { stdio: "inherit", cwd: frontend }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
