// SPDX-License-Identifier: Apache-2.0
// How the picture is painted. Knows shapes and colours; knows nothing of stores, cameras or events.
import type { Edge, Node } from "../api/types";
import { safeName } from "../model/format";
import { look, share } from "../model/states";
import { CARD, hash, type Layout, type Point } from "./layout";
import { drawBoxes, drawRegions, labelRegions, type Region } from "./regions";
import type { Palette } from "./theme";

export interface Scene {
  nodes: readonly Node[];
  edges: readonly Edge[];
  ghosts: readonly Node[];
  layout: Layout;
  regions: readonly Region[]; // the sides of a parted mesh, where they are not boxes
  at(id: string): Point | undefined;
  carded: ReadonlySet<string>; // these are shown by cards above the canvas
  selected: string | null; // a node or an edge
  hovered: string | null;
}

export interface Camera {
  x: number;
  y: number;
  k: number;
}

export const DOT_BELOW = 0.35;
export const CARD_ABOVE = 0.78;
export const FONT = '"Inter Variable", system-ui, sans-serif';

/** The way a line takes. Between hubs and their leaves it is straight; two that stand outside are joined by an arc
 * through the inside, else it would hide under the cards between them. Lazy ones are bent a little besides, to
 * whichever side their name decides, so that they do not hide under straight ones. */
export function lineOf(scene: Scene, edge: Edge, from: Point, to: Point): { bend: Point | null; middle: Point } {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const { places, rings } = scene.layout;
  if (rings.length === 0) {
    // Where cards stand in rows every line is bent, else it would hide under the cards between its ends.
    const by = (edge.tree === "eager" ? 0.1 : 0.16) * (hash(edge.id) % 2 === 0 ? 1 : -1);
    const bend = { x: middle.x - (to.y - from.y) * by, y: middle.y + (to.x - from.x) * by };
    return { bend, middle: { x: (middle.x + bend.x) / 2, y: (middle.y + bend.y) / 2 } };
  }
  const outside = (places.get(edge.a)?.ring ?? 0) > 0 && (places.get(edge.b)?.ring ?? 0) > 0;
  const around = Math.hypot(from.x, from.y) + Math.hypot(to.x, to.y);
  const pull = outside && around > 0 ? 0.55 * Math.max(0, 1 - Math.hypot(to.x - from.x, to.y - from.y) / around) : 0;
  if (edge.tree === "eager" && pull === 0) return { bend: null, middle };
  const side = edge.tree === "eager" ? 0 : hash(edge.id) % 2 === 0 ? 0.09 : -0.09;
  const bend = {
    x: middle.x * (1 - pull) - (to.y - from.y) * side,
    y: middle.y * (1 - pull) + (to.x - from.x) * side,
  };
  return { bend, middle: { x: (middle.x + bend.x) / 2, y: (middle.y + bend.y) / 2 } };
}

export function drawEdges(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  drawRings(ctx, scene.layout, palette, camera);
  drawBoxes(ctx, scene, palette, camera);
  drawRegions(ctx, scene, palette, camera);
  const focus = scene.selected ?? scene.hovered;
  const mine = (edge: Edge) => focus !== null && (edge.id === focus || edge.a === focus || edge.b === focus);
  const anyMine = focus !== null && scene.edges.some(mine);
  const many = scene.edges.length > 800;
  // One path for each look: 5,000 lines are a dozen strokes and not 5,000.
  const groups = new Map<string, Edge[]>();
  for (const edge of scene.edges) {
    const key = `${mine(edge) ? 1 : 0} ${edge.tree === "eager" ? 1 : 0} ${edge.kind}`;
    const group = groups.get(key);
    if (group) group.push(edge);
    else groups.set(key, [edge]);
  }
  const thin = Math.max(0.5, Math.min(1, camera.k * 1.2));
  for (const key of [...groups.keys()].sort()) {
    const [focused, eager, kind] = key.split(" ") as [string, string, Edge["kind"]];
    ctx.strokeStyle = palette[kind] ?? palette.unknown;
    ctx.lineWidth = ((eager === "1" ? 2.4 : 1.1) * thin * (focused === "1" ? 1.7 : 1)) / camera.k;
    // From afar thousands of dashes are a grey, and the dearest way to paint it.
    const dashed = eager !== "1" && !(many && camera.k < DOT_BELOW);
    ctx.setLineDash(dashed ? [5 / camera.k, 5 / camera.k] : []);
    const base = eager === "1" ? (many ? 0.55 : 0.95) : many ? (camera.k < DOT_BELOW ? 0.09 : 0.16) : 0.5;
    ctx.globalAlpha = focused === "1" ? 1 : anyMine ? base * 0.4 : base;
    ctx.beginPath();
    for (const edge of groups.get(key)!) {
      const from = scene.at(edge.a);
      const to = scene.at(edge.b);
      if (!from || !to) continue;
      const { bend } = lineOf(scene, edge, from, to);
      ctx.moveTo(from.x, from.y);
      if (bend) ctx.quadraticCurveTo(bend.x, bend.y, to.x, to.y);
      else ctx.lineTo(to.x, to.y);
    }
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function drawRings(ctx: CanvasRenderingContext2D, layout: Layout, palette: Palette, camera: Camera): void {
  ctx.strokeStyle = palette.ring;
  ctx.lineWidth = 1 / camera.k;
  for (const ring of layout.rings) {
    if (ring.a === 0) continue;
    ctx.beginPath();
    ctx.ellipse(0, 0, ring.a, ring.b, 0, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

export function drawNodes(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  drawRelayMarks(ctx, scene, palette, camera);
  for (const node of scene.ghosts) {
    const at = scene.at(node.id);
    if (at) ghost(ctx, at, safeName(node.name, 18), palette, camera);
  }
  const dots = camera.k < DOT_BELOW;
  const named: { node: Node; at: Point; size: number }[] = [];
  for (const node of scene.nodes) {
    const at = scene.at(node.id);
    if (!at || scene.carded.has(node.id)) continue;
    const hub = node.tier === "hub";
    const size = dots ? (hub ? 6.5 : 4.2) / camera.k : hub ? 24 : 17;
    const focus = scene.selected === node.id || scene.hovered === node.id;
    if (focus) halo(ctx, at, size * 1.8, palette, camera);
    if (!dots) arcs(ctx, node, at, size + 8, palette);
    glyph(ctx, node, at, size, palette);
    if (focus) named.unshift({ node, at, size });
    else if (!dots || hub) named.push({ node, at, size });
  }
  labels(ctx, named, palette, camera, dots);
  labelRegions(ctx, scene, palette, camera);
}

/** Relayed lines carry an R at their middle: nobody has to see a hue to find them. */
function drawRelayMarks(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette, camera: Camera): void {
  const relayed = scene.edges.filter((edge) => edge.kind === "relayed");
  if (relayed.length > 400 && camera.k < DOT_BELOW) return;
  const size = 20 / Math.max(camera.k, 0.55);
  ctx.font = `700 ${size * 0.62}px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const edge of relayed) {
    const from = scene.at(edge.a);
    const to = scene.at(edge.b);
    if (!from || !to) continue;
    const { middle } = lineOf(scene, edge, from, to);
    ctx.fillStyle = palette.page;
    ctx.strokeStyle = palette.relayed;
    ctx.lineWidth = size * 0.09;
    ctx.beginPath();
    ctx.roundRect(middle.x - size / 2, middle.y - size / 2, size, size, size * 0.14);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = palette.relayed;
    ctx.fillText("R", middle.x, middle.y + size * 0.04);
  }
}

function glyph(ctx: CanvasRenderingContext2D, node: Node, at: Point, size: number, palette: Palette): void {
  const { tone, border } = look(node.state);
  ctx.beginPath();
  if (node.tier === "hub") polygon(ctx, at, size, 6, Math.PI / 6);
  else if (node.tier === "observer") polygon(ctx, at, size * 1.1, 4, 0);
  else ctx.roundRect(at.x - size * 0.85, at.y - size * 0.85, size * 1.7, size * 1.7, size * 0.5);
  ctx.fillStyle = border === "dotted" ? palette.page : palette[tone];
  ctx.fill();
  ctx.lineWidth = size * 0.2;
  ctx.strokeStyle = palette[tone];
  ctx.setLineDash(
    border === "solid" ? [] : border === "dashed" ? [size * 0.5, size * 0.3] : [size * 0.2, size * 0.28],
  );
  ctx.stroke();
  ctx.setLineDash([]);
  if (tone === "dead") cross(ctx, at, size * 0.45);
}

/** CPU on the left, RAM on the right; each fills upwards and has its budget marked at four fifths. */
function arcs(ctx: CanvasRenderingContext2D, node: Node, at: Point, radius: number, palette: Palette): void {
  const half = Math.PI * 0.42;
  for (const [what, sign] of [
    ["cpu", -1],
    ["memory", 1],
  ] as const) {
    const { part, over } = share(node, what);
    const start = sign === -1 ? Math.PI + half : -half;
    const sweep = 2 * half * Math.min(1, (part ?? 0) * 0.8);
    const from = sign === -1 ? Math.PI - half : half;
    ctx.lineWidth = radius * 0.17;
    ctx.strokeStyle = palette.line;
    ctx.beginPath();
    ctx.arc(at.x, at.y, radius, Math.min(from, start), Math.max(from, start));
    ctx.stroke();
    if (part !== null && sweep > 0) {
      ctx.strokeStyle = over || part > 1 ? palette.dead : part > 0.9 ? palette.warn : palette.direct;
      ctx.beginPath();
      ctx.arc(at.x, at.y, radius, sign === -1 ? from : from - sweep, sign === -1 ? from + sweep : from);
      ctx.stroke();
    }
    const mark = sign === -1 ? from + 2 * half * 0.8 : from - 2 * half * 0.8;
    ctx.strokeStyle = palette.text;
    ctx.lineWidth = radius * 0.08;
    ctx.beginPath();
    ctx.moveTo(at.x + Math.cos(mark) * radius * 0.88, at.y + Math.sin(mark) * radius * 0.88);
    ctx.lineTo(at.x + Math.cos(mark) * radius * 1.14, at.y + Math.sin(mark) * radius * 1.14);
    ctx.stroke();
  }
}

/** Names below their nodes; where there is no room for one, none: half of two names is no name. */
function labels(
  ctx: CanvasRenderingContext2D,
  named: readonly { node: Node; at: Point; size: number }[],
  palette: Palette,
  camera: Camera,
  dots: boolean,
): void {
  const px = (dots ? 10.5 : 12) / Math.max(camera.k, dots ? 0.02 : 0.5);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.direction = "ltr";
  ctx.lineJoin = "round";
  ctx.lineWidth = px * 0.3;
  const taken = new Map<string, { left: number; right: number; top: number }[]>();
  for (const { node, at, size } of named) {
    ctx.font = `${node.tier === "hub" ? 600 : 450} ${px}px ${FONT}`;
    const text = safeName(node.name, 18);
    const top = at.y + (dots ? size * 1.15 : size + 12) + px * 0.3;
    const half = ctx.measureText(text).width / 2;
    const box = { left: at.x - half, right: at.x + half, top };
    const row = Math.round(top / (px * 1.2));
    const near = [row - 1, row, row + 1].flatMap((one) => taken.get(String(one)) ?? []);
    if (near.some((b) => b.left < box.right && b.right > box.left && Math.abs(b.top - top) < px * 1.1)) continue;
    const list = taken.get(String(row));
    if (list) list.push(box);
    else taken.set(String(row), [box]);
    ctx.strokeStyle = palette.page;
    ctx.strokeText(text, at.x, top);
    ctx.fillStyle = palette.text;
    ctx.fillText(text, at.x, top);
  }
}

function ghost(ctx: CanvasRenderingContext2D, at: Point, name: string, palette: Palette, camera: Camera): void {
  ctx.strokeStyle = palette.left;
  ctx.lineWidth = 1 / Math.max(camera.k, 0.3);
  ctx.setLineDash([2, 5]);
  ctx.beginPath();
  const { w, h } = CARD.leaf;
  if (camera.k < DOT_BELOW) ctx.arc(at.x, at.y, 4 / camera.k, 0, 2 * Math.PI);
  else ctx.roundRect(at.x - w / 2, at.y - h / 2, w, h, 8);
  ctx.stroke();
  ctx.setLineDash([]);
  if (camera.k < DOT_BELOW) return;
  ctx.font = `450 12px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.muted;
  ctx.fillText(`${name} · gone`, at.x, at.y);
}

function halo(ctx: CanvasRenderingContext2D, at: Point, radius: number, palette: Palette, camera: Camera): void {
  ctx.beginPath();
  ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  ctx.strokeStyle = palette.accent;
  ctx.lineWidth = 2 / camera.k;
  ctx.stroke();
}

function polygon(ctx: CanvasRenderingContext2D, at: Point, radius: number, n: number, phase: number): void {
  for (let i = 0; i < n; i++) {
    const turn = phase + (i * 2 * Math.PI) / n;
    const x = at.x + radius * Math.sin(turn);
    const y = at.y - radius * Math.cos(turn);
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
  ctx.closePath();
}

function cross(ctx: CanvasRenderingContext2D, at: Point, r: number): void {
  ctx.beginPath();
  ctx.moveTo(at.x - r, at.y - r);
  ctx.lineTo(at.x + r, at.y + r);
  ctx.moveTo(at.x + r, at.y - r);
  ctx.lineTo(at.x - r, at.y + r);
  ctx.stroke();
}
