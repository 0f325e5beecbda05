// SPDX-License-Identifier: Apache-2.0
// What is drawn around several nodes: the boxes of a layout, and the sides of a mesh that is parted, where everybody
// stays in place. A side's outline runs around its cards, and around the gaps between them where nobody else stands.
import { type Camera, FONT, type Scene } from "./draw";
import { type Box, CARD, type Point } from "./layout";
import type { Palette } from "./theme";

export interface Region {
  ids: readonly string[];
  label: string;
  ours: boolean;
}

const AROUND = 13;
const JOIN_UP_TO = 150; // cards: more are outlined one by one

/** The boxes in which somebody is shown, with how many. */
export function shownBoxes(scene: Scene): { box: Box; n: number }[] {
  const counts = new Map<number, number>();
  for (const { id } of scene.nodes) {
    const box = scene.layout.places.get(id)?.ring ?? -1;
    counts.set(box, (counts.get(box) ?? 0) + 1);
  }
  return (scene.layout.boxes ?? []).flatMap((box, i) => (counts.has(i) ? [{ box, n: counts.get(i)! }] : []));
}

export function drawBoxes(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  const px = 14 / Math.max(camera.k, 0.5);
  for (const { box, n } of shownBoxes(scene)) {
    ctx.strokeStyle = palette.line;
    ctx.lineWidth = 1.5 / camera.k;
    ctx.beginPath();
    ctx.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, 12);
    ctx.stroke();
    ctx.font = `600 ${px}px ${FONT}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = palette.muted;
    const text = /\d( |$)/.test(box.label) && / side /.test(box.label) ? box.label : `${box.label} · ${n}`;
    ctx.fillText(fitting(ctx, text, box.right - box.left - 40), box.left + 20, box.top + 26);
  }
}

/** The text, or as much of it as has room. */
function fitting(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let letters = [...text];
  while (letters.length > 1 && ctx.measureText(`${letters.join("")}…`).width > width) letters = letters.slice(0, -1);
  return `${letters.join("")}…`;
}

const toneOf = (region: Region, palette: Palette) => (region.ours ? palette.accent : palette.warn);

const paths = new WeakMap<Scene, [Point, Point][][]>();

export function drawRegions(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  if (scene.regions.length === 0) return;
  let joints = paths.get(scene);
  if (!joints) {
    joints = scene.regions.map((region) => jointsOf(scene, region));
    paths.set(scene, joints);
  }
  const { w, h } = CARD.hub;
  scene.regions.forEach((region, i) => {
    // The outline of all together: drawn wide in its colour, then a little less wide in the ground's.
    const ground = `color-mix(in srgb, ${toneOf(region, palette)} 9%, ${palette.page})`;
    for (const [more, colour] of [
      [2 / camera.k, toneOf(region, palette)],
      [0, ground],
    ] as const) {
      ctx.strokeStyle = palette.page;
      ctx.strokeStyle = colour;
      ctx.fillStyle = palette.page;
      ctx.fillStyle = colour;
      ctx.beginPath();
      for (const id of region.ids) {
        const at = scene.at(id);
        if (!at) continue;
        const by = AROUND + more;
        ctx.roundRect(at.x - w / 2 - by, at.y - h / 2 - by, w + 2 * by, h + 2 * by, 14);
      }
      ctx.fill();
      ctx.lineWidth = 44 + 2 * more;
      ctx.lineCap = "round";
      ctx.beginPath();
      for (const [p, q] of joints[i]!) {
        ctx.moveTo(p.x, p.y);
        ctx.lineTo(q.x, q.y);
      }
      ctx.stroke();
      ctx.lineCap = "butt";
    }
  });
}

/** The shortest lines that join a region's cards without crossing another card. */
function jointsOf(scene: Scene, region: Region): [Point, Point][] {
  const mine = new Set(region.ids);
  const all = scene.nodes.flatMap(({ id }) => {
    const at = scene.at(id);
    return at ? [{ id, at }] : [];
  });
  if (all.length > JOIN_UP_TO) return [];
  const own = all.filter(({ id }) => mine.has(id)).map(({ at }) => at);
  const strange = all.filter(({ id }) => !mine.has(id)).map(({ at }) => at);
  const found: [Point, Point][] = [];
  const inside = new Set<Point>();
  for (const start of own) {
    if (inside.has(start)) continue;
    inside.add(start);
    const island = [start];
    for (;;) {
      let best: [Point, Point] | null = null;
      let least = 420; // farther apart they are islands
      for (const p of island)
        for (const q of own) {
          const far = Math.hypot(p.x - q.x, p.y - q.y);
          if (inside.has(q) || far >= least || strange.some((at) => crosses(p, q, at))) continue;
          best = [p, q];
          least = far;
        }
      if (!best) break;
      found.push(best);
      inside.add(best[1]);
      island.push(best[1]);
    }
  }
  return found;
}

/** Whether the way from p to q, as wide as it is drawn, touches the card at c. */
function crosses(p: Point, q: Point, c: Point): boolean {
  const { w, h } = { w: CARD.hub.w / 2 + 26, h: CARD.hub.h / 2 + 26 };
  let [from, to] = [0, 1];
  for (const [at, by, half] of [
    [p.x - c.x, q.x - p.x, w],
    [p.y - c.y, q.y - p.y, h],
  ] as const) {
    if (by === 0) {
      if (Math.abs(at) > half) return false;
      continue;
    }
    const [a, b] = [(-half - at) / by, (half - at) / by];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  return from < to;
}

/** What each side is, above its topmost card where no other side's words are. */
export function labelRegions(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  const px = 12.5 / Math.max(camera.k, 0.4);
  const taken: { x: number; y: number; half: number }[] = [];
  for (const region of scene.regions) {
    ctx.font = `600 ${px}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const half = ctx.measureText(region.label).width / 2 + px * 0.7;
    const spots = region.ids
      .flatMap((id) => scene.at(id) ?? [])
      .map(({ x, y }) => ({ x, y: y - CARD.hub.h / 2 - AROUND - px * 0.2, half }))
      .sort((a, b) => a.y - b.y || a.x - b.x);
    const free = spots.find((spot) =>
      taken.every((one) => Math.abs(one.x - spot.x) > one.half + half || Math.abs(one.y - spot.y) > px * 2),
    );
    const spot = free ?? spots[0];
    if (!spot) continue;
    taken.push(spot);
    ctx.beginPath();
    ctx.roundRect(spot.x - half, spot.y - px * 0.85, half * 2, px * 1.7, px * 0.5);
    ctx.fillStyle = palette.page;
    ctx.fill();
    ctx.strokeStyle = toneOf(region, palette);
    ctx.lineWidth = 1.5 / camera.k;
    ctx.stroke();
    ctx.fillStyle = palette.text;
    ctx.fillText(region.label, spot.x, spot.y);
  }
}
