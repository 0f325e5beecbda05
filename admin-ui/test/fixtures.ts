// SPDX-License-Identifier: Apache-2.0

import { Mesh } from "../mock/mesh.mjs";
import type { Edge, MeshEvent, MeshTraces, Node, ServerFrame } from "../src/api/types";
import { EMPTY, type MeshState, reduce } from "../src/model/reduce";

export interface MockMesh {
  mesh: Record<string, unknown>;
  nodes: Map<string, Node>;
  edges: Map<string, Edge>;
  events: MeshEvent[];
  seq: number;
  time(offset?: number): string;
  step(passed: number, changes?: number): unknown[][];
  snapshot(passed: number): { seq: number; now: string; mesh: never; nodes: Node[]; edges: Edge[] };
  meshBoots(): {
    nodes: { id: string; name: string; boot: import("../src/api/types").Boot | null; error: string | null }[];
  };
  plugins(): unknown;
  publish(passed: number, from?: string): string;
  meshTraces(): MeshTraces;
  boots: Map<string, import("../src/api/types").Boot[]>;
  series: Map<string, unknown>;
  act(action: { kind: string; node: string }, passed: number): unknown;
}

export const START = Date.parse("2026-11-27T12:00:00.000Z");

export const makeMesh = (options: Record<string, unknown> = {}): MockMesh =>
  new Mesh({ start: START, ...options }) as unknown as MockMesh;

export const snapshotFrame = (mesh: MockMesh, passed = 0): ServerFrame =>
  ({ t: "snapshot", ...mesh.snapshot(passed), events: [...mesh.events] }) as ServerFrame;

export const stateOf = (mesh: MockMesh): MeshState => reduce(EMPTY, snapshotFrame(mesh));
