// SPDX-License-Identifier: Apache-2.0
// What surrounds every view: who this mesh is, the ways to the views, the filter, the inspector, the time.
import {
  Activity,
  Beaker,
  CircleHelp,
  GitBranch,
  LayoutGrid,
  Network,
  Puzzle,
  Route as RouteIcon,
  Rows3,
  Timer,
} from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { countAll } from "../model/derive";
import { count, safeName } from "../model/format";
import { look, STATES } from "../model/states";
import { useMesh, useStore } from "../model/store";
import { useVisible } from "../model/view";
import { usePlaces } from "../topology/places";
import { Tree } from "../topology/tree";
import { Announcer } from "./announcer";
import { FilterBox } from "./filter-box";
import { Inspector } from "./inspector";
import { MOD_K, useKeys } from "./keys";
import { Palette } from "./palette";
import css from "./shell.module.css";
import { StatusBar } from "./status-bar";
import { ThemeButton } from "./theme-button";
import { go, select, setParams, useParam, withShared } from "./url";

export const VIEWS = [
  { path: "/", label: "Topology", key: "t", icon: Network },
  { path: "/nodes", label: "Nodes", key: "n", icon: LayoutGrid },
  { path: "/paths", label: "Paths", key: "p", icon: RouteIcon },
  { path: "/boot", label: "Boot Waterfall", key: "b", icon: Timer },
  { path: "/events", label: "Events", key: "e", icon: Rows3 },
  { path: "/traces", label: "Traces", key: "r", icon: GitBranch },
  { path: "/plugins", label: "Plugins", key: "u", icon: Puzzle },
  { path: "/lab", label: "Lab", key: "l", icon: Beaker },
  { path: "/telemetry", label: "Telemetry", key: "m", icon: Activity },
  { path: "/help", label: "Help", key: "h", icon: CircleHelp },
] as const;

export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const search = useSearch();
  const mesh = useMesh();
  const lab = useStore((store) => store.state.mesh?.lab ?? false);
  const live = useStore((store) => store.link.live);
  const past = useStore((store) => store.past !== null);
  const [selected] = useParam("sel");
  const [palette, setPalette] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const step = useEventSteps();

  useEffect(() => {
    const view = VIEWS.find((one) => one.path !== "/" && path.startsWith(one.path)) ?? VIEWS[0];
    document.title = `${view.label} · ${safeName(mesh.mesh?.name ?? "meshhost", 40)}`;
  }, [path, mesh.mesh?.name]);

  useKeys({
    "/": () => filter.current?.focus(),
    "?": () => go("/help"),
    "mod+k": () => setPalette(true),
    "[": () => step(-1),
    "]": () => step(1),
    L: () => setParams({ at: null }),
    Escape: () => {
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      else if (selected) select(null);
      else if (path !== "/") go(path.split("/").length > 2 ? `/${path.split("/")[1]}` : "/");
    },
    ...Object.fromEntries(VIEWS.map((view) => [`g ${view.key}`, () => go(view.path)])),
  });

  // Beside the topology there is always something to say; beside the others, of what is selected.
  const withInspector = path === "/" || (selected !== null && ["/nodes", "/paths", "/events"].includes(path));
  const classes = [css.shell, live || past ? "" : css.stale, past ? css.past : ""].join(" ");
  return (
    <div className={classes}>
      <a className={css.skip} href="#main">
        Skip to the view
      </a>
      <header className={css.top}>
        <Link href={withShared("/", search)} className={css.brand}>
          <span aria-hidden="true">⬡</span> <span className={css.brandName}>meshhost</span>
        </Link>
        <MeshPills />
        <FilterBox ref={filter} />
        <button
          type="button"
          className={`plain ${css.k}`}
          onClick={() => setPalette(true)}
          aria-label={`${MOD_K}: go to anything`}
          title={`Go to anything (${MOD_K})`}
        >
          {MOD_K}
        </button>
        <ThemeButton />
      </header>
      <nav className={css.nav} aria-label="Views">
        <ul>
          {VIEWS.filter((view) => view.path !== "/lab" || lab).map(({ path: to, label, key, icon: Icon }) => {
            const here = to === "/" ? path === "/" : path.startsWith(to);
            return (
              <li key={to}>
                <Link
                  href={withShared(to, search)}
                  aria-current={here ? "page" : undefined}
                  title={`${label} (g ${key})`}
                  aria-label={label}
                >
                  <Icon size={16} strokeWidth={1.8} aria-hidden="true" />
                  <span className={css.navLabel}>{label}</span>
                </Link>
              </li>
            );
          })}
        </ul>
        {path === "/" && <TreePanel selected={selected} />}
      </nav>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {withInspector && <Inspector selected={selected} />}
      <StatusBar />
      <Palette open={palette} close={() => setPalette(false)} />
      <Announcer />
    </div>
  );
}

function TreePanel({ selected }: { selected: string | null }) {
  const { state, nodes } = useVisible();
  const layout = usePlaces((places) => places.orbit);
  return (
    <div className={css.treePanel}>
      <h2 className={css.treeTitle}>Nodes</h2>
      <Tree state={state} nodes={nodes} layout={layout} selected={selected} />
    </div>
  );
}

function MeshPills() {
  const { mesh, nodes, edges } = useMesh();
  if (!mesh) return null;
  const counts = countAll(nodes, edges);
  return (
    <ul className={css.pills} aria-label="The mesh in numbers">
      <li>
        mesh{" "}
        <b>
          <bdi>{safeName(mesh.name, 28)}</bdi>
        </b>
      </li>
      {STATES.filter((state) => counts.byState.has(state)).map((state) => (
        <li key={state}>
          <button
            type="button"
            onClick={() => setParams({ q: `state:${state}` })}
            title={`Show only those: state:${state}`}
          >
            <span className={css[look(state).tone]} aria-hidden="true">
              {look(state).glyph}
            </span>{" "}
            {count(counts.byState.get(state))} {state}
          </button>
        </li>
      ))}
      {counts.over > 0 && (
        <li>
          <button type="button" onClick={() => setParams({ q: "over:*" })} title="Show only those: over:*">
            <span className={css.dead} aria-hidden="true">
              ▲
            </span>{" "}
            {count(counts.over)} over budget
          </button>
        </li>
      )}
      <li className={css.pathsPill}>
        {count(counts.direct)} direct · {count(counts.relayed)} relayed
        {counts.unknown > 0 && ` · ${count(counts.unknown)} unknown`}
      </li>
    </ul>
  );
}

/** `[` and `]`: from event to event, selecting whom each is about. */
function useEventSteps(): (by: 1 | -1) => void {
  const at = useRef<number | null>(null);
  return (by) => {
    const { state } = useStore.getState();
    const known = state.events.filter((event) => state.nodes.has(event.peer ?? event.node));
    if (known.length === 0) return;
    const here = at.current === null ? known.length : known.findIndex((event) => event.seq >= at.current!);
    const next = known[Math.max(0, Math.min(known.length - 1, here + by))]!;
    at.current = next.seq;
    select(next.peer ?? next.node);
  };
}
