// SPDX-License-Identifier: Apache-2.0
// Which nodes belong together: by what they do, by where their addresses say that they are, by the sides of a mesh
// that is parted. Pure; of whom nothing is known, nothing is said: such a node is in no group.
import type { Edge, Node } from "../api/types";
import { byName, compareText, isObserver } from "../model/derive";
import { clock, plural, safeName } from "../model/format";
import type { Side } from "../model/sides";

export interface Group {
  key: string;
  label: string;
  ids: readonly string[];
}

function grouped(
  nodes: readonly Node[],
  key: (node: Node) => string | null,
  label: (key: string) => string,
): Group[] {
  const groups = new Map<string, string[]>();
  for (const node of [...nodes].sort(byName)) {
    const of = key(node);
    if (of === null) continue;
    const list = groups.get(of);
    if (list) list.push(node.id);
    else groups.set(of, [node.id]);
  }
  return [...groups]
    .map(([of, ids]) => ({ key: of, label: label(of), ids }))
    .sort((a, b) => b.ids.length - a.ids.length || compareText(a.label, b.label));
}

export const byRole = (nodes: readonly Node[]): Group[] =>
  grouped(
    nodes,
    (node) => (isObserver(node) ? "observer" : (node.roles[0] ?? "no role")),
    (role) => safeName(role, 24),
  );

/** By machine where paths say that two share one, else by the network that the first address outside the machine
 * is of: 10.1.2.0/24 of a private one, a public IPv4 address itself (one host, or those behind one NAT), an IPv6 /64. */
export function byNetwork(nodes: readonly Node[], edges: readonly Edge[]): Group[] {
  const up = new Map<string, string>(nodes.map((node) => [node.id, node.id]));
  const top = (id: string): string => {
    let at = id;
    while (up.get(at) !== at) {
      up.set(at, up.get(up.get(at)!)!);
      at = up.get(at)!;
    }
    return at;
  };
  for (const { a, b, reason } of edges) {
    if (reason !== "same_host" || !up.has(a) || !up.has(b)) continue;
    const [p, q] = [top(a), top(b)].sort() as [string, string];
    up.set(q, p);
  }
  const machines = new Map<string, Node[]>();
  for (const node of nodes) machines.set(top(node.id), [...(machines.get(top(node.id)) ?? []), node]);
  const keys = new Map<string, string | null>();
  for (const [id, members] of machines) {
    const counts = new Map<string, number>();
    for (const { addresses } of members) {
      const network = networkOf(addresses);
      if (network !== null) counts.set(network, (counts.get(network) ?? 0) + 1);
    }
    const most = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))[0]?.[0] ?? null;
    keys.set(id, most ?? (members.length > 1 ? `machine ${id}` : null));
  }
  return grouped(
    nodes,
    (node) => keys.get(top(node.id)) ?? null,
    (key) => (key.startsWith("machine") ? "one machine" : key.includes("/") ? key : `at ${key}`),
  );
}

/** The network of the first address that others could use; null: there is none. */
export function networkOf(addresses: readonly string[]): string | null {
  for (const text of addresses) {
    const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):\d+$/.exec(text)?.slice(1).map(Number);
    if (v4) {
      const [a, b, c] = v4 as [number, number, number];
      if (a === 127 || v4.some((part) => part > 255)) continue;
      const inner =
        a === 10 ||
        (a === 172 && b >= 16 && b < 32) ||
        (a === 192 && b === 168) ||
        (a === 100 && b >= 64 && b < 128) ||
        (a === 169 && b === 254);
      return inner ? `${a}.${b}.${c}.0/24` : v4.join(".");
    }
    const v6 = /^\[([0-9a-f:]+)(?:%\w+)?\]:\d+$/i.exec(text)?.[1]?.toLowerCase();
    if (!v6 || v6 === "::1") continue;
    const [head = "", tail = ""] = v6.split("::");
    const [left, right] = [head, tail].map((part) => part.split(":").filter((one) => one !== "")) as [
      string[],
      string[],
    ];
    const all = v6.includes("::")
      ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right]
      : left;
    if (all.length === 8) return `${all.slice(0, 4).join(":")}::/64`;
  }
  return null;
}

/** "this side 11". */
export const sideName = (side: Side): string => `${side.ours ? "this side" : "other side"} ${side.ids.length}`;

/** "this side 11", "other side 7 · told by broker-02 at 12:04:51". */
export function sideLabel(side: Side, name: (id: string) => string): string {
  const n = sideName(side);
  const [first, ...more] = side.toldBy;
  if (side.heard || first === undefined) return n;
  const others = more.length > 0 ? ` and ${plural(more.length, "other")}` : "";
  return `${n} · told by ${name(first)}${others} at ${clock(side.since)}`;
}

export const bySide = (sides: readonly Side[], name: (id: string) => string): Group[] =>
  sides.map((side, i) => ({ key: String(i), label: sideLabel(side, name), ids: side.ids }));
