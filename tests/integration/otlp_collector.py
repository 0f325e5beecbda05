# SPDX-License-Identifier: Apache-2.0
"""A collector that takes OTLP over HTTP and keeps the spans, read from their protobuf by hand."""
import http.server
import struct
import threading


def fields(message):
    """(number, value) of each field; a value is an int or bytes (protobuf's wire format)."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while at < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        elif kind == 1:
            yield key >> 3, struct.unpack_from("<Q", message, at)[0]
            at += 8
        elif kind == 2:
            size = varint()
            yield key >> 3, message[at:at + size]
            at += size
        elif kind == 5:
            yield key >> 3, struct.unpack_from("<I", message, at)[0]
            at += 4
        else:
            raise ValueError(f"wire type {kind}")


def all_of(message, number):
    return [value for found, value in fields(message) if found == number]


def first(message, number, default=b""):
    return next(iter(all_of(message, number)), default)


def span_of(message):
    """What a test asks of opentelemetry.proto.trace.v1.Span."""
    attributes = {first(pair, 1).decode(): first(first(pair, 2), 1) for pair in all_of(message, 9)}
    return {
        "trace": first(message, 1).hex(), "span": first(message, 2).hex(), "name": first(message, 5).decode(),
        "start": first(message, 7, 0), "end": first(message, 8, 0),
        "ok": first(first(message, 15), 3, 0) != 2,
        "attributes": {key: value.decode() if isinstance(value, bytes) else value
                       for key, value in attributes.items()}}


class Collector:
    """Use it as a context; `spans` is what came so far."""

    def __enter__(self):
        spans = self._spans = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    spans.extend(span_of(span) for resource in all_of(body, 1)
                                 for scope in all_of(resource, 2) for span in all_of(scope, 2))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def spans(self):
        return list(self._spans)
