// SPDX-License-Identifier: Apache-2.0
// What is shown when there is little or nothing to show: always why, and what to do.
import { useState } from "react";
import type { Node } from "../api/types";
import { useNow } from "../model/clock";
import { nameOf, unheard, withNames } from "../model/derive";
import { age, clock, plural, safeName } from "../model/format";
import { type Side, sidesOf } from "../model/sides";
import { useMesh } from "../model/store";
import { sideLabel } from "../topology/groups";
import css from "./empty.module.css";
import { setParams, useParam } from "./url";

export function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    } catch {
      setDone(false); // the text stands beside the button: it can be marked by hand
    }
  };
  return (
    <span className={css.copy}>
      <code>{text}</code>
      <button type="button" className="plain" onClick={copy} aria-label={`Copy ${text}`}>
        {done ? "copied" : "copy"}
      </button>
    </span>
  );
}

export function FirstRun({ node }: { node: Node | null }) {
  return (
    <div className={css.middle}>
      <div className={`${css.big} ${css.below}`}>
        <h2>{node ? "This is node 1" : "No node yet"}</h2>
        <p>
          {node
            ? "The mesh begins with one. Add more:"
            : "This observer has heard of nobody. Start a mesh on this machine:"}
        </p>
        <Copy text="meshctl lab up --nodes 18" />
        <p className="muted">On another machine: start meshhost with --peer and the ticket of a host that runs.</p>
      </div>
    </div>
  );
}

export function NothingMatches({ total }: { total: number }) {
  const [text] = useParam("q");
  return (
    <div className={css.middle}>
      <div className={css.big} role="status">
        <p>
          0 of {total} match <code>{text}</code>
        </p>
        <button type="button" className="plain" onClick={() => setParams({ q: null })}>
          Clear the filter
        </button>
      </div>
    </div>
  );
}

export function Isolated() {
  const state = useMesh();
  const { nodes } = state;
  const others = unheard(state);
  const now = useNow();
  let newest: string | null = null;
  for (const node of nodes.values())
    if (!node.self && node.seen && (newest === null || node.seen > newest)) newest = node.seen;
  return (
    <div className={css.strip} role="status">
      {others.length > 0 ? (
        <>
          This observer has no neighbours in the gossip, but knows of {plural(others.length, "other node")} that it{" "}
          {others.some((node) => node.state === "refused") ? "does not agree with" : "calls in vain"}. Compare{" "}
          <code>mesh.name</code> and <code>mesh.secret_file</code> at both ends.
          {others.slice(0, 3).map((node) => (
            <span key={node.id}>
              {" "}
              <bdi>{safeName(node.name, 40)}</bdi>: {node.state}
              {node.evidence ? ` (${safeName(node.evidence, 160)})` : ""}.
            </span>
          ))}
        </>
      ) : (
        <>
          This observer has no neighbours; the picture is what it last knew
          {newest ? ` (${age(newest, now)}, at ${clock(newest)})` : ""}. Others may be well.
        </>
      )}
    </div>
  );
}

export function useSides(): readonly Side[] {
  const { nodes, edges, mesh } = useMesh();
  return sidesOf(nodes, edges, mesh?.observer ?? "");
}

/** A partition, or what looks like one from here: who is on which side, who says so, and that it is not certain. */
export function Parted() {
  const state = useMesh();
  const sides = useSides();
  const [layout] = useParam("layout");
  if (sides.length < 2) return null;
  return (
    <div className={css.strip} role="status">
      The mesh is in {sides.length} parts, as seen from here:{" "}
      {sides.slice(0, 4).map((side, i) => (
        <span
          key={side.ids[0]}
          data-side={side.ids.length}
          title={side.ids.map((id) => nameOf(state, id)).join(", ")}
        >
          {i > 0 && " · "}
          <bdi>{sideLabel(side, (id) => nameOf(state, id))}</bdi>
        </span>
      ))}
      {sides.some((side) => !side.heard) && " (lost together: cut off, or gone)"}{" "}
      <button
        type="button"
        className="link"
        onClick={() => setParams({ layout: layout === "sides" ? null : "sides" })}
      >
        {layout === "sides" ? "Back to their places" : "Show as boxes"}
      </button>
    </div>
  );
}

export function Waiting({ what }: { what: string }) {
  return (
    <p className="wait" role="status">
      {what}…
    </p>
  );
}

export function Failed({ error, again }: { error: Error; again?: () => void }) {
  const hint = (error as { hint?: string }).hint;
  const state = useMesh();
  return (
    <div className="note bad" role="alert">
      <p>{withNames(state, error.message)}</p>
      {hint && <p className="muted">{hint}</p>}
      {again && (
        <button type="button" className="plain" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
