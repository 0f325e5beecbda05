// SPDX-License-Identifier: Apache-2.0
// Serves dist and the observer's API with a mesh that is not there: for work on the page, its tests and its speed.
//   node mock/server.mjs [--nodes 18] [--edges N] [--seed 901] [--port 7790] [--changes 3] [--hz 2] [--quiet] [--hostile] [--open]
//     [--still] [--sites] [--cut NAME,NAME]  the last: those are cut off from the rest
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";
import { Mesh } from "./mesh.mjs";
import { heal, part } from "./parts.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
const POLICY =
  "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const schemas = fileURLToPath(new URL("../../host/observe/schemas/", import.meta.url));

export function serve(options = {}) {
  const mesh = new Mesh(options);
  const began = options.start ?? Date.now();
  const passed = () => (options.frozen ? 0 : Date.now() - began); // frozen: it is `start` for ever
  const open = options.open ?? false;
  const log = []; // deltas, so that a client can resume
  const past = []; // { at, snapshot }: its nodes are never changed in place
  const clients = new Set();
  const done = new Map();

  const api = {
    snapshot: (url) => {
      const at = url.searchParams.get("at");
      if (!at) return mesh.snapshot(passed());
      const then = Date.parse(at);
      const found = past.findLast((one) => one.at <= then) ?? past[0];
      return found ? { ...found.snapshot, now: new Date(found.at).toISOString() } : mesh.snapshot(passed());
    },
    history: () => ({
      oldest: past[0] ? new Date(past[0].at).toISOString() : null,
      newest: past.length > 0 ? new Date(past.at(-1).at).toISOString() : null,
    }),
    session: () => ({}),
    boots: () => mesh.meshBoots(),
    plugins: () => mesh.plugins(),
    traces: () => mesh.meshTraces(),
    telemetry: () => ({
      otlp: {
        waiting: 3,
        waiting_max: 2048,
        requests: 96,
        exported: 1204,
        rejected: 0,
        dropped_full: 0,
        dropped_refused: 0,
        failures_in_a_row: 0,
        bytes_sent: 318_206,
      },
      telemetry: {
        cpu_ns: 41_200_000,
        cpu_ns_per_s: 212_000,
        ceiling_ns_per_s: 1_000_000,
        followed_one_in: 1024,
        followed_ppb: 976_562,
        spans: 1391,
      },
      journal: { events_kept: 812, bytes_kept: 261_004 },
      event_files: {
        segments: 2,
        file_bytes: 5_811_204,
        written: 640,
        restored: 172,
        torn_lines: 0,
        write_failures: 0,
        lost: 0,
      },
      flight: {
        held: 1187,
        slots: 4096,
        bytes: 427_320,
        recorded: 1187,
        given_way: 0,
        anomalies: 3,
        suppressed: 0,
        promotions: 2,
        promoted: 41,
      },
      observer: {
        clients: clients.size,
        log_bytes: 48_120,
        rounds: Math.round(passed() / 2000),
        asked: 18,
        answered: 16,
      },
    }),
    events: (url) => {
      const since = Number(url.searchParams.get("since") ?? 0);
      const limit = Number(url.searchParams.get("limit") ?? 1000);
      const types = url.searchParams.get("types")?.split(",");
      const events = mesh.events.filter((event) => event.seq > since && (!types || types.includes(event.type)));
      return {
        events: events.slice(0, limit),
        oldest_seq: mesh.events[0]?.seq ?? 1,
        next_seq: mesh.eventSeq + 1,
        truncated: events.length > limit,
      };
    },
  };

  const answer = (response, status, body, headers = {}) => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
    response.end(body === null ? "" : JSON.stringify(body));
  };
  const good = (response, name, data) =>
    answer(response, 200, { schema: `meshhost.${name}/1`, ok: true, at: mesh.time(passed()), data });
  const bad = (response, status, code, message, hint = "") =>
    answer(response, status, { schema: "meshhost.error/1", ok: false, error: { code, message, hint, exit: 1 } });
  const inside = (request) => open || /(^|; )meshhost_session=mock/.test(request.headers.cookie ?? "");

  async function handle(request, response) {
    const url = new URL(request.url, "http://localhost");
    if (!url.pathname.startsWith("/api/")) return file(url.pathname, response);
    const path = url.pathname.slice("/api/v1/".length);
    if (request.method === "POST") {
      const body = await read(request);
      if (path === "session") {
        if (body.token !== "mock")
          return bad(
            response,
            403,
            "E_BAD_TOKEN",
            "this link was used before, is a day old, or is another observer's",
            "`meshctl ui` prints a fresh one",
          );
        return answer(response, 204, null, {
          "set-cookie": "meshhost_session=mock; HttpOnly; SameSite=Strict; Path=/",
        });
      }
      if (!inside(request)) return bad(response, 401, "E_NO_SESSION", "no session");
      if (path === "traces") return good(response, "trace", { trace: mesh.publish(passed()) });
      if (path !== "lab/actions") return bad(response, 404, "E_NO_SUCH_PATH", "there is nothing at this path");
      if (!done.has(body.key)) done.set(body.key, mesh.act(body, passed()));
      return good(response, "lab_outcome", done.get(body.key));
    }
    const schema = /^schema\/([a-z_]+\.json)$/.exec(path);
    if (schema)
      return existsSync(join(schemas, schema[1]))
        ? answer(response, 200, JSON.parse(readFileSync(join(schemas, schema[1]), "utf8")))
        : bad(response, 404, "E_NO_SUCH_PATH", "no such schema");
    if (!inside(request)) return bad(response, 401, "E_NO_SESSION", "there is no session", "meshctl ui opens one");
    const node = /^nodes\/([0-9a-f]{64})\/(series|boots)$/.exec(path);
    if (node) {
      if (!mesh.nodes.has(node[1])) return bad(response, 404, "E_NO_SUCH_NODE", "there is no such node");
      if (node[2] === "boots") return good(response, "boots", { boots: mesh.boots.get(node[1]) ?? [] });
      return good(response, "series", {
        id: node[1],
        step_ms: 2000,
        end: mesh.time(passed()),
        series: mesh.series.get(node[1]) ?? {},
      });
    }
    if (!api[path]) return bad(response, 404, "E_NO_SUCH_PATH", "there is nothing at this path");
    good(response, ["boots", "plugins", "traces"].includes(path) ? `mesh_${path}` : path, api[path](url));
  }

  const http = createServer(
    (request, response) =>
      void handle(request, response).catch((error) => bad(response, 500, "E_MOCK", String(error))),
  );
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "meshhost.v1" });
  http.on("upgrade", (request, socket, head) => {
    if (!inside(request)) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.once("message", (text) => {
        const { resume } = JSON.parse(String(text));
        const snapshot = () => ({ t: "snapshot", ...mesh.snapshot(passed()), events: mesh.events.slice(-500) });
        const missed = log.filter((frame) => frame.seq > resume);
        if (Number.isInteger(resume) && (resume === mesh.seq || missed[0]?.seq === resume + 1)) {
          client.send(JSON.stringify({ t: "resumed", seq: resume, now: mesh.time(passed()) }));
          for (const frame of missed) client.send(JSON.stringify(frame));
        } else {
          if (Number.isInteger(resume))
            client.send(JSON.stringify({ t: "gap", from: resume, oldest: log[0]?.seq ?? mesh.seq }));
          client.send(JSON.stringify(snapshot()));
        }
        clients.add(client);
      });
      client.on("close", () => clients.delete(client));
    });
  });

  const tell = (frame) => {
    const text = JSON.stringify(frame);
    for (const client of clients) client.send(text);
  };
  const keep = () => {
    if (options.frozen) return;
    past.push({ at: Date.now(), snapshot: mesh.snapshot(passed()) });
    if (past.length > 600) past.shift();
  };
  // A minute of past at the start, so that there is somewhere to go back to.
  for (let s = 60; s > 0; s--)
    past.push({
      at: began - s * 1000,
      snapshot: { ...mesh.snapshot(0), now: new Date(began - s * 1000).toISOString() },
    });
  const play = (ops) => {
    if (ops.length === 0) return;
    const frame = { t: "delta", seq: mesh.seq, now: mesh.time(passed()), ops };
    log.push(frame);
    if (log.length > 400) log.shift();
    tell(frame);
  };
  if (options.cut) part(mesh, options.cut.split(","), 0);
  const timers = [
    setInterval(
      () => {
        if (!options.still && !options.frozen) play(mesh.step(passed(), options.changes ?? 3));
      },
      1000 / (options.hz ?? 2),
    ),
    setInterval(() => tell({ t: "tick", seq: mesh.seq, now: mesh.time(passed()) }), 1000),
    setInterval(keep, 1000),
  ];
  http.on("close", () => timers.forEach(clearInterval));
  return {
    http,
    mesh,
    clients,
    part: (names) => play(part(mesh, names, passed())),
    heal: () => play(heal(mesh, passed())),
    /** As when the observer starts anew, of another version: there is nothing to resume. */
    restart: (version) => {
      mesh.mesh.version = version;
      mesh.seq += 1000;
      log.length = 0;
      for (const client of clients) client.terminate();
    },
  };
}

function file(path, response) {
  const wanted = normalize(decodeURIComponent(path)).replace(/^(\.\.[/\\])+/, "");
  const found = join(dist, wanted);
  const asset =
    found.startsWith(dist) && existsSync(found) && statSync(found).isFile() ? found : join(dist, "index.html");
  if (!existsSync(asset)) return response.writeHead(404).end("npm run build first");
  const hashed = wanted.startsWith("/assets/");
  response.writeHead(200, {
    "content-type": TYPES[extname(asset)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
  });
  response.end(readFileSync(asset));
}

async function read(request) {
  let text = "";
  for await (const part of request) text += part;
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string" },
      edges: { type: "string" },
      seed: { type: "string" },
      port: { type: "string" },
      changes: { type: "string" },
      hz: { type: "string" },
      quiet: { type: "boolean" },
      hostile: { type: "boolean" },
      open: { type: "boolean" },
      still: { type: "boolean" },
      sites: { type: "boolean" },
      cut: { type: "string" },
    },
  });
  const number = (text) => (text === undefined ? undefined : Number(text));
  const port = number(values.port) ?? 7790;
  const given = {
    nodes: number(values.nodes),
    edges: number(values.edges),
    seed: number(values.seed),
    changes: number(values.changes),
    hz: number(values.hz),
    quiet: values.quiet,
    hostile: values.hostile,
    open: values.open,
    still: values.still,
    sites: values.sites,
    cut: values.cut,
  };
  serve(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))).http.listen(
    port,
    "127.0.0.1",
    () => console.log(`http://127.0.0.1:${port}/#t=mock`),
  );
}
