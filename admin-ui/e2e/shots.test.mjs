// SPDX-License-Identifier: Apache-2.0
// Every view in both themes as it was: pictures of the mock, whose chance has a seed and whose clock stands still,
// compared tile by tile with those in e2e/shots.
//   npm run shots        takes them anew, where what is seen has changed on purpose
// What does not agree is put into SHOTS (/tmp/meshhost-shots), where it differs in red.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { around } from "../mock/parts.mjs";
import { serve } from "../mock/server.mjs";
import { launch, watched } from "./browser.mjs";
import { pack } from "./palette.mjs";
import { differing, mark } from "./tiles.mjs";
import { views } from "./views.mjs";

const anew = process.env.RENEW === "1";
const kept = fileURLToPath(new URL("shots/", import.meta.url));
const told = process.env.SHOTS ?? "/tmp/meshhost-shots";
const START = Date.parse("2026-11-27T12:00:00.000Z");
const SIZE = { width: 1280, height: 800 };
const TOLERATED = 0.04; // of all tiles: with quite other fonts for signs it is 0.025, with another view 0.13 and more

let browser;

before(async () => {
  mkdirSync(told, { recursive: true });
  mkdirSync(kept, { recursive: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A page beside whose clock stands as still as the mock's. */
async function open(theme, more) {
  const mock = serve({ nodes: 18, seed: 901, start: START, frozen: true, open: true, ...more });
  await new Promise((resolve) => mock.http.listen(0, "127.0.0.1", resolve));
  const seen = await watched(browser, { ...SIZE, theme, timezoneId: "UTC", locale: "en-US" });
  await seen.page.addInitScript(() => {
    Object.defineProperty(performance, "now", { value: () => 1000 });
  });
  const close = async () => {
    await seen.context.close();
    mock.http.close();
    mock.http.closeAllConnections();
  };
  return { ...seen, mock, close, url: `http://127.0.0.1:${mock.http.address().port}` };
}

/** The page when it rests: two pictures in a row are the same. */
async function shoot(page) {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500); // answers, and what is arranged in a worker
  let last = await page.screenshot({ animations: "disabled" });
  for (let tries = 0; tries < 20; tries++) {
    await page.waitForTimeout(150);
    const next = await page.screenshot({ animations: "disabled" });
    if (next.equals(last)) break;
    last = next;
  }
  return PNG.sync.read(last);
}

/** What is wrong with a picture, or null. */
function compare(name, picture) {
  const file = join(kept, `${name}.png`);
  if (anew) {
    writeFileSync(file, pack(picture));
    return null;
  }
  if (!existsSync(file)) return `${name}: there is no picture of it yet (npm run shots)`;
  const { tiles, share } = differing(PNG.sync.read(readFileSync(file)), picture);
  if (share <= TOLERATED) return null;
  const where = join(told, `${name}.png`);
  mark(picture, tiles);
  writeFileSync(where, PNG.sync.write(picture));
  return `${name}: ${(share * 100).toFixed(1)} % of it is not as it was (${where})`;
}

const taken = new Set();

for (const theme of ["dark", "light"])
  test(`in ${theme} every view looks as it did`, async () => {
    const found = [];
    const look = async (page, name, to) => {
      await page.goto(to);
      taken.add(`${name}-${theme}.png`);
      found.push(compare(`${name}-${theme}`, await shoot(page)));
    };
    const whole = await open(theme);
    await whole.page.goto(whole.url);
    for (const [name, to] of Object.entries(await views(whole.page))) await look(whole.page, name, whole.url + to);
    assert.deepEqual(whole.wrong, []);
    await whole.close();

    const parted = await open(theme, { quiet: true, sites: true });
    parted.mock.part(around(parted.mock.mesh, "broker-02"));
    for (const [name, to] of [
      ["parted", "/"],
      ["parted-boxes", "/?layout=sides"],
      ["sites", "/?layout=network"],
    ])
      await look(parted.page, name, parted.url + to);
    assert.deepEqual(parted.wrong, []);
    await parted.close();
    assert.equal(found.filter((one) => one !== null).join("\n"), "");
  });

test("every picture that is kept is of a view", () => {
  const old = readdirSync(kept).filter((name) => !taken.has(name));
  if (anew) for (const name of old) rmSync(join(kept, name));
  else assert.deepEqual(old, []);
});
