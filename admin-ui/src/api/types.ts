// SPDX-License-Identifier: Apache-2.0
// Made by `npm run types` from host/observe/schemas. Do not edit: change the schema.

/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ServerFrame".
 */
export type ServerFrame = SnapshotFrame | ResumedFrame | DeltaFrame | TickFrame | GapFrame | ErrorFrame;

export interface Contract {
  Boot?: Boot;
  NodeBoots?: NodeBoots;
  Edge?: Edge;
  EdgePage?: EdgePage;
  ErrorEnvelope?: ErrorEnvelope;
  MeshEvent?: MeshEvent;
  Events?: Events;
  History?: History;
  LabAction?: LabAction;
  LabOutcome?: LabOutcome;
  Mesh?: Mesh;
  MeshBoots?: MeshBoots;
  MeshPlugins?: MeshPlugins;
  MeshTraces?: MeshTraces;
  Node?: Node;
  NodePage?: NodePage;
  Path?: Path;
  Series?: Series;
  Snapshot?: Snapshot;
  ServerFrame?: ServerFrame;
  ClientFrame?: ClientFrame;
  Telemetry?: Telemetry;
  Trace?: Trace;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Boot".
 */
export interface Boot {
  /**
   * 32 hex digits: the trace's id
   */
  id: string;
  /**
   * of the node's starts, from 1; 0: not told
   */
  number: number;
  version: string;
  /**
   * by the node's clock
   */
  started_unix_us: number;
  length_us: number;
  /**
   * from the process's start to the root span's
   */
  lead_us: number | null;
  /**
   * ready, failed, stopped, ...
   */
  outcome: string;
  error: string | null;
  /**
   * spans as those below, of mesh.node.join; empty: it is not over, or nobody was to be joined
   */
  join?: {
    [k: string]: unknown;
  }[];
  spans: {
    trace: string;
    span: string;
    parent: string | null;
    name: string;
    kind: string;
    started_unix_us: number;
    length_us: number;
    ok: boolean;
    message: string | null;
    attributes: {
      [k: string]: unknown;
    };
    events: unknown[];
    dropped: number;
    [k: string]: unknown;
  }[];
  /**
   * otlp: an exporter of spans told it, whom nobody vouches for; not there: the node itself said so
   */
  source?: string;
  /**
   * whose it is: where a boot is asked for by its id
   */
  node?: string;
  /**
   * likewise. Untrusted text
   */
  node_name?: string;
  [k: string]: unknown;
}
/**
 * of one node, the newest first, four at most that it says itself and four that it told by OTLP
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "NodeBoots".
 */
export interface NodeBoots {
  boots: Boot[];
  [k: string]: unknown;
}
/**
 * neighbours in the gossip; a < b
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Edge".
 */
export interface Edge {
  /**
   * a|b
   */
  id: string;
  /**
   * the node's public key in hex
   */
  a: string;
  /**
   * the node's public key in hex
   */
  b: string;
  kind: "direct" | "relayed" | "unknown";
  /**
   * why: same_host, lan, public, punched, portmap, nat_symmetric_both, udp_blocked, ...
   */
  reason: string | null;
  /**
   * smoothed, of the end that measured last; null: not measured
   */
  rtt_us: number | null;
  /**
   * eager: whole messages go over it, in one direction at least
   */
  tree: "eager" | "lazy" | "unknown";
  /**
   * bytes a second from a to b, over the last round
   */
  sent_bps: number | null;
  received_bps: number | null;
  /**
   * what the two ends say differently, in words
   */
  disagree: string | null;
  [k: string]: unknown;
}
/**
 * edges that a filter lets through, a page of them, in the order of their ids
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "EdgePage".
 */
export interface EdgePage {
  /**
   * of the state, as the snapshot's
   */
  seq: number;
  /**
   * RFC 3339, the observer's clock
   */
  now: string;
  /**
   * of all there are
   */
  total: number;
  /**
   * of those that the filter lets through, on all pages
   */
  matched: number;
  /**
   * ?cursor= of the next page; null: this is the last
   */
  next: string | null;
  edges: Edge[];
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ErrorEnvelope".
 */
export interface ErrorEnvelope {
  schema: string;
  ok: false;
  error: {
    code: string;
    message: string;
    hint: string;
    exit: number;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MeshEvent".
 */
export interface MeshEvent {
  /**
   * from 1, without gaps, of this observer since its start
   */
  seq: number;
  /**
   * RFC 3339
   */
  at: string;
  /**
   * peer.state, peer.path, plugin.state, self.state, neighbor.up, neighbor.down, gossip.lagged, audit.discrepancy, lab.fault; others may come
   */
  type: string;
  /**
   * the node's public key in hex
   */
  node: string;
  /**
   * whom it is about; null: the observer itself
   */
  peer: string | null;
  /**
   * the peer's, or the plugin instance's
   */
  name: string | null;
  from: string | null;
  to: string | null;
  reason: string | null;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Events".
 */
export interface Events {
  events: MeshEvent[];
  oldest_seq: number;
  next_seq: number;
  truncated: boolean;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "History".
 */
export interface History {
  /**
   * RFC 3339: the first moment for which ?at= has an answer
   */
  oldest: string | null;
  newest: string | null;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "LabAction".
 */
export interface LabAction {
  /**
   * chosen by the client: the same key is carried out once
   */
  key: string;
  kind: "kill" | "pause" | "resume" | "restart" | "plugin-crash";
  /**
   * a name of the lab
   */
  node: string;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "LabOutcome".
 */
export interface LabOutcome {
  kind: string;
  node: string;
  ok: boolean;
  /**
   * one line, in words
   */
  said: string;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Mesh".
 */
export interface Mesh {
  name: string;
  /**
   * the node's public key in hex
   */
  observer: string;
  version: string;
  /**
   * POST /api/v1/lab/actions is served
   */
  lab: boolean;
  /**
   * of the observer; 0: it is isolated and the picture is what it last knew
   */
  neighbors: number;
  /**
   * between two questions for meters
   */
  round_ms: number;
  /**
   * a start is slow above this
   */
  boot_slo_ms: number;
  [k: string]: unknown;
}
/**
 * the last start of each node; behind those of the mesh, nodes that only an exporter of spans told of
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MeshBoots".
 */
export interface MeshBoots {
  nodes: {
    /**
     * the node's public key in hex
     */
    id: string;
    name: string;
    boot: Boot | null;
    /**
     * why there is none, or why it is from memory
     */
    error: string | null;
    [k: string]: unknown;
  }[];
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MeshPlugins".
 */
export interface MeshPlugins {
  nodes: {
    /**
     * the node's public key in hex
     */
    id: string;
    name: string;
    plugins:
      | {
          instance: string;
          role: string | null;
          version: string | null;
          path: string;
          state: string;
          abi: string | null;
          health: "ok" | "degraded" | "unhealthy";
          health_reason: string | null;
          error: string | null;
          error_ms: number | null;
          /**
           * inprocess or process
           */
          isolation: string;
          process: number | null;
          restarts: number;
          slow_calls: number;
          refused_calls: number;
          stalled: boolean;
          restarting: boolean;
          generation: number;
          [k: string]: unknown;
        }[]
      | null;
    error: string | null;
    [k: string]: unknown;
  }[];
  [k: string]: unknown;
}
/**
 * the last spans of followed messages, of each node: mesh.gossip.publish (no parent: the origin) and mesh.gossip.deliver (its parent is the span of the node that it came from; attributes mesh.topic, mesh.message.size, mesh.peer.id, mesh.gossip.round). Spans of one trace make the tree over which the message went; times are by each node's own clock
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MeshTraces".
 */
export interface MeshTraces {
  nodes: {
    id: string;
    name: string;
    spans:
      | {
          trace: string;
          span: string;
          parent: string | null;
          name: string;
          kind: string;
          started_unix_us: number;
          length_us: number;
          ok: boolean;
          message: string | null;
          attributes: {
            [k: string]: unknown;
          };
          events: unknown[];
          dropped: number;
          [k: string]: unknown;
        }[]
      | null;
    error: string | null;
    [k: string]: unknown;
  }[];
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Node".
 */
export interface Node {
  /**
   * the node's public key in hex
   */
  id: string;
  /**
   * as the node says; the first ten digits of its id until it said one. Untrusted text
   */
  name: string;
  /**
   * this is the observer
   */
  self: boolean;
  tier: "hub" | "edge" | "leaf" | "observer" | null;
  roles: string[];
  /**
   * joining, alive, degraded, draining and left are the node's own words; the rest is concluded by the observer, unknown of all others while it has no neighbours itself
   */
  state:
    "connecting" | "joining" | "alive" | "degraded" | "draining" | "left" | "stale" | "dead" | "refused" | "unknown";
  /**
   * for the state, in words
   */
  evidence: string | null;
  /**
   * RFC 3339, by the observer's clock: when the state began
   */
  since: string;
  /**
   * RFC 3339, by the observer's clock: when it was last heard of, as of the last change told
   */
  seen: string | null;
  version: string | null;
  /**
   * rises with each start of the node
   */
  incarnation: number;
  /**
   * RFC 3339, by the observer's clock: now less the uptime it said
   */
  started: string | null;
  budget: {
    cpu_millicores: number | null;
    memory_bytes: number | null;
    /**
     * config, cgroup or none
     */
    source: string;
    [k: string]: unknown;
  };
  usage: {
    /**
     * null: not measured yet
     */
    cpu_millicores: number | null;
    rss_bytes: number;
    fds: number;
    threads: number;
    [k: string]: unknown;
  } | null;
  /**
   * as the node's digest says, in classes
   */
  load: {
    /**
     * eighths of the budget, 0 to 7
     */
    cpu: number | null;
    memory: number | null;
    [k: string]: unknown;
  };
  /**
   * above its budget for 10 s or more
   */
  over: ("cpu" | "memory")[];
  gossip: {
    active: number;
    passive: number;
    eager: number;
    lazy: number;
    delivered: number;
    duplicates: number;
    frames_sent: number;
    frames_received: number;
    [k: string]: unknown;
  } | null;
  net: {
    connections: number;
    bytes_sent: number;
    bytes_received: number;
    /**
     * bytes a second, over the last round
     */
    sent_bps: number | null;
    received_bps: number | null;
    [k: string]: unknown;
  } | null;
  /**
   * ids of its neighbours in the gossip, as far as they are known here
   */
  neighbors: string[];
  /**
   * of one that is stale or dead: ids of the neighbours that it named last, as far as they are known here
   */
  last_neighbors?: string[];
  /**
   * of one that is stale or dead: ids of those who said that they lost it, the observer's among them
   */
  lost_by?: string[];
  addresses: string[];
  contributions: {
    role: string;
    key: string;
    unit: string | null;
    value: unknown;
    [k: string]: unknown;
  }[];
  plugins: {
    instance: string;
    role: string | null;
    state: string;
    [k: string]: unknown;
  }[];
  /**
   * why its meters are not known; null: they are, or it was not asked yet
   */
  unasked: string | null;
  [k: string]: unknown;
}
/**
 * nodes that a filter lets through, a page of them
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "NodePage".
 */
export interface NodePage {
  /**
   * of the state, as the snapshot's
   */
  seq: number;
  /**
   * RFC 3339, the observer's clock
   */
  now: string;
  /**
   * of all there are
   */
  total: number;
  /**
   * of those that the filter lets through, on all pages
   */
  matched: number;
  /**
   * ?cursor= of the next page; null: this is the last
   */
  next: string | null;
  nodes: Node[];
  [k: string]: unknown;
}
/**
 * how two nodes reach each other
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Path".
 */
export interface Path {
  /**
   * the node's public key in hex
   */
  a: string;
  /**
   * the node's public key in hex
   */
  b: string;
  /**
   * in the gossip; what else connects two nodes is known here of the observer alone
   */
  neighbors: boolean;
  kind: "direct" | "relayed" | "unknown";
  /**
   * why, as an edge's
   */
  reason: string | null;
  rtt_us: number | null;
  /**
   * null: they are no neighbours
   */
  tree: "eager" | "lazy" | "unknown" | null;
  /**
   * RFC 3339: the link is as it is, in kind and reason, or known for as long as it is there; null: for longer than is remembered, or there is none
   */
  since: string | null;
  /**
   * RFC 3339: links are remembered from then on
   */
  remembered_since: string | null;
  /**
   * each end's own word, of those that say anything
   */
  said: {
    /**
     * the node's public key in hex
     */
    by: string;
    kind: "direct" | "relayed" | "unknown";
    reason: string | null;
    rtt_us: number | null;
    tree: "eager" | "lazy" | "unknown" | null;
    /**
     * the other's address, or the relay; of the observer's own paths alone
     */
    remote: string | null;
    [k: string]: unknown;
  }[];
  /**
   * what the two ends say differently, in words
   */
  disagree: string | null;
  /**
   * what changed, the oldest first; the newest 100
   */
  history: {
    /**
     * RFC 3339, the observer's clock
     */
    at: string;
    /**
     * links: what is remembered of the picture, ten minutes at most; journal: peer.path of the observer's own paths
     */
    source: "links" | "journal";
    /**
     * null: there was none
     */
    from: string | null;
    to: string | null;
    reason: string | null;
    [k: string]: unknown;
  }[];
  /**
   * there was more than that
   */
  truncated: boolean;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Series".
 */
export interface Series {
  /**
   * the node's public key in hex
   */
  id: string;
  step_ms: number;
  /**
   * RFC 3339: the end of the last step, by the observer's clock
   */
  end: string;
  /**
   * cpu (millicores), rss (bytes), rx and tx (bytes a second), messages (a second): the oldest value first, null where nothing is known
   */
  series: {
    [k: string]: (number | null)[];
  };
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Snapshot".
 */
export interface Snapshot {
  seq: number;
  /**
   * RFC 3339, the observer's clock
   */
  now: string;
  mesh: Mesh;
  nodes: Node[];
  edges: Edge[];
  [k: string]: unknown;
}
export interface SnapshotFrame {
  t: "snapshot";
  seq: number;
  now: string;
  mesh: Mesh;
  nodes: Node[];
  edges: Edge[];
  events: MeshEvent[];
  [k: string]: unknown;
}
export interface ResumedFrame {
  t: "resumed";
  /**
   * of the state that the client has
   */
  seq: number;
  now: string;
  [k: string]: unknown;
}
export interface DeltaFrame {
  t: "delta";
  /**
   * of the state after it
   */
  seq: number;
  now: string;
  ops: unknown[][];
  [k: string]: unknown;
}
/**
 * once a second; three missed: the connection is lost
 */
export interface TickFrame {
  t: "tick";
  seq: number;
  now: string;
  [k: string]: unknown;
}
/**
 * cannot resume; a snapshot follows
 */
export interface GapFrame {
  t: "gap";
  from: number;
  oldest: number;
  [k: string]: unknown;
}
export interface ErrorFrame {
  t: "error";
  code: string;
  message: string;
  [k: string]: unknown;
}
/**
 * the first and only frame a client sends
 *
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClientFrame".
 */
export interface ClientFrame {
  t: "hello";
  v: 1;
  /**
   * the last seq that the client holds; null or absent: none
   */
  resume?: number | null;
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Telemetry".
 */
export interface Telemetry {
  otlp: {
    [k: string]: unknown;
  } | null;
  /**
   * what telling costs the observer: cpu_ns, cpu_ns_per_s, ceiling_ns_per_s, followed_one_in, followed_ppb, spans
   */
  telemetry: {
    [k: string]: unknown;
  };
  /**
   * its flight recorder: held, slots, bytes, recorded, given_way, anomalies, suppressed, promotions, promoted
   */
  flight: {
    [k: string]: unknown;
  };
  /**
   * its events in memory: events_kept, bytes_kept
   */
  journal: {
    [k: string]: unknown;
  };
  event_files: {
    [k: string]: unknown;
  } | null;
  /**
   * what the observer itself holds and has counted: clients, log_bytes, rounds, ...
   */
  observer: {
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Trace".
 */
export interface Trace {
  /**
   * the id of the message that was sent to be followed
   */
  trace: string;
  [k: string]: unknown;
}
