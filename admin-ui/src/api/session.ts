// SPDX-License-Identifier: Apache-2.0
// The way in: the token stands in the fragment, which no server and no log ever sees, and is spent once.
import { get, Problem, post } from "./client";

export type Entry =
  | { state: "in" }
  | { state: "out"; said: string; hint: string; link: boolean } // link: one was used, and it did not open
  | { state: "unreachable"; said: string };

let refused: Problem | null = null; // what was said of the link: still true when it is knocked again without one

/** What was typed: a token, or a link with one in it. */
export const tokenIn = (text: string): string => text.trim().replace(/^.*#t=/, "");

export async function enter(typed?: string): Promise<Entry> {
  const linked = new URLSearchParams(location.hash.slice(1)).get("t");
  const token = typed === undefined ? linked : tokenIn(typed);
  if (linked !== null) history.replaceState(history.state, "", location.pathname + location.search);
  try {
    if (token) {
      try {
        await post("session", { token });
        return { state: "in" };
      } catch (problem) {
        // A spent token is no matter where the session it made is still good (a page that was reloaded).
        if (!(problem instanceof Problem) || problem.status === 0) throw problem;
        refused = problem;
      }
    }
    await get("session");
    refused = null;
    return { state: "in" };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401 || problem.status === 403) {
      const { message, hint } = refused ?? problem;
      return { state: "out", said: message, hint, link: refused !== null };
    }
    return { state: "unreachable", said: problem.message };
  }
}
