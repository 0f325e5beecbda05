// SPDX-License-Identifier: Apache-2.0
// The mesh in one sentence: what the picture is called, and what is announced.
import { byName, countAll, isObserver } from "./derive";
import { plural, safeName } from "./format";
import type { MeshState } from "./reduce";
import { present } from "./states";

export function summary(state: MeshState): string {
  if (!state.mesh) return "The mesh is not known yet";
  const counts = countAll(state.nodes, state.edges);
  const alive = counts.byState.get("alive") ?? 0;
  const parts = [`${safeName(state.mesh.name, 40)}: ${alive} of ${plural(counts.nodes, "node")} alive`];
  for (const [name, n] of [...counts.byState].sort()) if (name !== "alive") parts.push(`${n} ${name}`);
  parts.push(`${counts.direct} direct paths`, `${counts.relayed} relayed`);
  if (counts.over > 0) parts.push(`${counts.over} over budget`);
  return parts.join(", ");
}

/** What is worth saying aloud after a change: who went, came or fell ill. Null: nothing. */
export function news(before: MeshState, after: MeshState): string | null {
  if (!before.mesh || before.nodes === after.nodes) return null;
  const said: string[] = [];
  for (const node of [...after.nodes.values()].sort(byName)) {
    if (isObserver(node)) continue;
    const old = before.nodes.get(node.id);
    if (!old) said.push(`${safeName(node.name, 30)} came`);
    else if (old.state !== node.state) said.push(`${safeName(node.name, 30)} is ${node.state}`);
  }
  for (const node of before.nodes.values())
    if (!after.nodes.has(node.id) && !isObserver(node)) said.push(`${safeName(node.name, 30)} is gone`);
  if (said.length === 0) return null;
  const counts = countAll(after.nodes, after.edges);
  const there = [...counts.byState].reduce((n, [state, count]) => n + (present(state) ? count : 0), 0);
  const first = said.slice(0, 3).join(", ");
  const more = said.length > 3 ? ` and ${said.length - 3} more changes` : "";
  return `${first}${more}; ${there} of ${counts.nodes} present`;
}
