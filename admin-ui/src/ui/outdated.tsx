// SPDX-License-Identifier: Apache-2.0
import { safeName } from "../model/format";
import { useStore } from "../model/store";
import css from "./door.module.css";

/** Instead of all views: the observer is another than the one that this page came from. */
export function Outdated({ version }: { version: string }) {
  const now = useStore((store) => store.state.mesh?.version ?? "");
  return (
    <main className={css.door}>
      <div className={css.card} role="alert">
        <p className={css.brand}>
          <span aria-hidden="true">⬡</span> meshhost
        </p>
        <h1>The observer is another version now</h1>
        <p className="muted">
          It is {safeName(now, 40)}, and this page came from {safeName(version, 40)}. What it would show might be
          wrong.
        </p>
        <button type="button" className="plain" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    </main>
  );
}
