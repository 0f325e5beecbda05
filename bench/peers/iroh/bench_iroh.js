#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// iroh under the bench's load: `bench_iroh.js server`, `bench_iroh.js client VERB ...`.
// Loopback only: no relay, no discovery.
import { parseArgs } from "node:util";

import { runClient } from "./client.js";
import { serve } from "./server.js";

const runSecondsMax = 900;
const countMax = 100_000;
const concurrencyMax = 64;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    id: { type: "string", default: "" },
    count: { type: "string", default: "1" },
    concurrency: { type: "string", default: "1" },
  },
});
const [role, verb] = positionals;
const asked = {
  verb,
  port: Number(values.port),
  id: values.id,
  count: Math.min(Number(values.count), countMax),
  concurrency: Math.min(Number(values.concurrency), concurrencyMax),
};

setTimeout(() => process.exit(142), runSecondsMax * 1000).unref();

if (role === "server") {
  await serve(asked.port);
} else if (role === "client") {
  await runClient(asked);
  process.exit(0);
} else {
  console.error("bench_iroh.js server | client VERB --port P --id ID");
  process.exit(2);
}
