// SPDX-License-Identifier: Apache-2.0
// From the door to the views: the session first, then the stream, then what the address asks for.
import {
  Component,
  type ComponentType,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { Route, Switch, useLocation } from "wouter";
import { type Entry, enter } from "./api/session";
import { moment } from "./model/format";
import { isAhead, serverNow, startStream, travel, useStore } from "./model/store";
import { Topology } from "./topology/topology";
import { again, isAway, reloadWhenBack } from "./ui/away";
import { Door } from "./ui/door";
import { Waiting } from "./ui/empty";
import { Outdated } from "./ui/outdated";
import { Shell } from "./ui/shell";
import { setParams, useParam } from "./ui/url";

// A view is fetched when it is looked at, and all of them soon after the first picture: an observer that goes
// takes no view with it.
const fetches: (() => Promise<unknown>)[] = [];
function view(load: () => Promise<{ default: ComponentType }>) {
  let fetched: ReturnType<typeof load> | null = null;
  const fetch = () => {
    fetched ??= load();
    return fetched;
  };
  fetches.push(fetch);
  return lazy(fetch);
}

const Nodes = view(() => import("./views/nodes"));
const NodePage = view(() => import("./views/node"));
const Paths = view(() => import("./views/paths"));
const Boots = view(() => import("./boot/waterfall"));
const BootPage = view(() => import("./boot/page"));
const Events = view(() => import("./views/events"));
const Traces = view(() => import("./traces/list"));
const TracePage = view(() => import("./traces/page"));
const Plugins = view(() => import("./views/plugins"));
const Lab = view(() => import("./views/lab"));
const Telemetry = view(() => import("./views/telemetry"));
const Help = view(() => import("./views/help"));

export function App() {
  const [entry, setEntry] = useState<Entry | null>(null);
  const knocks = useRef(0);
  const knock = useCallback((token?: string) => {
    const mine = ++knocks.current; // what an earlier one hears comes too late
    void enter(token).then((heard) => mine === knocks.current && setEntry(heard));
  }, []);
  useEffect(() => knock(), [knock]);
  useEffect(() => {
    if (entry?.state === "in") return startStream();
  }, [entry]);
  // The door may open later: an observer that is being started, a session made in another tab.
  useEffect(() => {
    if (entry === null || entry.state === "in") return;
    const timer = setInterval(() => knock(), 4000);
    return () => clearInterval(timer);
  }, [entry, knock]);
  if (entry === null) return null;
  if (entry.state !== "in") return <Door entry={entry} knock={knock} />;
  return <Views />;
}

function Views() {
  const [at] = useParam("at");
  const [path] = useLocation();
  const known = useStore((store) => store.state.seq !== null);
  const version = useStore((store) => store.state.mesh?.version ?? null);
  const first = useRef(version); // of the observer that this page came from
  first.current ??= version;
  useEffect(() => {
    // What is still to come is not remembered by anybody: shown is now, and that is said.
    if (at !== null && known && isAhead(at, serverNow())) {
      useStore.setState({ notice: `${moment(at, serverNow())} is still to come` });
      setParams({ at: null });
    } else void travel(at);
  }, [at, known]);
  useEffect(() => {
    if (!known) return;
    const timer = setTimeout(() => {
      for (const fetch of fetches) fetch().catch(() => undefined); // it is said when the view is looked at
    }, 1500);
    return () => clearTimeout(timer);
  }, [known]);
  if (first.current !== null && version !== first.current) return <Outdated version={first.current} />;
  return (
    <Shell>
      <Guard path={path}>
        <Suspense fallback={<Waiting what="Fetching the view" />}>
          <Switch>
            <Route path="/" component={Topology} />
            <Route path="/nodes" component={Nodes} />
            <Route path="/nodes/:id" component={NodePage} />
            <Route path="/paths" component={Paths} />
            <Route path="/boot" component={Boots} />
            <Route path="/boot/:id/:bootId" component={BootPage} />
            <Route path="/events" component={Events} />
            <Route path="/traces" component={Traces} />
            <Route path="/traces/:id" component={TracePage} />
            <Route path="/plugins" component={Plugins} />
            <Route path="/lab" component={Lab} />
            <Route path="/telemetry" component={Telemetry} />
            <Route path="/help" component={Help} />
            <Route>
              <div className="page">
                <h1>There is nothing at this address</h1>
                <p className="muted">The views are at the left.</p>
              </div>
            </Route>
          </Switch>
        </Suspense>
      </Guard>
    </Shell>
  );
}

/** A view that fails says so; the rest of the page goes on. */
class Guard extends Component<{ children: ReactNode; path: string }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  private stop: (() => void) | null = null;
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override componentDidUpdate(before: { path: string }) {
    this.stop?.();
    this.stop = null;
    if (this.state.error && before.path !== this.props.path) this.setState({ error: null });
    else if (this.state.error && isAway(this.state.error)) this.stop = reloadWhenBack();
  }
  override componentWillUnmount() {
    this.stop?.();
  }
  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (isAway(error)) return <Away />;
    return (
      <div className="page" role="alert">
        <h1>This view failed</h1>
        <p className="muted">
          Either it has a fault, or the observer is newer than this page. <code>{error.message}</code>
        </p>
        <button type="button" className="plain" onClick={again}>
          Reload
        </button>
      </div>
    );
  }
}

function Away() {
  const live = useStore((store) => store.link.live);
  return (
    <div className="page" role="alert">
      <h1>{live ? "This view could not be fetched" : "The observer is away"}</h1>
      <p className="muted">
        {live
          ? "The observer was away when it was asked for this view, or is newer than this page."
          : "This view was not fetched before the observer went. The page goes on by itself when it is back."}
      </p>
      <button type="button" className="plain" onClick={again}>
        Try again
      </button>
    </div>
  );
}
