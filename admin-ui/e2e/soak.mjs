// SPDX-License-Identifier: Apache-2.0
// The page for ten minutes beside a mesh that changes, falls in two and heals, walked through view by view: what it
// holds at the end must be what it held after the first minute. Fails above 5 MiB of heap or 10 % of DOM nodes.
//   npm run soak [-- --seconds 600] [--nodes 60]
import { parseArgs } from "node:util";
import { around } from "../mock/parts.mjs";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";

const { values: args } = parseArgs({
  options: { seconds: { type: "string", default: "600" }, nodes: { type: "string", default: "60" } },
});
const MOST_MIB = 5;
const MOST_SHARE = 0.1;
const WARM_MS = 60_000;
const VIEWS = ["Nodes", "Paths", "Boot Waterfall", "Events", "Traces", "Plugins", "Lab", "Telemetry", "Help"];

const mock = serve({ nodes: Number(args.nodes), seed: 42, hz: 4, changes: 10, open: true });
await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
const browser = await launch();
const { page, wrong } = await watched(browser);
const cdp = await page.context().newCDPSession(page);
await cdp.send("Performance.enable");
await cdp.send("HeapProfiler.enable");
await page.goto(`http://127.0.0.1:${mock.http.address().port}/`);
await page.getByRole("tree").waitFor();

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** MiB of heap and DOM nodes (those that are reachable) while the topology is shown and nothing is selected. */
async function measure() {
  await page.getByRole("link", { name: "Topology", exact: true }).click();
  await page.keyboard.press("Escape");
  await pause(1000);
  for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { heap: of("JSHeapUsedSize") / 2 ** 20, dom: of("Nodes"), listeners: of("JSEventListeners") };
}

/** What a person does: from view to view, a layout, a selection; now and then the mesh falls in two. */
async function round(n) {
  for (const view of VIEWS) {
    await page.getByRole("link", { name: view, exact: true }).click();
    await pause(700);
  }
  await page.getByRole("link", { name: "Topology", exact: true }).click();
  const layouts = ["role", "network", "force", "orbit"];
  await page.getByRole("combobox", { name: "Layout" }).selectOption(layouts[n % layouts.length]);
  const items = page.getByRole("treeitem");
  await items.nth(n % (await items.count())).click();
  await pause(700);
  await page.keyboard.press("Escape");
  const hub = [...mock.mesh.nodes.values()].find((node) => node.tier === "hub");
  if (n % 3 === 1) mock.part(around(mock.mesh, hub.name));
  if (n % 3 === 2) mock.heal();
}

const began = Date.now();
const passed = () => Date.now() - began;
const end = Number(args.seconds) * 1000;
let first = null;
let last = null;
for (let n = 0; passed() < end || last === null; n++) {
  await round(n);
  if (n % 3 !== 2) continue; // whole again: what is compared is of the same mesh
  last = await measure();
  if (passed() > Math.min(WARM_MS, end / 3)) first ??= last;
  console.log(
    `${String(Math.round(passed() / 1000)).padStart(5)} s  heap ${last.heap.toFixed(1)} MiB  DOM ${last.dom}  listeners ${last.listeners}`,
  );
}
await browser.close();
mock.http.close();
mock.http.closeAllConnections();

const failures = [...wrong];
if (last.heap - first.heap > MOST_MIB) failures.push(`the heap grew by ${(last.heap - first.heap).toFixed(1)} MiB`);
for (const what of ["dom", "listeners"])
  if (last[what] > first[what] * (1 + MOST_SHARE)) failures.push(`${what}: ${first[what]}, then ${last[what]}`);
for (const failure of failures) console.error(failure);
console.log(failures.length > 0 ? "not flat" : "flat");
process.exit(failures.length > 0 ? 1 : 0);
