// SPDX-License-Identifier: Apache-2.0
// The same steps against the mock, in one command.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serve } from "../mock/server.mjs";

const { http } = serve({ nodes: 18, seed: 901 });
await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${http.address().port}/#t=mock`;
const tests = ["mesh", "mesh-keys"].map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
const run = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...tests], {
  stdio: "inherit",
  env: { ...process.env, OBSERVER_URL: url, LAB: "1" },
});
run.on("exit", (code) => process.exit(code ?? 1));
