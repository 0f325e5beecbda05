// SPDX-License-Identifier: Apache-2.0
// A real iroh endpoint that does as peers.py says: serves echoes, dials, reads and writes tickets.
// Usage: node iroh_peer.cjs [--bind ADDR]... [--alpn NAME]... [--seed HEX] [--retry]
//             [--relay URL [--relay-token TEXT]]
'use strict';
const fs = require('node:fs');
const readline = require('node:readline');
const { parseArgs } = require('node:util');
const iroh = require('@number0/iroh');

const CHUNK_BYTES = 64 * 1024;

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const fromText = (text) => Array.from(Buffer.from(text));
const toText = (bytes) => Buffer.from(bytes).toString();

/** Reads a ticket, or `ID@ADDR,ADDR`, or `ID@RELAY`, which is a URL. */
function parseAddr(text) {
    const [id, addresses] = text.split('@');
    if (addresses === undefined) return iroh.EndpointTicket.fromString(text).endpointAddr();
    const key = iroh.EndpointId.fromString(id);
    if (addresses.includes('//')) return new iroh.EndpointAddr(key, addresses, []);
    return new iroh.EndpointAddr(key, null, addresses.split(','));
}

/** Bytes of which no two neighbouring chunks are alike. */
function pattern(size) {
    const bytes = Buffer.alloc(size);
    for (let i = 0; i < size; ++i) bytes[i] = i * 31 + Math.floor(i / 251);
    return bytes;
}

async function* chunksOf(recv) {
    for (;;) {
        const chunk = await recv.read(CHUNK_BYTES);
        if (chunk.length === 0) return;
        yield chunk;
    }
}

// --- serving

async function echoStreams(connection, tally) {
    for (;;) {
        const { send, recv } = await connection.acceptBi();
        tally.streams += 1;
        (async () => {
            for await (const chunk of chunksOf(recv)) {
                tally.bytes += chunk.length;
                await send.writeAll(chunk);
            }
            await send.finish();
        })().catch(() => {});  // a reset stream ends here; the connection says why it closed
    }
}

async function echoDatagrams(connection, tally) {
    for (;;) {
        connection.sendDatagram(await connection.readDatagram());
        tally.datagrams += 1;
    }
}

async function serve(incoming) {
    const connection = await (await incoming.accept()).connect();
    const who = { id: connection.remoteId().toString(), alpn: toText(connection.alpn()) };
    const tally = { streams: 0, bytes: 0, datagrams: 0 };
    say({ event: 'accepted', ...who });
    echoStreams(connection, tally).catch(() => {});
    echoDatagrams(connection, tally).catch(() => {});
    say({ event: 'closed', ...who, reason: await connection.closed(), ...tally });
}

async function acceptAll(endpoint, retry) {
    for (;;) {
        const incoming = await endpoint.acceptNext();
        if (incoming === null) return;
        if (retry && !await incoming.remoteAddrValidated()) {
            await incoming.retry();
            say({ event: 'retried' });
            continue;
        }
        serve(incoming).catch((error) => say({ event: 'refused', reason: String(error) }));
    }
}

// --- dialling

async function echoOnce(connection, size) {
    const sent = pattern(size);
    const { send, recv } = await connection.openBi();
    const write = async () => {
        for (let at = 0; at < size; at += CHUNK_BYTES) {
            await send.writeAll(Array.from(sent.subarray(at, at + CHUNK_BYTES)));
        }
        await send.finish();
    };
    const read = async () => {
        const received = [];
        for await (const chunk of chunksOf(recv)) received.push(Buffer.from(chunk));
        return Buffer.concat(received);
    };
    const [, received] = await Promise.all([write(), read()]);
    return { echoed: received.length, intact: received.equals(sent) };
}

const kept = new Map();

async function dial(endpoint, { to, alpn, bytes, datagram, keep }) {
    const started = performance.now();
    const connection = await endpoint.connect(parseAddr(to), fromText(alpn));
    const answer = { remote_id: connection.remoteId().toString() };
    answer.connect_ms = performance.now() - started;
    if (bytes !== undefined) Object.assign(answer, await echoOnce(connection, bytes));
    if (datagram !== undefined) {
        connection.sendDatagram(fromText(datagram));
        answer.datagram = toText(await connection.readDatagram());
    }
    if (!keep) {
        connection.close(0n, fromText('done'));
        return answer;
    }
    const key = kept.size + 1;
    kept.set(key, connection);
    connection.closed().then((reason) => say({ event: 'lost', connection: key, reason }));
    return { ...answer, connection: key };
}

// --- what can be asked

const verbs = {
    dial,
    nudge: (endpoint, { connection }) => {
        kept.get(connection).sendDatagram(fromText('nudge'));
        return {};
    },
    release: (endpoint, { connection, code, reason }) => {
        kept.get(connection).close(BigInt(code), fromText(reason));
        return {};
    },
    parse: (endpoint, { text }) => {
        const addr = parseAddr(text);
        return {
            id: addr.id().toString(),
            addresses: addr.directAddresses(),
            relays: addr.relayUrl() === null ? [] : [addr.relayUrl()],
        };
    },
    format: (endpoint, { id, addresses, relays }) => {
        const key = iroh.EndpointId.fromString(id);
        const addr = new iroh.EndpointAddr(key, relays[0] ?? null, addresses);
        return { ticket: iroh.EndpointTicket.fromAddr(addr).toString() };
    },
    probe: () => ({ fds: fs.readdirSync('/proc/self/fd').length }),
};

async function answer(endpoint, line) {
    const { call, verb, ...args } = JSON.parse(line);
    try {
        say({ answer: call, ...await verbs[verb](endpoint, args) });
    } catch (error) {
        say({ answer: call, error: { reason: error.message } });
    }
}

function relayMode(url, authToken) {
    if (url === undefined) return iroh.RelayMode.disabled();
    const map = iroh.RelayMap.empty();
    map.insert({ url, authToken });
    return iroh.RelayMode.custom(map);
}

async function main() {
    const { values } = parseArgs({
        options: {
            bind: { type: 'string', multiple: true, default: ['127.0.0.1:0'] },
            alpn: { type: 'string', multiple: true, default: [] },
            seed: { type: 'string' },
            retry: { type: 'boolean', default: false },
            relay: { type: 'string' },
            'relay-token': { type: 'string' },
        },
    });
    const builder = iroh.Endpoint.builder();
    builder.applyMinimal();
    builder.relayMode(relayMode(values.relay, values['relay-token']));
    builder.alpns(values.alpn.map(fromText));
    for (const address of values.bind) builder.bindAddr(address);
    if (values.seed !== undefined) builder.secretKey(Array.from(Buffer.from(values.seed, 'hex')));
    const endpoint = await builder.bind();
    acceptAll(endpoint, values.retry);
    say({ event: 'ready', id: endpoint.id().toString(), sockets: endpoint.boundSockets() });
    for await (const line of readline.createInterface({ input: process.stdin })) {
        answer(endpoint, line);
    }
    await endpoint.close();
    process.exit(0);
}

main();
