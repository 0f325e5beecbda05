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
  errors: string[]; // what was not understood, in words; such terms match everything
}

type Compare = ">" | "<" | ">=" | "<=" | "=";

const BYTES_MAX = 1024;
const TERMS_MAX = 64;
const TERM = /^(-?)([a-z]+)(:|~|>=|<=|>|<|=)(.+)$/is;
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

export function parseFilter(text: string): Filter {
  const errors: string[] = [];
  const tests: Test[] = [];
  const asked = words(text);
  if (new TextEncoder().encode(text).length > BYTES_MAX) errors.push(`a filter has at most ${BYTES_MAX} bytes`);
  else if (asked.length > TERMS_MAX) errors.push(`a filter has at most ${TERMS_MAX} terms`);
  for (const word of errors.length > 0 ? [] : asked) {
    const match = TERM.exec(word);
    if (!match) {
      const negative = word.startsWith("-") && word.length > 1;
      tests.push(negate(negative, free(negative ? word.slice(1) : word)));
      continue;
    }
    const [, minus, field, op, value] = match as unknown as [string, string, string, string, string];
    const made = term(lower(field), op, lower(value));
    if (typeof made === "string") errors.push(made);
    else tests.push(negate(minus === "-", made));
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

function free(word: string): Test {
  const text = lower(word);
  return (node) => node.id.startsWith(text) || lower(node.name).includes(text);
}

function term(field: string, op: string, value: string): Test | string {
  const is = op === ":" || op === "=";
  switch (field) {
    case "state":
      return is ? (node) => begins(value)(node.state) : wrongOp(field, op);
    case "tier":
      return is ? (node) => begins(value)(node.tier ?? "unknown") : wrongOp(field, op);
    case "role":
      return is ? (node) => node.roles.some((role) => wild(value)(lower(role))) : wrongOp(field, op);
    case "over":
      return is
        ? (node) => node.over.some((what) => wild(value === "ram" ? "memory" : value)(lower(what)))
        : wrongOp(field, op);
    case "version":
      return is ? (node) => wild(value)(lower(node.version ?? "")) : wrongOp(field, op);
    case "id":
      return is ? (node) => node.id.startsWith(value) : wrongOp(field, op);
    case "name": {
      if (op === "~") return (node) => wild(value.includes("*") ? value : `*${value}*`)(lower(node.name));
      return is ? (node) => wild(value)(lower(node.name)) : wrongOp(field, op);
    }
    case "path": {
      const kind = value === "relay" ? "relayed" : value;
      return is ? (_, edges) => edges.some((edge) => wild(kind)(edge.kind)) : wrongOp(field, op);
    }
    case "reason":
      return is ? (_, edges) => edges.some((edge) => wild(value)(lower(edge.reason ?? ""))) : wrongOp(field, op);
    case "tree":
      return is ? (_, edges) => edges.some((edge) => wild(value)(edge.tree)) : wrongOp(field, op);
    case "cpu":
    case "ram":
    case "mem":
      return usage(field === "cpu" ? "cpu" : "memory", op, value) ?? `${field} wants a number: ${field}>80%`;
    case "rtt":
      return roundTrip(op, value) ?? "rtt wants a time: rtt>50ms";
    default:
      return `there is no field "${field}": ${FIELDS.join(", ")}`;
  }
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

/** For words from a short list: each alternative may be the beginning of one. */
const begins = (pattern: string): ((text: string) => boolean) =>
  wild(
    pattern
      .split(",")
      .map((one) => (one === "" || one.includes("*") ? one : `${one}*`))
      .join(","),
  );

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

const wrongOp = (field: string, op: string): string => `${field} cannot be asked with "${op}": ${field}:VALUE`;
