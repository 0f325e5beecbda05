// SPDX-License-Identifier: Apache-2.0
// The colours of the style sheet, for the canvas.
const NAMES = [
  "page",
  "card",
  "line",
  "text",
  "muted",
  "joining",
  "alive",
  "warn",
  "dead",
  "left",
  "direct",
  "relayed",
  "unknown",
  "ring",
  "accent",
  "track",
] as const;

export type Palette = Record<(typeof NAMES)[number], string>;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "gray"]),
  ) as Palette;
}
