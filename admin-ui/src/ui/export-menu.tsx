// SPDX-License-Identifier: Apache-2.0
// What is shown, as files. One way is a button, several are a menu.
import { useRef } from "react";
import { csv } from "../model/csv";
import { download } from "./download";
import css from "./export-menu.module.css";

interface Way {
  label: string;
  file: string;
  make: () => unknown; // what the file holds, as JSON
}

export function ExportMenu({ ways }: { ways: readonly Way[] }) {
  const menu = useRef<HTMLDetailsElement>(null);
  return (
    <details ref={menu} className={css.menu}>
      <summary className="button">Export</summary>
      <div className={css.body}>
        {ways.map(({ label, file, make }) => (
          <button
            key={label}
            type="button"
            onClick={() => {
              download(file, JSON.stringify(make(), null, 1), "application/json");
              if (menu.current) menu.current.open = false;
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </details>
  );
}

export function ExportCsv({ file, rows }: { file: string; rows: () => readonly (readonly unknown[])[] }) {
  return (
    <button type="button" className="plain" onClick={() => download(file, csv(rows()), "text/csv")}>
      Export CSV
    </button>
  );
}
