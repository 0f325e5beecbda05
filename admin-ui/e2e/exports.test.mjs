// SPDX-License-Identifier: Apache-2.0
// What is shown, as files: each is asked for by its button, and read as somebody else's program would.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { PNG } from "pngjs";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";

let browser;
let mock;
let url;
let seen;

before(async () => {
  mock = serve({ nodes: 18, seed: 901, still: true, open: true });
  await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${mock.http.address().port}`;
  browser = await launch();
  seen = await watched(browser, { width: 1440, height: 900 });
});

after(async () => {
  await browser?.close();
  mock.http.close();
  mock.http.closeAllConnections();
});

async function saved(page, ...buttons) {
  const wait = page.waitForEvent("download");
  for (const name of buttons) await page.getByText(name, { exact: true }).click();
  const file = await wait;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test("the topology is kept as a picture of all of it", async () => {
  const { page } = seen;
  for (const layout of ["orbit", "role"]) {
    await page.goto(`${url}/?layout=${layout}`);
    await page.getByRole("tree").waitFor();
    await page.locator("[data-id]").first().waitFor();
    const { name, bytes } = await saved(page, "PNG");
    assert.equal(name, "topology-lab-901.png");
    const { width, height, data } = PNG.sync.read(bytes);
    assert.ok(width > 800 && height > 600 && width <= 6000 && height <= 6000, `${width} by ${height}`);
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    assert.ok(colours.size > 30, "something is on it");
    assert.ok(
      [...data].every((value, i) => i % 4 !== 3 || value === 255),
      "on a ground of its own",
    );
  }
});

test("a trace and a start are kept for OpenTelemetry and for Jaeger", async () => {
  const { page } = seen;
  await page.goto(`${url}/traces`);
  await page.locator("tbody a").first().click();
  await page.getByRole("table", { name: "Hop by hop" }).waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const otlp = await saved(page, "Export", "OTLP (JSON)");
  assert.equal(otlp.name, `trace-${id}.otlp.json`);
  const spans = JSON.parse(otlp.bytes).resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans));
  assert.ok(spans.length > 10 && spans.every((span) => span.traceId === id));
  const jaeger = await saved(page, "Export", "Jaeger (JSON)");
  assert.equal(JSON.parse(jaeger.bytes).data[0].spans.length, spans.length);

  const [node, [boot]] = [...mock.mesh.boots][0];
  await page.goto(`${url}/boot/${node}/${boot.id}`);
  const start = await saved(page, "Export", "OTLP (JSON)");
  const kept = JSON.parse(start.bytes).resourceSpans[0].scopeSpans[0].spans;
  assert.deepEqual(
    kept.map((span) => span.name).sort(),
    [...boot.spans, ...boot.join].map((span) => span.name).sort(),
    "its steps, and its place among the others",
  );
});

test("tables are kept as CSV", async () => {
  const { page } = seen;
  for (const [view, rows] of [
    ["nodes", 18],
    ["paths", mock.mesh.edges.size],
    ["events", mock.mesh.events.length],
    ["traces", 2],
    ["plugins", 18],
  ]) {
    await page.goto(`${url}/${view}`);
    const { name, bytes } = await saved(page, "Export CSV");
    assert.equal(name, `${view}.csv`);
    const lines = String(bytes).trimEnd().split("\r\n");
    assert.equal(lines.length, rows + 1, `${view}: ${lines.length} lines`);
    assert.ok(!/NaN|undefined|\[object/.test(String(bytes)), view);
  }
  assert.deepEqual(seen.wrong, []);
});

test("a message of which somebody who is gone cannot tell is said to be incomplete", async () => {
  const { page } = seen;
  await page.goto(`${url}/traces`);
  const mark = page.getByText("incomplete").first();
  await mark.waitFor();
  assert.match(await mark.getAttribute("title"), /compute-11 \(gone\)/);
  await page.locator("tr", { hasText: "incomplete" }).getByRole("link").first().click();
  await page.getByText(/Incomplete: .*compute-11 \(gone\)/).waitFor();
  assert.deepEqual(seen.wrong, []);
});
