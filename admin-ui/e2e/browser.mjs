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

function watch(page, wrong, hosts) {
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

export const bare = (url) => url.split("#")[0].replace(/\/$/, "");

/** Asks again and again until the condition says true; what it says else is what is told at the end. */
export async function until(what, condition, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const said = await condition();
    if (said === true) return;
    if (Date.now() > end) throw new Error(`${what}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
