// SPDX-License-Identifier: Apache-2.0
// Echoes or counts what streams bring: their first byte says which.
import { bindEndpoint, echoMark, sinkMark } from "./endpoint.js";
import { print } from "./report.js";

const readSize = 65_536;

async function* chunksOf(receive) {
  for (;;) {
    const chunk = await receive.read(readSize);
    if (!chunk || chunk.length === 0) return;
    yield chunk;
  }
}

async function serveStream({ send, recv: receive }) {
  const [mark] = await receive.readExact(1);
  if (mark === echoMark) {
    for await (const chunk of chunksOf(receive)) await send.writeAll(chunk);
  } else if (mark === sinkMark) {
    let count = 0;
    for await (const chunk of chunksOf(receive)) count += chunk.length;
    const reply = Buffer.alloc(8);
    reply.writeBigUInt64LE(BigInt(count));
    await send.writeAll(Array.from(reply));
    await send.finish();
  }
}

async function serveConnection(incoming) {
  const accepting = await incoming.accept();
  const connection = await accepting.connect();
  for (;;) serveStream(await connection.acceptBi()).catch(ended);
}

/** A stream or connection whose client is done fails its next read: that is its end here. */
function ended() {}

export async function serve(port) {
  const endpoint = await bindEndpoint(port);
  const [socket] = endpoint.boundSockets();
  const bound = Number(String(socket).split(":").pop());
  print({ event: "ready", port: bound, id: endpoint.id().toString() });
  for (;;) {
    const incoming = await endpoint.acceptNext();
    if (!incoming) return;
    serveConnection(incoming).catch(ended);
  }
}
