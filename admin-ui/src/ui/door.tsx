// SPDX-License-Identifier: Apache-2.0
import type { Entry } from "../api/session";
import css from "./door.module.css";
import { Copy } from "./empty";

/** What stands here instead of the mesh, and how to get in. */
export function Door({ entry }: { entry: Exclude<Entry, { state: "in" }> }) {
  const out = entry.state === "out";
  return (
    <main className={css.door}>
      <div className={css.card}>
        <p className={css.brand}>
          <span aria-hidden="true">⬡</span> meshhost
        </p>
        <h1>{out ? "This browser has no session" : "The observer does not answer"}</h1>
        {out ? (
          <>
            <p>On the machine that runs the observer, this opens the dashboard with a token that is good once:</p>
            <Copy text="meshctl ui" />
          </>
        ) : (
          <>
            <p>Is it still running? This starts one beside a mesh, and the page goes on by itself:</p>
            <Copy text="meshhost --observe" />
          </>
        )}
        <p className="muted" role="status">
          {/no session/i.test(entry.said) ? "This page goes on by itself once it has one." : entry.said}
        </p>
      </div>
    </main>
  );
}
