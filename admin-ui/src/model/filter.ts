// SPDX-License-Identifier: Apache-2.0
// The filter's grammar: `state:stale tier:leaf role:compute path:relayed cpu>80% rtt>50ms name~web
// -role:observer`; any other word is the start of an id or a part of a name. All terms must hold.
import type { Edge, Node } from "../api/types";
import { share } from "./states";

export type Test = (node: Node, edges: readonly Edge[]) => boolean;

export interface Filter {
  test: Test;
  empty: boolean;
  errors: string[]; // what was not understood, in words; such terms match everything
}

type Compare = ">" | "<" | ">=" | "<=" | "=";

const TERM = /^(-?)([a-z]+)(:|~|>=|<=|>|<|=)(.+)$/i;
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
  for (const word of words(text)) {
    const match = TERM.exec(word);
    if (!match) {
      const negative = word.startsWith("-") && word.length > 1;
      tests.push(negate(negative, free(negative ? word.slice(1) : word)));
      continue;
    }
    const [, minus, field, op, value] = match as unknown as [string, string, string, string, string];
    const made = term(field.toLowerCase(), op, value.toLowerCase());
    if (typeof made === "string") errors.push(made);
    else tests.push(negate(minus === "-", made));
  }
  return {
    empty: tests.length === 0,
    errors,
    test: (node, edges) => tests.every((test) => test(node, edges)),
  };
}

/** Splits at spaces, but not within double quotes. */
function words(text: string): string[] {
  return (text.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? [])
    .map((word) => word.replaceAll('"', ""))
    .filter((word) => word !== "");
}

const negate =
  (negative: boolean, test: Test): Test =>
  (node, edges) =>
    test(node, edges) !== negative;

function free(word: string): Test {
  const text = word.toLowerCase();
  return (node) => node.id.startsWith(text) || node.name.toLowerCase().includes(text);
}

function term(field: string, op: string, value: string): Test | string {
  const is = op === ":" || op === "=";
  switch (field) {
    case "state":
      return is ? (node) => begins(value)(node.state) : wrongOp(field, op);
    case "tier":
      return is ? (node) => begins(value)(node.tier ?? "unknown") : wrongOp(field, op);
    case "role":
      return is ? (node) => node.roles.some((role) => wild(value)(role.toLowerCase())) : wrongOp(field, op);
    case "over":
      return is
        ? (node) => node.over.some((what) => wild(value === "ram" ? "memory" : value)(what))
        : wrongOp(field, op);
    case "version":
      return is ? (node) => wild(value)(node.version ?? "") : wrongOp(field, op);
    case "id":
      return is ? (node) => node.id.startsWith(value) : wrongOp(field, op);
    case "name": {
      if (op === "~") return (node) => wild(value.includes("*") ? value : `*${value}*`)(node.name.toLowerCase());
      return is ? (node) => wild(value)(node.name.toLowerCase()) : wrongOp(field, op);
    }
    case "path": {
      const kind = value === "relay" ? "relayed" : value;
      return is ? (_, edges) => edges.some((edge) => wild(kind)(edge.kind)) : wrongOp(field, op);
    }
    case "reason":
      return is ? (_, edges) => edges.some((edge) => wild(value)(edge.reason ?? "")) : wrongOp(field, op);
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
  const match = /^(\d+(?:\.\d+)?)([a-z%]*)$/.exec(text);
  const unit = match ? units[match[2]!] : undefined;
  return match && unit !== undefined ? Number(match[1]) * unit : null;
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
