// SPDX-License-Identifier: Apache-2.0
// One row for each node: how its last start went. All begin at zero, or, by the wall clock, when they did.
import { Fragment, useMemo } from "react";
import { Link, useSearch } from "wouter";
import type { Boot, MeshBoots } from "../api/types";
import { compareText } from "../model/derive";
import { millis, plural, safeName } from "../model/format";
import { useMesh } from "../model/store";
import { useVisible } from "../model/view";
import { download } from "../ui/download";
import { Failed, NothingMatches, Waiting } from "../ui/empty";
import { setParams, useParam, withShared } from "../ui/url";
import { useAsked } from "../ui/use-asked";
import { Axis, Grid, type Scale, SpanBar, StepsBar } from "./bars";
import {
  type Branch,
  type Check,
  health,
  JOIN,
  joinedAt,
  leastSlow,
  mediansOf,
  type Outlier,
  outliers,
  quantile,
  type Shape,
  STEPS,
  scaleEnd,
  shapeOf,
} from "./phases";
import { ShapeLegend } from "./shape-legend";
import css from "./waterfall.module.css";

interface Row {
  id: string;
  name: string;
  hub: boolean;
  error: string | null;
  boot: Boot | null;
  shape: Shape | null;
  slow: Outlier[];
  odd: Check[]; // what of a healthy start's shape it lacks
}

const SORTS = { slowest: "Slowest first", name: "Name", time: "Start time" } as const;

export default function Waterfall() {
  const { data, error, again } = useAsked<MeshBoots>("boots", 5000);
  const { state, ids, total, filter } = useVisible();
  const [sort] = useParam("sort");
  const [align] = useParam("align");
  const [open] = useParam("open");
  const slo = state.mesh?.boot_slo_ms ?? 250;
  const wall = align === "wall";

  const rows = useMemo(() => {
    const nodes = (data?.nodes ?? []).filter((node) => (state.nodes.has(node.id) ? ids.has(node.id) : filter.empty));
    const shapes = new Map(nodes.flatMap((node) => (node.boot ? [[node.id, shapeOf(node.boot)] as const] : [])));
    const medians = mediansOf([...shapes.values()]);
    const made = nodes.map((node): Row => {
      const shape = shapes.get(node.id) ?? null;
      return {
        id: node.id,
        name: node.name,
        hub: state.nodes.get(node.id)?.tier === "hub",
        error: node.error,
        boot: node.boot,
        shape,
        slow: shape ? outliers(shape, medians, slo) : [],
        odd: node.boot && shape ? health(node.boot, shape, slo).filter((check) => !check.holds) : [],
      };
    });
    return made.sort(order(sort));
  }, [data, ids, filter.empty, state.nodes, sort, slo]);

  const booted = rows.filter((row) => row.boot && row.shape);
  const joins = booted.flatMap((row) => (row.shape!.join?.span.ok ? [row.shape!.join.span.length_us] : []));
  const totals = booted.filter((row) => !row.shape!.running).map((row) => row.shape!.total);
  const first = Math.min(...booted.map((row) => row.boot!.started_unix_us));
  const offset = (row: Row) => (wall && row.boot ? row.boot.started_unix_us - first : 0);
  const scale: Scale = {
    from: -Math.min(Math.max(0, ...booted.map((row) => row.shape!.lead)), Math.max(1000, ...totals) * 0.25),
    to: scaleEnd(
      booted.map((row) => row.shape!.total + offset(row)),
      booted.filter((row) => row.shape!.join?.span.ok).map((row) => offset(row) + joinedAt(row.shape!)!),
    ),
  };
  const opened = new Set((open ?? "").split(",").filter((id) => id !== ""));
  const toggle = (id: string) => {
    const next = new Set(opened);
    if (!next.delete(id)) next.add(id);
    setParams({ open: [...next].join(",") });
  };

  return (
    <div className="page">
      <header>
        <h1>Boot Waterfall</h1>
        <span className="muted">
          {data
            ? `${booted.length} of ${plural(rows.length, "node")} told of a start · median ${millis(quantile(totals, 0.5))} · p95 ${millis(quantile(totals, 0.95))} · healthy ${booted.filter((row) => row.odd.length === 0).length}${joins.length > 0 ? ` · joined in ${millis(quantile(joins, 0.5))} (median)` : ""}`
            : "asking every node"}
        </span>
        <span className="spacer" />
        <Tools wall={wall} sort={sort} data={data} />
      </header>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Waiting what="Asking every node how it started" />}
      {data && rows.length === 0 && total > 0 && !filter.empty && <NothingMatches total={total} />}
      {data && rows.length > 0 && (
        <div className={css.split}>
          <div className={css.table} role="table" aria-label="The last start of each node">
            <div className={css.head} role="row">
              <span role="columnheader">mesh.node.ready</span>
              <span role="columnheader">
                <span className="only-read">steps</span>
                <Axis scale={scale} />
              </span>
              <span role="columnheader" className="num">
                total
              </span>
              <span role="columnheader" className="num" title="mesh.node.join: until it had its neighbours">
                join
              </span>
            </div>
            {rows.map((row) => (
              <RowView
                key={row.id}
                row={row}
                scale={scale}
                offset={offset(row)}
                open={opened.has(row.id)}
                toggle={toggle}
              />
            ))}
          </div>
          <Side rows={rows} wall={wall} slo={slo} />
        </div>
      )}
    </div>
  );
}

function order(sort: string | null): (a: Row, b: Row) => number {
  const named = (a: Row, b: Row) => compareText(a.name, b.name) || (a.id < b.id ? -1 : 1);
  if (sort === "name") return named;
  if (sort === "time")
    return (a, b) => (a.boot?.started_unix_us ?? 1e18) - (b.boot?.started_unix_us ?? 1e18) || named(a, b);
  return (a, b) => (b.shape?.total ?? -1) - (a.shape?.total ?? -1) || named(a, b);
}

function Tools({ wall, sort, data }: { wall: boolean; sort: string | null; data: MeshBoots | null }) {
  return (
    <div className="toolbar">
      <label>
        <span className="muted">sort </span>
        <select
          value={sort ?? "slowest"}
          onChange={(event) => setParams({ sort: event.target.value === "slowest" ? null : event.target.value })}
        >
          {Object.entries(SORTS).map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="plain"
        aria-pressed={wall}
        onClick={() => setParams({ align: wall ? null : "wall" })}
      >
        Wall clock
      </button>
      <button
        type="button"
        className="plain"
        disabled={!data}
        onClick={() => download("boots.json", JSON.stringify(data, null, 1), "application/json")}
      >
        Export JSON
      </button>
    </div>
  );
}

function RowView(props: { row: Row; scale: Scale; offset: number; open: boolean; toggle: (id: string) => void }) {
  const { row, scale, offset, open, toggle } = props;
  const search = useSearch();
  const { boot, shape } = row;
  const mark = markOf(row);
  const tone = shape?.failed ? css.bad : shape?.running ? css.joining : css.warn;
  return (
    <>
      <div className={css.row} role="row" data-boot-row={row.id}>
        <span role="cell" className={css.name}>
          <button
            type="button"
            className={css.twist}
            aria-expanded={open}
            disabled={!shape?.root}
            onClick={() => toggle(row.id)}
            aria-label={`Steps of ${safeName(row.name)}`}
          >
            {open ? "▾" : "▸"}
          </button>
          {row.hub && <span aria-hidden="true">⬢</span>}
          {boot ? (
            <Link href={withShared(`/boot/${row.id}/${boot.id}`, search)}>
              <bdi>{safeName(row.name)}</bdi>
            </Link>
          ) : (
            <bdi>{safeName(row.name)}</bdi>
          )}
          {mark && <span className={tone}>{mark}</span>}
          {boot?.source === "otlp" ? (
            <span className="muted" title={byOtlp(row.error)}>
              by OTLP
            </span>
          ) : (
            boot &&
            row.error && (
              <span className="muted" title={safeName(row.error, 200)}>
                from memory
              </span>
            )
          )}
        </span>
        <span role="cell" className={css.cell}>
          <Grid scale={scale} />
          {boot && shape ? (
            <StepsBar boot={boot} shape={shape} scale={scale} offset={offset} slow={row.slow} />
          ) : (
            <span className="muted">no trace: {row.error ? safeName(row.error, 160) : "it did not say why"}</span>
          )}
        </span>
        <span role="cell" className="num">
          {shape ? (shape.running ? `${millis(shape.total)}…` : millis(shape.total)) : "–"}
        </span>
        <JoinCell row={row} />
      </div>
      {open && shape?.root && <Steps shape={shape} scale={scale} offset={offset} slow={row.slow} />}
      {open && boot?.error && (
        <div className={css.row} role="row">
          <span role="cell" className={css.wholeRow}>
            <p className="note bad">{safeName(boot.error, 400)}</p>
          </span>
        </div>
      )}
    </>
  );
}

/** What a start is worth that somebody told instead of the node when it was asked. */
function byOtlp(error: string | null): string {
  const told = "An exporter of spans told this start; nobody vouches for it";
  return error ? `${told}. The node itself: ${safeName(error, 160)}` : told;
}

function JoinCell({ row }: { row: Row }) {
  const join = row.shape?.join;
  if (!join)
    return (
      <span role="cell" className="num muted" title="not over yet, nobody was to be joined, or an older version">
        –
      </span>
    );
  const late = row.slow.some((one) => one.span === join.span);
  return (
    <span role="cell" className={`num ${!join.span.ok ? css.bad : late ? css.warn : ""}`} data-join={row.id}>
      {join.span.ok ? millis(join.span.length_us) : "✕ failed"}
    </span>
  );
}

function markOf({ shape, slow, odd }: Row): string | null {
  if (!shape) return null;
  if (shape.failed) return "✕ failed";
  if (shape.running) return "◔ still booting";
  if (slow.some((one) => one.span !== shape.join?.span)) return "⚠ slow";
  if (slow.length > 0) return shape.join?.span.ok ? "⚠ slow to join" : "⚠ not joined";
  return odd[0] ? `⚠ not: ${odd[0].name}` : null;
}

function Steps({
  shape,
  scale,
  offset,
  slow,
}: {
  shape: Shape;
  scale: Scale;
  offset: number;
  slow: readonly Outlier[];
}) {
  const lines = (branch: Branch, depth: number, parent: string): React.ReactNode => (
    <Fragment key={branch.span.span}>
      <div
        className={`${css.row} ${css.child}`}
        role="row"
        data-boot-step={depth === 1 && parent !== JOIN ? branch.span.name : undefined}
        data-boot-join={depth === 1 && parent === JOIN ? shape.root?.span.trace : undefined}
      >
        <span role="cell" className={css.name} style={{ paddingLeft: 8 + depth * 14 }}>
          <span className={depth === 1 ? "" : "muted"}>{branch.span.name}</span>
        </span>
        <span role="cell" className={css.cell}>
          <Grid scale={scale} />
          <SpanBar branch={branch} scale={scale} offset={offset} parent={parent} />
        </span>
        <span role="cell" className={`num ${slow.some((one) => one.span === branch.span) ? css.warn : ""}`}>
          {millis(branch.span.length_us)}
        </span>
        <span role="cell" />
      </div>
      {branch.children.map((child) => lines(child, depth + 1, parent))}
    </Fragment>
  );
  return (
    <>
      {shape.steps.map((step) => lines(step, 1, step.span.name))}
      {shape.join && lines(shape.join, 1, JOIN)}
    </>
  );
}

function Side({ rows, wall, slo }: { rows: readonly Row[]; wall: boolean; slo: number }) {
  const search = useSearch();
  const { mesh } = useMesh();
  const slow = rows.filter((row) => row.boot && !row.shape?.failed && (row.slow.length > 0 || row.odd.length > 0));
  const failed = rows.filter((row) => row.shape?.failed);
  return (
    <aside className={css.side} aria-label="What the starts say">
      <h2>Shape</h2>
      <ShapeLegend />
      {failed.map((row) => (
        <div key={row.id} className="note bad">
          <b>
            <bdi>{safeName(row.name)}</bdi> failed
          </b>
          <p>{safeName(row.boot?.error ?? row.shape?.failed?.message ?? "it did not say why", 300)}</p>
        </div>
      ))}
      <h2>Out of line</h2>
      {slow.length === 0 && (
        <p className="muted">
          No step and no join took more than three times its median and {millis(leastSlow(slo))}, and every start has
          the shape it should have.
        </p>
      )}
      {slow.slice(0, 6).map((row) => (
        <div key={row.id} className="note warn">
          <b>
            <bdi>{safeName(row.name)}</bdi>
          </b>
          {row.slow.map((one) => (
            <p key={one.span.span}>{one.sentence}</p>
          ))}
          {row.odd.map((check) => (
            <p key={check.name}>
              not {check.name}: {check.said}
            </p>
          ))}
          <Link href={withShared(`/boot/${row.id}/${row.boot!.id}?vs=median`, search)}>Compare with the median</Link>
        </div>
      ))}
      <h2>Healthy means</h2>
      <p className="muted">
        The root ended well; its {STEPS.length} steps are there, in order, inside it, with gaps below 5 %; and all
        took less than {slo} ms
        {mesh ? "" : " (the default)"}. How long the join takes depends on the others: it is no part of it.
      </p>
      {wall && (
        <p className="note">
          By the wall clock each row stands where its own host's clock says. Clocks of different machines may differ;
          nothing is shifted.
        </p>
      )}
    </aside>
  );
}
