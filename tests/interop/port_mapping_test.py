# SPDX-License-Identifier: Apache-2.0
"""Our port forwarding against miniupnpd, a router's own daemon: PCP, NAT-PMP and UPnP.

Usage: port_mapping_test.py [-v]; MESH_NAT names the program under test.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import home_lan
import peers
from home_lan import GATEWAY, HOME, WAN

PORT = 4433
NEEDED = ("miniupnpd", "nsenter", "nft", "ip")
LAN = None
RULES = """flush ruleset
table inet filter {
  chain forward {
    type filter hook forward priority 0
    iif lan accept
    ct state established,related accept
    jump miniupnpd
    iif wan drop
  }
  chain miniupnpd {
  }
  chain prerouting {
    type nat hook prerouting priority -100
    jump prerouting_miniupnpd
  }
  chain postrouting {
    type nat hook postrouting priority 100
    jump postrouting_miniupnpd
    oif wan masquerade
  }
  chain prerouting_miniupnpd {
  }
  chain postrouting_miniupnpd {
  }
}"""


class PortMapping(unittest.TestCase):
    def router(self, **settings):
        LAN.rules(RULES)
        files = tempfile.TemporaryDirectory()
        self.addCleanup(files.cleanup)
        path = os.path.join(files.name, "conf")
        lines = {"ext_ifname": "wan", "listening_ip": "lan", "enable_natpmp": "yes", "enable_upnp": "yes",
                 "secure_mode": "yes", "system_uptime": "yes", "uuid": "7f6e5d4c-0000-4000-8000-000000000001",
                 "min_lifetime": "120", "max_lifetime": "86400", "upnp_table_name": "filter",
                 "upnp_nat_table_name": "filter", "upnp_forward_chain": "miniupnpd",
                 "upnp_nat_chain": "prerouting_miniupnpd",
                 "upnp_nat_postrouting_chain": "postrouting_miniupnpd", **settings}
        with open(path, "w", encoding="ascii") as conf:
            conf.writelines(f"{name}={value}\n" for name, value in lines.items())
            conf.write("allow 1024-65535 0.0.0.0/0 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n")
        log = open(os.path.join(files.name, "log"), "wb")
        self.addCleanup(log.close)
        daemon = subprocess.Popen(
            LAN.router.command("miniupnpd", "-d", "-f", path, "-P", os.path.join(files.name, "pid")),
            stdout=log, stderr=log)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.kill)

        def is_ready():
            sockets = subprocess.run(LAN.router.command("ss", "-lun"), check=False, stdout=subprocess.PIPE, text=True)
            wanted = ":5351" if settings.get("enable_natpmp") != "no" else ":1900"
            return wanted in sockets.stdout
        peers.wait_until(is_ready, "miniupnpd listens")

    def forward(self):
        peer = peers.Peer(LAN.home.command(os.environ["MESH_NAT"], "forward", str(PORT)))
        self.addCleanup(peer.kill)
        return peer, peer.wait_for("forwarded")["outer"], peer.wait_for("kinds")

    def check_reaches_home(self, outer):
        """What is sent to the outer address from outside comes in at home, at our port."""
        program = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                   f"s.bind(('{HOME}', {PORT})); print('ready', flush=True); print(s.recv(99).decode(), flush=True)")
        at_home = subprocess.Popen(LAN.home.command(sys.executable, "-c", program), stdout=subprocess.PIPE, text=True)
        self.addCleanup(at_home.stdout.close)
        self.addCleanup(at_home.wait)
        self.addCleanup(at_home.kill)
        self.assertEqual(at_home.stdout.readline(), "ready\n")
        host, _, port = outer.rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
            outside.sendto(b"hello", (host, int(port)))
        self.assertEqual(at_home.stdout.readline(), "hello\n")

    def rules(self):
        return subprocess.run(LAN.router.command("nft", "list", "ruleset"), check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def test_by_pcp_and_given_back(self):
        self.router()
        peer, outer, kinds = self.forward()
        self.assertEqual(outer.rpartition(":")[0], WAN)
        self.assertEqual(kinds["pcp"], "yes")
        self.check_reaches_home(outer)
        peer.stop()
        peers.wait_until(lambda: f"{HOME}:{PORT}" not in self.rules(), "the mapping is gone")

    def test_by_upnp_where_there_is_nothing_else(self):
        self.router(enable_natpmp="no")
        peer, outer, kinds = self.forward()
        self.assertEqual(outer.rpartition(":")[0], WAN)
        self.assertEqual((kinds["pcp"], kinds["nat_pmp"], kinds["upnp"]), ("no", "no", "yes"))
        self.check_reaches_home(outer)
        peer.stop()

    def test_by_nat_pmp_where_there_is_no_pcp(self):
        """A router that answers NAT-PMP alone, in Python: miniupnpd speaks both or neither."""
        LAN.rules(RULES)
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nat_pmp_router.py")
        router = subprocess.Popen(LAN.router.command(sys.executable, "-B", program, GATEWAY, WAN),
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(router.stdout.close)
        self.addCleanup(router.wait)
        self.addCleanup(router.kill)
        self.assertEqual(router.stdout.readline(), "ready\n")
        _, outer, kinds = self.forward()
        self.assertEqual(outer, f"{WAN}:{PORT}")
        self.assertEqual((kinds["pcp"], kinds["nat_pmp"], kinds["upnp"]), ("no", "yes", "unknown"))


if __name__ == "__main__":
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"skipped: needs {', '.join(missing)}")
        sys.exit(77)
    try:
        LAN = home_lan.HomeLan()
    except home_lan.NotPermitted as what:
        print(f"skipped: not permitted here: {what}")
        sys.exit(77)
    status = peers.run_tests()
    LAN.close()
    sys.exit(status)
