// SPDX-License-Identifier: Apache-2.0
// Go to anything: a view or a node, by a few letters. A dialog of the browser's own: the libraries' dialogs write
// <style> elements, which the page's policy refuses.
import { useEffect, useMemo, useRef, useState } from "react";
import { byName } from "../model/derive";
import { safeName, shortId } from "../model/format";
import { useMesh, useStore } from "../model/store";
import css from "./palette.module.css";
import { VIEWS } from "./shell";
import { go, select } from "./url";

interface Item {
  id: string;
  label: string;
  detail: string;
  run: () => void;
}

export function Palette({ open, close }: { open: boolean; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (!open) return;
    setText("");
    setAt(0);
    dialog.current?.showModal();
  }, [open]);
  const items = useItems(open, text);
  const chosen = Math.min(at, items.length - 1);
  // Said at once: the browser tells of it later, and until then the box that is not seen any more takes the keys.
  const shut = () => {
    dialog.current?.close();
    close();
  };
  const run = (item: Item | undefined) => {
    shut();
    item?.run();
  };
  return (
    <dialog ref={dialog} className={css.dialog} onClose={close} aria-label="Go to anything">
      {open && (
        <>
          <input
            className={css.input}
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={items[chosen] ? `palette-${chosen}` : undefined}
            aria-label="A view or a node"
            placeholder="A view or a node"
            value={text}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown") setAt(Math.min(items.length - 1, chosen + 1));
              else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
              else if (event.key === "Enter") run(items[chosen]);
              else if (event.key === "Escape") shut();
              else return;
              event.preventDefault();
            }}
          />
          <div id="palette-list" role="listbox" aria-label="Found" className={css.list}>
            {items.map((item, i) => (
              <div
                key={item.id}
                id={`palette-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === chosen}
                className={css.item}
                onClick={() => run(item)}
                onKeyDown={() => undefined}
                ref={(element) => {
                  if (i === chosen) element?.scrollIntoView({ block: "nearest" });
                }}
              >
                <bdi>{item.label}</bdi>
                <span className="muted">{item.detail}</span>
              </div>
            ))}
          </div>
        </>
      )}
    </dialog>
  );
}

function useItems(open: boolean, text: string): Item[] {
  const { nodes } = useMesh();
  const lab = useStore((store) => store.state.mesh?.lab ?? false);
  return useMemo(() => {
    if (!open) return [];
    const wanted = text.trim().toLowerCase();
    const views = VIEWS.filter((view) => view.path !== "/lab" || lab).map((view) => ({
      id: view.path,
      label: view.label,
      detail: `view · g ${view.key}`,
      run: () => go(view.path),
    }));
    const others = [...nodes.values()].sort(byName).map((node) => ({
      id: node.id,
      label: safeName(node.name),
      detail: `${node.state} · ${shortId(node.id)}`,
      run: () => (location.pathname === "/" ? select(node.id) : go(`/nodes/${node.id}`)),
    }));
    const matches = (item: Item) => item.label.toLowerCase().includes(wanted) || item.id.startsWith(wanted);
    return [...views, ...others].filter((item) => wanted === "" || matches(item)).slice(0, 40);
  }, [open, text, nodes, lab]);
}
