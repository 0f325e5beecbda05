# SPDX-License-Identifier: Apache-2.0
"""Whom an observer does not let in, and what goes with its answers."""
import json
import re

from dashboard_case import API, Observed
from dashboard_client import Dashboard, Stream


class Guard(Observed):
    def test_links_open_once_and_sessions_let_in(self):
        link = self.observer.data("ui")["link"]
        fresh = Dashboard(link)
        self.assert_refused(fresh.ask("GET", API + "snapshot"), 401, "E_NO_SESSION")
        fresh.cookie = f"meshhost_session_{fresh.address.rpartition(':')[2]}=" + "0" * 32
        self.assert_refused(fresh.ask("GET", API + "snapshot"), 401, "E_NO_SESSION")
        self.assertNotEqual(Stream(fresh).status, 101)
        fresh.enter()
        self.assertEqual(fresh.ask("GET", API + "session")[0], 200)
        self.assert_refused(fresh.post(API + "session", {"token": fresh.token}), 403, "E_BAD_TOKEN")
        code, answer = self.a.ctl("ui")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_DASHBOARD"))
        # Not through another host, whatever that one lets others do.
        code, answer = self.a.ctl("ui", "--via", "eye")
        self.assertNotEqual(code, 0)

    def test_other_sites_and_names_are_refused(self):
        for name, value, code in (("Host", "evil.example", "E_FOREIGN_HOST"),
                                  ("Origin", "http://evil.example", "E_FOREIGN_ORIGIN")):
            for path in ("/", API + "snapshot", API + "session"):
                self.assert_refused(self.dashboard.ask("GET", path, headers={name: value}), 403, code)
        self.assertNotEqual(Stream(self.dashboard, ["Origin: http://evil.example"]).status, 101)
        # A form of another site can only send this.
        status, _, _ = self.dashboard.ask("POST", API + "lab/actions", "{}", {"Content-Type": "text/plain"})
        self.assertEqual(status, 400)

    def test_pages_carry_their_policy_and_views_are_pages(self):
        for path in ("/", "/nodes", f"/nodes/{self.a.id}", "/boot", API + "snapshot", API + "nothing"):
            status, headers, body = self.dashboard.ask("GET", path)
            self.assertIn("default-src 'self'", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            if not path.startswith("/api"):
                self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        script = re.search(rb'src="(/assets/[^"]+\.js)"', self.dashboard.ask("GET", "/")[2]).group(1).decode()
        plain = self.dashboard.ask("GET", script)
        packed = self.dashboard.ask("GET", script, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(packed[1]["Content-Encoding"], "gzip")
        self.assertLess(len(packed[2]), len(plain[2]))
        self.assertIn("immutable", plain[1]["Cache-Control"])
        for path in ("/assets/none.js", "/../etc/passwd.txt", "/%2e%2e/x.txt"):
            self.assertEqual(self.dashboard.ask("GET", path)[0], 404)
        schema = json.loads(self.dashboard.ask("GET", API + "schema/node.json")[2])
        self.assertEqual(schema["$id"], "meshhost.node/1")

    def test_others_reach_it_only_by_tls(self):
        stranger = self.host("stranger", "--set", "observe.listen=0.0.0.0:7780")
        stranger.spawn()
        answer = json.loads(stranger.next_line())
        self.assertEqual(stranger.wait(), 7)
        self.assertIn("TLS and a token file", answer["error"]["message"])
        taken = self.host("taken", "--set", "observe.listen=" + self.dashboard.address)
        taken.spawn()
        self.assertEqual(json.loads(taken.next_line())["error"]["code"], "E_PORT_TAKEN")
        self.assertEqual(taken.wait(), 1)
