// SPDX-License-Identifier: Apache-2.0
// Numbers and times as words. Whatever comes in, what goes out is text that a person can read: a dash where
// nothing is known, never NaN, never undefined.
const UNKNOWN = "–";

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const fixed = (value: number, digits: number) => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text; // no "-0"
};

export function millis(us: unknown): string {
  if (!finite(us)) return UNKNOWN;
  const ms = us / 1000;
  const size = Math.abs(ms);
  if (size >= 60_000) return duration(ms);
  if (size >= 10_000) return `${fixed(ms / 1000, 1)} s`;
  if (size >= 1000) return `${fixed(ms / 1000, 2)} s`;
  if (size >= 100) return `${fixed(ms, 0)} ms`;
  if (size >= 1) return `${fixed(ms, 1)} ms`;
  return `${fixed(ms, 2)} ms`;
}

export function bytes(value: unknown): string {
  if (!finite(value)) return UNKNOWN;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${fixed(size, unit > 0 && Math.abs(size) < 10 ? 1 : 0)} ${units[unit]}`;
}

export const rate = (value: unknown): string => (finite(value) ? `${bytes(value)}/s` : UNKNOWN);

export function percent(part: unknown): string {
  if (!finite(part)) return UNKNOWN;
  return part > 99.99 ? "> 9999 %" : `${fixed(part * 100, 0)} %`;
}

export function count(value: unknown): string {
  if (!finite(value)) return UNKNOWN;
  const digits = String(Math.trunc(value));
  if (digits.includes("e")) return digits;
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f"); // a narrow space between thousands
}

export const cpu = (millicores: unknown): string => (finite(millicores) ? `${count(millicores)} m` : UNKNOWN);

/** A length of time in its two largest units. */
export function duration(ms: unknown): string {
  if (!finite(ms)) return UNKNOWN;
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min ${s % 60} s`;
  const h = Math.floor(m / 60);
  if (h < 48) return `${h} h ${m % 60} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

export function age(at: unknown, now: number): string {
  const then = typeof at === "string" ? Date.parse(at) : at;
  if (!finite(then) || !finite(now) || now === 0) return UNKNOWN;
  const passed = now - then;
  return passed < 1000 ? "now" : `${duration(passed)} ago`;
}

/** As `duration`, in one unit: for narrow places. */
export const briefDuration = (ms: unknown): string => duration(ms).replace(/^(\d+ \S+) \d+ \S+$/, "$1");

/** What is used, of what it may be. */
export const ofBudget = (unit: (value: unknown) => string, used: unknown, budget: unknown): string =>
  finite(budget) ? `${unit(used)} of ${unit(budget)}` : `${unit(used)}, no budget`;

const two = (value: number) => String(value).padStart(2, "0");

/** The time of day, as this browser's zone has it. */
export function clock(at: unknown, withMillis = false): string {
  const then = typeof at === "string" ? Date.parse(at) : at;
  if (!finite(then)) return UNKNOWN;
  const date = new Date(then);
  if (!Number.isFinite(date.getTime())) return UNKNOWN;
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMillis ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
}

/** The time of day, and the date where it is another day than `now`. */
export function moment(at: unknown, now: number): string {
  const then = typeof at === "string" ? Date.parse(at) : at;
  const text = clock(then);
  if (!finite(then) || text === UNKNOWN) return typeof at === "string" ? safeName(at, 40) : UNKNOWN;
  const [date, today] = [new Date(then), new Date(now)];
  if (now === 0 || date.toDateString() === today.toDateString()) return text;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${text}`;
}

export const shortId = (id: unknown): string => (typeof id === "string" && id !== "" ? id.slice(0, 6) : UNKNOWN);

// Letters that steer the direction of the text around them have no business in a name.
const STEERING = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/** A name that somebody else chose: one line, not endless, unable to turn its surroundings around. */
export function safeName(name: unknown, longest = 64): string {
  if (typeof name !== "string") return UNKNOWN;
  const clean = name.replace(STEERING, "").trim();
  if (clean === "") return UNKNOWN;
  const letters = [...clean];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : clean;
}

/** Any JSON value in one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return UNKNOWN;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return UNKNOWN;
    return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
  }
  if (typeof value === "string") return safeName(value, 400);
  if (typeof value === "boolean") return value ? "yes" : "no";
  try {
    return safeName(JSON.stringify(value), 400);
  } catch {
    return UNKNOWN;
  }
}

export const words = (value: unknown): string =>
  typeof value === "string" && value !== "" ? safeName(value.replaceAll("_", " "), 200) : UNKNOWN;

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** A name as a part of a file's: letters, digits, dots and dashes. */
export const fileName = (name: string): string => name.replace(/[^\w.-]+/g, "-").replace(/^[-.]+|-+$/g, "") || "mesh";
