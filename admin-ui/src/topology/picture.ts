// SPDX-License-Identifier: Apache-2.0
// The whole topology as a picture to keep: what is on the canvases, with every host as its glyph, on the page's own
// ground, with a line that says of what mesh it is and when.
import { drawEdges, drawNodes, FONT, type Scene } from "./draw";
import { bounds, CARD } from "./layout";
import { shownBoxes } from "./regions";
import type { Palette } from "./theme";

const PAD = 24;
const HEAD = 48;
const SHARP = 2; // pixels for each of the picture's units,
const MOST = 6000; // as long as no side becomes longer than this

/** Null: there is nobody to be seen, or no memory for the picture. */
export function picture(scene: Scene, palette: Palette, title: string): Promise<Blob | null> {
  const points = [...scene.nodes, ...scene.ghosts].flatMap(({ id }) => scene.at(id) ?? []);
  if (points.length === 0) return Promise.resolve(null);
  const [dx, dy] = [CARD.hub.w / 2, CARD.hub.h / 2];
  for (const { box } of shownBoxes(scene))
    points.push({ x: box.left + dx, y: box.top + dy }, { x: box.right - dx, y: box.bottom - dy });
  const box = bounds(points);
  const w = box.right - box.left + 2 * PAD;
  const h = box.bottom - box.top + 2 * PAD + HEAD;
  const ratio = Math.min(SHARP, MOST / w, MOST / h);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(w * ratio);
  canvas.height = Math.ceil(h * ratio);
  const ctx = canvas.getContext("2d");
  if (!ctx) return Promise.resolve(null);
  ctx.fillStyle = palette.page;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.font = `600 17px ${FONT}`;
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.text;
  ctx.fillText(title, PAD, HEAD / 2 + 8, w - 2 * PAD);
  ctx.setTransform(ratio, 0, 0, ratio, (PAD - box.left) * ratio, (PAD + HEAD - box.top) * ratio);
  const whole: Scene = { ...scene, carded: new Set(), hovered: null };
  const camera = { x: 0, y: 0, k: 1 };
  drawEdges(ctx, whole, palette, camera);
  drawNodes(ctx, whole, palette, camera);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
