// SPDX-License-Identifier: Apache-2.0

import { look, STATES, type State } from "../model/states";
import { LegendBody } from "../topology/legend";
import { MOD_K } from "../ui/keys";
import { VIEWS } from "../ui/shell";
import { StateBadge } from "../ui/state";
import css from "./help.module.css";

const KEYS: [string, string][] = [
  ["/", "to the filter"],
  ["?", "this page"],
  [MOD_K, "go to a view or a node"],
  ["[ ]", "the event before, the event after: whom it is about is selected"],
  ["f", "show the whole topology"],
  ["+ -", "nearer, farther"],
  ["Esc", "close, leave, go back"],
  ["L", "return to live"],
  ["↑ ↓ ← →", "in the tree of nodes: from node to node, open and close a hub"],
  ["Enter", "in the tree: the node's page"],
  ["Space", "in the tree: select"],
];

const STATE_WORDS: Record<State, string> = {
  connecting: "the observer calls it and has no answer yet",
  joining: "it says that it looks for its neighbours",
  alive: "it says that it is well, or others were just in touch with it",
  degraded: "it says that something of it is not well; its card and the inspector say what",
  draining: "it says that it is about to leave and takes nothing new",
  stale: "it was not heard of for longer than it should be silent",
  dead: "it was not heard of for long, or all who knew it lost it",
  refused: "it and the observer do not accept each other",
  left: "it said that it leaves: this is not a failure",
  unknown: "the observer has lost all its neighbours and hears of nobody: others may be well",
};

const FILTERS: [string, string][] = [
  ["web", "names with “web” in them, or ids that begin so"],
  ["state:stale,dead", "one of these states; their beginnings do, as in state:dea"],
  ["tier:leaf role:compute", "both must hold"],
  ["path:relayed", "nodes with such a path; also reason: and tree:"],
  ["cpu>80% ram>50%", "of the declared budget"],
  ["rtt>50ms", "nodes with a path slower than that"],
  ["name~web*", "* stands for anything"],
  ["over:cpu", "above its budget for ten seconds or more"],
  ["-role:observer", "a minus turns a term around"],
];

const GLOSSARY: [string, string][] = [
  [
    "hub, edge, leaf",
    "what a node declares to be: hubs hold many neighbours and stand inside, leaves few. Edge nodes connect to the outside; here they stand with the leaves, first in their sector.",
  ],
  [
    "observer",
    "a host that takes part in nothing and only looks. It is not counted, and hidden unless the filter names it.",
  ],
  ["neighbours (active view)", "the few nodes with which a node keeps a connection for gossip, by HyParView."],
  ["passive view", "others it knows of, from which a lost neighbour is replaced."],
  [
    "eager, lazy",
    "over an eager path whole messages go, over a lazy one only their ids (Plumtree). The eager paths together are the tree along which news spreads.",
  ],
  [
    "direct, relayed, unknown",
    "whether packets of a path go from host to host or through a relay. Unknown: neither end has told.",
  ],
  [
    "budget",
    "what of CPU and memory a node declares to need, by its configuration or its cgroup. The tick in a bar is all of it.",
  ],
  ["start (boot)", "from the moment the configuration is read until the host is ready, in five steps."],
  ["trace", "the way of one message that was followed: from node to node, and when each had it."],
  ["seq", "the number of the last change. It rises by one with each picture that the observer tells."],
];

export default function Help() {
  return (
    <div className="page" tabIndex={0}>
      <h1>Help</h1>
      <div className={css.columns}>
        <section>
          <h2>Keys</h2>
          <table>
            <tbody>
              {KEYS.map(([keys, does]) => (
                <tr key={keys}>
                  <td className={css.keys}>
                    {keys.split(" ").map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </td>
                  <td>{does}</td>
                </tr>
              ))}
              {VIEWS.map((view) => (
                <tr key={view.path}>
                  <td className={css.keys}>
                    <kbd>g</kbd>
                    <kbd>{view.key}</kbd>
                  </td>
                  <td>{view.label}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section>
          <h2>Filter</h2>
          <table>
            <tbody>
              {FILTERS.map(([text, does]) => (
                <tr key={text}>
                  <td>
                    <code>{text}</code>
                  </td>
                  <td>{does}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section>
          <h2>Legend</h2>
          <LegendBody />
          <table>
            <tbody>
              {STATES.map((state) => (
                <tr key={state}>
                  <td className={css.state}>
                    <StateBadge state={state} />
                  </td>
                  <td>
                    {STATE_WORDS[state]} <span className="muted">({look(state).border} border)</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section>
          <h2>Words</h2>
          <dl className={css.words}>
            {GLOSSARY.map(([word, means]) => (
              <div key={word}>
                <dt>{word}</dt>
                <dd>{means}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </div>
  );
}
