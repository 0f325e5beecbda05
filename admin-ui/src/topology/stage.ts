// SPDX-License-Identifier: Apache-2.0
// Two canvases and a layer of cards under one camera. A large picture is not painted while it moves: the
// canvases, half as large again as the window, are carried by a CSS transform and painted when it rests.
import type { Edge } from "../api/types";
import { CARD_ABOVE, type Camera, DOT_BELOW, drawEdges, drawNodes, lineOf, type Scene } from "./draw";
import { listen, zoomed } from "./gestures";
import { bounds, CARD, type Point } from "./layout";
import { picture } from "./picture";
import { shownBoxes } from "./regions";
import { readPalette } from "./theme";

const OVERSCAN = 0.25; // of the window, on each side
const REST_MS = 80;
const SMALL = 600; // edges: a picture up to this size is painted in every frame
const REDRAW_MS = 250;
const SETTLE_MS = 300;
export const MOST_CARDS = 60;

export interface StageEvents {
  rested(camera: Camera): void;
  insets(): { top: number; bottom: number }; // px of the window that are covered by what is about the picture
}

export class Stage {
  camera: Camera = { x: 0, y: 0, k: 1 };
  private drawn: Camera = { x: 0, y: 0, k: 1 };
  private scene: Scene | null = null;
  private readonly deafen: () => void;
  private palette = readPalette();
  private size = { w: 1, h: 1 };
  private ratio = 1;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private edgesAt = 0;
  private signature = "";
  private moved = false; // by a person: then a resize does not fit anew
  private moving = false;
  private fitted = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly edgesLayer: HTMLCanvasElement,
    private readonly nodesLayer: HTMLCanvasElement,
    private readonly world: HTMLElement,
    private readonly events: StageEvents,
    busy: (event: PointerEvent) => boolean, // true: the gesture is about a node and not about the camera
  ) {
    this.deafen = listen(host, {
      camera: () => this.camera,
      move: (camera) => {
        this.moved = true;
        this.look(camera);
      },
      busy,
    });
  }

  destroy(): void {
    clearTimeout(this.rest);
    clearTimeout(this.later);
    clearTimeout(this.settling);
    cancelAnimationFrame(this.frame);
    this.deafen();
  }

  resize(): void {
    const { clientWidth: w, clientHeight: h } = this.host;
    if (w === 0 || h === 0) return;
    this.size = { w, h };
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.edgesLayer, this.nodesLayer]) {
      canvas.width = Math.round(w * (1 + 2 * OVERSCAN) * this.ratio);
      canvas.height = Math.round(h * (1 + 2 * OVERSCAN) * this.ratio);
      canvas.style.width = `${w * (1 + 2 * OVERSCAN)}px`;
      canvas.style.height = `${h * (1 + 2 * OVERSCAN)}px`;
      canvas.style.left = `${-w * OVERSCAN}px`;
      canvas.style.top = `${-h * OVERSCAN}px`;
      canvas.style.transformOrigin = `${w * OVERSCAN}px ${h * OVERSCAN}px`;
    }
    // Not at once: the inspector that a click opens must not move what the second click of two is meant for.
    clearTimeout(this.settling);
    if (this.fitted) this.settling = setTimeout(() => this.refit(), SETTLE_MS);
    this.paint();
  }

  recolour(): void {
    this.palette = readPalette();
    this.paint();
  }

  /** A new scene. Edges that look the same are not painted again; the rest at most four times a second. */
  show(scene: Scene, signature: string): void {
    this.scene = scene;
    if (!this.fitted && scene.nodes.length > 0 && this.size.w > 1) {
      this.fitted = true;
      this.fit();
      this.signature = signature;
      this.soon(); // the first picture waits for nothing to come to rest
      return;
    }
    const same = signature === this.signature;
    this.signature = signature;
    if (scene.edges.length <= SMALL) this.soon();
    else if (!this.moving && same) this.soon(false);
    else if (!this.moving) {
      const wait = Math.max(0, this.edgesAt + REDRAW_MS - performance.now());
      clearTimeout(this.later);
      this.later = setTimeout(() => this.soon(), wait);
    }
  }

  fit(): void {
    if (!this.scene) return;
    const points = this.scene.nodes.map((node) => this.scene!.at(node.id)).filter((p) => p !== undefined);
    if (points.length === 0) return;
    for (const { box } of shownBoxes(this.scene))
      points.push(
        { x: box.left + CARD.hub.w / 2, y: box.top + CARD.hub.h / 2 },
        { x: box.right - CARD.hub.w / 2, y: box.bottom - CARD.hub.h / 2 },
      );
    const box = bounds(points);
    const pad = 18;
    const { top, bottom } = this.events.insets();
    const { w } = this.size;
    const h = Math.max(120, this.size.h - top - bottom);
    const k = Math.min(1.2, (w - 2 * pad) / (box.right - box.left), (h - 2 * pad) / (box.bottom - box.top));
    const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    this.moved = false;
    const scale = Math.max(k, 0.02);
    this.look({ x: w / 2 - middle.x * scale, y: top + h / 2 - middle.y * scale, k: scale });
  }

  /** Shows all where nobody chose what to look at. */
  refit(): void {
    if (!this.moved) this.fit();
  }

  /** The whole of what is shown, as a PNG. */
  picture(title: string): Promise<Blob | null> {
    return this.scene ? picture(this.scene, this.palette, title) : Promise.resolve(null);
  }

  zoomBy(factor: number): void {
    this.moved = true;
    this.look(zoomed(this.camera, factor, this.size.w / 2, this.size.h / 2));
  }

  /** Brings a node into the window if it is not there. */
  reveal(at: Point): void {
    const p = this.toScreen(at);
    const { w, h } = this.size;
    if (p.x > 60 && p.y > 40 && p.x < w - 60 && p.y < h - 40) return;
    const { k } = this.camera;
    this.look({ x: w / 2 - at.x * k, y: h / 2 - at.y * k, k });
  }

  toWorld(clientX: number, clientY: number): Point {
    const box = this.host.getBoundingClientRect();
    return {
      x: (clientX - box.left - this.camera.x) / this.camera.k,
      y: (clientY - box.top - this.camera.y) / this.camera.k,
    };
  }

  toScreen({ x, y }: Point): Point {
    return { x: x * this.camera.k + this.camera.x, y: y * this.camera.k + this.camera.y };
  }

  nodeAt(p: Point): string | null {
    if (!this.scene) return null;
    let best: string | null = null;
    let least = this.camera.k < DOT_BELOW ? 9 / this.camera.k : 24;
    for (const { id } of this.scene.nodes) {
      const at = this.scene.at(id);
      const d = at ? Math.hypot(at.x - p.x, at.y - p.y) : Number.POSITIVE_INFINITY;
      if (d < least) {
        least = d;
        best = id;
      }
    }
    return best;
  }

  edgeAt(p: Point): Edge | null {
    if (!this.scene) return null;
    let best: Edge | null = null;
    let least = 6 / this.camera.k;
    for (const edge of this.scene.edges) {
      const from = this.scene.at(edge.a);
      const to = this.scene.at(edge.b);
      if (!from || !to) continue;
      const { bend, middle } = lineOf(this.scene, edge, from, to);
      const mark =
        edge.kind === "relayed" ? Math.hypot(p.x - middle.x, p.y - middle.y) - 10 : Number.POSITIVE_INFINITY;
      const d = Math.min(mark, bend ? Math.min(away(p, from, middle), away(p, middle, to)) : away(p, from, to));
      if (d < least) {
        least = d;
        best = edge;
      }
    }
    return best;
  }

  /** Whose cards are to be mounted: all when zoomed in, as many as a window bears. */
  cards(scene: Pick<Scene, "nodes" | "at" | "selected">): string[] {
    if (!this.fitted || this.camera.k < CARD_ABOVE) return [];
    const { w, h } = this.size;
    const inside = scene.nodes.filter(({ id }) => {
      const at = scene.at(id);
      if (!at) return false;
      const p = this.toScreen(at);
      const [dx, dy] = [CARD.hub.w * this.camera.k, CARD.hub.h * this.camera.k];
      return p.x > -dx && p.y > -dy && p.x < w + dx && p.y < h + dy;
    });
    if (inside.length <= MOST_CARDS) return inside.map(({ id }) => id);
    const rank = (id: string, hub: boolean) => {
      if (id === scene.selected) return -1;
      const p = this.toScreen(scene.at(id)!);
      return Math.hypot(p.x - w / 2, p.y - h / 2) * (hub ? 0.5 : 1);
    };
    return inside
      .map((node) => ({ id: node.id, rank: rank(node.id, node.tier === "hub") }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, MOST_CARDS)
      .map(({ id }) => id);
  }

  private look(camera: Camera): void {
    const was = this.camera;
    if (was.x === camera.x && was.y === camera.y && was.k === camera.k) return;
    this.camera = camera;
    const { x, y, k } = camera;
    this.world.style.transform = `translate(${x}px,${y}px) scale(${k})`;
    if ((this.scene?.edges.length ?? 0) <= SMALL) this.soon();
    else this.carry();
    this.moving = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.moving = false;
      if ((this.scene?.edges.length ?? 0) > SMALL) this.soon();
      this.events.rested(this.camera);
    }, REST_MS);
  }

  private carry(): void {
    const s = this.camera.k / this.drawn.k;
    const move = `translate(${this.camera.x - this.drawn.x * s}px,${this.camera.y - this.drawn.y * s}px) scale(${s})`;
    this.edgesLayer.style.transform = move;
    this.nodesLayer.style.transform = move;
  }

  private both = false;

  private soon(both = true): void {
    this.both ||= both;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const whole = this.both;
      this.both = false;
      if (whole) this.paint();
      else this.paintNodes();
    });
  }

  private paint(): void {
    if (!this.scene) return;
    this.drawn = this.camera;
    this.carry();
    const ctx = this.begin(this.edgesLayer);
    if (ctx) drawEdges(ctx, this.scene, this.palette, this.drawn);
    this.edgesAt = performance.now();
    this.paintNodes();
  }

  private paintNodes(): void {
    if (!this.scene) return;
    const ctx = this.begin(this.nodesLayer);
    if (ctx) drawNodes(ctx, this.scene, this.palette, this.drawn);
  }

  private begin(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const ctx = canvas.getContext("2d");
    if (!ctx) return null;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    const { x, y, k } = this.drawn;
    const [ox, oy] = [this.size.w * OVERSCAN, this.size.h * OVERSCAN];
    const r = this.ratio;
    ctx.setTransform(k * r, 0, 0, k * r, (x + ox) * r, (y + oy) * r);
    return ctx;
  }
}

function away(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}
