// SPDX-License-Identifier: Apache-2.0
// Writes src/api/types.ts from the schemas of the observer; with --check only compares.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const schemas = join(here, "../../host/observe/schemas");
const target = join(here, "../src/api/types.ts");

const load = (file) => JSON.parse(readFileSync(join(schemas, file), "utf8"));
const files = readdirSync(schemas)
  .filter((name) => name.endsWith(".json"))
  .sort();

// One document whose definitions are the files: every shared type is written once.
const definitions = {};
const strip = (value) => {
  if (Array.isArray(value)) return value.map(strip);
  if (value === null || typeof value !== "object") return value;
  const out = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "$id" || key === "$schema") continue;
    if (key === "$ref") out.$ref = `#/definitions/${load(inner).title}`;
    else if (key === "minItems")
      continue; // would make tuples of lists that are open
    else out[key] = strip(inner);
  }
  return out;
};
for (const file of files) {
  const schema = load(file);
  definitions[schema.title] = strip(schema);
}
const document = {
  title: "Contract",
  type: "object",
  properties: Object.fromEntries(Object.keys(definitions).map((name) => [name, { $ref: `#/definitions/${name}` }])),
  definitions,
};

const banner =
  "// SPDX-License-Identifier: Apache-2.0\n// Made by `npm run types` from host/observe/schemas. Do not edit: change the schema.";
const text = await compile(document, "Contract", {
  bannerComment: banner,
  unreachableDefinitions: true,
  format: true,
  style: { printWidth: 118 },
});
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/api/types.ts is not what the schemas say: npm run types");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
