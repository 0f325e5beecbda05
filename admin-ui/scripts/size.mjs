// SPDX-License-Identifier: Apache-2.0
// Fails when the code of the page outgrows its budget. Fonts are not code.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 180 * 1000;
const dist = new URL("../dist", import.meta.url).pathname;
let total = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css)\.gz$/.test(entry.name)) continue;
  const { size } = statSync(join(entry.parentPath, entry.name));
  total += size;
  console.log(`${String(size).padStart(8)}  ${entry.name}`);
}
console.log(`${String(total).padStart(8)}  of ${LIMIT} bytes`);
if (total === 0 || total > LIMIT) process.exit(1);
