// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { jaeger, otlp, spansOf } from "../src/traces/export";
import { gather, reached, silentOf, silentWords } from "../src/traces/gather";
import { makeMesh, stateOf } from "./fixtures";

const told = () => {
  const mesh = makeMesh({ quiet: true });
  const id = mesh.publish(0, [...mesh.nodes.keys()][0]);
  return { mesh, id, traces: structuredClone(mesh.meshTraces()) };
};

describe("a followed message", () => {
  it("is a tree from its origin, whose times rise along every branch", () => {
    const { mesh, id, traces } = told();
    const way = gather(traces).find((one) => one.id === id)!;
    expect(way.roots).toHaveLength(1);
    expect(way.origin).toBe([...mesh.nodes.keys()][0]);
    expect(way.hops).toHaveLength(mesh.nodes.size);
    for (const hop of way.hops) {
      expect(hop.at).toBeGreaterThanOrEqual(hop.from);
      for (const child of hop.children) expect(child.depth).toBe(hop.depth + 1);
    }
    expect(reached(way, 1)).toBe(Math.max(...way.hops.map((hop) => hop.at)));
    expect(reached(way, 0.5)!).toBeLessThanOrEqual(reached(way, 0.95)!);
  });

  it("is whole also if nodes between do not answer, or lie", () => {
    const { id, traces } = told();
    const origin = traces.nodes.find((node) =>
      node.spans?.some((span) => span.trace === id && span.parent === null),
    )!;
    origin.spans = null;
    const way = gather(traces).find((one) => one.id === id)!;
    expect(way.origin).toBeNull();
    expect(way.roots.length).toBeGreaterThan(0);
    expect(way.untold).toEqual([origin.id]);
    expect(way.hops).toHaveLength(traces.nodes.length - 1);
    const spans = traces.nodes.flatMap((node) => node.spans?.filter((span) => span.trace === id) ?? []);
    spans[0]!.parent = spans[1]!.span;
    spans[1]!.parent = spans[0]!.span;
    expect(() => gather(traces)).not.toThrow();
    expect(gather({ nodes: [] })).toEqual([]);
  });
});

describe("a message of which not all is told", () => {
  it("is incomplete by whom somebody had it from, and by those who were there and are gone", () => {
    const { mesh, id, traces } = told();
    const { nodes } = stateOf(mesh);
    const way = () => gather(traces).find((one) => one.id === id)!;
    expect(silentOf(way(), traces, nodes)).toEqual([]);

    const hub = [...nodes.values()].find((node) => node.tier === "hub" && way().roots[0]!.node !== node.id)!;
    const said = traces.nodes.find((node) => node.id === hub.id)!;
    said.spans = [];
    expect(silentOf(way(), traces, nodes)).toEqual([{ id: hub.id, why: "forgot" }]);
    said.spans = null;
    expect(silentOf(way(), traces, nodes)).toEqual([{ id: hub.id, why: "silent" }]);
    const later = new Map(nodes).set(hub.id, { ...hub, state: "dead", since: mesh.time(5000) });
    expect(silentOf(way(), traces, later)).toEqual([{ id: hub.id, why: "gone" }]);
    expect(silentWords(silentOf(way(), traces, later), () => "hub")).toBe("hub (gone)");

    const leaf = traces.nodes.find((node) => node.id !== hub.id && nodes.get(node.id)!.tier === "leaf")!;
    leaf.spans = null;
    const was = { ...nodes.get(leaf.id)!, state: "dead" as const };
    const before = new Map(later).set(leaf.id, { ...was, since: mesh.time(-5000) });
    expect(silentOf(way(), traces, before).map((one) => one.id)).toEqual([hub.id]); // it could not have heard it
    const after = new Map(later).set(leaf.id, { ...was, since: mesh.time(5000) });
    expect(silentOf(way(), traces, after).map((one) => one.id)).toEqual([hub.id, leaf.id]);
  });
});

describe("a trace for other programs", () => {
  const { mesh, id, traces } = told();
  const state = stateOf(mesh);
  const source = { mesh: state.mesh!.name, nodes: state.nodes };
  const spans = spansOf(traces, id);
  spans[1]!.spans[0]!.events.push(
    { name: "delivered", unix_us: 1_795_000_000_000_123, attributes: { round: 2 } },
    { of: "another shape" },
  );

  it("is OTLP as its JSON mapping wants it", () => {
    const { resourceSpans } = otlp(source, spans) as {
      resourceSpans: {
        resource: { attributes: { key: string; value: object }[] };
        scopeSpans: { spans: Record<string, unknown>[] }[];
      }[];
    };
    expect(resourceSpans).toHaveLength(mesh.nodes.size);
    const all = resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans));
    for (const span of all) {
      expect(span.traceId).toBe(id);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
      expect(BigInt(span.endTimeUnixNano as string) >= BigInt(span.startTimeUnixNano as string)).toBe(true);
      expect(span.status).toEqual({ code: 1 });
    }
    expect(all.filter((span) => span.parentSpanId === undefined)).toHaveLength(1);
    expect(all.map((span) => span.kind).sort()).toEqual([4, ...Array(all.length - 1).fill(5)]);
    expect(resourceSpans[0]!.resource.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "meshhost" },
    });
    expect(all.find((span) => (span.events as unknown[]).length > 0)!.events).toEqual([
      {
        timeUnixNano: "1795000000000123000",
        name: "delivered",
        attributes: [{ key: "round", value: { intValue: "2" } }],
      },
    ]);
  });

  it("is what Jaeger's page takes", () => {
    const { data } = jaeger(source, spans) as {
      data: {
        traceID: string;
        spans: Record<string, unknown>[];
        processes: Record<string, { serviceName: string }>;
      }[];
    };
    expect(data).toHaveLength(1);
    const [trace] = data;
    const ids = new Set(trace!.spans.map((span) => span.spanID));
    expect(ids.size).toBe(mesh.nodes.size);
    for (const span of trace!.spans) {
      expect(trace!.processes[span.processID as string]!.serviceName).toBe("meshhost");
      for (const one of span.references as { refType: string; spanID: string }[]) {
        expect(one.refType).toBe("CHILD_OF");
        expect(ids.has(one.spanID)).toBe(true);
      }
    }
  });

  it("tells whole nanoseconds, also of parts of a microsecond", () => {
    const boot = [...mesh.boots.values()][0]![0]!;
    const one = { ...boot.spans[0]!, started_unix_us: 1_795_000_000_000_001, length_us: 20.5 };
    const made = JSON.stringify(otlp(source, [{ node: "x", name: "x", spans: [one] }]));
    expect(made).toContain('"startTimeUnixNano":"1795000000000001000","endTimeUnixNano":"1795000000000021500"');
  });
});
