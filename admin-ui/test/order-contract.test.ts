// SPDX-License-Identifier: Apache-2.0
// One order of names for the dashboard and for the observer, which is written in another language.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compareText } from "../src/model/derive";

const { order }: { order: string[][] } = JSON.parse(
  readFileSync(join(process.cwd(), "../tests/contract/text_order.json"), "utf8"),
);
const places = order.flatMap((alike, place) => alike.map((text) => ({ text, place })));

it("sorts names as the observer does", () => {
  for (const one of places)
    for (const other of places) {
      const told = Math.sign(compareText(one.text, other.text));
      expect([one.text, other.text, told]).toEqual([one.text, other.text, Math.sign(one.place - other.place)]);
    }
});
