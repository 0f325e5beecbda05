// SPDX-License-Identifier: Apache-2.0
// How quick the page is with 1,000 nodes and 5,000 paths, and with 18: figures, and a failure above the budgets.
//   npm run perf [-- --soak 600]
import { parseArgs } from "node:util";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";

const { values: args } = parseArgs({ options: { soak: { type: "string" } } });
const failures = [];

function tell(what, value, unit, budget) {
  const over = budget !== undefined && value > budget;
  if (over) failures.push(`${what}: ${value.toFixed(1)} ${unit}, budget ${budget}`);
  console.log(
    `${over ? "✕" : " "} ${what.padEnd(40)} ${value.toFixed(1).padStart(8)} ${unit}${budget === undefined ? "" : `   of ${budget}`}`,
  );
}

const quantile = (list, q) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))] ?? Number.NaN;

/** Lengths of the frames while something is done. */
async function frames(page, act) {
  await page.evaluate(() => {
    window.__frames = [];
    let last = performance.now();
    const tick = (now) => {
      window.__frames?.push(now - last);
      last = now;
      if (window.__frames) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await act();
  return page.evaluate(() => {
    const list = window.__frames;
    window.__frames = null;
    return list.slice(2);
  });
}

async function pan(page) {
  const box = await page.getByRole("img").first().boundingBox();
  const [x, y] = [box.x + box.width / 2 + 40, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(x + 90 * Math.sin(i / 6), y + 60 * Math.cos(i / 7));
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
}

async function measure(options, budgets) {
  const { http } = serve({ seed: 42, ...options });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  const browser = await launch();
  try {
    const { page, wrong } = await watched(browser);
    await page.addInitScript(() => {
      // When the first snapshot comes, and when the picture next has ink.
      const Native = window.WebSocket;
      window.WebSocket = class extends Native {
        constructor(...given) {
          super(...given);
          this.addEventListener("message", () => {
            window.__snapshotAt ??= performance.now();
          });
        }
      };
      const stroke = CanvasRenderingContext2D.prototype.stroke;
      CanvasRenderingContext2D.prototype.stroke = function (...given) {
        if (window.__snapshotAt && !window.__paintAt)
          requestAnimationFrame(() => (window.__paintAt ??= performance.now()));
        return stroke.apply(this, given);
      };
    });
    const began = Date.now();
    await page.goto(`http://127.0.0.1:${http.address().port}/#t=mock`);
    await page.waitForFunction(() => window.__paintAt);
    tell("page interactive", Date.now() - began, "ms", budgets.interactive);
    tell(
      "snapshot to first paint",
      await page.evaluate(() => window.__paintAt - window.__snapshotAt),
      "ms",
      budgets.paint,
    );
    await page.waitForTimeout(1500);
    const moving = await frames(page, () => pan(page));
    tell("pan, frame p50", quantile(moving, 0.5), "ms");
    tell("pan, frame p95", quantile(moving, 0.95), "ms", budgets.pan);
    const live = await frames(page, () => page.waitForTimeout(5000));
    tell("live deltas, frame p95", quantile(live, 0.95), "ms", budgets.live);
    tell("live deltas, longest frame", Math.max(...live), "ms");
    const client = await page.context().newCDPSession(page);
    const heap = async () => {
      await client.send("HeapProfiler.collectGarbage");
      return (await client.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
    };
    const first = await heap();
    tell("heap", first, "MiB", budgets.heap);
    if (args.soak) {
      await page.waitForTimeout(60_000);
      const before = await heap();
      await page.waitForTimeout(Number(args.soak) * 1000);
      tell(`heap growth in ${args.soak} s`, (await heap()) - before, "MiB", 5);
    }
    if (wrong.length > 0) failures.push(...wrong);
  } finally {
    await browser.close();
    http.close();
    http.closeAllConnections();
  }
}

console.log("18 nodes");
await measure({ nodes: 18, hz: 4 }, { interactive: 1000, pan: 20, live: 20, heap: 150, paint: 500 });
console.log("1,000 nodes, 5,000 paths, 50 changes four times a second");
await measure({ nodes: 1000, edges: 5000, hz: 4, changes: 50 }, { pan: 33, live: 50, heap: 150, paint: 500 });
for (const failure of failures) console.error(`over budget: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
