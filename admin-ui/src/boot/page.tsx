// SPDX-License-Identifier: Apache-2.0
// One start, span by span; beside it, if asked for, another start, the median of the mesh, or another node's.
import { Link, useParams, useSearch } from "wouter";
import type { Boot, MeshBoots, NodeBoots } from "../api/types";
import { withNames } from "../model/derive";
import { clock, millis, plain, safeName } from "../model/format";
import { useMesh } from "../model/store";
import { jaeger, otlp } from "../traces/export";
import { Failed, Waiting } from "../ui/empty";
import { ExportMenu } from "../ui/export-menu";
import { setParams, useParam, withShared } from "../ui/url";
import { useAsked } from "../ui/use-asked";
import { Axis, Grid, type Scale, SpanBar } from "./bars";
import css from "./page.module.css";
import {
  type Branch,
  health,
  JOIN,
  joinedAt,
  lengths,
  mediansOf,
  outliers,
  type Shape,
  STEPS,
  scaleEnd,
  shapeOf,
} from "./phases";
import { ShapeLegend } from "./shape-legend";

interface Other {
  label: string;
  steps: ReadonlyMap<string, number>;
  total: number | null;
  join: number | null;
  missing: string | null; // why there is nothing to compare with
}

export default function BootPage() {
  const { id = "", bootId = "" } = useParams<{ id: string; bootId: string }>();
  const [vs] = useParam("vs");
  const search = useSearch();
  const state = useMesh();
  const own = useAsked<NodeBoots>(`nodes/${id}/boots`);
  const all = useAsked<MeshBoots>("boots", 15_000);
  const remembered = all.data?.nodes.find((node) => node.id === id);
  const boots = own.data?.boots ?? (remembered?.boot ? [remembered.boot] : []);
  const boot =
    boots.find((one) => one.id === bootId) ?? (remembered?.boot?.id === bootId ? remembered.boot : undefined);
  const name = safeName(state.nodes.get(id)?.name ?? remembered?.name ?? id.slice(0, 10));

  if (!boot) {
    if (own.error && all.data)
      return <Missing name={name} why={withNames(state, own.error.message)} search={search} />;
    if (own.data)
      return <Missing name={name} why="it is not among the last four that the node keeps" search={search} />;
    return <Waiting what="Asking the node" />;
  }
  const shape = shapeOf(boot);
  const meshShapes = (all.data?.nodes ?? []).flatMap((node) => (node.boot ? [shapeOf(node.boot)] : []));
  const medians = mediansOf(meshShapes);
  const slow = outliers(shape, medians, state.mesh?.boot_slo_ms);
  const other = otherOf(vs, boot, boots, all.data, meshShapes);
  const scale: Scale = {
    from: -Math.min(shape.lead, shape.total * 0.25),
    to: scaleEnd([shape.total, other?.total ?? 0], [joinedAt(shape) ?? 0]),
  };
  const source = { mesh: state.mesh?.name ?? "", nodes: state.nodes };
  const told = [{ node: id, name, spans: [...boot.spans, ...((boot.join ?? []) as typeof boot.spans)] }];
  const checks = health(boot, shape, state.mesh?.boot_slo_ms ?? 250);

  return (
    <div className="page">
      <header>
        <h1>
          {startName(boot)} of <bdi>{name}</bdi>
        </h1>
        <span className="muted">
          {boot.outcome} · {millis(shape.total)} · {clock(boot.started_unix_us / 1000, true)} by its clock · version{" "}
          {safeName(boot.version, 20)}
          {boot.source === "otlp" && " · by OTLP"}
        </span>
        <span className="spacer" />
        <div className="toolbar">
          <label>
            <span className="muted">compare with </span>
            <select value={vs ?? ""} onChange={(event) => setParams({ vs: event.target.value || null })}>
              <option value="">nothing</option>
              <option value="prev">its previous start</option>
              <option value="median">the median of the mesh</option>
              {(all.data?.nodes ?? [])
                .filter((node) => node.id !== id && node.boot)
                .map((node) => (
                  <option key={node.id} value={node.id}>
                    {safeName(node.name, 30)}
                  </option>
                ))}
            </select>
          </label>
          <ExportMenu
            ways={[
              { label: "As told (JSON)", file: `boot-${boot.id}.json`, make: () => boot },
              { label: "OTLP (JSON)", file: `boot-${boot.id}.otlp.json`, make: () => otlp(source, told) },
              { label: "Jaeger (JSON)", file: `boot-${boot.id}.jaeger.json`, make: () => jaeger(source, told) },
            ]}
          />
        </div>
      </header>
      {own.error && <Failed error={own.error} again={own.again} />}
      {boot.error && <p className="note bad">{safeName(boot.error, 400)}</p>}
      {slow.map((one) => (
        <p key={one.span.span} className="note warn">
          {one.sentence}.
        </p>
      ))}
      {other?.missing && <p className="note">{other.missing}</p>}
      <div className={css.split}>
        <div className={css.table}>
          <div className={`${css.row} ${css.head}`}>
            <span>span</span>
            <Axis scale={scale} />
            <span className="num">took</span>
            <span className="num">{other && !other.missing ? `Δ ${other.label}` : ""}</span>
          </div>
          {shape.root && (
            <Lines
              branch={shape.root}
              depth={0}
              parent=""
              scale={scale}
              other={other}
              slow={slow.map((one) => one.span.span)}
            />
          )}
          {shape.join ? (
            <Lines
              branch={shape.join}
              depth={0}
              parent={JOIN}
              scale={scale}
              other={other}
              slow={slow.map((one) => one.span.span)}
            />
          ) : (
            shape.root && (
              <p className={`muted ${css.noJoin}`}>
                <code>{JOIN}</code>: not over yet, or there was nobody to join.
              </p>
            )
          )}
        </div>
        <aside className={css.side} aria-label="Health of this start">
          <h2>Healthy?</h2>
          <ul className={css.checks}>
            {checks.map((check) => (
              <li key={check.name}>
                <span
                  className={check.holds ? css.good : css.bad}
                  role="img"
                  aria-label={check.holds ? "holds" : "does not hold"}
                >
                  {check.holds ? "✓" : "✕"}
                </span>
                <span>{check.name}</span>
                <span className="muted">{check.said}</span>
              </li>
            ))}
          </ul>
          <h2>Shape</h2>
          <ShapeLegend />
          <h2>Its starts</h2>
          <ul className={css.starts}>
            {boots.map((one) => (
              <li key={one.id}>
                <Link
                  href={withShared(`/boot/${id}/${one.id}`, search)}
                  aria-current={one.id === boot.id ? "page" : undefined}
                >
                  {startName(one).toLowerCase()}
                </Link>
                <span className="muted">
                  {one.outcome} · {millis(one.length_us)}
                </span>
              </li>
            ))}
          </ul>
          <p>
            <Link href={withShared(`/nodes/${id}?tab=boot`, search)}>
              <bdi>{name}</bdi>
            </Link>{" "}
            · <Link href={withShared("/boot", search)}>all nodes</Link>
          </p>
        </aside>
      </div>
      <Attributes shape={shape} />
    </div>
  );
}

/** Not every exporter counts them. */
const startName = (boot: Boot): string => (boot.number > 0 ? `Start ${boot.number}` : "A start");

function otherOf(
  vs: string | null,
  boot: Boot,
  boots: readonly Boot[],
  all: MeshBoots | null,
  meshShapes: readonly Shape[],
): Other | null {
  if (!vs) return null;
  const none = (missing: string): Other => ({ label: "", steps: new Map(), total: null, join: null, missing });
  const from = (one: Boot, label: string): Other => {
    const shape = shapeOf(one);
    const join = shape.join?.span.ok ? shape.join.span.length_us : null;
    return { label, steps: lengths(shape), total: shape.total, join, missing: null };
  };
  if (vs === "median") {
    const medians = mediansOf(meshShapes);
    if (medians.total === null) return none("No other node told of a start yet: there is no median.");
    return { label: "median", steps: medians.steps, total: medians.total, join: medians.join, missing: null };
  }
  if (vs === "prev") {
    const previous = boots.filter((one) => one.number < boot.number).sort((a, b) => b.number - a.number)[0];
    return previous
      ? from(previous, `start ${previous.number}`)
      : none("There is no earlier start to compare with: a node keeps four.");
  }
  const node = all?.nodes.find((one) => one.id === vs);
  return node?.boot ? from(node.boot, safeName(node.name, 20)) : none("The other node told of no start.");
}

function Lines(props: {
  branch: Branch;
  depth: number;
  parent: string;
  scale: Scale;
  other: Other | null;
  slow: readonly string[];
}) {
  const { branch, depth, parent, scale, other, slow } = props;
  const { span } = branch;
  const theirs = !other || other.missing ? undefined : lengthIn(other, span.name, depth);
  const delta = theirs === undefined ? null : span.length_us - theirs;
  return (
    <>
      <div className={css.row}>
        <span className={css.name} style={{ paddingLeft: depth * 16 }}>
          <span className={depth > 1 ? "muted" : ""}>{span.name}</span>
          {!span.ok && <span className={css.bad}>✕</span>}
          {slow.includes(span.span) && <span className={css.warn}>⚠</span>}
        </span>
        <span className={css.cell}>
          <Grid scale={scale} />
          <SpanBar branch={branch} scale={scale} parent={parent} />
          {theirs !== undefined && (
            <span
              className={css.theirs}
              title={`${other!.label}: ${millis(theirs)}`}
              style={{
                left: `${((branch.from - scale.from) / (scale.to - scale.from)) * 100}%`,
                width: `${(theirs / (scale.to - scale.from)) * 100}%`,
              }}
            />
          )}
        </span>
        <span className="num">{millis(span.length_us)}</span>
        <span className={`num ${delta !== null && delta > 5000 && delta > (theirs ?? 0) * 2 ? css.warn : ""}`}>
          {delta === null ? "" : `${delta > 0 ? "+" : delta < 0 ? "−" : "±"}${millis(Math.abs(delta))}`}
        </span>
      </div>
      {branch.children.map((child) => (
        <Lines
          {...props}
          key={child.span.span}
          branch={child}
          depth={depth + 1}
          parent={depth === 0 && parent === "" ? child.span.name : parent}
        />
      ))}
    </>
  );
}

function lengthIn(other: Other, name: string, depth: number): number | undefined {
  if (depth > 0) return other.steps.get(name);
  return (name === JOIN ? other.join : other.total) ?? undefined;
}

function Attributes({ shape }: { shape: Shape }) {
  if (!shape.root) return null;
  const list: Branch[] = [];
  const walk = (branch: Branch) => {
    if (Object.keys(branch.span.attributes).length > 0 || branch.span.message) list.push(branch);
    branch.children.forEach(walk);
  };
  walk(shape.root);
  if (shape.join) walk(shape.join);
  const rank = (branch: Branch) => STEPS.indexOf(branch.span.name as never);
  return (
    <details className={css.attributes} open>
      <summary>What the spans say</summary>
      <div className={css.columns}>
        {list.map((branch) => (
          <section key={branch.span.span} className={rank(branch) >= 0 ? "" : css.minor}>
            <h3>
              <code>{branch.span.name}</code>
            </h3>
            <table>
              <tbody>
                {branch.span.message && (
                  <tr>
                    <th scope="row">message</th>
                    <td>{plain(branch.span.message)}</td>
                  </tr>
                )}
                {Object.entries(branch.span.attributes).map(([key, value]) => (
                  <tr key={key}>
                    <th scope="row">{safeName(key, 60)}</th>
                    <td className={key === "mesh.bind.attempts" && Number(value) > 1 ? css.warn : ""}>
                      <bdi className="mono">{plain(value)}</bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        ))}
      </div>
    </details>
  );
}

function Missing({ name, why, search }: { name: string; why: string; search: string }) {
  return (
    <div className="page">
      <h1>
        This start of <bdi>{name}</bdi> is not to be had
      </h1>
      <p className="muted">{why}</p>
      <Link href={withShared("/boot", search)}>All starts</Link>
    </div>
  );
}
