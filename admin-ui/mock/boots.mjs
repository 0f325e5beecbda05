// SPDX-License-Identifier: Apache-2.0
// Starts as a host tells them: five steps under a root, gap-free, detail deeper.
const STEPS = [
  ["mesh.identity.load", 1.4, 2.2],
  ["mesh.endpoint.create", 4.2, 6.4],
  ["mesh.alpn.register", 2.6, 4.6],
  ["mesh.gossip.subscribe", 4.6, 6.8],
  ["mesh.accept.start", 0.5, 1.1],
];

export function makeBoot(random, node, number, startedUnixUs, fault = null) {
  const trace = random.hex(32);
  const root = random.hex(16);
  const spans = [];
  let at = startedUnixUs + 20;
  const role = node.roles[0] ?? "none";
  const failed = fault === "failed";
  for (const [name, low, high] of STEPS) {
    let ms = random.between(low, high);
    const slow = fault === name;
    if (slow) ms = ms * 5 + 42;
    const span = random.hex(16);
    const broken = failed && name === "mesh.alpn.register";
    spans.push(
      make(
        trace,
        span,
        root,
        name,
        at,
        ms * 1000,
        attributesOf(name, node, slow, random),
        !broken,
        broken ? MISSING : null,
      ),
    );
    if (name === "mesh.alpn.register") plugin(random, spans, trace, span, at, ms, role, ["load", "create"], broken);
    if (name === "mesh.accept.start") plugin(random, spans, trace, span, at, ms, role, ["start"], false);
    at += ms * 1000;
    if (broken) break;
  }
  const length = at - startedUnixUs + 5;
  const attributes = { "mesh.boot.count": number, "mesh.tier": node.tier, "mesh.roles": role };
  const head = make(trace, root, null, "mesh.node.ready", startedUnixUs, length, attributes, !failed, null);
  return {
    id: trace,
    number,
    version: node.version ?? "0.1.0",
    started_unix_us: Math.round(startedUnixUs),
    length_us: length,
    lead_us: Math.round(random.between(2500, 9000)),
    outcome: failed ? "failed" : "ready",
    error: failed ? `${MISSING} [MP001]` : null,
    spans: [head, ...spans],
    join: failed ? [] : joinOf(trace, root, node, startedUnixUs + length),
  };
}

/** What came after it: made of the trace's digits, so that it takes nothing from the mock's chance. */
function joinOf(start, startSpan, node, at) {
  const digits = (from) => Number.parseInt(start.slice(from, from + 4), 16) / 0x10000;
  const trace = [...start].reverse().join("");
  const span = (n) => `${n}${trace.slice(1, 16)}`;
  const lonely = node.name === "gateway-02";
  const found = lonely ? 0 : 2 + Math.floor(digits(0) * 4);
  const slow = node.name === "compute-07" ? 40 : 1;
  const times = Array.from({ length: found }, (_, i) => (6000 + digits(4 + 4 * i) * 30_000) * slow).sort(
    (a, b) => a - b,
  );
  const length = lonely ? 60e6 : times.at(-1);
  const attributes = { "mesh.join.seeds": 1, "mesh.join.neighbours": found };
  const root = make(
    trace,
    span(0),
    null,
    "mesh.node.join",
    at,
    length,
    attributes,
    !lonely,
    lonely ? "no neighbour was found" : null,
  );
  root.links = [{ trace: start, span: startSpan }];
  const paths = times.map((us, i) =>
    make(trace, span(i + 1), span(0), "mesh.path.establish", at, us, { "mesh.path.kind": "direct" }, true, null),
  );
  return [root, ...paths];
}

const MISSING = "the plugin was built for ABI 2, this host has 1";

function plugin(random, spans, trace, parent, at, ms, role, kinds, broken) {
  let from = at + 100;
  const attributes = {
    "mesh.plugin.name": role,
    "mesh.role": role,
    "mesh.plugin.version": "0.1.0",
    "mesh.plugin.abi": "1.0",
  };
  for (const kind of kinds) {
    const length = (ms * 1000 * (kind === "create" ? 0.12 : 0.68)) | 0;
    spans.push(
      make(
        trace,
        random.hex(16),
        parent,
        `mesh.plugin.${kind}`,
        from,
        length,
        attributes,
        !broken,
        broken ? MISSING : null,
      ),
    );
    from += length + 20;
  }
}

function attributesOf(name, node, slow, random) {
  if (name === "mesh.identity.load")
    return { "mesh.identity.source": "file", "mesh.identity.path": `/var/lib/meshhost/${node.name}/secret.key` };
  if (name === "mesh.endpoint.create")
    return {
      "network.transport": "udp",
      "network.protocol.name": "quic",
      "mesh.bind.address": node.addresses[0] ?? "127.0.0.1:41207",
      "mesh.bind.attempts": slow ? 7 : 1,
    };
  if (name === "mesh.alpn.register") return { "mesh.alpn.list": "mesh/introspect/1,mesh/message/1,mesh/ping/1" };
  if (name === "mesh.gossip.subscribe") return { "mesh.gossip.seeds": 1 + random.below(3) };
  return {};
}

function make(trace, span, parent, name, at, us, attributes, ok, message) {
  return {
    trace,
    span,
    parent,
    name,
    kind: "internal",
    started_unix_us: Math.round(at),
    length_us: Math.round(us * 1000) / 1000,
    ok,
    message,
    attributes,
    events: [],
    dropped: 0,
  };
}
