// SPDX-License-Identifier: Apache-2.0
// The mesh as a tree, hub by hub: what the canvas shows to the eye, for keyboards and screen readers. One tab
// stop; arrows move, Enter opens the node's page, Space selects, letters jump to a name.
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Node } from "../api/types";
import { byName, complaints, edgesOf, isObserver } from "../model/derive";
import { percent, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { look, share, tierGlyph } from "../model/states";
import { go, select } from "../ui/url";
import type { Layout } from "./layout";
import css from "./tree.module.css";

interface Props {
  state: MeshState;
  nodes: readonly Node[];
  layout: Layout | null;
  selected: string | null;
}

interface Row {
  node: Node;
  level: 1 | 2;
  children: Node[];
  parent: string | null;
  position: number;
  siblings: number;
}

const OPEN_UP_TO = 80; // a larger mesh begins with its hubs closed

function group(nodes: readonly Node[], layout: Layout | null): { top: Node[]; under: Map<string, Node[]> } {
  const present = new Set(nodes.map((node) => node.id));
  const top: Node[] = [];
  const under = new Map<string, Node[]>();
  for (const node of nodes) {
    const hub = isObserver(node) ? undefined : layout?.primary.get(node.id);
    if (hub === undefined || !present.has(hub)) {
      top.push(node);
      continue;
    }
    const list = under.get(hub);
    if (list) list.push(node);
    else under.set(hub, [node]);
  }
  const rank = (node: Node) => (node.tier === "hub" ? 0 : isObserver(node) ? 2 : 1);
  top.sort((a, b) => rank(a) - rank(b) || byName(a, b));
  return { top, under };
}

function spoken(state: MeshState, node: Node): string {
  const parts = [safeName(node.name, 40), node.tier ?? "unknown tier", node.state];
  for (const [what, word] of [
    ["cpu", "CPU"],
    ["memory", "RAM"],
  ] as const) {
    const { part, over } = share(node, what);
    if (over) parts.push(`over its ${word} budget, ${percent(part)}`);
  }
  if (node.state === "degraded") parts.push(...complaints(node));
  const relayed = edgesOf(state, node.id).filter((edge) => edge.kind === "relayed").length;
  if (relayed > 0) parts.push(`${relayed} relayed`);
  return parts.join(", ");
}

export function Tree({ state, nodes, layout, selected }: Props) {
  const { top, under } = useMemo(() => group(nodes, layout), [nodes, layout]);
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const open = (id: string) => nodes.length <= OPEN_UP_TO !== flipped.has(id);

  const rows: Row[] = top.flatMap((node, i) => {
    const children = under.get(node.id) ?? [];
    const own: Row = { node, level: 1, children, parent: null, position: i + 1, siblings: top.length };
    if (!open(node.id)) return [own];
    const below = children.map(
      (child, j): Row => ({
        node: child,
        level: 2,
        children: [],
        parent: node.id,
        position: j + 1,
        siblings: children.length,
      }),
    );
    return [own, ...below];
  });
  const current =
    rows.find((row) => row.node.id === active) ?? rows.find((row) => row.node.id === selected) ?? rows[0];

  const focus = (id: string) => {
    setActive(id);
    box.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus();
  };
  const flip = (id: string) =>
    setFlipped((old) => new Set(old.has(id) ? [...old].filter((x) => x !== id) : [...old, id]));

  const onKeyDown = (event: KeyboardEvent) => {
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.indexOf(current);
    const id = current.node.id;
    const handled = (() => {
      switch (event.key) {
        case "ArrowDown":
          return rows[at + 1] ? focus(rows[at + 1]!.node.id) : undefined;
        case "ArrowUp":
          return rows[at - 1] ? focus(rows[at - 1]!.node.id) : undefined;
        case "Home":
          return focus(rows[0]!.node.id);
        case "End":
          return focus(rows.at(-1)!.node.id);
        case "ArrowRight":
          if (current.children.length === 0) return;
          return open(id) ? focus(current.children[0]!.id) : flip(id);
        case "ArrowLeft":
          if (current.parent) return focus(current.parent);
          return current.children.length > 0 && open(id) ? flip(id) : undefined;
        case "Enter":
          return go(`/nodes/${id}`);
        case " ":
          return select(selected === id ? null : id);
        default:
          return false;
      }
    })();
    if (handled === false) return;
    event.preventDefault();
    event.stopPropagation();
  };

  // A selection made in the picture is shown in the tree, without taking the focus there.
  useEffect(() => {
    if (!selected) return;
    setActive(selected);
    box.current?.querySelector(`[data-row="${selected}"]`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  return (
    <div
      ref={box}
      className={css.tree}
      role="tree"
      aria-label="Nodes, hub by hub"
      onKeyDown={onKeyDown}
      tabIndex={-1}
    >
      {rows.map(({ node, level, children, position, siblings }) => {
        const { glyph, tone } = look(node.state);
        const over = node.over.length > 0;
        return (
          <div
            key={node.id}
            role="treeitem"
            data-row={node.id}
            data-tier={node.tier ?? "unknown"}
            aria-level={level}
            aria-posinset={position}
            aria-setsize={siblings}
            aria-selected={selected === node.id}
            aria-expanded={children.length > 0 ? open(node.id) : undefined}
            aria-label={spoken(state, node)}
            tabIndex={current?.node.id === node.id ? 0 : -1}
            className={`${css.row} ${level === 2 ? css.child : ""}`}
            onClick={() => {
              setActive(node.id);
              select(node.id);
            }}
            onDoubleClick={() => go(`/nodes/${node.id}`)}
            onFocus={() => setActive(node.id)}
          >
            {children.length > 0 ? (
              <span
                className={css.twist}
                onClick={(event) => {
                  event.stopPropagation();
                  flip(node.id);
                }}
              >
                {open(node.id) ? "▾" : "▸"}
              </span>
            ) : (
              <span className={css.twist} />
            )}
            <span className={css.tier}>{tierGlyph(node.tier)}</span>
            <bdi className={css.name}>{safeName(node.name)}</bdi>
            {children.length > 0 && !open(node.id) && <span className={css.count}>{children.length}</span>}
            {over && <span className={css.over}>▲</span>}
            <span className={css[tone]}>{glyph}</span>
          </div>
        );
      })}
    </div>
  );
}
