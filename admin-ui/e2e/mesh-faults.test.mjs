// SPDX-License-Identifier: Apache-2.0
// What the page shows of a lab that is broken: a host that is killed and comes back, a path that is relayed, a mesh in
// two parts, an observer that dies. Each step begins where the one before ended. Needs the lab: see mesh.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./browser.mjs";
import { chaos, enter, isLab, item, items, judge, nodes, STEPS, snapshot } from "./mesh.mjs";

const victim = process.env.VICTIM ?? "compute-05";
// Five seconds until a host that was killed is missed (docs/operating.md), and what a busy machine adds.
const DEAD_WITHIN_MS = 15_000;
const AGAIN_WITHIN_MS = 60_000; // hosts dial, the halves of a mesh look for each other

const step = (name, run) => test(name, { skip: !isLab && "needs a lab" }, run);

let main;
let page;

before(async () => {
  if (!isLab) return;
  main = await enter();
  page = main.page;
  await whole("before anything");
});

after(async () => {
  await main?.browser.close();
});

/** By the observer's word: all are alive and there is one mesh. */
async function whole(when) {
  await page.goto(main.to("/"));
  await until(
    `a whole mesh ${when}`,
    async () => {
      const labels = await items(page).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
      const ill = labels.filter((label) => !/, (alive|degraded)\b/.test(label));
      if (labels.length !== nodes || ill.length > 0) return `${labels.length} hosts; ${ill.join("; ")}`;
      return (await page.locator("[data-side]").count()) === 0 || "it is in parts";
    },
    AGAIN_WITHIN_MS,
  );
}

/** Through the page, as somebody who looks would do it. */
async function act(what, name) {
  const lab = await main.context.newPage();
  await lab.goto(main.to("/lab"));
  await lab.getByRole("button", { name: `${what}: ${name}`, exact: true }).click();
  await lab.getByRole("dialog").getByRole("button", { name: what, exact: true }).click();
  await lab.getByRole("img", { name: "done", exact: true }).first().waitFor();
  await lab.close();
}

/** Notes every state that the tree says of a host, from now on. */
async function note(name) {
  await page.evaluate((wanted) => {
    window.__states = [];
    const look = () => {
      const found = document.querySelector(`[role=treeitem][aria-label^="${wanted}, "]`);
      const state = found?.getAttribute("aria-label").split(", ")[2];
      if (state && window.__states.at(-1) !== state) window.__states.push(state);
    };
    const tree = document.querySelector("[role=tree]");
    new MutationObserver(look).observe(tree, { subtree: true, childList: true, attributes: true });
    look();
  }, name);
  return () => page.evaluate(() => window.__states);
}

step("a host that is killed is seen stale, then dead", async () => {
  const states = await note(victim);
  assert.equal((await states()).length, 1);
  await act("Kill", victim);
  await until(
    "its death",
    async () => (await states()).includes("dead") || (await states()).join(" → "),
    DEAD_WITHIN_MS,
  );
  const seen = await states();
  assert.ok(seen.indexOf("stale") > 0, `stale before dead: ${seen}`);
  assert.equal(seen.at(-1), "dead");
  const card = page.locator("[data-id]", { hasText: victim });
  assert.equal(await card.evaluate((one) => getComputedStyle(one).borderTopStyle), "dotted");
  assert.match(await card.textContent(), /✕.*dead/);
  await judge(page, "dead");

  await page.goto(main.to(`/events?q=name:${victim}&type=peer.state`));
  const log = page.getByRole("log");
  await log.getByText(/^dead/).first().waitFor();
  const rows = await log.locator("> div > div").evaluateAll((all) => all.map((one) => one.textContent));
  const [dead, stale] = [/dead/, /stale/].map((word) => rows.findIndex((row) => word.test(row)));
  assert.ok(dead >= 0 && stale > dead, `the newest first, dead after stale: ${rows.join(" | ")}`);
  assert.ok(rows[dead].includes(victim));
});

step("it comes back with its second start, which is compared with the first", async () => {
  await act("Restart", victim);
  await whole("after the restart");
  await page.goto(main.to(`/boot?q=name:${victim}`));
  await page.locator("[data-boot-row]").getByRole("link", { name: victim }).click();
  await page.getByRole("heading", { level: 1, name: `Start 2 of ${victim}` }).waitFor();
  const starts = page
    .getByRole("complementary")
    .getByRole("listitem")
    .getByRole("link", { name: /^start \d$/ });
  await until(
    "both starts",
    async () => (await starts.allTextContents()).sort().join() === "start 1,start 2" || "one",
  );
  await page.getByLabel("compare with").selectOption({ label: "its previous start" });
  await page.getByText("Δ start 1", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("vs"), "prev");
  const text = await page.getByRole("main").innerText();
  for (const name of ["mesh.node.ready", ...STEPS.map((one) => `mesh.${one}`)])
    assert.match(text, new RegExp(`${name.replaceAll(".", "\\.")}\\s+[\\d.,]+ [µm]?s\\s+[+−±][\\d.,]+ [µm]?s`), name);
  await judge(page, "second-start");
});

step("a path that is relayed is marked with an R, and says why", async () => {
  const { names, known } = await relayed();
  await until("the mark in the picture", async () => (await orange()) > 30 || `${await orange()} px of its colour`);

  await item(page, names[0]).click();
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  const row = inspector.getByRole("row", { name: new RegExp(names[1]) });
  await row.getByText("Rrelayed", { exact: true }).waitFor(); // the box, and the word
  assert.match(await item(page, names[0]).getAttribute("aria-label"), /, \d+ relayed/);
  await row.getByRole("button", { name: "relayed", exact: true }).click();
  await inspector.getByText("Why relayed?").waitFor();
  const { reason, id } = await known();
  assert.equal(new URL(page.url()).searchParams.get("sel"), id);
  assert.ok(reason, "the two ends say why");
  const why = inspector.getByRole("row", { name: /^reason/ });
  // It may have become another since: the page says what it was told last.
  await until("the reason", async () => {
    const told = (await known()).reason.replaceAll("_", " ");
    return (await why.textContent()).includes(told) || `${await why.textContent()}, not ${told}`;
  });
  assert.doesNotMatch(await inspector.innerText(), /The ends say:/, "a reason that the page has words for");
  await judge(page, "relayed");

  await page.goto(main.to(`/paths?q=name:${names.join(",")}`));
  const matrix = page.getByRole("img", { name: /^Paths between/ });
  assert.match(await matrix.getAttribute("aria-label"), / [1-9]\d* of \d+ are relayed/);
  await page.getByText(/^In words/).click();
  const rows = page.getByRole("table").getByRole("row");
  const told = names.reduce((found, one) => found.filter({ has: page.getByText(one, { exact: true }) }), rows);
  await told.getByText("Rrelayed", { exact: true }).waitFor();
  await judge(page, "relayed-paths");
});

/** Leaves two neighbours with the relay alone, and shows those two. They may give each other up before the relay has
 * taken over, and find others for a while: then two more are. */
async function relayed() {
  const forced = new Map(); // names, by path
  const known = async (id) => (await snapshot(page)).edges.find((edge) => edge.id === id);
  for (let turn = 0; turn < 8; turn++) {
    const { nodes: all, edges } = await snapshot(page);
    const hosts = new Map(all.filter((node) => !node.self).map((node) => [node.id, node.name]));
    const next = edges.find(
      ({ id, a, b, kind }) => kind === "direct" && !forced.has(id) && hosts.has(a) && hosts.has(b),
    );
    assert.ok(next, "two neighbours by a direct path");
    const names = [hosts.get(next.a), hosts.get(next.b)].sort();
    forced.set(next.id, names);
    await alone(names);
    assert.equal(await orange(), 0, "it is direct so far");
    await chaos("relay-only", names.join(","));
    const found = await staysRelayed([...forced.keys()]);
    if (!found) continue;
    await alone(forced.get(found));
    return { names: forced.get(found), known: () => known(found) };
  }
  throw new Error("no two neighbours were left with the relay and stayed neighbours");
}

/** Shows two hosts and no others, who may be relayed, too. */
async function alone(names) {
  await page.goto(main.to(`/?q=name:${names.join(",")}`));
  await until("those two", async () => (await items(page).count()) === 2 || `${await items(page).count()} shown`);
}

/** Which of these paths is soon relayed, and so ten times in a row; null: none. */
async function staysRelayed(ids) {
  const rows = new Map(ids.map((id) => [id, 0]));
  const one = async () => {
    const { edges } = await snapshot(page);
    for (const [id, row] of rows)
      rows.set(id, edges.some((edge) => edge.id === id && edge.kind === "relayed") ? row + 1 : 0);
    return [...rows.values()].includes(10) || "none";
  };
  await until("one of them", one, 10_000).catch(() => undefined);
  return ids.find((id) => rows.get(id) === 10) ?? null;
}

/** How much of the picture has the colour of relayed paths. */
const orange = () =>
  page.evaluate(() => {
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--relayed");
    const draw = (w, h, what) => {
      const context = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
      what(context);
      return context.getImageData(0, 0, w, h).data;
    };
    const [r, g, b] = draw(1, 1, (context) => {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    });
    let found = 0;
    for (const canvas of document.querySelectorAll("main canvas")) {
      const data = draw(canvas.width, canvas.height, (context) => context.drawImage(canvas, 0, 0));
      for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found++;
    }
    return found;
  });

step("a mesh in two parts is shown as two boxes, and as one again when it is healed", async () => {
  await page.goto(main.to("/"));
  const away = await together(7);
  await chaos("partition", `${away.map((node) => node.name).join(",")}|rest`);
  const strip = page.getByRole("status").filter({ hasText: "The mesh is in 2 parts" });
  const said = new RegExp(`this side ${nodes - away.length}\\b.*other side ${away.length}\\b`);
  await until(
    "two parts",
    async () => {
      const text = (await strip.count()) > 0 ? await strip.innerText() : "";
      return said.test(text) || text || "it is whole";
    },
    AGAIN_WITHIN_MS,
  );
  await judge(page, "parted");
  await strip.getByRole("button", { name: "Show as boxes" }).click();
  await until("the boxes", async () => new URL(page.url()).searchParams.get("layout") === "sides" || page.url());
  await until("two boxes, apart from each other", async () => apart(away.map((node) => node.id)));
  await judge(page, "parted-boxes");
  await chaos("heal");
  await whole("after it was healed");
});

/** So many neighbours of each other, with one hub among them. */
async function together(n) {
  const { nodes: all, edges } = await snapshot(page);
  const byId = new Map(all.filter((node) => !node.self && node.state === "alive").map((node) => [node.id, node]));
  const hub = [...byId.values()].find((node) => node.tier === "hub");
  const found = [hub];
  for (let i = 0; i < found.length && found.length < n; i++)
    for (const { a, b } of edges) {
      const next = a === found[i].id ? byId.get(b) : b === found[i].id ? byId.get(a) : undefined;
      if (next && next.tier !== "hub" && !found.includes(next) && found.length < n) found.push(next);
    }
  assert.equal(found.length, n, "so many that hang together");
  return found;
}

/** Whether the cards of these stand in a rectangle in which no other card is, and the others in one, too. */
async function apart(ids) {
  const cards = await page.locator("[data-id]").evaluateAll((all) =>
    all.map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { id: one.dataset.id, left, right, top, bottom };
    }),
  );
  if (cards.length !== nodes) return `${cards.length} cards`;
  const [inside, outside] = [true, false].map((is) => cards.filter(({ id }) => ids.includes(id) === is));
  const around = (some) => ({
    left: Math.min(...some.map((one) => one.left)),
    right: Math.max(...some.map((one) => one.right)),
    top: Math.min(...some.map((one) => one.top)),
    bottom: Math.max(...some.map((one) => one.bottom)),
  });
  const [a, b] = [around(inside), around(outside)];
  const meet = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return !meet || "the boxes overlap";
}

step("an observer that is killed and started again is found again, with all starts", async () => {
  await page.evaluate(() => {
    window.__same = true;
  });
  const before = main.wrong.length;
  await chaos("kill", "observer");
  await page.getByText(/not live since/).waitFor();
  assert.equal(await items(page).count(), nodes, "nothing is cleared");
  await judge(page, "observer-away");
  await chaos("restart", "observer");
  await page.getByText(/live · seq/).waitFor({ timeout: AGAIN_WITHIN_MS });
  assert.equal(await page.evaluate(() => window.__same), true, "the page was not loaded anew");
  // That nobody answered meanwhile is told by the browser itself.
  const noise = /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)|WebSocket connection to .* failed/;
  const told = main.wrong.splice(before);
  assert.deepEqual(
    told.filter((one) => !noise.test(one)),
    [],
  );

  await page.getByRole("link", { name: "Boot Waterfall" }).click();
  const rows = page.locator("[data-boot-row]");
  await until(
    "all starts",
    async () => {
      const links = await rows.getByRole("link").count();
      return (links === nodes && (await rows.count()) === nodes) || `${links} of ${await rows.count()} rows`;
    },
    AGAIN_WITHIN_MS,
  );
  for (const twist of await rows.getByRole("button", { name: /^Steps of/ }).all()) await twist.click();
  await until("five steps of each", async () => {
    const steps = await page.locator("[data-boot-step]").count();
    return steps === nodes * STEPS.length || `${steps} steps`;
  });
  await rows.getByRole("link", { name: victim }).click();
  await page.getByRole("heading", { level: 1, name: `Start 2 of ${victim}` }).waitFor();
  await whole("after the observer came back");
});

step("nothing else went wrong, and nobody else was asked", () => {
  assert.deepEqual(main.wrong, []);
  assert.deepEqual([...main.hosts], [main.host]);
});
