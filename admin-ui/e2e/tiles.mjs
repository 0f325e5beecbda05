// SPDX-License-Identifier: Apache-2.0
// Two pictures of a page, compared by the mean colours of their tiles. Letters and signs that another machine draws
// a little otherwise, or a pixel farther, leave a tile's mean as it was; what is gone or new does not.
const TILE = 40; // px
const ALIKE = 8; // how far the means of a channel may be apart, of 255

function means({ width, height, data }) {
  const columns = Math.ceil(width / TILE);
  const sums = Array.from({ length: columns * Math.ceil(height / TILE) }, () => [0, 0, 0, 0]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = sums[Math.floor(y / TILE) * columns + Math.floor(x / TILE)];
      const i = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) sum[c] += data[i + c];
      sum[3]++;
    }
  return sums.map(([r, g, b, n]) => [r / n, g / n, b / n]);
}

/** The tiles that are not alike, by number, and what share of all they are. */
export function differing(one, two) {
  if (one.width !== two.width || one.height !== two.height) return { tiles: [], share: 1 };
  const [a, b] = [means(one), means(two)];
  const tiles = a.flatMap((mean, i) => (mean.some((value, c) => Math.abs(value - b[i][c]) > ALIKE) ? [i] : []));
  return { tiles, share: tiles.length / a.length };
}

/** Reddens tiles of a picture. */
export function mark({ width, height, data }, tiles) {
  const columns = Math.ceil(width / TILE);
  const marked = new Set(tiles);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (marked.has(Math.floor(y / TILE) * columns + Math.floor(x / TILE))) {
        const i = (y * width + x) * 4;
        data[i] = 128 + data[i] / 2;
      }
}
