// SPDX-License-Identifier: Apache-2.0
// An endpoint with nothing but its socket, and the bench's protocol.
import iroh from "@number0/iroh";

export const protocolName = Array.from(Buffer.from("b"));
export const echoMark = "E".charCodeAt(0);
export const sinkMark = "S".charCodeAt(0);

export async function bindEndpoint(port) {
  const builder = iroh.Endpoint.builder();
  builder.applyMinimal();
  builder.alpns([protocolName]);
  builder.relayMode(iroh.RelayMode.disabled());
  builder.bindAddr(`127.0.0.1:${port}`);
  return builder.bind();
}

export function addressOf(id, port) {
  return new iroh.EndpointAddr(iroh.EndpointId.fromString(id), null, [`127.0.0.1:${port}`]);
}
