// SPDX-License-Identifier: Apache-2.0
// Paints the matrix of paths.
import type { Edge, Node } from "../api/types";
import { edgesOf, other } from "../model/derive";
import { safeName } from "../model/format";
import type { MeshState } from "../model/reduce";
import { look, pathGlyph } from "../model/states";
import { readPalette } from "../topology/theme";

export const HEADER = 118;

interface Matrix {
  nodes: readonly Node[];
  state: MeshState;
  cell: number;
  hover: { row: number; column: number } | null;
  selected: string | null;
  theme: string;
}

const FONT = '"Inter Variable", system-ui, sans-serif';

/** 0.25 for a fifth of a millisecond, 1 for a tenth of a second, by the logarithm. */
function shade(edge: Edge): number {
  if (edge.rtt_us === null) return 0.3;
  return 0.25 + 0.75 * Math.max(0, Math.min(1, Math.log10(Math.max(1, edge.rtt_us) / 200) / 2.7));
}

export function drawMatrix(canvas: HTMLCanvasElement, matrix: Matrix): void {
  const { nodes, state, cell, hover, selected } = matrix;
  const palette = readPalette();
  const size = HEADER + cell * nodes.length;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.ceil(size * ratio);
  canvas.height = Math.ceil(size * ratio);
  const ctx = canvas.getContext("2d");
  if (!ctx) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const column = new Map(nodes.map((node, i) => [node.id, i]));
  const gap = cell > 8 ? 1 : 0;

  nodes.forEach((node, row) => {
    const y = HEADER + row * cell;
    ctx.fillStyle = palette.card;
    ctx.fillRect(HEADER, y, cell * nodes.length - gap, cell - gap);
    ctx.fillStyle = palette.track;
    ctx.fillRect(HEADER + row * cell, y, cell - gap, cell - gap);
    for (const edge of edgesOf(state, node.id)) {
      const at = column.get(other(edge, node.id));
      if (at === undefined) continue;
      const x = HEADER + at * cell;
      ctx.globalAlpha = shade(edge);
      ctx.fillStyle = palette[edge.kind] ?? palette.unknown;
      ctx.fillRect(x, y, cell - gap, cell - gap);
      ctx.globalAlpha = 1;
      if (cell >= 12) {
        ctx.fillStyle = palette.text;
        ctx.font = `600 ${cell * 0.5}px ${FONT}`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillText(pathGlyph(edge.kind), x + (cell - gap) / 2, y + cell / 2);
      }
      if (edge.tree === "eager" && cell >= 9) {
        ctx.strokeStyle = palette.text;
        ctx.lineWidth = 1.4;
        ctx.strokeRect(x + 0.9, y + 0.9, cell - gap - 1.8, cell - gap - 1.8);
      }
      if (selected === edge.id) frame(ctx, x, y, cell, palette.accent);
    }
  });
  if (cell >= 9) labels(ctx, nodes, cell, palette, hover, selected);
  if (hover) {
    ctx.strokeStyle = palette.accent;
    ctx.lineWidth = 1;
    ctx.strokeRect(HEADER - 0.5, HEADER + hover.row * cell - 0.5, cell * nodes.length, cell);
    ctx.strokeRect(HEADER + hover.column * cell - 0.5, HEADER - 0.5, cell, cell * nodes.length);
  }
}

function labels(
  ctx: CanvasRenderingContext2D,
  nodes: readonly Node[],
  cell: number,
  palette: ReturnType<typeof readPalette>,
  hover: Matrix["hover"],
  selected: string | null,
): void {
  ctx.font = `450 ${Math.min(12, cell * 0.72)}px ${FONT}`;
  ctx.textBaseline = "middle";
  ctx.direction = "ltr";
  nodes.forEach((node, i) => {
    const middle = HEADER + (i + 0.5) * cell;
    const text = `${node.tier === "hub" ? "⬢ " : ""}${safeName(node.name, 15)}`;
    const well = look(node.state).tone === "alive";
    const lit = hover?.row === i || hover?.column === i || selected === node.id;
    ctx.fillStyle = lit ? palette.accent : well ? palette.text : palette[look(node.state).tone];
    const marked = well ? text : `${text} ${look(node.state).glyph}`;
    ctx.textAlign = "right";
    ctx.fillText(marked, HEADER - 7, middle);
    ctx.save();
    ctx.translate(middle, HEADER - 7);
    ctx.rotate(-Math.PI / 2);
    ctx.textAlign = "left";
    ctx.fillText(marked, 0, 0);
    ctx.restore();
  });
}

function frame(ctx: CanvasRenderingContext2D, x: number, y: number, cell: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.strokeRect(x, y, cell - 1, cell - 1);
}
