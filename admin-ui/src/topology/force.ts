// SPDX-License-Identifier: Apache-2.0
// "Force": paths pull, nodes push, cards do not overlap. Without chance and without a clock: the same mesh from the
// same places comes to rest the same way. Arithmetic and square roots only, which every browser rounds alike.
import type { Point } from "./layout";

export interface Task {
  places: readonly Point[];
  edges: readonly (readonly [number, number, number])[]; // from, to, strength
}

const NEAR = 190; // how far apart two with a path would be
const PUSH = 0.3;
const CARD = { w: 164, h: 88 };

export function simulate({ places, edges }: Task): Point[] {
  const n = places.length;
  const x = Float64Array.from(places, (place) => place.x);
  const y = Float64Array.from(places, (place) => place.y);
  const [fx, fy] = [new Float64Array(n), new Float64Array(n)];
  const degree = new Float64Array(n).fill(1);
  for (const [a, b] of edges) {
    degree[a]!++;
    degree[b]!++;
  }
  const rounds = n <= 120 ? 320 : n <= 600 ? 140 : 70;
  for (let round = 0; round < rounds; round++) {
    const heat = 1 - round / rounds;
    fx.fill(0);
    fy.fill(0);
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        // Cards are wide: what is beside wants to be farther off than what is above.
        let dx = (x[i]! - x[j]!) / 1.6;
        let dy = y[i]! - y[j]!;
        if (dx === 0 && dy === 0) {
          dx = 0.1 * (j - i);
          dy = 0.1;
        }
        const push = (PUSH * NEAR * NEAR) / (dx * dx + dy * dy + 100);
        fx[i]! += dx * push;
        fy[i]! += dy * push;
        fx[j]! -= dx * push;
        fy[j]! -= dy * push;
      }
    for (const [a, b, strength] of edges) {
      const dx = x[b]! - x[a]!;
      const dy = y[b]! - y[a]!;
      const far = Math.sqrt(dx * dx + dy * dy) + 1;
      const pull = (strength * (far - NEAR)) / far;
      fx[a]! += (dx * pull * 2) / Math.sqrt(degree[a]!);
      fy[a]! += (dy * pull * 2) / Math.sqrt(degree[a]!);
      fx[b]! -= (dx * pull * 2) / Math.sqrt(degree[b]!);
      fy[b]! -= (dy * pull * 2) / Math.sqrt(degree[b]!);
    }
    const most = 4 + 60 * heat;
    for (let i = 0; i < n; i++) {
      fx[i]! -= x[i]! * 0.06;
      fy[i]! -= y[i]! * 0.11;
      const far = Math.sqrt(fx[i]! * fx[i]! + fy[i]! * fy[i]!) + 1e-9;
      const go = Math.min(most, far * 0.18) / far;
      x[i]! += fx[i]! * go;
      y[i]! += fy[i]! * go;
    }
  }
  if (n <= 300) part(x, y);
  return Array.from(x, (value, i) => ({ x: Math.round(value), y: Math.round(y[i]!) }));
}

/** Moves cards that overlap apart, along the shorter way. */
function part(x: Float64Array, y: Float64Array): void {
  for (let round = 0; round < 200; round++) {
    let clear = true;
    for (let i = 0; i < x.length; i++)
      for (let j = i + 1; j < x.length; j++) {
        const [dx, dy] = [x[i]! - x[j]!, y[i]! - y[j]!];
        const over = { x: CARD.w - Math.abs(dx), y: CARD.h - Math.abs(dy) };
        if (over.x <= 0 || over.y <= 0) continue;
        clear = false;
        const along = over.x < over.y ? x : y;
        const by = (Math.min(over.x, over.y) / 2 + 1) * ((along === x ? dx : dy) < 0 ? -1 : 1);
        along[i]! += by;
        along[j]! -= by;
      }
    if (clear) return;
  }
}
