// SPDX-License-Identifier: Apache-2.0
// A mesh that is parted, as an observer on the side of most tells it: the others fall silent one after the other,
// those that knew them say so, and nothing is heard of the paths among them.

/** The ops of a partition that cuts off those named. */
export function part(mesh, names, passed) {
  const cut = [...mesh.nodes.values()].filter((node) => names.includes(node.name));
  const away = new Set(cut.map((node) => node.id));
  const ops = [];
  cut.forEach((node, i) => {
    const witnesses = node.neighbors.filter((id) => !away.has(id));
    const said = witnesses.map((id) => mesh.nodes.get(id).name).join(", ");
    const evidence = `${witnesses.length} of ${node.neighbors.length} neighbours lost it just now: ${said}`;
    const fields = {
      state: "dead",
      evidence,
      since: mesh.time(passed + i * 40),
      usage: null,
      net: null,
      gossip: null,
      last_neighbors: node.neighbors,
      lost_by: witnesses,
      neighbors: [],
      unasked: `${node.id.slice(0, 10)} is gone`,
    };
    ops.push(mesh.changeNode(node.id, fields));
    ops.push(["ev", mesh.event("peer.state", node, "alive", "dead", evidence, passed + i * 40)]);
  });
  for (const edge of [...mesh.edges.values()])
    if (away.has(edge.a) || away.has(edge.b)) {
      mesh.edges.delete(edge.id);
      mesh.lostEdges.push(edge);
      ops.push(["e-", edge.id]);
    }
  mesh.seq++;
  return ops;
}

/** The ops that bring them back. */
export function heal(mesh, passed) {
  const ops = [];
  for (const node of [...mesh.nodes.values()].filter((one) => one.last_neighbors?.length > 0)) {
    const fields = {
      state: "alive",
      evidence: "says so by gossip",
      since: mesh.time(passed),
      neighbors: node.last_neighbors,
      last_neighbors: [],
      lost_by: [],
      unasked: null,
    };
    ops.push(mesh.changeNode(node.id, fields));
    ops.push(["ev", mesh.event("peer.state", node, "dead", "alive", "says so by gossip", passed)]);
  }
  for (const edge of mesh.lostEdges.splice(0)) {
    mesh.edges.set(edge.id, edge);
    ops.push(["e+", edge]);
  }
  mesh.seq++;
  return ops;
}

/** A hub's names and those of the leaves that know it: a group that holds together when it is cut off. */
export function around(mesh, name, most = 6) {
  const hub = [...mesh.nodes.values()].find((node) => node.name === name);
  const near = hub.neighbors.map((id) => mesh.nodes.get(id)).filter((node) => !node.self && node.tier !== "hub");
  return [name, ...near.slice(0, most).map((node) => node.name)];
}
