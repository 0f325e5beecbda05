// SPDX-License-Identifier: Apache-2.0
// The views that there are: the observer answers their addresses, and no others, with the page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(join(process.cwd(), file), "utf8");

it("the page's routes are those that the observer knows", () => {
  const routes = [...read("src/app.tsx").matchAll(/<Route path="([^"]+)"/g)].map((found) => found[1]);
  expect(routes).toEqual(JSON.parse(read("../tests/contract/views.json")).views);
});
