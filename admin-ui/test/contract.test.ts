// SPDX-License-Identifier: Apache-2.0
// What the mock says is what the schemas of the observer allow: else the page would be tried against a fairy tale.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { makeMesh, snapshotFrame } from "./fixtures";

const dir = join(process.cwd(), "../host/observe/schemas");
// Files refer to each other by name, and call themselves meshhost.NAME/1: the names win here.
const ajv = new Ajv2020({ strict: false, allErrors: true });
for (const file of readdirSync(dir)) {
  const { $id: _, ...schema } = JSON.parse(readFileSync(join(dir, file), "utf8"));
  ajv.addSchema(schema, file);
}

function expectValid(name: string, value: unknown) {
  const validate = ajv.getSchema(`${name}.json`)!;
  const ok = validate(value);
  expect(ok ? [] : validate.errors?.slice(0, 3)).toEqual([]);
}

describe("the mock keeps the contract", () => {
  for (const nodes of [1, 18, 120]) {
    it(`with ${nodes} nodes`, () => {
      const mesh = makeMesh({ nodes });
      expectValid("stream", snapshotFrame(mesh));
      expectValid("snapshot", mesh.snapshot(0));
      expectValid("mesh_boots", mesh.meshBoots());
      expectValid("mesh_plugins", mesh.plugins());
      mesh.publish(0);
      expectValid("mesh_traces", mesh.meshTraces());
      expectValid("boots", { boots: [...mesh.boots.values()][0] });
      const [id, series] = [...mesh.series][0]!;
      expectValid("series", { id, step_ms: 2000, end: mesh.time(), series });
      const name = [...mesh.nodes.values()][0]!.name;
      expectValid("lab_outcome", mesh.act({ kind: "kill", node: name }, 0));
      for (let i = 1; i < 30; i++) {
        const ops = mesh.step(i * 500);
        expectValid("stream", { t: "delta", seq: mesh.seq, now: mesh.time(i * 500), ops });
        expectValid("snapshot", mesh.snapshot(i * 500));
      }
      for (const event of mesh.events) expectValid("event", event);
    });
  }
});
