// SPDX-License-Identifier: Apache-2.0
// One listener for the whole page; views add the keys that are theirs. "g t" is a g, then a t.
import { useEffect, useRef } from "react";

/** How the key beside K is called here. */
export const MOD_K = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K";

type Keys = Record<string, () => void>;

const stack: { current: Keys }[] = [];
let prefix = "";
let forget: ReturnType<typeof setTimeout> | undefined;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function onKey(event: KeyboardEvent): void {
  if (event.altKey || event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() !== "k") return;
  if (!command && typing(event.target) && event.key !== "Escape") return;
  if (document.querySelector("dialog[open]")) return;
  const key = command ? "mod+k" : prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  clearTimeout(forget);
  if (key === "g") {
    prefix = "g";
    forget = setTimeout(() => {
      prefix = "";
    }, 2000);
    return;
  }
  for (let i = stack.length - 1; i >= 0; i--) {
    const action = stack[i]!.current[key];
    if (!action) continue;
    event.preventDefault();
    action();
    return;
  }
}

export function useKeys(keys: Keys): void {
  const held = useRef(keys);
  held.current = keys;
  useEffect(() => {
    stack.push(held);
    if (stack.length === 1) window.addEventListener("keydown", onKey);
    return () => {
      stack.splice(stack.indexOf(held), 1);
      if (stack.length === 0) window.removeEventListener("keydown", onKey);
    };
  }, []);
}
