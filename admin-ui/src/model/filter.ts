// SPDX-License-Identifier: Apache-2.0
// The filter's grammar: `state:stale tier:leaf role:compute path:relayed cpu>80% rtt>50ms name~web
// -role:observer`; any other word is the start of an id or a part of a name. All terms must hold. The same as in the
// observer's API (host/observe/proto/node_filter): tests/contract/node_filter.json holds both to it.
import type { Edge, Node } from "../api/types";
import { share } from "./states";

export type Test = (node: Node, edges: readonly Edge[]) => boolean;

export interface Filter {
  test: Test;
  empty: boolean;
  errors: string[]; // what was not understood, in words, which name the term; such terms match everything
}

type Compare = ">" | "<" | ">=" | "<=" | "=";

const BYTES_MAX = 1024;
const TERMS_MAX = 64;
const TERM = /^(-?)([a-z][a-z0-9_]*)(:|~|>=|<=|>|<|=)(.*)$/is;
const FIELDS = [
  "state",
  "tier",
  "role",
  "path",
  "reason",
  "tree",
  "version",
  "name",
  "id",
  "cpu",
  "ram",
  "mem",
  "rtt",
  "over",
];
const STATES = [
  "connecting",
  "joining",
  "alive",
  "degraded",
  "draining",
  "stale",
  "dead",
  "refused",
  "left",
  "unknown",
];
const TIERS = ["hub", "edge", "leaf", "observer", "unknown"];

export function parseFilter(text: string): Filter {
  const errors: string[] = [];
  const tests: Test[] = [];
  const asked = words(text);
  if (new TextEncoder().encode(text).length > BYTES_MAX) errors.push(`a filter has at most ${BYTES_MAX} bytes`);
  else if (asked.length > TERMS_MAX) errors.push(`a filter has at most ${TERMS_MAX} terms`);
  for (const word of errors.length > 0 ? [] : asked) {
    const match = TERM.exec(word);
    const negative = word.startsWith("-") && word.length > 1;
    const [, , field, op, value] = (match ?? []) as unknown as [string, string, string, string, string];
    const made = match ? term(lower(field), op, lower(value)) : free(lower(negative ? word.slice(1) : word));
    if (typeof made === "string") errors.push(`"${word}": ${made}`);
    else tests.push(negate(negative, made));
  }
  return {
    empty: tests.length === 0,
    errors,
    test: (node, edges) => tests.every((test) => test(node, edges)),
  };
}

/** A to Z only: what a letter of another script is in lower case, not every language agrees upon. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

/** Splits at spaces, but not within double quotes. */
function words(text: string): string[] {
  return (text.match(/(?:[^ \t\n\v\f\r"]+|"[^"]*"?)+/g) ?? [])
    .map((word) => word.replaceAll('"', ""))
    .filter((word) => word !== "");
}

const negate =
  (negative: boolean, test: Test): Test =>
  (node, edges) =>
    test(node, edges) !== negative;

function free(text: string): Test | string {
  if (text.includes("*")) return "a * stands for anything in the value of a field only: name:web*";
  return (node) => node.id.startsWith(text) || lower(node.name).includes(text);
}

function term(field: string, op: string, value: string): Test | string {
  switch (field) {
    case "cpu":
    case "ram":
    case "mem":
      return usage(field === "cpu" ? "cpu" : "memory", op, value) ?? `${field} wants a number: ${field}>80%`;
    case "rtt":
      return roundTrip(op, value) ?? "rtt wants a time: rtt>50ms";
    default:
      if (!FIELDS.includes(field)) return `there is no field "${field}": ${FIELDS.join(", ")}`;
      if (op !== ":" && op !== "=" && !(field === "name" && op === "~"))
        return `${field} cannot be asked with "${op}": ${field}:VALUE`;
      return chosen(field, value) ?? text(field, op, value);
  }
}

/** Of fields whose value is one of a few words; undefined: it is another field. */
function chosen(field: string, value: string): Test | string | undefined {
  switch (field) {
    case "state":
      return ofWords(field, STATES, begins(value), (matches) => (node) => matches(node.state));
    case "tier":
      return ofWords(field, TIERS, begins(value), (matches) => (node) => matches(node.tier ?? "unknown"));
    case "over":
      return ofWords(
        field,
        ["cpu", "memory"],
        alternatives(value, { ram: "memory" }),
        (matches) => (node) => node.over.some(matches),
      );
    case "path":
      return ofWords(
        field,
        ["direct", "relayed", "unknown"],
        alternatives(value, { relay: "relayed" }),
        (matches) => (_, edges) => edges.some((edge) => matches(edge.kind)),
      );
    case "tree":
      return ofWords(
        field,
        ["eager", "lazy", "unknown"],
        alternatives(value, {}),
        (matches) => (_, edges) => edges.some((edge) => matches(edge.tree)),
      );
    default:
      return undefined;
  }
}

/** Of fields whose value is any text. */
function text(field: string, op: string, value: string): Test | string {
  if (field === "id") {
    if (!/^[0-9a-f]+$/.test(value)) return "id wants the start of one, 0-9 and a-f: id:3f9a";
    return (node) => node.id.startsWith(value);
  }
  if (value === "") return `${field} wants a value: ${field}:VALUE`;
  const matches = wild(op === "~" && !value.includes("*") ? `*${value}*` : value);
  switch (field) {
    case "role":
      return (node) => node.roles.some((role) => matches(lower(role)));
    case "version":
      return (node) => matches(lower(node.version ?? ""));
    case "reason":
      return (_, edges) => edges.some((edge) => matches(lower(edge.reason ?? "")));
    default:
      return (node) => matches(lower(node.name));
  }
}

interface Alternative {
  said: string;
  pattern: string;
}

const alternatives = (value: string, aliases: Record<string, string>): Alternative[] =>
  value.split(",").map((said) => ({ said, pattern: Object.hasOwn(aliases, said) ? aliases[said]! : said }));

/** Each alternative may be the beginning of a word. */
const begins = (value: string): Alternative[] =>
  value.split(",").map((said) => ({ said, pattern: said === "" || said.includes("*") ? said : `${said}*` }));

function ofWords(
  field: string,
  words: string[],
  asked: Alternative[],
  make: (matches: (text: string) => boolean) => Test,
): Test | string {
  const stray = asked.find(({ pattern }) => !words.some(wild(pattern)));
  if (stray) return `${field} cannot be "${stray.said}": ${words.join(", ")}`;
  return make(wild(asked.map(({ pattern }) => pattern).join(",")));
}

function usage(what: "cpu" | "memory", op: string, value: string): Test | null {
  const number = quantity(value, { "%": 0.01, "": 0.01 });
  const compare = comparison(op);
  if (number === null || compare === null) return null;
  return (node) => {
    const { part } = share(node, what);
    return part !== null && holds(part, compare, number);
  };
}

function roundTrip(op: string, value: string): Test | null {
  const number = quantity(value, { us: 1, ms: 1000, s: 1_000_000, "": 1000 });
  const compare = comparison(op);
  if (number === null || compare === null) return null;
  return (_, edges) => edges.some((edge) => edge.rtt_us !== null && holds(edge.rtt_us, compare, number));
}

function quantity(text: string, units: Record<string, number>): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([a-z%]*)$/.exec(text);
  return match && Object.hasOwn(units, match[2]!) ? Number(match[1]) * units[match[2]!]! : null;
}

const comparison = (op: string): Compare | null => (op === ":" ? "=" : op === "~" ? null : (op as Compare));

function holds(value: number, compare: Compare, limit: number): boolean {
  if (compare === ">") return value > limit;
  if (compare === "<") return value < limit;
  if (compare === ">=") return value >= limit;
  if (compare === "<=") return value <= limit;
  return value === limit;
}

/** `*` stands for anything; the rest is literal. Alternatives are parted by commas. */
function wild(pattern: string): (text: string) => boolean {
  const any = pattern.split(",").map((one) => {
    const parts = one.split("*");
    return (text: string) => {
      if (parts.length === 1) return text === one;
      if (!text.startsWith(parts[0]!) || !text.endsWith(parts.at(-1)!)) return false;
      let from = parts[0]!.length;
      for (const part of parts.slice(1, -1)) {
        const found = text.indexOf(part, from);
        if (found < 0) return false;
        from = found + part.length;
      }
      return from <= text.length - parts.at(-1)!.length;
    };
  });
  return (text) => any.some((matches) => matches(text));
}
