// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import css from "./legend.module.css";

export function Legend({ open: first }: { open: boolean }) {
  const [open, setOpen] = useState(first);
  return (
    <div className={css.legend}>
      <button type="button" className={css.title} aria-expanded={open} onClick={() => setOpen(!open)}>
        Legend <span aria-hidden="true">{open ? "▾" : "▸"}</span>
      </button>
      {open && <LegendBody />}
    </div>
  );
}

export function LegendBody() {
  return (
    <ul className={css.list}>
      <li>⬢ hub · ⬡ edge · ▢ leaf · ◇ observer</li>
      <li>
        <Line kind="direct" /> eager <Line kind="direct" dashed /> lazy
      </li>
      <li>
        <Line kind="direct" /> direct <Line kind="relayed" mark /> relayed <Line kind="unknown" /> unknown
      </li>
      <li>
        <span className={css.tick} /> budget · <span className={css.over}>▬</span> over it
      </li>
    </ul>
  );
}

function Line({ kind, dashed = false, mark = false }: { kind: string; dashed?: boolean; mark?: boolean }) {
  return (
    <span className={`${css.line} ${css[kind]} ${dashed ? css.dashed : ""}`} aria-hidden="true">
      {mark && <span className={css.mark}>R</span>}
    </span>
  );
}
