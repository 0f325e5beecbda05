// SPDX-License-Identifier: Apache-2.0
// Spans as other programs read them: OTLP in JSON (opentelemetry-proto 1.x, the JSON mapping: ids in hex, enums as
// numbers, 64-bit numbers as text) and what Jaeger's page takes as an upload.
import type { Boot, MeshTraces, Node } from "../api/types";

export type Span = Boot["spans"][number];

export interface Told {
  node: string; // its id
  name: string;
  spans: readonly Span[];
}

export interface Source {
  mesh: string;
  nodes: ReadonlyMap<string, Node>;
}

/** What each node says of one trace. */
export const spansOf = (traces: MeshTraces, trace: string): Told[] =>
  traces.nodes.flatMap(({ id, name, spans }) => {
    const mine = spans?.filter((span) => span.trace === trace) ?? [];
    return mine.length > 0 ? [{ node: id, name, spans: mine }] : [];
  });

type Value = { stringValue: string } | { boolValue: boolean } | { intValue: string } | { doubleValue: number };

const KINDS = ["internal", "server", "client", "producer", "consumer"]; // 0 is unspecified

function value(of: unknown): Value {
  if (typeof of === "boolean") return { boolValue: of };
  if (typeof of === "number") return Number.isSafeInteger(of) ? { intValue: String(of) } : { doubleValue: of };
  return { stringValue: typeof of === "string" ? of : (JSON.stringify(of) ?? "") };
}

const attributes = (all: object) => Object.entries(all).map(([key, one]) => ({ key, value: value(one) }));

/** µs and a fraction as ns in text: as a number it would be beyond what a double tells apart. */
const nanos = (us: number): string => {
  const whole = Math.floor(us);
  return String(BigInt(whole) * 1000n + BigInt(Math.round((us - whole) * 1000)));
};

/** What a host says of itself to a collector, as far as the page knows it. */
function resource({ mesh, nodes }: Source, { node, name }: Told): Record<string, string> {
  const known = nodes.get(node);
  return {
    "service.name": "meshhost",
    "service.namespace": mesh,
    ...(known?.version ? { "service.version": known.version } : {}),
    "mesh.node.id": node,
    "mesh.node.name": name,
    ...(known?.tier ? { "mesh.tier": known.tier } : {}),
  };
}

interface Moment {
  name: string;
  at: number; // µs since 1970
  attributes: object;
}

/** Events are of a shape of their own; what is of another is left out. */
function moments(span: Span): Moment[] {
  return span.events.flatMap((one) => {
    const event = one as { name?: unknown; unix_us?: unknown; attributes?: unknown };
    if (typeof event?.name !== "string" || typeof event.unix_us !== "number") return [];
    const more = typeof event.attributes === "object" && event.attributes !== null ? event.attributes : {};
    return [{ name: event.name, at: event.unix_us, attributes: more }];
  });
}

export function otlp(source: Source, told: readonly Told[]): object {
  return {
    resourceSpans: told.map((one) => ({
      resource: { attributes: attributes(resource(source, one)) },
      scopeSpans: [
        {
          scope: { name: "meshhost" },
          spans: one.spans.map((span) => ({
            traceId: span.trace,
            spanId: span.span,
            ...(span.parent ? { parentSpanId: span.parent } : {}),
            name: span.name,
            kind: KINDS.indexOf(span.kind) + 1,
            startTimeUnixNano: nanos(span.started_unix_us),
            endTimeUnixNano: nanos(span.started_unix_us + span.length_us),
            attributes: attributes(span.attributes),
            ...(span.dropped > 0 ? { droppedAttributesCount: span.dropped } : {}),
            events: moments(span).map((event) => ({
              timeUnixNano: nanos(event.at),
              name: event.name,
              attributes: attributes(event.attributes),
            })),
            status: { ...(span.message ? { message: span.message } : {}), code: span.ok ? 1 : 2 },
          })),
        },
      ],
    })),
  };
}

function tags(all: object) {
  return Object.entries(all).map(([key, one]) => {
    if (typeof one === "boolean") return { key, type: "bool", value: one };
    if (typeof one === "number") return { key, type: Number.isSafeInteger(one) ? "int64" : "float64", value: one };
    return { key, type: "string", value: typeof one === "string" ? one : JSON.stringify(one) };
  });
}

export function jaeger(source: Source, told: readonly Told[]): object {
  const traces = new Map<string, object[]>();
  const processes: Record<string, object> = {};
  told.forEach((one, i) => {
    const process = `p${i + 1}`;
    const { "service.name": serviceName, ...rest } = resource(source, one);
    processes[process] = { serviceName, tags: tags(rest) };
    for (const span of one.spans) {
      const references = span.parent ? [{ refType: "CHILD_OF", traceID: span.trace, spanID: span.parent }] : [];
      const failed = span.ok ? {} : { error: true, "otel.status_code": "ERROR" };
      const said = span.message ? { "otel.status_description": span.message } : {};
      const made = {
        traceID: span.trace,
        spanID: span.span,
        operationName: span.name,
        references,
        startTime: Math.round(span.started_unix_us),
        duration: Math.max(0, Math.round(span.length_us)),
        tags: tags({ "span.kind": span.kind, ...span.attributes, ...failed, ...said }),
        logs: moments(span).map((event) => ({
          timestamp: Math.round(event.at),
          fields: tags({ event: event.name, ...event.attributes }),
        })),
        processID: process,
        warnings: null,
      };
      const list = traces.get(span.trace);
      if (list) list.push(made);
      else traces.set(span.trace, [made]);
    }
  });
  return {
    data: [...traces].map(([traceID, spans]) => ({ traceID, spans, processes, warnings: null })),
    total: 0,
    limit: 0,
    offset: 0,
    errors: null,
  };
}
