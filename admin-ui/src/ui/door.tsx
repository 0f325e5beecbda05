// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import type { Entry } from "../api/session";
import { safeName } from "../model/format";
import css from "./door.module.css";
import { Copy } from "./empty";

/** For who has the operator's token, or a link that is another browser's. */
function TokenForm({ knock }: { knock: (token: string) => void }) {
  const [token, setToken] = useState("");
  return (
    <form
      className={css.token}
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== "") knock(token);
        setToken("");
      }}
    >
      <label htmlFor="token">Or say a link's token, or the observer's own:</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" className="plain">
        Open
      </button>
    </form>
  );
}

/** What stands here instead of the mesh, and how to get in. */
export function Door({ entry, knock }: { entry: Exclude<Entry, { state: "in" }>; knock: (token: string) => void }) {
  const out = entry.state === "out";
  const link = entry.state === "out" && entry.link;
  return (
    <main className={css.door}>
      <div className={css.card}>
        <p className={css.brand}>
          <span aria-hidden="true">⬡</span> meshhost
        </p>
        <h1>
          {link
            ? "This token does not open the dashboard"
            : out
              ? "This browser has no session"
              : "The observer does not answer"}
        </h1>
        {link && (
          <div className="note bad" role="alert">
            <p>{safeName(entry.said, 300)}</p>
            {entry.hint && <p className="muted">{safeName(entry.hint, 300)}</p>}
          </div>
        )}
        {out ? (
          <>
            <p>On the machine that runs the observer, this opens the dashboard with a token that is good once:</p>
            <Copy text="meshctl ui" />
            <p>The dashboard of a lab:</p>
            <Copy text="meshctl ui --lab NAME" />
            <TokenForm knock={knock} />
          </>
        ) : (
          <>
            <p>Is it still running? This starts one beside a mesh, and the page goes on by itself:</p>
            <Copy text="meshhost --observe" />
          </>
        )}
        <p className="muted" role="status">
          {link || /no session/i.test(entry.said) ? "This page goes on by itself once it has a session." : entry.said}
        </p>
      </div>
    </main>
  );
}
