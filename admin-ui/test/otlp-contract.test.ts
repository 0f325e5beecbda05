// SPDX-License-Identifier: Apache-2.0
// A start as OTLP: the dashboard's export and the observer's answer, which is written in another language, agree.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Boot, Node } from "../src/api/types";
import { otlp, type Span } from "../src/traces/export";

const table: { mesh: string; node: Node; boot: Boot; otlp: unknown } = JSON.parse(
  readFileSync(join(process.cwd(), "../tests/contract/boot_otlp.json"), "utf8"),
);

it("a start's export is the observer's, too", () => {
  const { mesh, node, boot } = table;
  const spans = [...boot.spans, ...((boot.join ?? []) as Span[])];
  const source = { mesh, nodes: new Map([[node.id, node]]) };
  const made = otlp(source, [{ node: node.id, name: node.name, spans }]);
  expect(JSON.parse(JSON.stringify(made))).toEqual(table.otlp);
});
