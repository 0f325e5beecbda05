// SPDX-License-Identifier: Apache-2.0
// What goes wrong in a mesh: as it happens, and as somebody might do it who wishes the reader no good.

/** What one wants to see at a glance: somebody dead, somebody ill, somebody over its budget, paths that are relayed. */
export function trouble(mesh) {
  const named = (name) => [...mesh.nodes.values()].find((node) => node.name === name);
  const change = (name, fields) => {
    const node = named(name);
    if (node) mesh.nodes.set(node.id, { ...node, ...fields });
    return node;
  };
  const over = named("compute-03");
  if (over) change("compute-03", { over: ["cpu"], usage: { ...over.usage, cpu_millicores: 590 } });
  const near = named("compute-06");
  if (near)
    change("compute-06", { usage: { ...near.usage, rss_bytes: Math.round(near.budget.memory_bytes * 0.95) } });
  change("compute-05", {
    state: "stale",
    evidence: "missed 3 digests",
    since: mesh.time(-4000),
    seen: mesh.time(-9000),
  });
  change("compute-08", {
    state: "joining",
    evidence: null,
    since: mesh.time(-5000),
    usage: null,
    load: { cpu: 0, memory: 1 },
  });
  change("compute-11", {
    state: "dead",
    evidence: "missed 6 digests; 3 of 3 neighbours lost it",
    since: mesh.time(-29_000),
    seen: mesh.time(-41_000),
    usage: null,
    load: { cpu: null, memory: null },
    unasked: "no answer in 2 s",
  });
  for (const name of ["compute-06", "compute-10", "compute-08"]) {
    const node = named(name);
    const edge =
      node &&
      [...mesh.edges.values()].find((one) => (one.a === node.id || one.b === node.id) && one.tree === "eager");
    if (edge) mesh.edges.set(edge.id, { ...edge, kind: "relayed", reason: "nat_symmetric_both", rtt_us: 38_100 });
  }
  const last = named("gateway-02");
  const unknown =
    last && [...mesh.edges.values()].find((one) => (one.a === last.id || one.b === last.id) && one.tree === "lazy");
  if (unknown) mesh.edges.set(unknown.id, { ...unknown, kind: "unknown", reason: null, rtt_us: null });
}

/** What somebody may say who wishes the reader no good, or whose clock and configuration are wrong. */
export function malice(mesh) {
  const far = mesh.time(3 * 3_600_000);
  const tricks = [
    { name: '<img src=x onerror="document.title=1">' },
    { name: "n".repeat(300) },
    { name: "\u202egnp.tsoh\u2066" },
    { name: "" },
    { name: "twin" },
    { name: "twin" },
    { name: "=HYPERLINK(1)", budget: { cpu_millicores: 0, memory_bytes: 0, source: "config" } },
    { since: far, seen: far, started: far },
    {
      tier: null,
      roles: [],
      version: null,
      started: null,
      seen: null,
      usage: null,
      load: { cpu: null, memory: null },
    },
    { roles: ["\u202e", "<b>", "r".repeat(200)], evidence: "e".repeat(5000), addresses: ["x".repeat(400)] },
    { budget: { cpu_millicores: null, memory_bytes: null, source: "none" }, gossip: null, net: null },
    { usage: { cpu_millicores: 1e15, rss_bytes: 2 ** 52, fds: 0, threads: 0 }, over: ["cpu", "memory"] },
    { state: "a state of a later version" },
  ];
  [...mesh.nodes.values()]
    .filter((node) => !node.self)
    .slice(0, tricks.length)
    .forEach((node, i) => mesh.nodes.set(node.id, { ...node, ...tricks[i] }));
  const [edge] = mesh.edges.values();
  mesh.edges.set(edge.id, {
    ...edge,
    kind: "teleported",
    tree: "upside down",
    reason: "<script>",
    disagree: "d".repeat(900),
  });
  mesh.edges.set("nobody|none", { ...edge, id: "nobody|none", a: "nobody", b: "none" });
}
