# SPDX-License-Identifier: Apache-2.0
"""A home behind a router, in network namespaces: the test's process is on the internet side.

      internet  OUTSIDE, OUTSIDE_TOO ── WAN  router  GATEWAY ── HOME  home

Nothing leads out of it. The addresses of the internet side are no documentation addresses, because
a router takes those for what they are.
"""
import ctypes
import os
import subprocess
import time

OUTSIDE, OUTSIDE_TOO, WAN = "45.77.0.1", "45.77.0.2", "45.77.0.10"
GATEWAY, HOME = "192.168.77.1", "192.168.77.11"
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000


class NotPermitted(Exception):
    """What this machine does not let us do."""


def _run(command, **how):
    done = subprocess.run(command.split(), check=False, stdout=subprocess.DEVNULL, **how)
    if done.returncode != 0:
        raise NotPermitted(command)


class Namespace:
    """A network namespace that lives as long as a process in it."""

    def __init__(self):
        # It ends with us, however we end.
        self._keeper = subprocess.Popen(
            ["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        own = self._inode("self")
        deadline = time.monotonic() + 10
        while self._inode(self._keeper.pid) == own:
            if self._keeper.poll() is not None or time.monotonic() > deadline:
                raise NotPermitted("network namespaces")
            time.sleep(0.01)
        self.run("ip link set lo up")

    @staticmethod
    def _inode(pid):
        return os.stat(f"/proc/{pid}/ns/net").st_ino

    @property
    def pid(self):
        return self._keeper.pid

    def command(self, *command):
        """As it is to be started from outside."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]

    def run(self, command, **how):
        _run(" ".join(self.command(command)), **how)

    def close(self):
        self._keeper.kill()
        self._keeper.wait()


class HomeLan:
    """The picture above. The router translates, as Linux does: it keeps ports where it can."""

    def __init__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            raise NotPermitted("network namespaces")
        _run("ip link set lo up")
        self.router, self.home = Namespace(), Namespace()
        _run(f"ip link add net type veth peer name wan netns {self.router.pid}")
        self.router.run(f"ip link add lan type veth peer name home netns {self.home.pid}")
        for command in (f"ip addr add {OUTSIDE}/24 dev net", f"ip addr add {OUTSIDE_TOO}/24 dev net",
                        "ip link set net up"):
            _run(command)
        for command in (f"ip addr add {WAN}/24 dev wan", f"ip addr add {GATEWAY}/24 dev lan",
                        "ip link set wan up", "ip link set lan up",
                        "sysctl -q -w net.ipv4.ip_forward=1"):
            self.router.run(command)
        for command in (f"ip addr add {HOME}/24 dev home", "ip link set home up",
                        f"ip route add default via {GATEWAY}"):
            self.home.run(command)
        self.masquerade()

    def masquerade(self, how=""):
        """In place of every rule there is."""
        self.rules("flush ruleset", "table ip home {", "chain post {",
                   "type nat hook postrouting priority 100", f"oif wan masquerade {how}", "}", "}")

    def rules(self, *lines):
        """Has the router's nft take them."""
        self.router.run("nft -f -", input=("\n".join(lines) + "\n").encode())

    def close(self):
        self.home.close()
        self.router.close()
