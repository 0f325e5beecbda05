// SPDX-License-Identifier: Apache-2.0
// A row for each node. Sorting and columns stand in the address; the rows that are not seen are not made.
import { useMemo, useRef } from "react";
import type { Node } from "../api/types";
import { useNow } from "../model/clock";
import { byName, compareText } from "../model/derive";
import { plural } from "../model/format";
import { useVisible } from "../model/view";
import { NothingMatches } from "../ui/empty";
import { ExportCsv } from "../ui/export-menu";
import { useRows } from "../ui/rows";
import { go, select, setParams, useParam } from "../ui/url";
import { COLUMNS, type Column } from "./columns";
import css from "./nodes.module.css";

const ROW = 30;

export default function Nodes() {
  const { state, nodes, total } = useVisible();
  const [sort] = useParam("sort");
  const [cols] = useParam("cols");
  const [selected] = useParam("sel");
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);

  const columns = useMemo(() => {
    const wanted = cols ? new Set(cols.split(",")) : null;
    return COLUMNS.filter((column) => column.id === "name" || (wanted ? wanted.has(column.id) : column.shown));
  }, [cols]);
  const by = COLUMNS.find((column) => column.id === sort?.replace(/^-/, "")) ?? COLUMNS[0]!;
  const down = sort?.startsWith("-") ?? false;
  const rows = useMemo(() => {
    const keyed = nodes.map((node) => ({ node, key: by.value(node, state) }));
    keyed.sort((a, b) => compareKeys(a.key, b.key, down) || byName(a.node, b.node));
    return keyed.map(({ node }) => node);
  }, [nodes, state, by, down]);

  const { from, to } = useRows(scroller, rows.length, ROW);
  const grid = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };

  return (
    <div className={`page ${css.page}`}>
      <header>
        <h1>Nodes</h1>
        <span className="muted">{plural(rows.length, "node")}</span>
        <span className="spacer" />
        <div className="toolbar">
          <ColumnMenu shown={columns} />
          <ExportCsv file="nodes.csv" rows={() => table(rows, columns, state)} />
        </div>
      </header>
      {rows.length === 0 && total > 0 ? (
        <NothingMatches total={total} />
      ) : (
        <div
          ref={scroller}
          className={css.scroller}
          role="table"
          aria-label="Nodes"
          aria-rowcount={rows.length + 1}
          tabIndex={0}
        >
          <div className={`${css.row} ${css.head}`} role="row" style={grid} aria-rowindex={1}>
            {columns.map((column) => (
              <span
                key={column.id}
                role="columnheader"
                aria-sort={by === column ? (down ? "descending" : "ascending") : "none"}
                className={column.right ? "num" : ""}
              >
                <button
                  type="button"
                  className={css.sort}
                  onClick={() => setParams({ sort: by === column && !down ? `-${column.id}` : column.id })}
                >
                  {column.label}
                  <span aria-hidden="true">{by === column ? (down ? " ▾" : " ▴") : ""}</span>
                </button>
              </span>
            ))}
          </div>
          <div className={css.body} role="rowgroup" style={{ height: rows.length * ROW }}>
            {rows.slice(from, to).map((node, i) => {
              return (
                <div
                  key={node.id}
                  role="row"
                  aria-rowindex={from + i + 2}
                  aria-selected={selected === node.id}
                  className={`${css.row} ${css.item}`}
                  style={{ ...grid, transform: `translateY(${(from + i) * ROW}px)` }}
                  onClick={() => select(selected === node.id ? null : node.id)}
                  onDoubleClick={() => go(`/nodes/${node.id}`)}
                >
                  {columns.map((column) => (
                    <span key={column.id} role="cell" className={`${css.cell} ${column.right ? "num" : ""}`}>
                      {column.id === "name" ? (
                        <button
                          type="button"
                          className={css.open}
                          onClick={(event) => {
                            event.stopPropagation();
                            go(`/nodes/${node.id}`);
                          }}
                        >
                          {column.cell(node, state, now)}
                        </button>
                      ) : (
                        column.cell(node, state, now)
                      )}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

function compareKeys(a: string | number | null, b: string | number | null, down: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1; // the unknown stand last, either way
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
  return down ? -order : order;
}

function table(
  rows: readonly Node[],
  columns: readonly Column[],
  state: Parameters<Column["value"]>[1],
): unknown[][] {
  const value = (column: Column, node: Node) => {
    if (column.id === "state") return node.state;
    if (column.id === "uptime") return node.started;
    if (column.id === "seen") return node.seen;
    return column.value(node, state);
  };
  return [columns.map((column) => column.label), ...rows.map((node) => columns.map((column) => value(column, node)))];
}

function ColumnMenu({ shown }: { shown: readonly Column[] }) {
  const ids = new Set(shown.map((column) => column.id));
  return (
    <details className={css.menu}>
      <summary className="button">Columns</summary>
      <div className={css.menuBody}>
        {COLUMNS.filter((column) => column.id !== "name").map((column) => (
          <label key={column.id}>
            <input
              type="checkbox"
              checked={ids.has(column.id)}
              onChange={(event) => {
                const next = COLUMNS.filter((one) => (one.id === column.id ? event.target.checked : ids.has(one.id)));
                setParams({ cols: next.map((one) => one.id).join(",") });
              }}
            />{" "}
            {column.label}
          </label>
        ))}
      </div>
    </details>
  );
}
