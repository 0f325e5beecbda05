// SPDX-License-Identifier: Apache-2.0
// Puts a .gz beside each text of dist. Node's gzip writes neither a time nor a name, so that the same
// input is the same output.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = process.argv[2] ?? new URL("../dist", import.meta.url).pathname;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(html|js|css|svg|json)$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const packed = gzipSync(readFileSync(path), { level: 9 });
  packed[9] = 255; // the operating system's number: unknown, wherever it was built
  writeFileSync(`${path}.gz`, packed);
}
