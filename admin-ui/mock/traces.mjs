// SPDX-License-Identifier: Apache-2.0
// Messages that are followed.

/** A message goes over the tree, and now and then a lazy path is quicker; each node keeps a span of it. */
export function publish(mesh, passed, from = mesh.observer) {
  const { random } = mesh;
  const trace = random.hex(32);
  const zero = (mesh.start + passed) * 1000;
  const attributes = { "mesh.topic": "mesh/digest", "mesh.message.size": 256 };
  const make = (parent, us, more) => ({
    trace,
    span: random.hex(16),
    parent,
    name: parent ? "mesh.gossip.deliver" : "mesh.gossip.publish",
    kind: parent ? "consumer" : "producer",
    started_unix_us: Math.round(zero + us),
    length_us: 0,
    ok: true,
    message: null,
    attributes: { ...attributes, ...more },
    events: [],
    dropped: 0,
  });
  const had = new Set();
  const queue = [{ id: from, at: 0, parent: null, peer: null, round: 0 }];
  while (queue.length > 0) {
    queue.sort((a, b) => a.at - b.at);
    const { id, at, parent, peer, round } = queue.shift();
    const node = mesh.nodes.get(id);
    if (had.has(id) || !node || node.state === "dead") continue;
    had.add(id);
    const span = make(parent, at, peer ? { "mesh.peer.id": peer, "mesh.gossip.round": round } : {});
    mesh.traces.set(id, [...(mesh.traces.get(id) ?? []), span].slice(-64));
    for (const edge of mesh.edges.values()) {
      if (edge.a !== id && edge.b !== id) continue;
      const cost = random.between(350, 1200) * (edge.tree === "eager" ? 1 : 2.4) + (edge.rtt_us ?? 500) / 2;
      queue.push({
        id: edge.a === id ? edge.b : edge.a,
        at: at + cost,
        parent: span.span,
        peer: id,
        round: round + 1,
      });
    }
  }
  return trace;
}
