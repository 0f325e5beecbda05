// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { whyRelayed } from "../src/ui/why";

describe("why a path is relayed", () => {
  it("has words for whatever docs/reach.md says that a host says", () => {
    const text = readFileSync("../docs/reach.md", "utf8");
    const rows = [...text.matchAll(/^\| (`.+) \| relayed\b/gm)].flatMap(([, names]) => names!.split(", "));
    const reasons = rows.map((name) => name.replaceAll("`", ""));
    expect(reasons).toContain("punching (1 of 3)");
    expect(reasons.length).toBeGreaterThan(9);
    for (const reason of reasons) expect(whyRelayed(reason)).not.toMatch(/The ends say/);
  });

  it("says what it does not know as it came, and that nothing was said", () => {
    expect(whyRelayed("moon_phase")).toBe("The ends say: moon phase.");
    expect(whyRelayed(null)).toBe("Neither end says why.");
  });
});
