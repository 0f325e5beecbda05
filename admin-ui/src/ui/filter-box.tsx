// SPDX-License-Identifier: Apache-2.0
import { type Ref, useEffect, useState } from "react";
import { useVisible } from "../model/view";
import css from "./filter-box.module.css";
import { setParams, useParam } from "./url";

export function FilterBox({ ref }: { ref: Ref<HTMLInputElement> }) {
  const [query] = useParam("q");
  const [text, setText] = useState(query ?? "");
  const { hidden, filter } = useVisible();
  useEffect(() => {
    setText(query ?? "");
  }, [query]);
  return (
    <form
      className={css.box}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        setParams({ q: text });
      }}
    >
      <span className={css.said} role="status">
        {filter.errors[0] ? (
          <span className={css.wrong} title={filter.errors.join("; ")}>
            {filter.errors[0]}
          </span>
        ) : (
          hidden > 0 && (
            <>
              {hidden} hidden by filter ·{" "}
              <button type="button" className="link" onClick={() => setParams({ q: null })}>
                clear
              </button>
            </>
          )
        )}
      </span>
      <input
        ref={ref}
        className={css.input}
        type="search"
        aria-label="Filter the nodes"
        placeholder="filter: tier:leaf  ( / )"
        title="state: tier: role: path: reason: tree: over: name~ cpu>80% ram>50% rtt>50ms; a minus before a term turns it around; other words: a name or the start of an id"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setParams({ q: event.target.value.trim() === "" ? null : event.target.value });
        }}
      />
    </form>
  );
}
