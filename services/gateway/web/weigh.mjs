// Fails the build when the page gets heavier than it may be: 90 KB of compressed script.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 90;
const folder = fileURLToPath(new URL("dist/assets", import.meta.url));
const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
const bytes = scripts.reduce(
  (sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length,
  0,
);
const kilobytes = bytes / 1000;
console.log(`script: ${kilobytes.toFixed(1)} KB compressed, of at most ${LIMIT_KB} KB`);
if (kilobytes > LIMIT_KB) process.exit(1);
