# SPDX-License-Identifier: Apache-2.0
"""A browser's side of the dashboard's API: a session, questions, and the WebSocket (RFC 6455), also over TLS."""
import base64
import http.client
import json
import os
import socket
import struct
import urllib.parse

from json_schema import Schemas

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
PATIENCE_S = 60


class Dashboard:
    """`tls` is an ssl.SSLContext, for an https link. `at` is where to connect to, if not to where the link says."""

    def __init__(self, link, tls=None, at=None):
        base, _, self.token = link.partition("/#t=")
        self.scheme, _, self.address = base.partition("://")
        self.tls = tls
        self.at = at or self.address
        self.cookie = ""
        self.schemas = Schemas(lambda file: json.loads(self.ask("GET", "/api/v1/schema/" + file)[2]))

    def ask(self, method, path, body=None, headers=None):
        """The status, the headers and the bytes of an answer."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_S)
        try:
            connection.sock = self.connect()
            connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, path, body):
        status, headers, answer = self.ask(
            "POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return status, headers, answer

    def enter(self):
        status, headers, answer = self.post("/api/v1/session", {"token": self.token})
        if status != 204:
            raise AssertionError(f"no session: {status} {answer}")
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        return self

    def envelope(self, path):
        status, _, answer = self.ask("GET", path)
        return status, json.loads(answer)

    def data(self, path, **query):
        """What is in a good answer, which is as its schema says."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        status, envelope = self.envelope(path)
        if status != 200:
            raise AssertionError(f"{path}: {status} {envelope}")
        name = envelope["schema"].removeprefix("meshhost.").removesuffix("/1")
        faults = self.schemas.faults(name, envelope["data"])
        if faults:
            raise AssertionError(f"{path} is not as its schema says: {faults[:3]}")
        return envelope["data"]

    def events(self, **headers):
        return EventStream(self, headers)

    def node(self, name):
        return next((node for node in self.data("/api/v1/snapshot")["nodes"] if node["name"] == name), None)

    def connect(self):
        host, port = self.at.rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        if self.scheme == "http":
            return plain
        return self.tls.wrap_socket(plain, server_hostname=self.address.rsplit(":", 1)[0])

    def stream(self, **hello):
        stream = Stream(self)
        stream.say({"t": "hello", "v": 1, **hello})
        return stream


class EventStream:
    """Server-Sent Events, as they come. Usable as a context manager."""

    def __init__(self, dashboard, headers, path="/api/v1/events/stream"):
        self.connection = http.client.HTTPConnection(dashboard.address, timeout=PATIENCE_S)
        self.connection.sock = dashboard.connect()
        self.connection.request("GET", path, None, {"Cookie": dashboard.cookie, **headers})
        self.answer = self.connection.getresponse()
        self.status, self.headers = self.answer.status, self.answer.headers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def next(self, wanted=lambda event: True):
        """The next event that is wanted, and its id."""
        number, data = None, None
        while line := self.answer.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "id":
                number = value
            elif field == "data":
                data = json.loads(value)
            elif field == "" and data is not None:
                if wanted(data):
                    return number, data
                number, data = None, None
        raise ConnectionError("the stream has ended")


class Stream:
    """One WebSocket. Usable as a context manager."""

    def __init__(self, dashboard, headers=()):
        self.socket = dashboard.connect()
        lines = ["GET /api/v1/stream HTTP/1.1", f"Host: {dashboard.address}", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
                 "Sec-WebSocket-Protocol: meshhost.v1", f"Cookie: {dashboard.cookie}", *headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode]) + (
            bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size) if size < 65536
            else b"\xff" + struct.pack(">Q", size))
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def say(self, frame):
        self.send(TEXT, json.dumps(frame).encode())

    def receive(self):
        """The next message: its opcode and bytes. Answers pings."""
        first, second = self._take(2)
        size = second & 127
        if size == 126:
            size, = struct.unpack(">H", self._take(2))
        elif size == 127:
            size, = struct.unpack(">Q", self._take(8))
        payload = self._take(size)
        if first & 15 == PING:
            self.send(PONG, payload)
            return self.receive()
        return first & 15, payload

    def _take(self, size):
        taken = self.file.read(size)
        if len(taken) < size:
            raise ConnectionError("the stream has ended")
        return taken

    def next(self, *kinds):
        """The next frame of one of these kinds."""
        while True:
            opcode, payload = self.receive()
            if opcode == CLOSE:
                raise ConnectionError(f"closed with {payload[:2].hex()} {payload[2:].decode()}")
            frame = json.loads(payload)
            if not kinds or frame["t"] in kinds:
                return frame

    def close_code(self):
        """With which status the server ends it."""
        while True:
            opcode, payload = self.receive()
            if opcode == CLOSE:
                return struct.unpack(">H", payload[:2])[0]


def apply(picture, frame):
    """What a client makes of a frame: {"nodes": {id: ...}, "edges": {id: ...}}."""
    if frame["t"] == "snapshot":
        picture["nodes"] = {node["id"]: node for node in frame["nodes"]}
        picture["edges"] = {edge["id"]: edge for edge in frame["edges"]}
    for what, *rest in frame.get("ops", ()):
        table = picture["nodes"] if what[0] == "n" else picture["edges"]
        if what in ("n+", "e+"):
            table[rest[0]["id"]] = rest[0]
        elif what in ("n~", "e~"):
            table[rest[0]].update(rest[1])
        elif what in ("n-", "e-"):
            del table[rest[0]]
    return picture
