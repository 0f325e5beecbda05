// SPDX-License-Identifier: Apache-2.0
// The verbs of the bench over iroh's JavaScript binding. Bytes cross it as arrays of numbers, so
// `bulk` measures the binding, not iroh.
import { setTimeout as sleep } from "node:timers/promises";

import { addressOf, bindEndpoint, echoMark, protocolName, sinkMark } from "./endpoint.js";
import {
  microseconds,
  reportBulk,
  reportLatencies,
  reportMemory,
  startStopwatch,
} from "./report.js";

const holdWarmUp = 20;
const holdSettleMs = 2_000;
const chunkSize = 65_536;

let endpoint;
let server;

const connect = () => endpoint.connect(server, protocolName);
const close = (connection) => connection.close(0n, []);

/** Connects and has one byte echoed. */
async function exchange() {
  const connection = await connect();
  const { send, recv: receive } = await connection.openBi();
  await send.writeAll([echoMark, 1]);
  await receive.readExact(1);
  return connection;
}

/** iroh keeps tickets and uses them: there is no telling it not to. */
async function handshakes(asked) {
  close(await exchange());
  const samples = [];
  let started = 0;
  const stopwatch = startStopwatch();
  const worker = async () => {
    while (started++ < asked.count) {
      const start = microseconds();
      const connection = await exchange();
      samples.push(microseconds() - start);
      close(connection);
    }
  };
  await Promise.all(Array.from({ length: asked.concurrency }, worker));
  reportLatencies(asked, samples, stopwatch);
}

async function pingPong(asked) {
  const connection = await connect();
  const { send, recv: receive } = await connection.openBi();
  await send.writeAll([echoMark, 1]);
  await receive.readExact(1);
  const byte = [1];
  const samples = [];
  const stopwatch = startStopwatch();
  for (let i = 0; i < asked.count; i++) {
    const start = microseconds();
    await send.writeAll(byte);
    await receive.readExact(1);
    samples.push(microseconds() - start);
  }
  reportLatencies(asked, samples, stopwatch);
}

async function bulk(asked) {
  const connection = await connect();
  const chunk = Array(chunkSize).fill(0);
  const bytes = asked.count * 2 ** 20;
  const stopwatch = startStopwatch();
  const { send, recv: receive } = await connection.openBi();
  await send.writeAll([sinkMark]);
  for (let sent = 0; sent < bytes; sent += chunkSize) await send.writeAll(chunk);
  await send.finish();
  const reply = Buffer.from(await receive.readExact(8));
  reportBulk(bytes, Number(reply.readBigUInt64LE()), stopwatch);
}

async function hold(asked) {
  for (let i = 0; i < holdWarmUp; i++) close(await exchange());
  await sleep(holdSettleMs);
  reportMemory("before", 0);
  await sleep(holdSettleMs);
  const held = [];
  while (held.length < asked.count) held.push(await exchange());
  await sleep(holdSettleMs);
  reportMemory("held", held.length);
  await sleep(holdSettleMs);
}

const verbs = { hs_resumed: handshakes, pp: pingPong, bulk, hold };

export async function runClient(asked) {
  const verb = verbs[asked.verb];
  if (!verb) {
    console.error(`iroh's binding cannot do ${asked.verb}`);
    process.exit(2);
  }
  endpoint = await bindEndpoint(0);
  server = addressOf(asked.id, asked.port);
  await verb(asked);
}
