// SPDX-License-Identifier: Apache-2.0
// What the bench's programs say: JSON lines on stdout. See ../../README.md.
import { readFileSync } from "node:fs";

export const microseconds = () => Number(process.hrtime.bigint()) / 1e3;

function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Wall and CPU time from now on. */
export function startStopwatch() {
  const started = microseconds();
  const cpuStarted = cpuMicroseconds();
  return () => ({
    seconds: (microseconds() - started) / 1e6,
    cpu_us: cpuMicroseconds() - cpuStarted,
  });
}

export const print = (value) => console.log(JSON.stringify(value));

export function reportLatencies(asked, samples, stopwatch) {
  const { seconds, cpu_us } = stopwatch();
  const sorted = Float64Array.from(samples).sort();
  const quantile = (q) => sorted[Math.floor(q * (sorted.length - 1))];
  print({
    verb: asked.verb,
    count: sorted.length,
    concurrency: asked.concurrency,
    seconds,
    per_second: sorted.length / seconds,
    p50_us: quantile(0.5),
    p99_us: quantile(0.99),
    min_us: quantile(0),
    cpu_us,
  });
}

export function reportBulk(bytes, received, stopwatch) {
  const { seconds, cpu_us } = stopwatch();
  const mib_per_second = received / 2 ** 20 / seconds;
  print({ verb: "bulk", bytes, received, seconds, mib_per_second, cpu_us });
}

export function reportMemory(event, connections) {
  const rollup = readFileSync("/proc/self/smaps_rollup", "utf8");
  const kib = (key) => Number(rollup.match(new RegExp(`^${key}: *(\\d+)`, "m"))?.[1] ?? 0);
  print({
    event,
    connections,
    memory: { rss_kib: kib("Rss"), pss_kib: kib("Pss"), anonymous_kib: kib("Anonymous") },
  });
}
