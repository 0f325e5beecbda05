// SPDX-License-Identifier: Apache-2.0
// A hand on the picture: drag to move, wheel or two fingers to zoom. What it does to the camera is arithmetic; what
// the camera then does is not its matter.
import type { Camera } from "./draw";

export interface Hand {
  camera(): Camera;
  move(camera: Camera): void;
  busy(event: PointerEvent): boolean; // true: this press is about a node
}

const NEAREST = 2.5;
const FARTHEST = 0.02;
const SLOP = 3; // px: a press that moves less is a click

/** The camera after zooming by a factor; what is at (x, y) on the screen stays there. */
export function zoomed(camera: Camera, factor: number, x: number, y: number): Camera {
  const k = Math.max(FARTHEST, Math.min(NEAREST, camera.k * factor));
  const by = k / camera.k;
  return { x: x - (x - camera.x) * by, y: y - (y - camera.y) * by, k };
}

export function listen(host: HTMLElement, hand: Hand): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let start: { x: number; y: number } | null = null;
  let moving = false;

  const at = (event: MouseEvent) => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 0.05 : event.deltaMode === 2 ? 1 : 0.002;
    const { x, y } = at(event);
    hand.move(zoomed(hand.camera(), 2 ** (-event.deltaY * unit * (event.ctrlKey ? 8 : 1)), x, y));
  };

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || hand.busy(event)) return;
    down.set(event.pointerId, at(event));
    start = at(event);
    moving = down.size > 1;
  };

  const onMove = (event: PointerEvent) => {
    const before = down.get(event.pointerId);
    if (!before || !start) return;
    const now = at(event);
    moving ||= Math.hypot(now.x - start.x, now.y - start.y) > SLOP;
    if (!moving) return;
    if (!host.hasPointerCapture(event.pointerId)) host.setPointerCapture(event.pointerId);
    const camera = hand.camera();
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, now);
    if (!other) return hand.move({ ...camera, x: camera.x + now.x - before.x, y: camera.y + now.y - before.y });
    const [was, is] = [before, now].map((p) => Math.hypot(p.x - other.x, p.y - other.y)) as [number, number];
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const moved = { ...camera, x: camera.x + (now.x - before.x) / 2, y: camera.y + (now.y - before.y) / 2 };
    hand.move(zoomed(moved, was > 0 ? is / was : 1, middle.x, middle.y));
  };

  const onUp = (event: PointerEvent) => {
    if (!down.delete(event.pointerId) || !moving) return;
    moving = down.size > 0;
    // The click that ends a drag is no click.
    const swallow = (click: Event) => click.stopPropagation();
    host.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => host.removeEventListener("click", swallow, { capture: true }));
  };

  host.addEventListener("wheel", onWheel, { passive: false });
  host.addEventListener("pointerdown", onDown);
  host.addEventListener("pointermove", onMove);
  host.addEventListener("pointerup", onUp);
  host.addEventListener("pointercancel", onUp);
  return () => {
    host.removeEventListener("wheel", onWheel);
    host.removeEventListener("pointerdown", onDown);
    host.removeEventListener("pointermove", onMove);
    host.removeEventListener("pointerup", onUp);
    host.removeEventListener("pointercancel", onUp);
  };
}
