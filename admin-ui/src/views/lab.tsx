// SPDX-License-Identifier: Apache-2.0
// Breaking things on purpose. Each act is asked once more before it is done, has a key of its own so that it is
// done once, and its outcome stays on the page.
import { useEffect, useRef, useState } from "react";
import { post } from "../api/client";
import type { LabAction, LabOutcome, Node } from "../api/types";
import { useNow } from "../model/clock";
import { clock, safeName } from "../model/format";
import { addDone, type Done, type Kind, loadDone, useless } from "../model/lab";
import { serverNow, useStore } from "../model/store";
import { useVisible } from "../model/view";
import { NothingMatches } from "../ui/empty";
import { NodeName, StateBadge } from "../ui/state";
import css from "./lab.module.css";

const ACTS: Record<Kind, { label: string; does: string }> = {
  kill: { label: "Kill", does: "The process ends at once, as with kill -9: it tells nobody." },
  pause: { label: "Pause", does: "The process stands still, as with kill -STOP: it looks dead without being it." },
  resume: { label: "Resume", does: "A process that was paused goes on." },
  restart: { label: "Restart", does: "The process is started again, with the same key." },
  "plugin-crash": {
    label: "Crash plugin",
    does: "The process of its role's plugin is made to fail; the host goes on.",
  },
};

export default function Lab() {
  const lab = useStore((store) => store.state.mesh?.lab ?? null);
  const past = useStore((store) => store.past !== null);
  const { nodes, total } = useVisible();
  const [asked, setAsked] = useState<LabAction | null>(null);
  const observer = useStore((store) => store.state.mesh?.observer ?? "");
  const [busy, setBusy] = useState<LabAction | null>(null);
  const underWay = useRef(false); // a second click comes before the page has changed
  const [done, setDone] = useState<Done[]>([]);
  const now = useNow();
  useEffect(() => setDone(loadDone(observer)), [observer]);
  const dialog = useRef<HTMLDialogElement>(null);

  if (lab === null) return null;
  if (!lab)
    return (
      <div className="page">
        <h1>Lab</h1>
        <p className="note">
          This mesh is no lab, and nothing can be broken from here. A lab of 18 hosts on this machine:{" "}
          <code>meshctl lab up --nodes 18</code>
        </p>
      </div>
    );

  const ask = (kind: Kind, node: Node) => {
    if (underWay.current || dialog.current?.open) return;
    setAsked({ key: crypto.randomUUID(), kind, node: node.name });
    dialog.current?.showModal();
  };
  const act = async () => {
    if (!asked || underWay.current) return;
    underWay.current = true;
    setBusy(asked);
    let outcome: LabOutcome;
    try {
      outcome = await post<LabOutcome>("lab/actions", asked);
    } catch (problem) {
      outcome = {
        kind: asked.kind,
        node: asked.node,
        ok: false,
        said: problem instanceof Error ? problem.message : String(problem),
      };
    }
    setDone((old) => addDone(observer, old, { key: asked.key, at: serverNow(), outcome }));
    underWay.current = false;
    setBusy(null);
    dialog.current?.close();
  };

  return (
    <div className="page">
      <header>
        <h1>Lab</h1>
        <span className="muted">break it, and look how the others take it</span>
      </header>
      {past && (
        <p className="note warn">You are looking at the past: nothing can be done there. L returns to live.</p>
      )}
      {nodes.length === 0 && total > 0 && <NothingMatches total={total} />}
      <div className={css.split}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">node</th>
              <th scope="col">state</th>
              <th scope="col">do</th>
            </tr>
          </thead>
          <tbody>
            {nodes
              .filter((node) => !node.self)
              .map((node) => ({ node, no: useless(node, done, now) }))
              .map(({ node, no }) => (
                <tr key={node.id}>
                  <td>
                    <NodeName node={node} />
                  </td>
                  <td>
                    <StateBadge state={node.state} />
                  </td>
                  <td>
                    <div className={css.acts}>
                      {(Object.keys(ACTS) as Kind[]).map((kind) => (
                        <button
                          key={kind}
                          type="button"
                          className="plain"
                          disabled={past || busy !== null || no[kind] !== undefined}
                          title={no[kind] ?? ACTS[kind].does}
                          aria-label={`${ACTS[kind].label}: ${safeName(node.name, 40)}`}
                          onClick={() => ask(kind, node)}
                        >
                          {ACTS[kind].label}
                        </button>
                      ))}
                    </div>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
        <section className={css.done} aria-label="What was done">
          <h2>What was done</h2>
          {done.length === 0 && <p className="muted">Nothing yet, from this page.</p>}
          <ul aria-live="polite">
            {done.map(({ key, at, outcome }) => (
              <li key={key}>
                <span className="muted">{clock(at)}</span>{" "}
                <span
                  className={outcome.ok ? css.good : css.bad}
                  role="img"
                  aria-label={outcome.ok ? "done" : "not done"}
                >
                  {outcome.ok ? "✓" : "✕"}
                </span>{" "}
                <b>
                  {outcome.kind} <bdi>{safeName(outcome.node, 40)}</bdi>
                </b>
                <p>{safeName(outcome.said, 300)}</p>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <dialog ref={dialog} className={css.dialog} aria-label="Do it?">
        {asked && (
          <>
            <h2>
              {ACTS[asked.kind].label} <bdi>{safeName(asked.node, 60)}</bdi>?
            </h2>
            <p className="muted">{ACTS[asked.kind].does}</p>
            <div className={css.buttons}>
              <button type="button" className="plain" onClick={() => dialog.current?.close()}>
                Leave it
              </button>
              <button
                type="button"
                className={`plain ${css.danger}`}
                disabled={busy !== null}
                onClick={(event) => event.detail < 2 && void act()}
              >
                {busy !== null ? "doing…" : ACTS[asked.kind].label}
              </button>
            </div>
          </>
        )}
      </dialog>
    </div>
  );
}
