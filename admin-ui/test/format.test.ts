// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { prng } from "../mock/random.mjs";
import { csv } from "../src/model/csv";
import * as format from "../src/model/format";

const random = prng(7);

function anything(depth = 0): unknown {
  const makers: (() => unknown)[] = [
    () => null,
    () => undefined,
    () => Number.NaN,
    () => Number.POSITIVE_INFINITY,
    () => -0,
    () => random.between(-1e18, 1e18),
    () => random.between(-1, 1),
    () => random.below(1e9),
    () => "",
    () => "undefined behaviour".slice(random.below(10)).replace("undefined", ""),
    () => String.fromCodePoint(random.below(0x3000) + 1).repeat(random.below(500)),
    () => "\u202egnp.exe",
    () => "2026-11-27T12:00:00.000Z",
    () => "<img src=x onerror=alert(1)>",
    () => random.next() < 0.5,
    () =>
      depth > 2
        ? []
        : Array.from({ length: random.below(4) }, () => anything(depth + 1)).filter((x) => x !== undefined),
    () => (depth > 2 ? {} : { a: anything(depth + 1) ?? 1, b: random.below(9) }),
  ];
  return random.pick(makers)();
}

describe("words for numbers", () => {
  it("are words, whatever comes", () => {
    const { millis, bytes, rate, percent, count, cpu, duration, shortId, safeName, words, clock, age } = format;
    const all = [millis, bytes, rate, percent, count, cpu, duration, shortId, safeName, words, clock];
    const wrong: unknown[] = [];
    for (let i = 0; i < 20_000; i++) {
      const value = anything();
      const texts = [
        ...all.map((one) => one(value as never)),
        age(value, 1.7e12),
        age("2026-11-27T12:00:00Z", value as number),
      ];
      const told = typeof value === "object" && value !== null ? [] : [format.plain(value)];
      for (const text of [...texts, ...told]) {
        const bad = typeof value !== "string" && /NaN|undefined|null|Infinity/.test(text);
        if (typeof text !== "string" || text === "" || bad || text.length > 410) wrong.push([value, text]);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it("say what people say", () => {
    expect(format.millis(212)).toBe("0.21 ms");
    expect(format.millis(38_100)).toBe("38.1 ms");
    expect(format.millis(4_800_000)).toBe("4.80 s");
    expect(format.bytes(64 * 2 ** 20)).toBe("64 MiB");
    expect(format.percent(1.18)).toBe("118 %");
    expect(format.count(48211)).toBe("48\u202f211");
    expect(format.duration(252_000)).toBe("4 min 12 s");
    expect(format.age("2026-11-27T12:00:00Z", Date.parse("2026-11-27T12:00:09Z"))).toBe("9 s ago");
  });

  it("let no name turn its surroundings around", () => {
    expect(format.safeName("\u202eabc\u2066")).toBe("abc");
    expect([...format.safeName("é".repeat(300))]).toHaveLength(64);
    expect(format.safeName("\n \t")).toBe("–");
  });
});

describe("csv", () => {
  it("has no formulas of other people", () => {
    expect(csv([["=1+1", "+a", "-b", "@c", "fine", 'a "b", c', null, 3]])).toBe(
      `'=1+1,'+a,'-b,'@c,fine,"a ""b"", c",,3\r\n`,
    );
  });

  it("a moment has its date where it is another day", () => {
    const at = new Date(2026, 10, 26, 9, 5, 7);
    expect(format.moment(at.getTime(), new Date(2026, 10, 26, 23).getTime())).toBe("09:05:07");
    expect(format.moment(at.toISOString(), new Date(2026, 10, 27, 1).getTime())).toBe("2026-11-26 09:05:07");
    expect(format.moment("yesterday", at.getTime())).toBe("yesterday");
  });

  it("what is used stands with its budget, or with the word that there is none", () => {
    expect(format.ofBudget(format.cpu, 12, 500)).toBe("12 m of 500 m");
    expect(format.ofBudget(format.bytes, 20 * 2 ** 20, null)).toBe("20 MiB, no budget");
    expect(format.briefDuration(3_700_000)).toBe("1 h");
  });
});
