// SPDX-License-Identifier: Apache-2.0
// The page without a mouse: from the address bar to whatever there is, and back. Against any observer, as mesh.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./browser.mjs";
import { enter, hubs, items, nodes } from "./mesh.mjs";

let main;
let page;

before(async () => {
  main = await enter();
  page = main.page;
  await until("the tree", async () => (await items(page).count()) === nodes || `${await items(page).count()} nodes`);
});

after(async () => {
  await main?.browser.close();
});

const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const where = () => new URL(page.url());
const at = (what, path) => until(what, async () => where().pathname === path || page.url());
const param = (key) => where().searchParams.get(key);

/** What has the focus, and whether one sees that. */
const focused = () =>
  page.evaluate(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return {
      tag: one.tagName,
      role: one.getAttribute("role"),
      name: one.getAttribute("aria-label") ?? one.textContent.trim(),
      open: one.getAttribute("aria-expanded"),
      seen: (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none",
    };
  });

test("Tab leads from the address bar to the tree, and shows where it is at every step", async () => {
  await page.reload();
  await items(page).first().waitFor();
  const way = [];
  for (;;) {
    await press("Tab");
    const here = await focused();
    way.push(here);
    assert.ok(here.seen, `the focus is not seen on ${here.tag} ${here.name}`);
    if (here.role === "treeitem") break;
    assert.ok(way.length < 40, `no way to the tree: ${way.map((one) => one.name).join(" → ")}`);
  }
  assert.equal(way[0].name, "Skip to the view", "the first stop leads past the rest");
  const names = way.map((one) => one.name);
  for (const view of ["Topology", "Nodes", "Boot Waterfall", "Events", "Help"])
    assert.ok(names.includes(view), `${view} is not on the way: ${names}`);
});

test("arrows walk the tree, and Enter opens the node's page", async () => {
  await press("Home");
  while ((await focused()).open === null) await press("ArrowDown"); // one with somebody around it
  const hub = (await focused()).name;
  assert.match(hub, /, hub, /);
  await press("ArrowRight");
  const leaf = (await focused()).name;
  assert.doesNotMatch(leaf, /, hub, /, "its first child");
  await press("ArrowLeft");
  assert.equal((await focused()).name, hub, "and back");
  await press("ArrowLeft");
  assert.equal((await focused()).open, "false", "its branch is closed");
  await press("ArrowRight", "ArrowRight");
  assert.equal((await focused()).name, leaf, "and opened");
  await press("End");
  assert.notEqual((await focused()).name, leaf);
  await press("Home");
  while ((await focused()).name !== leaf) await press("ArrowDown");
  await press("Enter");
  await until("the node's page", async () => /^\/nodes\/[0-9a-f]{64}$/.test(where().pathname) || page.url());
  await page.getByRole("heading", { level: 1 }).getByText(leaf.split(",")[0]).waitFor();
  await press("Escape");
  await at("back to the nodes", "/nodes");
  await press("Escape");
  await at("and to the topology", "/");
});

test("g and a letter go to the views, ? to the help", async () => {
  for (const [key, path] of [
    ["n", "/nodes"],
    ["b", "/boot"],
    ["e", "/events"],
    ["p", "/paths"],
    ["t", "/"],
  ]) {
    await press("g", key);
    await at(`g ${key}`, path);
  }
  await press("?");
  await at("the help", "/help");
  await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
  await press("Escape");
  await at("back", "/");
});

test("/ goes to the filter, and what is typed there filters", async () => {
  await press("/");
  assert.equal((await focused()).name, "Filter the nodes");
  await page.keyboard.type("tier:hub g n ?");
  assert.equal(where().pathname, "/", "what is typed is no command");
  await press(...Array(" g n ?".length).fill("Backspace"));
  await until("the hubs", async () => (await items(page).count()) === hubs || `${await items(page).count()} shown`);
  await press("Escape");
  assert.notEqual((await focused()).tag, "INPUT", "Escape leaves the filter");
  assert.equal(param("q"), "tier:hub", "and keeps it");
  await press("/");
  await press("Control+a", "Delete", "Escape");
  await until("all again", async () => (await items(page).count()) === nodes || "not all");
});

test("[ and ] go from event to event, and Escape lets go", async () => {
  await press("[");
  await until("the last event's node is selected", async () => param("sel") !== null || page.url());
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  await inspector.getByRole("link", { name: "Open page" }).waitFor();
  const seen = new Set([param("sel")]);
  for (let i = 0; i < 40 && seen.size < 2; i++) {
    await press("[");
    seen.add(param("sel"));
  }
  assert.ok(seen.size > 1, "an event of another node comes before");
  const here = param("sel");
  for (let i = 0; i < 40 && param("sel") === here; i++) await press("]");
  assert.notEqual(param("sel"), here, "and after");
  await press("Escape");
  await until("nothing is selected", async () => param("sel") === null || page.url());
});

test("+ and - bring the picture nearer and farther, f shows all of it", async () => {
  await press("f");
  // One that stays in the window when the picture is nearer.
  const middle = await page.locator("[data-id]").evaluateAll((all) => {
    const far = (one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return Math.hypot((left + right) / 2 - innerWidth / 2, (top + bottom) / 2 - innerHeight / 2);
    };
    return all.sort((a, b) => far(a) - far(b))[0].dataset.id;
  });
  const hub = page.locator(`[data-id="${middle}"]`);
  const width = async () => (await hub.boundingBox())?.width ?? 0;
  const rests = async () => {
    let last = await width();
    await until("the picture rests", async () => {
      const now = await width();
      const same = now === last;
      last = now;
      return same || `${now} px`;
    });
    return last;
  };
  const whole = await rests();
  await press("+");
  await until("nearer", async () => (await width()) > whole * 1.2 || `${await width()} of ${whole} px`);
  await press("f");
  await until("all of it", async () => Math.abs((await width()) - whole) < 1 || `${await width()} of ${whole} px`);
  await press("-", "-", "-");
  const cards = page.locator("[data-id]");
  await until("glyphs instead of cards", async () => (await cards.count()) === 0 || `${await cards.count()} cards`);
  await press("f");
  await until("cards again", async () => (await cards.count()) === nodes || `${await cards.count()} cards`);
});

test("Control and K go to anything by a few letters", async () => {
  await press("Control+k");
  await page.getByRole("combobox", { name: "A view or a node" }).waitFor();
  await page.keyboard.type("telem");
  await press("Enter");
  await at("the view", "/telemetry");
  await press("Control+k");
  await page.getByRole("combobox", { name: "A view or a node" }).waitFor();
  await press("Escape");
  await page.getByRole("combobox").first().waitFor({ state: "detached" });
  assert.equal(where().pathname, "/telemetry", "Escape only closes it");
  for (let times = 0; times < 8; times++) {
    await press("g", "m");
    await at("the view again", "/telemetry");
    await press("Control+k");
    await page.getByRole("combobox", { name: "A view or a node" }).waitFor();
    await press("Escape", "g", "t"); // without a pause: the keys are the page's again at once
    await at("the topology", "/");
  }
});

test("nothing went wrong, and nobody else was asked", () => {
  assert.deepEqual(main.wrong, []);
  assert.deepEqual([...main.hosts], [main.host]);
});
