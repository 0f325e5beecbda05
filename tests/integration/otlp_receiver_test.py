# SPDX-License-Identifier: Apache-2.0
"""An observer that takes spans of others: of a host that is no member of its mesh, of any exporter, and of those who
mean no good. The bytes are Google's encoder's, not ours."""
import gzip
import http.client
import json
import os
import pathlib
import socket
import subprocess

from dashboard_client import Dashboard
from mesh_lab import LabTest, clean_environment, wait_until
from otlp_collector import first

API = "/api/v1/"
STEPS = ["mesh.identity.load", "mesh.endpoint.create", "mesh.alpn.register", "mesh.gossip.subscribe",
         "mesh.accept.start"]
PROTOBUF, JSON = "application/x-protobuf", "application/json"
SCHEMA = pathlib.Path(os.environ["MESH_SOURCE_DIR"]) / "tests/unit/otlp"
# Public keys of RFC 8032, section 7.1.
STRANGER = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
ANOTHER = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
STARTED = 1_790_000_000_000_000_000


def span(trace, number, name, parent=0, start=0, length=1_000_000, **more):
    """A span in the JSON of OTLP."""
    made = {"traceId": f"{trace:032x}", "spanId": f"{number:016x}", "name": name, "kind": 1,
            "startTimeUnixNano": str(STARTED + start), "endTimeUnixNano": str(STARTED + start + length), **more}
    return {**made, "parentSpanId": f"{parent:016x}"} if parent else made


def boot(trace):
    """A start as a program might tell it that is none of ours: the root at last, as it ended."""
    parts = [span(trace, 2 + at, name, parent=1, start=at * 1_000_000) for at, name in enumerate(STEPS)]
    root = span(trace, 1, "mesh.node.ready", length=5_000_000, status={"code": 1}, attributes=[
        {"key": "mesh.boot.count", "value": {"intValue": "7"}}])
    return [*parts, root]


def request(spans, node=STRANGER, name="rusty"):
    attributes = {"service.name": "rust-node", "service.version": "9.1", "mesh.node.name": name, "mesh.node.id": node}
    return {"resourceSpans": [{
        "resource": {"attributes": [{"key": key, "value": {"stringValue": value}}
                                    for key, value in attributes.items() if value]},
        "scopeSpans": [{"scope": {"name": "x"}, "spans": spans}]}]}


def quoted(data):
    return '"' + "".join(f"\\{byte:03o}" for byte in data) + '"'


def attribute_text(pair):
    (kind, value), = pair["value"].items()
    said = quoted(value.encode()) if kind == "stringValue" else value
    return (f"attributes {{ key: {quoted(pair['key'].encode())} "
            f"value {{ {kind.removesuffix('Value')}_value: {said} }} }}")


def span_text(one):
    return " ".join([
        "spans {", f"trace_id: {quoted(bytes.fromhex(one['traceId']))}",
        f"span_id: {quoted(bytes.fromhex(one['spanId']))}",
        f"parent_span_id: {quoted(bytes.fromhex(one.get('parentSpanId', '')))}", f"name: {quoted(one['name'].encode())}",
        f"kind: SPAN_KIND_INTERNAL start_time_unix_nano: {one['startTimeUnixNano']}",
        f"end_time_unix_nano: {one['endTimeUnixNano']}", *map(attribute_text, one.get("attributes", [])),
        f"status {{ code: STATUS_CODE_{['UNSET', 'OK', 'ERROR'][one.get('status', {}).get('code', 0)]} }}", "}"])


def protobuf(told):
    """The same in protobuf, by Google's encoder."""
    group, = told["resourceSpans"]
    text = (f"resource_spans {{ resource {{ {' '.join(map(attribute_text, group['resource']['attributes']))} }} "
            f"scope_spans {{ {' '.join(map(span_text, group['scopeSpans'][0]['spans']))} }} }}")
    return subprocess.run(["protoc", "--encode=otlp.ExportTraceServiceRequest", f"--proto_path={SCHEMA}", "trace.proto"],
                          input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


class Received(LabTest):
    """An observer that takes them."""

    def settings(self):
        return ()

    def setUp(self):
        super().setUp()
        self.eye = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0", "--set",
                             "observe.receive_otlp=true", "--set", "telemetry.listen=127.0.0.1:0", *self.settings()).start()
        self.dashboard = Dashboard(self.eye.ready["dashboard"]).enter()
        self.url = "http://" + self.dashboard.address

    def send(self, body, kind=PROTOBUF, packed=False, method="POST", **headers):
        """The status, the headers and the body of the answer."""
        headers = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if packed:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        connection = http.client.HTTPConnection(self.dashboard.address, timeout=60)
        try:
            connection.request(method, "/v1/traces", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def numbers(self):
        return self.dashboard.data(API + "telemetry")["observer"]

    def row(self, node):
        rows = self.dashboard.data(API + "boots")["nodes"]
        found = [row for row in rows if row["id"] == node]
        self.assertLessEqual(len(found), 1, "a node is there once")
        return found[0] if found else None

    def assert_is_start(self, told, source):
        self.assertEqual(told.get("source"), source)
        self.assertEqual((told["spans"][0]["name"], told["outcome"]), ("mesh.node.ready", "ready"))
        root = told["spans"][0]["span"]
        self.assertEqual([each["name"] for each in told["spans"] if each["parent"] == root], STEPS)


class Strangers(Received):
    def test_a_host_that_is_no_member_of_the_mesh_tells_its_start(self):
        host = self.host("far", "--plugin", "compute.so", "--set", f'telemetry.otlp="{self.url}"').start()
        wait_until("its start is there", lambda: self.row(host.id) and self.row(host.id)["boot"])
        row = self.row(host.id)
        self.assertEqual((row["name"], row["error"]), ("far", None))
        self.assert_is_start(row["boot"], "otlp")
        own = host.data("boot")
        self.assertEqual(row["boot"]["id"], own["boots"][0]["id"] if "boots" in own else own["id"])
        node = self.dashboard.data(f"{API}nodes/{host.id}/boots")["boots"]
        self.assertEqual([each["id"] for each in node], [row["boot"]["id"]])
        one = self.dashboard.data(f"{API}boots/{row['boot']['id']}")
        self.assertEqual((one["node"], one["node_name"]), (host.id, "far"))
        self.assertEqual(one["spans"], row["boot"]["spans"])

    def test_a_member_that_exports_as_well_is_there_once_and_by_its_own_word(self):
        host = self.host("near", "--peer", self.eye.ticket, "--set", f'telemetry.otlp="{self.url}"').start()
        wait_until("it was told", lambda: self.numbers()["otlp_boots"] == 1)
        wait_until("it says so itself", lambda: (self.row(host.id) or {}).get("boot")
                   and "source" not in self.row(host.id)["boot"])
        self.assert_is_start(self.row(host.id)["boot"], None)
        boots = self.dashboard.data(f"{API}nodes/{host.id}/boots")["boots"]
        self.assertEqual(len(boots), 1)
        # What is still there when it is gone is what it said itself.
        host.kill()
        self.assert_is_start(self.row(host.id)["boot"], None)


class Exporters(Received):
    def test_another_encoder_in_either_form_plain_or_packed(self):
        forms = [(PROTOBUF, False), (PROTOBUF, True), (JSON, False), (JSON, True)]
        for number, (kind, packed) in enumerate(forms, 1):
            told = request(boot(number))
            body = protobuf(told) if kind == PROTOBUF else json.dumps(told).encode()
            status, headers, answer = self.send(body, kind, packed)
            self.assertEqual((status, headers["Content-Type"], answer), (200, kind, b"" if kind == PROTOBUF else b"{}"))
            told = self.dashboard.data(f"{API}boots/{number:032x}")
            self.assert_is_start(told, "otlp")
            self.assertEqual((told["node_name"], told["number"], told["version"]), ("rusty", 7, "9.1"))
            self.assertEqual(told["length_us"], 5000)
        self.assertEqual(self.row(STRANGER)["name"], "rusty")
        boots = self.dashboard.data(f"{API}nodes/{STRANGER}/boots")["boots"]
        self.assertEqual(sorted(int(each["id"], 16) for each in boots), [1, 2, 3, 4])
        for form in ({key: value for key, value in each.items() if key != "id"} for each in boots):
            for each in form["spans"]:
                each.pop("trace")
            self.assertEqual(form["spans"], boots[0]["spans"])

    def test_steps_that_come_before_their_root_and_are_sent_twice(self):
        *steps, root = boot(5)
        for spans in (steps[:2], steps[2:], steps):
            self.assertEqual(self.send(json.dumps(request(spans)).encode(), JSON)[0], 200)
        self.assertEqual(self.dashboard.data(f"{API}telemetry")["observer"]["otlp_boots"], 0)
        self.assertEqual(self.send(json.dumps(request([root])).encode(), JSON)[0], 200)
        self.assert_is_start(self.row(STRANGER)["boot"], "otlp")
        self.assertEqual(self.numbers()["otlp_spans_kept"], 6)

    def test_ways_of_messages_stand_beside_those_that_hosts_tell(self):
        publish = span(9, 1, "mesh.gossip.publish")
        deliver = span(9, 2, "mesh.gossip.deliver", parent=1, start=2_000_000)
        self.send(json.dumps(request([publish])).encode(), JSON)
        self.send(json.dumps(request([deliver], ANOTHER, "other")).encode(), JSON)
        told = {node["id"]: node["spans"] for node in self.dashboard.data(API + "traces")["nodes"]}
        self.assertEqual([each["name"] for each in told[STRANGER]], ["mesh.gossip.publish"])
        self.assertEqual(told[ANOTHER][0]["parent"], told[STRANGER][0]["span"])

    def test_what_is_not_taken_is_said(self):
        whole = span(1, 1, "mesh.node.ready")
        bad = [{**whole, "traceId": "00"}, {**whole, "spanId": "0" * 16}, {**whole, "name": ""},
               {**whole, "startTimeUnixNano": 0}]
        status, _, answer = self.send(json.dumps(request([*bad, whole])).encode(), JSON)
        self.assertEqual(status, 200)
        partial = json.loads(answer)["partialSuccess"]
        self.assertEqual(partial, {"rejectedSpans": "4", "errorMessage": "a span has no trace id of 16 bytes"})
        # A node without an id cannot be shown; spans that are of no mesh are nobody's fault.
        status, _, answer = self.send(protobuf(request([whole, span(2, 1, "GET /")], node="")))
        partial = first(answer, 1)
        self.assertEqual((status, first(partial, 1, 0)), (200, 1))
        self.assertIn(b"mesh.node.id", first(partial, 2))
        self.assertEqual(self.send(protobuf(request([span(2, 1, "GET /")])))[::2], (200, b""))
        self.assertEqual(self.numbers()["otlp_spans_ignored"], 1)


class Hostile(Received):
    def assert_status(self, answer, status, kind, code):
        self.assertEqual((answer[0], answer[1]["Content-Type"]), (status, kind), answer)
        said = json.loads(answer[2])["code"] if kind == JSON else first(answer[2], 1, 0)
        self.assertEqual(said, code)

    def test_what_is_no_request(self):
        for body in (b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x0f", b"\x0b", bytes(range(256))):
            self.assert_status(self.send(body), 400, PROTOBUF, 3)
        for body in (b"", b"[]", b'{"resourceSpans": 1}', b"[" * 5000, b'{"resourceSpans":[{"scopeSpans":[1]}]}'):
            self.assert_status(self.send(body, JSON), 400, JSON, 3)
        self.assert_status(self.send(b"no gzip", Content_Encoding="gzip"), 400, PROTOBUF, 3)
        self.assert_status(self.send(b"", Content_Encoding="br"), 415, PROTOBUF, 3)
        self.assert_status(self.send(b"{}", "text/plain"), 415, JSON, 3)
        answer = self.send(None, method="GET")
        self.assert_status(answer, 405, PROTOBUF, 12)
        self.assertEqual(answer[1]["Allow"], "POST")
        self.assertEqual(self.send(b"")[0], 200)  # a message without fields

    def test_a_bomb_ends_at_the_limit_and_costs_those_who_send_more(self):
        bomb = gzip.compress(bytes(64 << 20), compresslevel=9)
        self.assertLess(len(bomb), 70 << 10)
        statuses = [self.send(bomb, Content_Encoding="gzip") for _ in range(12)]
        self.assertEqual(statuses[0][0], 413)
        self.assert_status(statuses[-1], 429, PROTOBUF, 8)
        self.assertEqual(statuses[-1][1]["Retry-After"], "1")
        self.assertEqual(self.numbers()["otlp_bytes"], 0)

    def test_a_body_that_is_too_large_is_not_read(self):
        host, port = self.dashboard.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall(f"POST /v1/traces HTTP/1.1\r\nHost: {self.dashboard.address}\r\nContent-Type: {JSON}\r\n"
                           f"Content-Length: {2 << 20}\r\n\r\n".encode())
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 413"))

    def test_large_bodies_take_turns(self):
        host, port = self.dashboard.address.rsplit(":", 1)
        head = (f"POST /v1/traces HTTP/1.1\r\nHost: {self.dashboard.address}\r\nContent-Type: {PROTOBUF}\r\n"
                f"Content-Length: {1 << 20}\r\n\r\n").encode()
        slow = [socket.create_connection((host, int(port)), timeout=60) for _ in range(4)]
        try:
            for client in slow:
                client.sendall(head)
            # They may not have been read yet: then this one is the first of them.
            wait_until("there is no room", lambda: self.send(bytes(100_000))[0] == 503)
        finally:
            for client in slow:
                client.close()
        wait_until("there is room again", lambda: self.send(b"\x12\x00" * 50_000)[0] == 200)

    def test_ten_thousand_spans_and_a_thousand_nodes(self):
        spans = [{"traceId": f"{at:032x}", "spanId": f"{at:016x}", "name": "mesh.node.ready",
                  "startTimeUnixNano": at} for at in range(1, 6001)]
        body = json.dumps(request(spans), separators=(",", ":")).encode()
        status, _, answer = self.send(body, JSON, packed=True)
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(answer)["partialSuccess"]["rejectedSpans"], "3952")
        self.assertEqual(len(self.dashboard.data(f"{API}nodes/{STRANGER}/boots")["boots"]), 4)
        numbers = self.numbers()
        self.assertEqual((numbers["otlp_nodes"], numbers["otlp_boots"]), (1, 4))
        self.assertEqual(numbers["otlp_spans_gave_way"], 2044)

    def test_texts_of_strangers_are_cut_and_go_nowhere_as_code(self):
        name = "<script>alert(1)</script>" + "é" * 500
        told = request([span(3, 1, "mesh.node.ready", attributes=[
            {"key": "k" * 1000, "value": {"stringValue": name}}])], name=name)
        self.send(protobuf(told))
        row = self.row(STRANGER)
        self.assertLessEqual(len(row["name"].encode()), 64)
        (key, value), = row["boot"]["spans"][0]["attributes"].items()
        self.assertEqual((len(key), len(value.encode()) <= 256), (128, True))
        self.assertEqual(self.send(protobuf(told).replace(b"\xc3\xa9", b"\xff\xff"))[0], 400)

    def test_a_page_may_not_send_spans_whosever_it_is(self):
        for origin in ("http://evil.example", "null", self.url):
            answer = self.send(b"{}", JSON, Origin=origin)
            self.assert_status(answer, 403, JSON, 7)
            self.assertNotIn("Access-Control-Allow-Origin", answer[1])
        self.assert_status(self.send(b"{}", JSON, Host="evil.example"), 403, JSON, 7)
        preflight = self.send(None, JSON, method="OPTIONS", Origin="http://evil.example")
        self.assertEqual(preflight[0], 403)

    def test_metrics_tell_of_it(self):
        self.send(b"\xff")
        self.send(json.dumps(request(boot(1))).encode(), JSON)
        connection = http.client.HTTPConnection(self.eye.ready["health"], timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        self.assertIn('mesh_observe_otlp_spans_total{fate="kept"} 6', text)
        self.assertIn('mesh_observe_otlp_requests_total{outcome="refused"} 1', text)


class WithToken(Received):
    TOKEN = "the-token-of-the-operator"

    def settings(self):
        file = self.directory / "token"
        file.touch(mode=0o600)
        file.write_text(self.TOKEN)
        return "--set", f'observe.token_file="{file}"'

    def test_who_does_not_say_the_token_is_refused(self):
        body = json.dumps(request(boot(1))).encode()
        for said in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": self.TOKEN},
                     {"Authorization": f"Basic {self.TOKEN}"}, {"Cookie": self.dashboard.cookie}):
            status, headers, answer = self.send(body, JSON, **said)
            self.assertEqual((status, headers["WWW-Authenticate"], json.loads(answer)["code"]), (401, "Bearer", 16))
        self.assertEqual(self.numbers()["wrong_tokens"], 3)
        self.assertEqual(self.numbers()["otlp_nodes"], 0)
        self.assertEqual(self.send(body, JSON, Authorization=f"Bearer {self.TOKEN}")[0], 200)
        self.assert_is_start(self.row(STRANGER)["boot"], "otlp")

    def test_a_host_says_it_by_the_usual_variable(self):
        said = clean_environment(OTEL_EXPORTER_OTLP_HEADERS=f"Authorization=Bearer%20{self.TOKEN}")
        host = self.host("far", "--set", f'telemetry.otlp="{self.url}"', environment=said).start()
        wait_until("its start is there", lambda: self.row(host.id) and self.row(host.id)["boot"])


class Off(LabTest):
    def test_nothing_is_taken_unless_it_is_wanted(self):
        eye = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0").start()
        dashboard = Dashboard(eye.ready["dashboard"]).enter()
        status, _, _ = dashboard.ask("POST", "/v1/traces", b"", {"Content-Type": PROTOBUF})
        self.assertEqual(status, 404)
        self.assertNotIn("otlp_requests", dashboard.data(API + "telemetry")["observer"])
