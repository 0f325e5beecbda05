# SPDX-License-Identifier: Apache-2.0
"""A dashboard that others can reach: over TLS, by its name, with the token of a file."""
import json
import random
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest

from dashboard_client import Dashboard, Stream, apply
from mesh_lab import LabTest, wait_until

API = "/api/v1/"
NAME = "mesh.test"
TOKEN = "a-token-of-some-length"
FRESH_TOKEN = "another-token-of-some-length"


@unittest.skipUnless(shutil.which("openssl"), "needs openssl")
class Served(LabTest):
    """An observer at all addresses."""

    def setUp(self):
        super().setUp()
        self.token_file = self.directory / "token"
        self.write_token(TOKEN)
        self.make_certificate()
        self.eye = self.host("eye", "--observe", *self.settings()).start()
        self.port = self.eye.ready["dashboard"].partition("/#")[0].rpartition(":")[2]

    def settings(self, **other):
        keys = {"listen": "0.0.0.0:0", "tls_cert": self.directory / "cert.pem", "tls_key": self.directory / "key.pem",
                "token_file": self.token_file, "names": json.dumps([NAME]), **other}
        return [word for key, value in keys.items() if value is not None
                for word in ("--set", f"observe.{key}={value}")]

    def write_token(self, text, mode=0o600):
        self.token_file.unlink(missing_ok=True)
        self.token_file.write_text(text + "\n")
        self.token_file.chmod(mode)

    def make_certificate(self, name=NAME, days=60, to=""):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.directory / f"{to}key.pem", "-out", self.directory / f"{to}cert.pem",
                        "-days", str(days), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"],
                       check=True, capture_output=True)

    def browser(self, token=TOKEN, name=NAME):
        trust = ssl.create_default_context(cafile=self.directory / "cert.pem")
        return Dashboard(f"https://{name}:{self.port}/#t={token}", trust, f"127.0.0.1:{self.port}")

    def plain(self):
        return socket.create_connection(("127.0.0.1", int(self.port)), timeout=30)

    def assert_refused(self, answer, status, code):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(json.loads(answer[2])["error"]["code"], code)


class WaysIn(Served):
    def test_the_file_s_token_lets_in_as_often_as_it_is_said(self):
        for _ in range(3):
            browser = self.browser()
            self.assert_refused(browser.ask("GET", API + "snapshot"), 401, "E_NO_SESSION")
            status, headers, _ = browser.post(API + "session", {"token": browser.token})
            self.assertEqual(status, 204)
            for word in ("HttpOnly", "SameSite=Strict", "Secure"):
                self.assertIn(word, headers["Set-Cookie"])
            browser.enter()
            self.assertEqual([node["name"] for node in browser.data(API + "snapshot")["nodes"]], ["eye"])

    def test_the_page_its_script_and_the_stream(self):
        browser = self.browser()
        status, headers, page = browser.ask("GET", "/")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'self'", headers["Content-Security-Policy"])
        script = page.split(b'src="', 1)[1].split(b'"', 1)[0].decode()
        status, _, body = browser.ask("GET", script)
        self.assertEqual(status, 200)
        self.assertGreater(len(body), 100_000)  # of many records
        with Stream(browser) as stranger:
            self.assertEqual(stranger.status, 401)
        browser.enter()
        with browser.stream() as stream:
            picture = apply({}, stream.next("snapshot"))
            self.assertEqual([node["name"] for node in picture["nodes"].values()], ["eye"])
            stream.next("tick")
            stream.say({"t": "hello", "v": 1})
            self.assertEqual(stream.close_code(), 1008)

    def test_links_are_https_and_good_once(self):
        link = self.eye.data("ui")["link"]
        self.assertTrue(link.startswith(f"https://{NAME}:{self.port}/#t="), link)
        self.assertTrue(self.eye.ready["dashboard"].startswith(f"https://{NAME}:{self.port}/#t="))
        token = link.partition("#t=")[2]
        self.browser(token).enter()
        self.assert_refused(self.browser(token).post(API + "session", {"token": token}), 403, "E_BAD_TOKEN")

    def test_other_tokens_names_and_pages_are_refused(self):
        browser = self.browser()
        for wrong in ("", TOKEN[:-1], TOKEN + "x", "x" * 5000, None, 7, [TOKEN]):
            self.assert_refused(browser.post(API + "session", {"token": wrong}), 403, "E_BAD_TOKEN")
        browser.enter()
        address = browser.address
        for name, value, code in (
                ("Host", f"evil.example:{self.port}", "E_FOREIGN_HOST"), ("Host", f"0.0.0.0:{self.port}", "E_FOREIGN_HOST"),
                ("Origin", f"http://{address}", "E_FOREIGN_ORIGIN"), ("Origin", "https://evil.example", "E_FOREIGN_ORIGIN")):
            self.assert_refused(browser.ask("GET", API + "snapshot", headers={name: value}), 403, code)
        self.assertEqual(browser.ask("GET", API + "snapshot", headers={"Origin": f"https://{address}"})[0], 200)
        with Stream(browser, ["Origin: https://evil.example"]) as stream:
            self.assertEqual(stream.status, 403)

    def test_a_reload_reads_certificate_and_token_again(self):
        old = self.browser().enter()
        with old.stream() as stream:
            stream.next("snapshot")
            self.make_certificate()
            self.assertEqual(self.eye.ctl("reload")[0], 0)
            stream.next("tick")  # the token is as it was: who is there stays
            fresh = self.browser().enter()  # trusts the new one alone
            self.write_token(FRESH_TOKEN)
            self.assertEqual(self.eye.ctl("reload")[0], 0)
            self.assertEqual(stream.close_code(), 1001)
        self.assert_refused(fresh.ask("GET", API + "session"), 401, "E_NO_SESSION")
        self.assert_refused(fresh.post(API + "session", {"token": TOKEN}), 403, "E_BAD_TOKEN")
        self.browser(FRESH_TOKEN).enter()
        self.write_token(TOKEN)
        self.assertEqual(self.eye.ctl("reload")[0], 0)
        self.assert_refused(fresh.ask("GET", API + "session"), 401, "E_NO_SESSION")  # what ended stays ended
        self.write_token(FRESH_TOKEN)
        self.assertEqual(self.eye.ctl("reload")[0], 0)
        self.token_file.chmod(0o644)
        code, answer = self.eye.ctl("reload")
        self.assertEqual((code, answer["error"]["code"]), (6, "E_DASHBOARD_TOKEN"))
        self.assertIn("reload refused", self.eye.log_text())
        self.browser(FRESH_TOKEN).enter()  # nothing has changed

    def test_another_token_ends_what_waits_for_events(self):
        browser = self.browser().enter()
        next_seq = browser.data(API + "events")["next_seq"]

        def counted():
            observer = self.eye.data("probe")["observe"]
            return observer["event_waiters"], observer["event_streams"]
        answers = []
        asked = threading.Thread(target=lambda: answers.append(browser.data(
            API + "events", since=next_seq, wait_ms=30000, types="lab.fault")))
        with browser.events() as stream:
            asked.start()
            wait_until("both are there", lambda: counted() == (1, 1))
            self.assertEqual(self.eye.ctl("reload")[0], 0)
            self.assertEqual(counted(), (1, 1))  # the token is as it was
            self.write_token(FRESH_TOKEN)
            began = time.monotonic()
            self.assertEqual(self.eye.ctl("reload")[0], 0)
            asked.join()
            self.assertLess(time.monotonic() - began, 20)  # not when the question's time was over
            self.assertEqual(answers[0]["events"], [])
            self.assertEqual(counted(), (0, 0))
            with self.assertRaises(ConnectionError):
                stream.next(lambda event: False)

    def test_a_session_outlives_the_observer_and_no_other_token(self):
        browser = self.browser().enter()
        self.eye.kill()
        self.eye = self.host("eye", "--observe", *self.settings(listen=f"0.0.0.0:{self.port}")).start()
        self.assertEqual(browser.ask("GET", API + "session")[0], 200)
        self.eye.kill()
        self.write_token(FRESH_TOKEN)
        self.eye = self.host("eye", "--observe", *self.settings(listen=f"0.0.0.0:{self.port}")).start()
        self.assert_refused(browser.ask("GET", API + "session"), 401, "E_NO_SESSION")

    def test_a_certificate_that_browsers_will_not_like_is_told_of(self):
        def warnings():
            return [each for each in self.eye.data("status")["warnings"] if "certificate" in each]

        self.assertEqual(warnings(), [])
        self.make_certificate(name="another.test")
        self.assertEqual(self.eye.ctl("reload")[0], 0)
        self.assertEqual(warnings(), [f"the dashboard: the certificate does not bear the name {NAME}"])
        self.assertIn("does not bear", self.eye.log_text())


class Hostile(Served):
    def handshakes(self):
        return self.eye.data("probe")["observe"]["handshakes"]

    def test_what_is_no_tls_gets_no_answer(self):
        chance = random.Random(3)
        for said in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"", b"\x16\x03\x01\xff\xff" + b"x" * 70000,
                     *(chance.randbytes(chance.randrange(1, 2000)) for _ in range(50))):
            with self.plain() as one:
                try:
                    one.sendall(said)
                    one.shutdown(socket.SHUT_WR)
                    self.assertNotIn(b"HTTP", one.recv(1 << 16))
                except OSError:
                    pass
        self.browser().enter()

    def test_garbage_within_tls_is_answered_or_dropped(self):
        for said in (b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 9000):
            with self.browser().connect() as one:
                try:
                    one.sendall(said)
                    self.assertIn(one.recv(12)[:12], (b"", b"HTTP/1.1 400", b"HTTP/1.1 431"))
                except OSError:
                    pass
        self.browser().enter()

    def test_handshakes_that_stall_are_given_up_and_keep_nobody_out(self):
        stalled = [self.plain() for _ in range(100)]
        for each in stalled[::2]:
            each.sendall(b"\x16\x03\x01\x00\xa5\x01\x00\x00")
        wait_until("so many wait, and no more", lambda: self.handshakes() == 32)
        self.browser().enter()
        wait_until("all are given up", lambda: self.handshakes() == 0)
        for each in stalled:
            try:
                self.assertEqual(each.recv(1), b"")
            except ConnectionResetError:
                pass
            each.close()
        self.assertEqual(self.audit(self.eye)["discrepancies"], [])

    def test_who_does_not_read_costs_little(self):
        browser = self.browser().enter()
        tabs = [browser.stream() for _ in range(20)]
        wait_until("all are counted", lambda: browser.data(API + "telemetry")["observer"]["clients"] == 20)
        for tab in tabs:
            tab.close()
        wait_until("all are missed", lambda: browser.data(API + "telemetry")["observer"]["clients"] == 0)
        self.assertEqual(self.audit(self.eye)["discrepancies"], [])

    def test_it_stops_in_order_while_handshakes_wait(self):
        with self.plain(), self.browser().enter().stream() as stream:
            stream.next("snapshot")
            self.eye.process.send_signal(signal.SIGTERM)
            self.assertEqual(self.eye.wait(), 0)


class Refusals(Served):
    def refused(self, code, exit_code, *settings):
        host = self.host("refused", "--observe", *settings)
        host.spawn()
        answer = json.loads(host.next_line())["error"]
        self.assertEqual((host.wait(), answer["code"]), (exit_code, code), answer)
        return answer

    def test_half_of_what_it_takes(self):
        for missing in ("tls_cert", "tls_key", "token_file"):
            answer = self.refused("E_CONFIG", 7, *self.settings(**{missing: None}))
            self.assertIn("observe.", answer["message"])
        self.assertIn("observe.names", self.refused("E_CONFIG", 7, *self.settings(names="[]"))["message"])

    def test_files_that_will_not_do(self):
        none = self.directory / "none"
        self.assertIn(str(none), self.refused("E_TLS", 7, *self.settings(tls_cert=none))["message"])
        self.refused("E_TLS", 7, *self.settings(tls_key=none))
        self.refused("E_TLS", 7, *self.settings(tls_cert=self.token_file))
        self.make_certificate(to="other-")
        other = self.refused("E_TLS", 7, *self.settings(tls_key=self.directory / "other-key.pem"))
        self.assertIn("was not made for the key", other["message"])
        subprocess.run(["openssl", "genrsa", "-out", self.directory / "rsa.pem", "2048"], check=True, capture_output=True)
        rsa = self.refused("E_TLS", 7, *self.settings(tls_key=self.directory / "rsa.pem"))
        self.assertIn("was not made for the key", rsa["message"])
        (self.directory / "other-key.pem").chmod(0o644)
        open_to_all = self.refused("E_TLS", 6, *self.settings(tls_key=self.directory / "other-key.pem"))
        self.assertIn("chmod 600", open_to_all["hint"])
        self.refused("E_DASHBOARD_TOKEN", 7, *self.settings(token_file=none))
        self.write_token(TOKEN, 0o640)
        self.assertIn("chmod 600", self.refused("E_DASHBOARD_TOKEN", 6, *self.settings())["hint"])
        self.write_token("short")
        self.assertIn("openssl rand", self.refused("E_DASHBOARD_TOKEN", 7, *self.settings())["hint"])
