// SPDX-License-Identifier: Apache-2.0
// What the tests against a mesh of 18 share: where it is, how a browser gets in, what axe says, and the lab's words.
//   OBSERVER_URL   the observer, with a token that is good once; NODES (18), HUBS (4) what it shows
//   SHOTS          where pictures go
//   MESHCTL, LAB_NAME   the lab behind it, for tests that break it; without them those are skipped
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { bare, launch, watched } from "./browser.mjs";

export const nodes = Number(process.env.NODES ?? 18);
export const hubs = Number(process.env.HUBS ?? 4);
export const shots = process.env.SHOTS ?? "/tmp/meshhost-shots";
export const STEPS = ["identity.load", "endpoint.create", "alpn.register", "gossip.subscribe", "accept.start"];
export const isLab = Boolean(process.env.MESHCTL && process.env.LAB_NAME);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** meshctl's answer. What it answers when it fails is thrown. */
export async function meshctl(...words) {
  const { stdout } = await promisify(execFile)(process.env.MESHCTL, ["--json", ...words]).catch((failed) => {
    throw new Error(`meshctl ${words.join(" ")}: exit ${failed.code}: ${failed.stdout}${failed.stderr}`);
  });
  return JSON.parse(stdout).data;
}

export const chaos = (...words) => meshctl("lab", "chaos", ...words, "--name", process.env.LAB_NAME);

/** One that opens the dashboard: a lab is asked for a fresh one. */
export async function link() {
  return isLab ? (await meshctl("ui", "--lab", process.env.LAB_NAME)).link : process.env.OBSERVER_URL;
}

/** A browser with one session, and the page that made it. A token is good once: a lab is asked for one of its own. */
export async function enter(options) {
  const url = await link();
  assert.ok(url, "OBSERVER_URL is not set");
  mkdirSync(shots, { recursive: true });
  const browser = await launch();
  const main = await watched(browser, options);
  await main.page.goto(url);
  await main.page.getByRole("tree").waitFor({ timeout: 15_000 });
  return { ...main, browser, host: new URL(url).host, to: (path) => bare(url) + path };
}

export const items = (page, level) => page.locator(`[role=treeitem]${level ? `[aria-level="${level}"]` : ""}`);
export const item = (page, name) => page.locator(`[role=treeitem][aria-label^="${name}, "]`);

/** The snapshot of what the observer knows now. */
export const snapshot = (page) =>
  page.evaluate(() => fetch("/api/v1/snapshot").then(async (answer) => (await answer.json()).data));

/** What axe has to say against the page, one line for each rule. */
export async function violations(page, name) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.map(
    (one) =>
      `${name}: ${one.id} ${one.nodes
        .slice(0, 2)
        .map((node) => `${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 260)}`)
        .join(" | ")}`,
  );
}

/** A picture in either theme, and that it is accessible in both. */
export async function judge(page, name) {
  const found = [];
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
    found.push(...(await violations(page, `${name} in ${theme}`)));
  }
  assert.equal(found.join("\n"), "");
}
