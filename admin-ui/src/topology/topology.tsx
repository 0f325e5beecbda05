// SPDX-License-Identifier: Apache-2.0
// The first view: the mesh as it is now. The stage paints; this file says what, and hears the mouse.
import { type PointerEvent as ReactPointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Edge, Node } from "../api/types";
import { useNow } from "../model/clock";
import { countAll, edgesOf, nameOf, unheard } from "../model/derive";
import { fileName, millis, plural, safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { sidesOf } from "../model/sides";
import { summary } from "../model/summary";
import { useVisible, type Visible } from "../model/view";
import { download } from "../ui/download";
import { FirstRun, Isolated, NothingMatches, Parted, useSides } from "../ui/empty";
import { useKeys } from "../ui/keys";
import { PathBadge, reasonWords } from "../ui/state";
import { go, select, setParams, useParam } from "../ui/url";
import { agesShown, Card } from "./card";
import type { Scene } from "./draw";
import { sideName } from "./groups";
import { hash, type Point } from "./layout";
import { Legend } from "./legend";
import { dragTo, drop, KINDS, kindOf, placeOf, relayout, settle, usePlaces } from "./places";
import type { Region } from "./regions";
import { Stage } from "./stage";
import css from "./topology.module.css";

interface Hover {
  edge: Edge | null;
  node: string | null;
  x: number;
  y: number;
}

const NOTHING: Hover = { edge: null, node: null, x: 0, y: 0 };

export function Topology() {
  const view = useVisible();
  const { state } = view;
  const places = usePlaces();
  const [selected] = useParam("sel");
  const [wanted] = useParam("layout");
  const now = useNow();
  const host = useRef<HTMLDivElement>(null);
  const edgesLayer = useRef<HTMLCanvasElement>(null);
  const nodesLayer = useRef<HTMLCanvasElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | null>(null);
  const [camera, setCamera] = useState(0); // changes when the camera rests
  const [hover, setHover] = useState<Hover>(NOTHING);
  const press = useRef<{ id: string; x: number; y: number; moved: boolean; grip: Point } | null>(null);

  // Layout effects: the first snapshot is laid out and painted in the frame that it came in, with none before it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the layout follows the nodes, not every number of them
  useLayoutEffect(() => {
    settle(state, kindOf(wanted));
  }, [state.nodes, state.ghosts, state.mesh?.name, wanted]);

  const made = places.kind !== "force" || places.layout?.rings.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout is another picture, seen whole
  useEffect(() => {
    const later = requestAnimationFrame(() => stage.current?.fit());
    return () => cancelAnimationFrame(later);
  }, [places.kind, made]);

  useLayoutEffect(() => {
    if (!host.current || !edgesLayer.current || !nodesLayer.current || !world.current) return;
    const made = new Stage(
      host.current,
      edgesLayer.current,
      nodesLayer.current,
      world.current,
      { rested: () => setCamera((n) => n + 1), insets: () => insetsOf(host.current) },
      (event) => cardOf(event.target) !== null || made.nodeAt(made.toWorld(event.clientX, event.clientY)) !== null,
    );
    stage.current = made;
    const sizes = new ResizeObserver(() => {
      made.resize();
      setCamera((n) => n + 1);
    });
    sizes.observe(host.current);
    const colours = new MutationObserver(() => made.recolour());
    colours.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((text) => matchMedia(text));
    const recolour = () => made.recolour();
    for (const query of queries) query.addEventListener("change", recolour);
    void document.fonts?.ready.then(recolour);
    made.resize();
    return () => {
      sizes.disconnect();
      colours.disconnect();
      for (const query of queries) query.removeEventListener("change", recolour);
      made.destroy();
      stage.current = null;
    };
  }, []);

  const edges = useMemo(
    () => [...state.edges.values()].filter((edge) => view.ids.has(edge.a) && view.ids.has(edge.b)),
    [state.edges, view.ids],
  );
  const ghosts = useMemo(() => [...state.ghosts.values()].map((ghost) => ghost.node), [state.ghosts]);
  const at = (id: string) => placeOf(places, id);
  const regions = useMemo(
    () => (places.kind === "sides" ? [] : regionsOf(state, view.ids)),
    [state, view.ids, places.kind],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera's rest is what changes the answer
  const carded = useMemo(
    () => new Set(stage.current?.cards({ nodes: view.nodes, at, selected }) ?? []),
    [camera, view.nodes, places, selected],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said of the sides covers a part of the picture
  useEffect(() => {
    const later = requestAnimationFrame(() => stage.current?.refit());
    return () => cancelAnimationFrame(later);
  }, [regions.length]);

  useLayoutEffect(() => {
    if (!places.layout) return;
    const scene: Scene = {
      nodes: view.nodes,
      edges,
      ghosts,
      layout: places.layout,
      regions,
      at: (id) => placeOf(places, id),
      carded,
      selected,
      hovered: hover.node ?? hover.edge?.id ?? null,
    };
    stage.current?.show(scene, lookOf(scene, edges));
  }, [view.nodes, edges, ghosts, places, carded, selected, hover, regions]);

  useEffect(() => {
    const place = selected ? placeOf(usePlaces.getState(), selected) : undefined;
    if (place) stage.current?.reveal(place);
  }, [selected]);

  useKeys({
    f: () => stage.current?.fit(),
    "+": () => stage.current?.zoomBy(1.3),
    "=": () => stage.current?.zoomBy(1.3),
    "-": () => stage.current?.zoomBy(1 / 1.3),
  });

  const nodeUnder = (event: { target: EventTarget | null; clientX: number; clientY: number }): string | null =>
    cardOf(event.target) ?? stage.current?.nodeAt(stage.current.toWorld(event.clientX, event.clientY)) ?? null;

  const onPointerDown = (event: ReactPointerEvent) => {
    const id = event.button === 0 ? nodeUnder(event) : null;
    const place = id ? at(id) : undefined;
    if (!id || !place || !stage.current) return;
    const p = stage.current.toWorld(event.clientX, event.clientY);
    const grip = { x: p.x - place.x, y: p.y - place.y };
    press.current = { id, x: event.clientX, y: event.clientY, moved: false, grip };
  };
  const onPointerMove = (event: ReactPointerEvent) => {
    const held = press.current;
    const made = stage.current;
    if (!made) return;
    if (held) {
      held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > 4;
      if (!held.moved) return;
      host.current?.setPointerCapture(event.pointerId);
      const p = made.toWorld(event.clientX, event.clientY);
      dragTo(held.id, { x: p.x - held.grip.x, y: p.y - held.grip.y });
      return;
    }
    if (event.buttons !== 0) return setHover(NOTHING);
    const node = nodeUnder(event);
    const edge = node ? null : made.edgeAt(made.toWorld(event.clientX, event.clientY));
    const box = host.current!.getBoundingClientRect();
    if (!node && !edge) return setHover(NOTHING);
    setHover({ node, edge, x: event.clientX - box.left, y: event.clientY - box.top });
  };
  const onPointerUp = () => {
    if (press.current?.moved) drop();
    // The click that follows must still know that this was a drag.
    const held = press.current;
    if (held?.moved) setTimeout(() => (press.current = null));
    else press.current = null;
  };
  const onClick = (event: React.MouseEvent) => {
    if (press.current?.moved) return;
    const node = nodeUnder(event);
    const edge = node ? null : stage.current?.edgeAt(stage.current.toWorld(event.clientX, event.clientY));
    select(node ?? edge?.id ?? null);
  };

  return (
    <section className={css.view} aria-label="Topology">
      <h1 className="only-read">Topology of {state.mesh?.name ?? "the mesh"}</h1>
      <div
        ref={host}
        className={`${css.host} ${hover.node || hover.edge ? css.pointing : ""}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => setHover(NOTHING)}
        onClick={onClick}
        onDoubleClick={(event) => {
          const id = nodeUnder(event);
          if (id) go(`/nodes/${id}`);
        }}
      >
        <canvas ref={edgesLayer} className={css.layer} role="img" aria-label={summary(state)} />
        <canvas ref={nodesLayer} className={css.layer} aria-hidden="true" />
        <div ref={world} className={css.world} aria-hidden="true">
          <Cards view={view} carded={carded} selected={selected} at={at} now={now} />
        </div>
        {hover.edge && <EdgeTip state={state} edge={hover.edge} x={hover.x} y={hover.y} />}
      </div>
      <Overlay view={view} state={state} onFit={() => stage.current?.fit()} stage={stage} />
    </section>
  );
}

function Cards(props: {
  view: Visible;
  carded: ReadonlySet<string>;
  selected: string | null;
  at: (id: string) => Point | undefined;
  now: number;
}) {
  const { view, carded, selected, at, now } = props;
  const near = useMemo(() => {
    if (!selected || !view.state.nodes.has(selected)) return null;
    return new Set([selected, ...edgesOf(view.state, selected).flatMap((edge) => [edge.a, edge.b])]);
  }, [selected, view.state]);
  return view.nodes.map((node: Node) => {
    const place = carded.has(node.id) ? at(node.id) : undefined;
    if (!place) return null;
    return (
      <Card
        key={node.id}
        node={node}
        at={place}
        selected={selected === node.id}
        dimmed={near !== null && !near.has(node.id)}
        now={agesShown(node) ? now : 0}
      />
    );
  });
}

function Overlay(props: {
  view: Visible;
  state: MeshState;
  onFit: () => void;
  stage: React.RefObject<Stage | null>;
}) {
  const { view, state } = props;
  const counts = countAll(state.nodes, state.edges);
  const orbit = usePlaces((places) => places.kind === "orbit"); // the others use the corners
  return (
    <>
      {state.mesh && counts.nodes <= 1 && unheard(state).length === 0 && view.filter.empty && (
        <FirstRun node={[...state.nodes.values()].find((n) => !n.self) ?? null} />
      )}
      {view.total > 0 && view.nodes.length === 0 && <NothingMatches total={view.total} />}
      {state.mesh?.neighbors === 0 ? <Isolated /> : <Parted />}
      <Legend key={orbit ? "orbit" : "rows"} open={orbit && window.innerWidth >= 1400} />
      <div className={css.tools}>
        <LayoutChoice />
        <button
          type="button"
          onClick={() => props.stage.current?.zoomBy(1.3)}
          title="Zoom in (+)"
          aria-label="Zoom in"
        >
          +
        </button>
        <button
          type="button"
          onClick={() => props.stage.current?.zoomBy(1 / 1.3)}
          title="Zoom out (-)"
          aria-label="Zoom out"
        >
          −
        </button>
        <button type="button" onClick={props.onFit} title="Show all (f)">
          Fit
        </button>
        <button
          type="button"
          title="Arrange all anew and forget what was dragged"
          onClick={() => {
            relayout(state);
            requestAnimationFrame(props.onFit);
          }}
        >
          Re-layout
        </button>
        <button
          type="button"
          title="The whole topology as a picture"
          onClick={() => void keep(props.stage.current, state)}
        >
          PNG
        </button>
      </div>
    </>
  );
}

async function keep(stage: Stage | null, state: MeshState): Promise<void> {
  const name = safeName(state.mesh?.name ?? "mesh", 40);
  const at = state.now === null ? "" : new Date(state.now).toISOString().slice(0, 19).replace("T", " ");
  const blob = await stage?.picture(
    `${name} · ${plural(countAll(state.nodes, state.edges).nodes, "node")} · ${at} UTC`,
  );
  if (blob) download(`topology-${fileName(name)}.png`, blob, "image/png");
}

function LayoutChoice() {
  const kind = usePlaces((places) => places.kind);
  const parted = useSides().length > 1;
  return (
    <select
      aria-label="Layout"
      title="How the nodes are arranged"
      value={kind}
      onChange={(event) => setParams({ layout: event.target.value === "orbit" ? null : event.target.value })}
    >
      {Object.entries(KINDS).map(([key, label]) => (
        <option key={key} value={key} disabled={key === "sides" && !parted}>
          {label}
        </option>
      ))}
    </select>
  );
}

function EdgeTip({ state, edge, x, y }: { state: MeshState; edge: Edge; x: number; y: number }) {
  return (
    <div className={css.tip} style={{ left: x + 14, top: y + 14 }}>
      <div>
        <bdi>{nameOf(state, edge.a)}</bdi> ↔ <bdi>{nameOf(state, edge.b)}</bdi>
      </div>
      <div>
        <PathBadge edge={edge} /> · {reasonWords(edge)}
      </div>
      <div className={css.tipMuted}>
        {edge.rtt_us === null ? "round trip not measured" : `round trip ${millis(edge.rtt_us)}`} · {edge.tree}
      </div>
    </div>
  );
}

function regionsOf(state: MeshState, shown: ReadonlySet<string>): Region[] {
  return sidesOf(state.nodes, state.edges, state.mesh?.observer ?? "").map((side) => ({
    ids: side.ids.filter((id) => shown.has(id)),
    label: sideName(side), // who tells of it stands above the picture
    ours: side.ours,
  }));
}

/** The strip above, with the words of a side under it, and the tools below. */
function insetsOf(host: HTMLElement | null): { top: number; bottom: number } {
  const strip = host?.parentElement?.querySelector<HTMLElement>(":scope > [role=status]");
  const words = usePlaces.getState().kind === "sides" ? 0 : 22;
  return { top: strip ? strip.offsetTop + strip.offsetHeight + words : 0, bottom: 34 };
}

function cardOf(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
}

/** What decides how the lines look: when it is the same, they need not be painted again. */
function lookOf(scene: Scene, edges: readonly Edge[]): string {
  let sum = 0;
  for (const edge of edges) {
    const code = edge.kind.charCodeAt(0) * 7 + edge.tree.charCodeAt(0);
    sum = (Math.imul(sum, 31) + edge.id.charCodeAt(0) + edge.id.charCodeAt(70) + code) | 0;
  }
  const pins = usePlaces.getState();
  return `${edges.length} ${sum} ${scene.selected} ${scene.hovered} ${hash(JSON.stringify(pins.pins))} ${pins.drag?.at.x} ${pins.drag?.at.y} ${scene.layout.places.size} ${pins.kind} ${scene.layout.rings.length} ${scene.regions.map((region) => region.ids.length)}`;
}
