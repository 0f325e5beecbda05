// SPDX-License-Identifier: Apache-2.0
// A mesh that falls in two, seen: outlined where all stand, then as two boxes, then whole again; and the arrangements
// that the topology has besides the orbit.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { around } from "../mock/parts.mjs";
import { serve } from "../mock/server.mjs";
import { launch, until, watched } from "./browser.mjs";

let browser;
let mock;
let url;
let seen;

before(async () => {
  mock = serve({ nodes: 18, seed: 901, quiet: true, still: true, sites: true, open: true });
  await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${mock.http.address().port}`;
  browser = await launch();
  seen = await watched(browser, { width: 1440, height: 900 });
  await seen.page.goto(url);
  await seen.page.getByRole("tree").waitFor();
});

after(async () => {
  await browser?.close();
  mock.http.close();
  mock.http.closeAllConnections();
});

const card = (page, name) => page.locator("[data-id]", { hasText: name }).first();
const cards = async (page) => {
  const boxes = await page
    .locator("[data-id]")
    .evaluateAll((all) => all.map((one) => [one.dataset.id, one.getBoundingClientRect().toJSON()]));
  return new Map(boxes);
};

/** Waits until two looks at the cards find them at the same places. */
async function rested(page) {
  let last = "";
  await until("rest", async () => {
    const now = JSON.stringify([...(await cards(page))]);
    const same = now === last && now !== "[]";
    last = now;
    return same || "moving";
  });
}

test("another arrangement is chosen in the toolbar, stands in the address, and outlives a reload and other views", async () => {
  const { page } = seen;
  const choice = page.getByRole("combobox", { name: "Layout" });
  await rested(page);
  const orbit = await cards(page);
  assert.equal(orbit.size, 18);
  for (const kind of ["role", "network", "force"]) {
    await choice.selectOption(kind);
    await until("the address", async () => new URL(page.url()).searchParams.get("layout") === kind || page.url());
    if (kind === "force") continue; // may be too wide for cards
    await rested(page);
    const now = await cards(page);
    assert.notDeepEqual([...now], [...orbit]);
    const boxes = [...now.values()];
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1))
        assert.ok(
          a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1,
          `${kind}: no card is under another`,
        );
    await page.reload();
    await page.getByRole("tree").waitFor();
    await rested(page);
    assert.deepEqual([...(await cards(page))], [...now], `${kind}: as before`);
  }
  await page.getByRole("link", { name: "Nodes", exact: true }).click();
  await page.getByRole("link", { name: "Topology", exact: true }).click();
  assert.equal(await choice.inputValue(), "force");
  assert.ok(await choice.locator("option[value=sides]").evaluate((one) => one.disabled), "there are no sides");
  await choice.selectOption("orbit");
  await until("the address", async () => !page.url().includes("layout") || page.url());
  await rested(page);
  assert.deepEqual([...(await cards(page))], [...orbit], "and all stand where they stood");
  await page.goto(`${url}/?layout=nonsense`);
  await rested(page);
  assert.deepEqual([...(await cards(page))], [...orbit]);
  assert.deepEqual(seen.wrong, []);
});

test("a mesh that falls in two is told, outlined, and drawn as two boxes until it is whole", async () => {
  const { page } = seen;
  await page.goto(url);
  await page.getByRole("tree").waitFor();
  const cut = around(mock.mesh, "broker-02");
  mock.part(cut);
  const strip = page.getByRole("status").filter({ hasText: "The mesh is in 2 parts" });
  await strip.waitFor();
  await page.waitForTimeout(300);
  const said = await strip.locator("[data-side]").evaluateAll((all) => all.map((one) => Number(one.dataset.side)));
  assert.deepEqual(said, [18 - cut.length, cut.length]);
  assert.match(await strip.textContent(), /told by .* at \d\d:\d\d:\d\d.*lost together: cut off, or gone/);
  await page.screenshot({ path: `${process.env.SHOTS ?? "/tmp/meshhost-shots"}/parted.png` });

  await strip.getByRole("button", { name: "Show as boxes" }).click();
  await until("the address", async () => page.url().includes("layout=sides") || page.url());
  await page.getByRole("button", { name: "Zoom in" }).click(); // near enough for cards
  await page.keyboard.press("+");
  await card(page, "broker-02").waitFor({ state: "attached" });
  await rested(page);
  const now = await cards(page);
  const id = (name) => [...mock.mesh.nodes.values()].find((node) => node.name === name).id;
  const frame = (names) => {
    const list = names.map((name) => now.get(id(name))).filter((box) => box);
    return { top: Math.min(...list.map((box) => box.top)), bottom: Math.max(...list.map((box) => box.bottom)) };
  };
  const others = [...mock.mesh.nodes.values()].map((node) => node.name).filter((name) => !cut.includes(name));
  assert.ok(frame(others).bottom < frame(cut).top, "each side by itself");
  await page.screenshot({ path: `${process.env.SHOTS ?? "/tmp/meshhost-shots"}/parted-boxes.png` });

  mock.heal();
  await strip.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("combobox", { name: "Layout" }).inputValue(), "orbit", "whole again");
  assert.deepEqual(seen.wrong, []);
});
