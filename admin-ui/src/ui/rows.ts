// SPDX-License-Identifier: Apache-2.0
// Which rows of a long list are seen, when all are equally high: only those are made.
import { type RefObject, useEffect, useState } from "react";

const BEYOND = 12; // rows made on each side of those that are seen

export function useRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  height: number,
): { from: number; to: number } {
  const [seen, setSeen] = useState({ from: 0, to: 60 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the first row comes the element
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const from = Math.max(0, Math.floor(element.scrollTop / height) - BEYOND);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / height) + BEYOND;
      setSeen((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [scroller, height, count === 0]);
  return { from: Math.min(seen.from, count), to: Math.min(seen.to, count) };
}
