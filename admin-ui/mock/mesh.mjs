// SPDX-License-Identifier: Apache-2.0
// A mesh that is not there, told as an observer tells one. Pure of IO: `step` returns the ops of a delta.
import { makeBoot } from "./boots.mjs";
import { prng } from "./random.mjs";
import { publish } from "./traces.mjs";
import { malice, trouble } from "./trouble.mjs";

const MIB = 1024 * 1024;
const BUDGET = { compute: [500, 128], broker: [250, 64], gateway: [250, 64], registry: [100, 64], bridge: [250, 64] };
const TIER = { broker: "hub", registry: "hub", gateway: "edge", bridge: "edge", compute: "leaf" };

export class Mesh {
  constructor({
    nodes = 18,
    edges = 0,
    seed = 901,
    quiet = false,
    hostile = false,
    sites = false,
    name = `lab-${seed}`,
    start = Date.now(),
  } = {}) {
    this.random = prng(seed);
    this.quiet = quiet;
    this.sites = sites;
    this.start = start;
    this.seq = 1;
    this.eventSeq = 0;
    this.nodes = new Map();
    this.edges = new Map();
    this.events = [];
    this.boots = new Map();
    this.series = new Map();
    this.traces = new Map();
    this.lostEdges = [];
    this.faults = new Map(); // node id -> { kind, at }
    this.observer = this.random.hex(64);
    this.mesh = {
      name,
      observer: this.observer,
      version: "0.1.0",
      lab: true,
      neighbors: 2,
      round_ms: 2000,
      boot_slo_ms: 250,
    };
    for (const [role, n] of composition(nodes)) for (let i = 1; i <= n; i++) this.addNode(role, i, n);
    this.connect(edges);
    this.addObserver();
    this.history();
    if (!quiet) trouble(this);
    if (nodes <= 200) for (const ago of [-95_000, -31_000]) publish(this, ago, [...this.nodes.keys()][3]);
    if (hostile) malice(this);
  }

  time(offset = 0) {
    return new Date(this.start + offset).toISOString();
  }

  addNode(role, i, of) {
    const { random } = this;
    const id = random.hex(64);
    const [cpu, memory] = BUDGET[role];
    const up = 252_000 + random.below(40_000);
    const name = `${role}-${String(i).padStart(String(Math.max(of, 10)).length, "0")}`;
    this.nodes.set(id, {
      id,
      name,
      self: false,
      tier: TIER[role],
      roles: [role],
      state: "alive",
      evidence: "says so by gossip",
      since: this.time(-up),
      seen: this.time(-random.below(2000)),
      version: "0.1.0",
      incarnation: this.start - up,
      started: this.time(-up),
      budget: { cpu_millicores: cpu, memory_bytes: memory * MIB, source: "config" },
      usage: {
        cpu_millicores: Math.round(cpu * random.between(0.1, 0.72)),
        rss_bytes: Math.round(memory * MIB * random.between(0.2, 0.7)),
        fds: 14 + random.below(30),
        threads: 2 + random.below(4),
      },
      load: { cpu: 2, memory: 3 },
      over: [],
      gossip: {
        active: 5,
        passive: 11,
        eager: 2,
        lazy: 3,
        delivered: 900,
        duplicates: 210,
        frames_sent: 5000,
        frames_received: 4800,
      },
      net: { connections: 6, bytes_sent: 2_577_730, bytes_received: 3_158_340, sent_bps: 8123, received_bps: 9021 },
      neighbors: [],
      addresses: [`${this.address(role, i)}:${30000 + random.below(20000)}`],
      contributions: [
        {
          role,
          key: role === "compute" ? "load" : "serving",
          unit: role === "compute" ? "1" : null,
          value: role === "compute" ? 0.39 : "up",
        },
      ],
      plugins: [{ instance: role, role, state: "running" }],
      unasked: null,
    });
  }

  /** Two sites behind an address each, with some of the second in a network of their own; or all on one machine. */
  address(role, i) {
    if (!this.sites) return "127.0.0.1";
    if (role === "gateway" || role === "bridge") return "203.0.113.7";
    if (role === "compute" && i > 6) return `192.168.4.${10 + i}`;
    return `10.1.${i % 2}.${10 + i}`;
  }

  addObserver() {
    const node = {
      ...[...this.nodes.values()][0],
      id: this.observer,
      name: "observer",
      self: true,
      tier: "observer",
      roles: [],
      addresses: [],
      contributions: [],
      plugins: [],
      over: [],
      neighbors: [],
    };
    this.nodes.set(node.id, node);
    for (const hub of this.hubs().slice(0, 2)) this.addEdge(node, hub, "lazy");
  }

  hubs() {
    return [...this.nodes.values()].filter((node) => node.tier === "hub");
  }

  connect(wanted) {
    const { random } = this;
    const hubs = this.hubs();
    const all = [...this.nodes.values()];
    hubs.forEach((hub, i) => this.addEdge(hub, hubs[(i + 1) % hubs.length], "eager"));
    if (hubs.length > 3) this.addEdge(hubs[0], hubs[2], "lazy");
    for (const node of all.filter((one) => one.tier !== "hub")) {
      const hub = random.pick(hubs);
      this.addEdge(node, hub, "eager");
      for (let k = 0; k < 2; k++) this.addEdge(node, random.pick(random.next() < 0.6 ? hubs : all), "lazy");
    }
    for (let tries = 0; this.edges.size < wanted && tries < wanted * 4; tries++)
      this.addEdge(random.pick(all), random.pick(all), random.next() < 0.1 ? "eager" : "lazy");
  }

  addEdge(one, two, tree) {
    if (one.id === two.id) return;
    const [a, b] = one.id < two.id ? [one, two] : [two, one];
    const id = `${a.id}|${b.id}`;
    if (this.edges.has(id)) return;
    const { random } = this;
    const kind = this.nodes.size > 100 && random.next() < 0.02 ? "relayed" : "direct";
    const near = !this.sites
      ? "same_host"
      : one.addresses[0]?.split(".", 3).join() === two.addresses[0]?.split(".", 3).join()
        ? "lan"
        : "punched";
    const reason = kind === "direct" ? near : "nat_symmetric_both";
    const rtt_us = Math.round(random.between(180, 900) * (kind === "relayed" ? 60 : 1));
    this.edges.set(id, {
      id,
      a: a.id,
      b: b.id,
      kind,
      reason,
      rtt_us,
      tree,
      sent_bps: random.below(20_000),
      received_bps: random.below(20_000),
      disagree: null,
    });
    a.neighbors.push(b.id);
    b.neighbors.push(a.id);
  }

  history() {
    const { random } = this;
    for (const node of this.nodes.values()) {
      if (node.self) continue;
      const fault = { "compute-05": "mesh.endpoint.create", "registry-02": "mesh.alpn.register" }[node.name] ?? null;
      const at = Date.parse(node.started) * 1000;
      const boots = [
        makeBoot(random, node, 2, at, fault),
        makeBoot(random, node, 1, at - 3_600_000_000, node.name === "compute-09" ? "failed" : null),
      ];
      this.boots.set(node.id, boots);
      this.series.set(node.id, wander(random, node));
    }
    const list = [...this.nodes.values()].filter((node) => !node.self).slice(0, 40);
    list.forEach((node, i) =>
      this.event("peer.state", node, "joining", "alive", "says so by gossip", -250_000 + i * 900),
    );
    for (const [name, to, reason, at] of [
      ["compute-06", "relayed", "nat_symmetric_both", -53_000],
      ["compute-05", "stale", "missed 3 digests", -4000],
      ["compute-11", "dead", "missed 6 digests", -29_000],
    ]) {
      const node = list.find((one) => one.name === name);
      if (node)
        this.event(
          to === "relayed" ? "peer.path" : "peer.state",
          node,
          to === "relayed" ? "direct" : "alive",
          to,
          reason,
          at,
        );
    }
    this.events
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .forEach((event, i) => {
        event.seq = i + 1;
      });
  }

  event(type, node, from, to, reason, offset) {
    const event = {
      seq: ++this.eventSeq,
      at: this.time(offset),
      type,
      node: this.observer,
      peer: node?.id ?? null,
      name: node?.name ?? null,
      from,
      to,
      reason,
    };
    this.events.push(event);
    if (this.events.length > 20_000) this.events.shift();
    return event;
  }

  /** The ops of the next delta, `passed` ms after the start. */
  step(passed, changes = 3) {
    const { random } = this;
    const ops = [];
    const nodes = [...this.nodes.values()].filter((node) => node.usage && node.state === "alive" && !node.self);
    for (let i = 0; i < Math.min(changes, nodes.length); i++) {
      const node = random.pick(nodes);
      const { cpu_millicores: budget } = node.budget;
      const old = this.nodes.get(node.id).usage.cpu_millicores ?? 0;
      const drift = node.over.length > 0 ? random.between(-12, 12) : random.between(-0.06, 0.06) * budget;
      const usage = {
        ...node.usage,
        cpu_millicores: Math.round(
          Math.max(
            2,
            node.over.length > 0 ? Math.max(budget * 1.05, old + drift) : Math.min(budget * 0.9, old + drift),
          ),
        ),
      };
      ops.push(this.changeNode(node.id, { usage, seen: this.time(passed) }));
    }
    const edges = [...this.edges.keys()];
    for (let i = 0; i < Math.min(changes, edges.length); i++) {
      const edge = this.edges.get(random.pick(edges));
      if (edge.rtt_us === null) continue;
      ops.push(
        this.changeEdge(edge.id, { rtt_us: Math.max(90, Math.round(edge.rtt_us * random.between(0.93, 1.08))) }),
      );
    }
    ops.push(...this.age(passed));
    if (ops.length > 0) this.seq++;
    return ops;
  }

  changeNode(id, fields) {
    this.nodes.set(id, { ...this.nodes.get(id), ...fields });
    return ["n~", id, fields];
  }

  changeEdge(id, fields) {
    this.edges.set(id, { ...this.edges.get(id), ...fields });
    return ["e~", id, fields];
  }

  /** What was done to nodes in the lab takes its course. */
  age(passed) {
    const ops = [];
    const become = (node, state, evidence) => {
      const from = node.state;
      if (from === state) return;
      ops.push(
        this.changeNode(node.id, {
          state,
          evidence,
          since: this.time(passed),
          ...(state === "alive" ? {} : { usage: state === "dead" ? null : node.usage }),
        }),
      );
      ops.push(["ev", this.event("peer.state", node, from, state, evidence, passed)]);
    };
    for (const [id, fault] of this.faults) {
      const node = this.nodes.get(id);
      if (!node) continue;
      const since = passed - fault.at;
      if (fault.kind === "restart") {
        if (since > 1500) {
          const boots = this.boots.get(id) ?? [];
          boots.unshift(makeBoot(this.random, node, (boots[0]?.number ?? 0) + 1, (this.start + fault.at) * 1000));
          this.boots.set(id, boots.slice(0, 4));
          ops.push(
            this.changeNode(id, {
              usage: { cpu_millicores: 20, rss_bytes: 20 * MIB, fds: 14, threads: 3 },
              started: this.time(fault.at),
              incarnation: node.incarnation + 1,
            }),
          );
          become(this.nodes.get(id), "alive", "says so by gossip");
          this.faults.delete(id);
        } else become(node, "joining", null);
      } else if (since > 5000) become(node, "dead", "missed 6 digests");
      else if (since > 2000) become(node, "stale", "missed 3 digests");
    }
    return ops;
  }

  act({ kind, node: name }, passed) {
    const node = [...this.nodes.values()].find((one) => one.name === name);
    if (!node) return { kind, node: name, ok: false, said: `there is no ${name} in this lab` };
    if (kind === "kill" || kind === "pause") {
      if (node.state === "dead") return { kind, node: name, ok: false, said: `${name} does not run` };
      this.faults.set(node.id, { kind, at: passed });
    } else if (kind === "resume") {
      this.faults.delete(node.id);
      this.faults.set(node.id, { kind: "restart", at: passed - 1000 });
    } else if (kind === "restart") this.faults.set(node.id, { kind, at: passed });
    this.event("lab.fault", node, null, kind, null, passed);
    return { kind, node: name, ok: true, said: `${name}: ${kind} done` };
  }

  snapshot(passed) {
    return {
      seq: this.seq,
      now: this.time(passed),
      mesh: this.mesh,
      nodes: [...this.nodes.values()],
      edges: [...this.edges.values()],
    };
  }

  publish(passed, from) {
    return publish(this, passed, from);
  }

  meshTraces() {
    const nodes = [...this.nodes.values()];
    return {
      nodes: nodes.map(({ id, name, state }) =>
        state === "dead"
          ? { id, name, spans: null, error: "does not answer" }
          : { id, name, spans: this.traces.get(id) ?? [], error: null },
      ),
    };
  }

  meshBoots() {
    const nodes = [...this.nodes.values()].filter((node) => !node.self);
    return {
      nodes: nodes.map((node) => {
        const boot = this.boots.get(node.id)?.[0] ?? null;
        if (node.state === "joining")
          return { id: node.id, name: node.name, boot: null, error: "not asked yet: it is joining" };
        return {
          id: node.id,
          name: node.name,
          boot,
          error: node.state === "dead" ? "from memory: it does not answer" : null,
        };
      }),
    };
  }

  plugins() {
    const nodes = [...this.nodes.values()].filter((node) => !node.self);
    const one = (node) => ({
      instance: node.roles[0] ?? "none",
      role: node.roles[0] ?? null,
      version: node.name === "compute-02" ? "0.0.9" : "0.1.0",
      path: `/usr/lib/meshhost/${node.roles[0]}.so`,
      state: "running",
      abi: "1.0",
      health: node.over.length > 0 ? "degraded" : "ok",
      health_reason: node.over.length > 0 ? "queue is long" : null,
      error: null,
      error_ms: null,
      isolation: "inprocess",
      process: null,
      restarts: node.name === "broker-02" ? 2 : 0,
      slow_calls: 0,
      refused_calls: 0,
      stalled: false,
      restarting: false,
      generation: 1,
    });
    return {
      nodes: nodes.map((node) =>
        node.state === "dead"
          ? { id: node.id, name: node.name, plugins: null, error: "does not answer" }
          : { id: node.id, name: node.name, plugins: [one(node)], error: null },
      ),
    };
  }
}

/** As in a lab: of 18, four are hubs, three are edges, eleven are leaves. */
function composition(n) {
  if (n === 18)
    return [
      ["broker", 2],
      ["gateway", 2],
      ["compute", 11],
      ["registry", 2],
      ["bridge", 1],
    ];
  if (n === 1) return [["broker", 1]];
  const hubs = Math.max(1, Math.round(n * 0.02));
  const registries = Math.max(0, Math.round(n * 0.01));
  const gateways = Math.round(n * 0.06);
  return [
    ["broker", hubs],
    ["registry", registries],
    ["gateway", gateways],
    ["compute", n - hubs - registries - gateways],
  ];
}

function wander(random, node) {
  const make = (middle, spread) => {
    let value = middle;
    return Array.from({ length: 300 }, () => {
      value += random.between(-spread, spread) + (middle - value) * 0.05;
      return Math.max(0, Math.round(value));
    });
  };
  const { cpu_millicores: cpu, memory_bytes: memory } = node.budget;
  return {
    cpu: make(node.usage?.cpu_millicores ?? cpu * 0.3, cpu * 0.05),
    rss: make(node.usage?.rss_bytes ?? memory * 0.3, memory * 0.006),
    rx: make(9000, 1500),
    tx: make(8000, 1500),
    messages: make(41, 6),
  };
}
