// SPDX-License-Identifier: Apache-2.0
// In small windows nothing overlaps and nothing is cut off: of every text that is seen, its place is asked of the
// browser. What is shortened with an ellipsis, and what can be scrolled to, is not cut off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { around } from "../mock/parts.mjs";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";
import { views } from "./views.mjs";

let browser;
let mock;
let url;

before(async () => {
  mock = serve({ nodes: 18, seed: 901, still: true, open: true });
  await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${mock.http.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  mock.http.close();
  mock.http.closeAllConnections();
});

/** Runs in the page. */
function faults() {
  const found = [];
  const name = (element) =>
    `${element.tagName.toLowerCase()}.${String(element.className?.baseVal ?? element.className)}`;
  const view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window");
  for (const page of document.querySelectorAll(".page, #main"))
    if (page.scrollWidth > page.clientWidth + 1)
      found.push(`${name(page)} is ${page.scrollWidth - page.clientWidth} px too wide`);

  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const said = node.data.trim();
    const own = node.parentElement;
    if (said === "" || !own.checkVisibility({ visibilityProperty: true }) || own.closest(".only-read, svg, script"))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      let box = { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom };
      let cut = null;
      let scrolls = false;
      for (let up = own; up && up !== document.documentElement; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.overflowX === "visible" || style.display === "inline") continue;
        const outer = up.getBoundingClientRect();
        const next = {
          left: Math.max(box.left, outer.left),
          top: Math.max(box.top, outer.top),
          right: Math.min(box.right, outer.right),
          bottom: Math.min(box.bottom, outer.bottom),
        };
        const lost = Math.max(
          next.left - box.left,
          box.right - next.right,
          next.top - box.top,
          box.bottom - next.bottom,
        );
        scrolls ||= /auto|scroll/.test(style.overflowX + style.overflowY);
        if (lost > 1.5 && !scrolls && style.textOverflow !== "ellipsis") cut ??= name(up);
        box = next;
      }
      if (box.right - box.left < 1 || box.bottom - box.top < 1) continue; // of a list that goes on, or not there at all
      if (box.right <= 0) continue; // waits beside the page until it has the focus
      const out = Math.max(
        view.left - box.left,
        box.right - view.right,
        view.top - box.top,
        box.bottom - view.bottom,
      );
      if (out > 1) cut ??= "the window";
      if (cut) found.push(`"${said.slice(0, 40)}" is cut off by ${cut}`);
      seen.push({ said, own, box });
    }
  }
  for (const [i, a] of seen.entries())
    for (const b of seen.slice(i + 1)) {
      if (a.own === b.own) continue;
      const w = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const h = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (w > 2 && h > 4) found.push(`"${a.said.slice(0, 30)}" and "${b.said.slice(0, 30)}" overlap`);
    }
  // What stands over the picture leaves the hosts to be seen.
  const over = [
    ...document.querySelectorAll('main [class*="tools"], main [class*="legend"], main > section > [role=status]'),
  ];
  for (const card of document.querySelectorAll("[data-id]")) {
    const a = card.getBoundingClientRect();
    for (const one of over) {
      const b = one.getBoundingClientRect();
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        found.push(`${name(one)} covers ${card.textContent.slice(0, 12)}`);
    }
    if (a.left < 0 || a.right > innerWidth || a.top < 0 || a.bottom > innerHeight) found.push("a card is outside");
  }
  return [...new Set(found)];
}

for (const [width, height] of [
  [1024, 768],
  [1280, 800],
])
  test(`at ${width} by ${height} nothing overlaps and nothing is cut off`, async () => {
    const { page, wrong, context } = await watched(browser, { width, height });
    await page.goto(url);
    const found = [];
    for (const [name, to] of Object.entries(await views(page))) {
      await page.goto(url + to);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${process.env.SHOTS ?? "/tmp/meshhost-shots"}/${name}-${width}.png` });
      for (const one of await page.evaluate(faults)) found.push(`${name}: ${one}`);
    }
    assert.ok(found.length === 0, `\n${found.join("\n")}`);
    assert.deepEqual(wrong, []);
    await context.close();
  });

test("nor where a parted mesh is told", async () => {
  const { page, context } = await watched(browser, { width: 1024, height: 768 });
  mock.part(around(mock.mesh, "broker-02"));
  const found = [];
  for (const to of ["/", "/?layout=sides"]) {
    await page.goto(url + to);
    await page.getByText("The mesh is in").waitFor();
    await page.waitForTimeout(600);
    for (const one of await page.evaluate(faults)) found.push(`${to}: ${one}`);
  }
  mock.heal();
  assert.ok(found.length === 0, `\n${found.join("\n")}`);
  await context.close();
});
