// SPDX-License-Identifier: Apache-2.0
// One table of cases for the dashboard's filter and for the observer's, which is written in another language.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Edge, Node } from "../src/api/types";
import { parseFilter } from "../src/model/filter";

interface Table {
  nodes: Node[];
  edges: Edge[];
  cases: { filter: string; nodes: string[]; errors: string[] }[];
}

const table: Table = JSON.parse(readFileSync(join(process.cwd(), "../tests/contract/node_filter.json"), "utf8"));

describe("the filter is the observer's, too", () => {
  it.each(table.cases)("$filter", ({ filter, nodes, errors }) => {
    const parsed = parseFilter(filter);
    const edgesOf = (id: string) => table.edges.filter((edge) => edge.a === id || edge.b === id);
    expect(parsed.errors).toEqual(errors);
    expect(table.nodes.filter((node) => parsed.test(node, edgesOf(node.id))).map((node) => node.name)).toEqual(nodes);
  });
});
