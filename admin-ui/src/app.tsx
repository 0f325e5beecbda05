// SPDX-License-Identifier: Apache-2.0
// From the door to the views: the session first, then the stream, then what the address asks for.
import { Component, lazy, type ReactNode, Suspense, useCallback, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { type Entry, enter } from "./api/session";
import { startStream, travel } from "./model/store";
import { Topology } from "./topology/topology";
import { Door } from "./ui/door";
import { Waiting } from "./ui/empty";
import { Shell } from "./ui/shell";
import { useParam } from "./ui/url";

const Nodes = lazy(() => import("./views/nodes"));
const NodePage = lazy(() => import("./views/node"));
const Paths = lazy(() => import("./views/paths"));
const Boots = lazy(() => import("./boot/waterfall"));
const BootPage = lazy(() => import("./boot/page"));
const Events = lazy(() => import("./views/events"));
const Traces = lazy(() => import("./traces/list"));
const TracePage = lazy(() => import("./traces/page"));
const Plugins = lazy(() => import("./views/plugins"));
const Lab = lazy(() => import("./views/lab"));
const Telemetry = lazy(() => import("./views/telemetry"));
const Help = lazy(() => import("./views/help"));

export function App() {
  const [entry, setEntry] = useState<Entry | null>(null);
  const knock = useCallback(() => void enter().then(setEntry), []);
  useEffect(knock, [knock]);
  useEffect(() => {
    if (entry?.state === "in") return startStream();
  }, [entry]);
  // The door may open later: an observer that is being started, a session made in another tab.
  useEffect(() => {
    if (entry === null || entry.state === "in") return;
    const timer = setInterval(knock, 4000);
    return () => clearInterval(timer);
  }, [entry, knock]);
  if (entry === null) return null;
  if (entry.state !== "in") return <Door entry={entry} />;
  return <Views />;
}

function Views() {
  const [at] = useParam("at");
  useEffect(() => {
    void travel(at);
  }, [at]);
  return (
    <Shell>
      <Guard>
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
class Guard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="page" role="alert">
        <h1>This view failed</h1>
        <p className="muted">
          Either it has a fault, or the observer is newer than this page. <code>{this.state.error.message}</code>
        </p>
        <button type="button" className="plain" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  }
}
