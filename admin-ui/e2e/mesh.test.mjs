// SPDX-License-Identifier: Apache-2.0
// The page against an observer of 18 nodes, real or mock, that nobody breaks (mesh-faults.test.mjs does):
//   OBSERVER_URL='http://127.0.0.1:7780/#t=TOKEN' npm run e2e
// mesh.mjs says what else is read. LAB=1 also kills a node and starts it again.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { settled, until, watched } from "./browser.mjs";
import { enter, hubs, isLab, items, link, nodes, STEPS, shots, violations } from "./mesh.mjs";
import { views } from "./views.mjs";

let browser;
let main; // the one page with the one session: a token is good once
let state; // of its context, for further pages

before(async () => {
  main = await enter();
  browser = main.browser;
  state = await main.context.storageState();
});

after(async () => {
  await browser?.close();
});

const path = (to) => main.to(to);

test("all nodes are there, the hubs first, by the tree", async () => {
  const { page } = main;
  await until("the tree", async () => {
    const n = await items(page).count();
    return n === nodes || `${n} of ${nodes} nodes`;
  });
  // The inner ring is the tree's first level: as many hubs as there are, and nobody else.
  const labels = (level) => items(page, level).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  await until("the rings", async () => {
    const inner = await labels(1);
    return (inner.length === hubs && inner.every((label) => /, hub, /.test(label))) || inner.join("; ");
  });
  const outer = await labels(2);
  assert.equal(outer.length, nodes - hubs);
  for (const label of outer) assert.doesNotMatch(label, /, hub, /);
  const label = await page.getByRole("img").first().getAttribute("aria-label");
  assert.match(label, new RegExp(`of ${nodes} nodes alive`));
});

test("the tree is walked with the keys, and the picture follows", async () => {
  const { page } = main;
  await items(page, 1).first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await until("a selection", async () => /sel=/.test(page.url()) || page.url());
  await page.getByRole("complementary", { name: "Inspector" }).getByText("Open page").waitFor();
  await page.keyboard.press("Enter");
  await until("the node's page", async () => /\/nodes\/[0-9a-f]{64}/.test(page.url()) || page.url());
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await until("the topology", async () => new URL(page.url()).pathname === "/" || page.url());
  await page.keyboard.press("Escape");
});

test("the picture is moved and zoomed; a node that is dragged stays, until all is arranged anew", async () => {
  const { page, wrong, context } = await watched(browser);
  await context.addCookies(state.cookies);
  await page.goto(path("/"));
  const cards = page.locator("[data-id]");
  await until("the cards", async () => (await cards.count()) === nodes || `${await cards.count()} cards`);
  const card = cards.first();
  // To the pixel: a browser rounds where it likes.
  const place = async () => await card.boundingBox();
  const near = (a, b, by, what) =>
    assert.ok(Math.abs(a.x - b.x - by) <= 1.5 && Math.abs(a.y - b.y - by) <= 1.5, what);
  const drag = async (from, by) => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    for (let i = 1; i <= 4; i++) await page.mouse.move(from.x + (by * i) / 4, from.y + (by * i) / 4);
    await page.mouse.up();
    await page.waitForTimeout(200);
  };
  const first = await place();
  const picture = await page.getByRole("img").first().boundingBox();
  const middle = { x: picture.x + picture.width / 2, y: picture.y + picture.height / 2 };
  await drag(middle, 40);
  near(await place(), first, 40, "all move together");
  assert.ok(!page.url().includes("sel="), "a drag is no click");
  await page.keyboard.press("f");
  await page.waitForTimeout(200);
  near(await place(), first, 0, "f shows all again");

  const box = await card.boundingBox();
  await drag({ x: box.x + 30, y: box.y + 12 }, 24);
  near(await place(), first, 24, "one moves alone");
  assert.ok(!page.url().includes("sel="), "a drag is no click");
  await page.reload();
  await until("the cards", async () => (await cards.count()) === nodes || "none");
  const pins = await page.evaluate(() =>
    Object.entries(localStorage).filter(([key]) => key.startsWith("meshhost.pins.")),
  );
  assert.equal(pins.length, 1, "it is kept");
  await page.getByRole("button", { name: "Re-layout" }).click();
  assert.equal(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("meshhost.pins.")).length),
    0,
  );
  await page.waitForTimeout(200);
  await card.click({ position: { x: 30, y: 12 } });
  await until("a selection", async () => page.url().includes("sel=") || page.url());
  await page.mouse.move(middle.x, middle.y);
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, 200);
  await until("glyphs instead of cards", async () => (await cards.count()) === 0 || "cards");
  await page.screenshot({ path: join(shots, "glyphs.png") });
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the filter counts whom it hides", async () => {
  const { page } = main;
  await page.goto(path("/?q=tier:hub"));
  await until("the hubs", async () => {
    const n = await items(page).count();
    return n === hubs || `${n} shown`;
  });
  await page.getByText(`${nodes - hubs} hidden by filter`).waitFor();
  await page.getByRole("button", { name: "clear" }).click();
  await until("all again", async () => (await items(page).count()) === nodes || "not all");
});

test("every start has five steps, and the join that it told of", async () => {
  const { page } = main;
  await page.goto(path("/boot?sort=name"));
  await page.locator("[data-boot-row]").first().waitFor();
  await until("a row for each", async () => {
    const n = await page.locator("[data-boot-row]").count();
    return n >= nodes || `${n} rows`;
  });
  // Observers are there only for who asks for them: the rows say who is meant.
  const rows = await page.locator("[data-boot-row]").evaluateAll((all) => all.map((one) => one.dataset.bootRow));
  const boots = await page.evaluate(() => fetch("/api/v1/boots").then((answer) => answer.json()));
  const told = boots.data.nodes.filter((node) => node.boot && rows.includes(node.id)).map((node) => node.id);
  if (isLab) assert.equal(told.length, nodes, "all tell how they started");
  await page.goto(path(`/boot?sort=name&open=${told.join(",")}`));
  await page.locator("[data-boot-step]").first().waitFor();
  const names = await page.locator("[data-boot-step]").evaluateAll((all) => all.map((one) => one.dataset.bootStep));
  assert.equal(names.length, told.length * STEPS.length);
  for (let i = 0; i < names.length; i++) assert.equal(names[i], `mesh.${STEPS[i % STEPS.length]}`);
  const joined = boots.data.nodes.filter((node) => told.includes(node.id) && node.boot.join?.length > 0);
  assert.equal(await page.locator("[data-boot-join]").count(), joined.length);
  assert.equal(await page.locator("[data-join]").count(), joined.length);
});

for (const theme of ["dark", "light"])
  test(`in ${theme}: every view is accessible, and looks like something`, async () => {
    const { page, wrong, hosts, context } = await watched(browser, { theme });
    await context.addCookies(state.cookies);
    await page.goto(path("/"));
    const found = [];
    for (const [name, to] of Object.entries(await views(page))) {
      await page.goto(path(to));
      await settled(page);
      await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
      found.push(...(await violations(page, name)));
      const text = await page.locator("body").innerText();
      const odd = name === "raw" ? null : /\b(NaN|undefined|Infinity|\[object Object\])\b/.exec(text);
      if (odd) found.push(`${name}: says ${odd[0]}`);
    }
    assert.equal(found.join("\n"), "");
    assert.deepEqual(wrong, []);
    assert.deepEqual([...hosts], [main.host]);
    await context.close();
  });

test("on a small screen nothing is lost", async () => {
  const { page, wrong, context } = await watched(browser, { width: 1024, height: 768 });
  await context.addCookies(state.cookies);
  for (const [name, to] of [
    ["topology", "/"],
    ["boot", "/boot"],
    ["nodes", "/nodes"],
  ]) {
    await page.goto(path(to));
    await settled(page);
    await page.screenshot({ path: join(shots, `${name}-small.png`) });
  }
  await page.goto(path("/"));
  await items(page).first().waitFor({ state: "attached" });
  await items(page).first().focus();
  await page.waitForTimeout(200);
  assert.ok((await items(page).first().boundingBox()).x >= 0, "the tree comes when it has the focus");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("without a session the page says how to get in", async () => {
  const { page, wrong, context } = await watched(browser);
  await page.goto(path("/nodes"));
  await page.getByText("meshctl ui", { exact: true }).waitFor();
  await page.screenshot({ path: join(shots, "door.png") });
  assert.deepEqual(await violations(page, "door"), []);
  assert.deepEqual(
    wrong.filter((one) => !/401/.test(one)),
    [],
  ); // the browser tells of the 401 itself
  await context.close();
});

const isOpenOnce = !isLab && !process.env.OBSERVER_URL?.endsWith("#t=mock"); // and that was needed above

test("a token that is said to the page lets in, and a wrong one does not", { skip: isOpenOnce }, async () => {
  const { page, wrong, context } = await watched(browser);
  await page.goto(path("/nodes"));
  const field = page.getByLabel("Or say a link's token");
  const say = async (token, how) => {
    await field.fill(token);
    await how();
  };
  await say("  ", () => page.keyboard.press("Enter"));
  assert.equal(await page.getByRole("alert").count(), 0, "nothing was said, nothing is asked");
  const open = page.getByRole("button", { name: "Open", exact: true });
  await say("not-a-token", () => open.click());
  await page.getByRole("heading", { name: "This token does not open the dashboard" }).waitFor();
  await page.getByRole("alert").getByText("meshctl ui").waitFor();
  assert.equal(await field.inputValue(), "", "it is not shown again");
  assert.equal(await field.getAttribute("type"), "password");
  const token = (await link()).split("#t=")[1];
  await say(token, () => page.keyboard.press("Enter"));
  await settled(page);
  assert.equal(new URL(page.url()).pathname, "/nodes", "the view that was asked for");
  assert.ok(!page.url().includes(token));
  assert.deepEqual(
    wrong.filter((one) => !/40[13]/.test(one)),
    [],
  );
  await context.close();
});

test("a lost connection is said, and nothing is cleared", async () => {
  const { page, context } = await watched(browser);
  await context.addCookies(state.cookies);
  await page.addInitScript(() => {
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor(...given) {
        super(...given);
        window.__sockets = [...(window.__sockets ?? []), this];
        if (window.__cut) this.close();
      }
    };
    window.__cutOff = () => {
      // As when a network goes away: nothing is closed, nothing comes any more, and no new way leads there.
      window.__cut = true;
      for (const socket of window.__sockets) socket.onmessage = null;
    };
  });
  await page.goto(path("/"));
  await until("the tree", async () => (await items(page).count()) === nodes || "not all");
  await page.evaluate(() => window.__cutOff());
  await page.getByText(/not live since/).waitFor({ timeout: 10_000 });
  await page.screenshot({ path: join(shots, "not-live.png") });
  assert.equal(await items(page).count(), nodes);
  await page.evaluate(() => {
    window.__cut = false;
  });
  await page.getByText(/live · seq/).waitFor({ timeout: 20_000 });
  await context.close();
});

test("a killed node is seen to die, and to come back", { skip: process.env.LAB !== "1" }, async () => {
  const { page } = main;
  await page.goto(path("/lab"));
  const name = process.env.VICTIM ?? "compute-04";
  const state = () => page.locator("tr", { has: page.getByRole("cell", { name, exact: true }) }).textContent();
  const act = async (what) => {
    await page.getByRole("button", { name: `${what}: ${name}`, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: what, exact: true }).click();
    await page.getByRole("img", { name: "done", exact: true }).first().waitFor();
  };
  await act("Kill");
  await until("its death", async () => /dead/.test(await state()) || state(), 40_000);
  await act("Restart");
  await until("its return", async () => /alive/.test(await state()) || state(), 40_000);
  await page.goto(path("/boot?sort=name"));
  await page.locator("[data-boot-row]").first().waitFor();
});

test("the first page said nothing wrong either", () => {
  assert.deepEqual(main.wrong, []);
  assert.deepEqual([...main.hosts], [main.host]);
});
