// SPDX-License-Identifier: Apache-2.0
// The browser of the tests: Debian's own, without a screen and without a word to anybody else.
import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-quic",
      "--font-render-hinting=none",
    ],
  });

/** A page that remembers what went wrong in it. */
export async function watched(browser, { theme = "dark", width = 1440, height = 900, ...more } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    ...more,
  });
  const wrong = [];
  const hosts = new Set();
  context.on("page", (page) => watch(page, wrong, hosts)); // further ones, too
  const page = await context.newPage();
  return { page, context, wrong, hosts };
}

const asking = new WeakMap(); // page → its questions to the observer that are not answered yet

function watch(page, wrong, hosts) {
  const questions = new Set();
  asking.set(page, questions);
  page.on("request", (request) => request.url().includes("/api/v1/") && questions.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => questions.delete(request));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`thrown: ${error.stack ?? error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") wrong.push(`failed: ${request.url()} ${why}`); // a view that is left stops asking
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") || url.protocol.startsWith("ws")) hosts.add(url.host);
  });
}

/** Waits until the view has its data, its fonts, and nothing that moves; `page` is one that is watched. */
export async function settled(page) {
  await page.locator("h1").first().waitFor({ state: "attached" });
  const rests = () => {
    const said = document.querySelector("footer")?.textContent ?? "";
    const isThere = /live · seq|viewing /.test(said) && !said.includes("· fetching");
    const moving = document
      .getAnimations()
      .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity);
    if (!isThere) return `no picture yet: ${said}`;
    if (document.querySelector(".wait")) return document.querySelector(".wait").textContent;
    if (document.fonts.status !== "loaded") return "fonts are on their way";
    return moving.length === 0 || "something moves";
  };
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await until(
    "the view",
    async () => {
      await page.evaluate(frames); // what has come is shown, and asks what it asks
      const open = [...asking.get(page)].map((request) => request.url());
      return open.length > 0 ? `waits for ${open}` : page.evaluate(rests);
    },
    20_000,
    20,
  );
}

export const bare = (url) => url.split("#")[0].replace(/\/$/, "");

/** Asks again and again until the condition says true; what it says else is what is told at the end. */
export async function until(what, condition, ms = 20_000, pause = 200) {
  const end = Date.now() + ms;
  for (;;) {
    const said = await condition();
    if (said === true) return;
    if (Date.now() > end) throw new Error(`${what}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
