// SPDX-License-Identifier: Apache-2.0
// The page with a mesh that wishes it no good: names that are markup, endless, or steer the text around them; clocks
// hours away; budgets of nothing; states and paths of a later version; paths between nobody.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";

let browser;
let mock;
let url;

before(async () => {
  mock = serve({ nodes: 18, seed: 7, hostile: true, quiet: true });
  await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${mock.http.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  mock.http.close();
  mock.http.closeAllConnections();
});

test("nothing that a node says is more than text", async () => {
  const { page, wrong, hosts } = await watched(browser);
  await page.goto(`${url}/#t=mock`);
  await page.getByRole("tree").waitFor();
  const ids = [...mock.mesh.nodes.keys()].slice(0, 14);
  const edges = [...mock.mesh.edges.keys()].slice(0, 1);
  const views = [
    "/",
    "/?layout=role",
    "/?layout=network",
    "/?layout=force",
    "/traces",
    "/nodes",
    "/paths",
    "/boot",
    "/events",
    "/plugins",
    "/telemetry",
    "/lab",
  ];
  for (const id of ids)
    views.push(`/?sel=${id}`, `/nodes/${id}`, `/nodes/${id}?tab=neighbours`, `/nodes/${id}?tab=plugins`);
  for (const id of edges) views.push(`/?sel=${id}`);
  const odd = [];
  for (const view of views) {
    await page.goto(url + view);
    await page.locator("h1").first().waitFor({ state: "attached" });
    await page.waitForTimeout(120);
    const text = await page.evaluate(() => document.body.innerText);
    const found = /\b(NaN|undefined|Infinity|\[object Object\])\b|This view failed/.exec(text);
    if (found) odd.push(`${view}: ${found[0]}`);
    if (/[\u202e\u2066]/.test(text)) odd.push(`${view}: steering letters`);
    assert.equal(await page.locator("main img, aside img, nav img").count(), 0);
  }
  assert.deepEqual(odd, []);
  assert.deepEqual(wrong, []);
  assert.equal(hosts.size, 1);
});

test("an observer of another version is not shown by half", async () => {
  const { page, wrong } = await watched(browser);
  await page.goto(`${url}/#t=mock`);
  await page.getByRole("tree").waitFor();
  mock.restart("9.9.9");
  await page.getByRole("heading", { name: "The observer is another version now" }).waitFor();
  assert.equal(await page.getByRole("tree").count(), 0);
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("tree").waitFor();
  assert.deepEqual(wrong, []);
});
