// SPDX-License-Identifier: Apache-2.0
// dist is what the sources make, byte for byte: builds once more, elsewhere, and compares. What is packed is compared
// unpacked: another Node packs it another way.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";

const root = new URL("..", import.meta.url).pathname;
const fresh = mkdtempSync(join(tmpdir(), "admin-ui-"));
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

function read(dir) {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const content = (path) => (path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path));
  return new Map(paths.map((path) => [relative(dir, path), content(path)]));
}

try {
  run("node_modules/vite/bin/vite.js", "build", "--outDir", fresh, "--emptyOutDir");
  run("scripts/post-build.mjs", fresh);
  const [kept, made] = [read(join(root, "dist")), read(fresh)];
  const names = [...new Set([...kept.keys(), ...made.keys()])].sort();
  const other = names.filter((name) => !kept.get(name)?.equals(made.get(name) ?? Buffer.alloc(0)));
  if (other.length > 0) {
    console.error(`dist is not what the sources make (npm run build): ${other.join(", ")}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}
