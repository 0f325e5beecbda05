# SPDX-License-Identifier: Apache-2.0
"""A small internet on one machine: a public segment with a relay, and hosts behind real NATs.

    with NatLab() as lab:
        a = lab.node("symmetric")
        b = lab.node("port_restricted")
        lab.relay.popen(["meshrelay", ...])
        a.popen(["meshhost", ...])

    relay --+-- [internet: 198.51.100.0/24, 2001:db8:ffff::/64] --+-- router -- host
                                                                  +-- carrier -- router -- host

Needs root, `ip` and `nft`; missing() says what is not there. Nothing leaves the machine: no
namespace has a way out. Labs do not disturb each other; each removes all that is its own, whatever
happens, and what a killed one left behind.
"""
import signal
import threading

from nat_rules import KINDS, filter_rules, nat_rules
from netns import LabError, Namespace, lab_name, missing, remove_leftovers

__all__ = ["LabError", "NODE_KINDS", "NatLab", "missing"]

# What node() makes: the kind of its router, and what is special.
NODE_KINDS = {
    **{kind: {"router": kind} for kind in KINDS},
    "double": {"router": "port_restricted", "carrier": "full_cone"},
    "double_symmetric": {"router": "port_restricted", "carrier": "symmetric"},
    "hairpin": {"router": "port_restricted", "hairpins": True},
    "ipv6_only": {"router": "firewall", "families": "6"},
    "dual_stack": {"router": "port_restricted", "families": "46"},
}

RELAY_V4 = ("198.51.100.2", "198.51.100.3")
RELAY_V6 = ("2001:db8:ffff::2", "2001:db8:ffff::3")
FORGET = """
import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)   # NETLINK_NETFILTER
s.send(struct.pack("IHHIIBBH", 20, 1 << 8 | 2, 1 | 4, 1, 0, 0, 0, 0))   # IPCTNL_MSG_CT_DELETE, of all
error = struct.unpack_from("i", s.recv(4096), 16)[0]
raise SystemExit(0 if error == 0 else f"netlink: {-error}")
"""


def bridge(name):
    """With an address of its own. Else it would take that of its lowest port, another whenever one
    is added, and what neighbours know of it would be wrong for a while."""
    return f"link add {name} address 02:00:00:00:00:01 type bridge"


class Node:
    """A host. Its processes end with the lab."""

    def __init__(self, lab, name, space):
        self.lab = lab
        self.name = name
        self.space = space
        self.v4 = None     # addresses of its interface
        self.v6 = None
        self.outer = None  # IPv4 address that the internet sees; None: no IPv4
        self.site = None

    def popen(self, argv, **options):
        process = self.space.popen(argv, **options)
        self.lab.processes.append(process)
        return process

    def run(self, argv, **options):
        return self.space.run(argv, **options)

    # --- what may go wrong; of everybody behind the same router ---

    def forget_mappings(self):
        """Its routers lose their tables, as in a reboot."""
        for router in self.site.routers:
            router.load()
            done = router.space.run(["python3", "-c", FORGET], capture_output=True, text=True)
            if done.returncode != 0:
                raise LabError(done.stderr)

    def block_udp(self, is_blocked=True):
        self.site.drop("udp", "meta l4proto udp drop" if is_blocked else None)

    def lose(self, share):
        """A share of the datagrams that pass its router, both ways. 0: none."""
        lost = f"numgen random mod 10000 < {round(share * 10000)} drop" if share < 1 else "drop"
        self.site.drop("loss", lost if share > 0 else None)

    def narrow(self, bytes_max):
        """Packets of IP longer than that vanish at its router, and nobody is told; None: no more."""
        self.site.drop("mtu", f"meta length > {bytes_max} drop" if bytes_max else None)

    def plug(self, is_in):
        """The cable of its router."""
        self.site.routers[-1].space.ip(f"link set wan {'up' if is_in else 'down'}")
        if is_in:
            self.site.routers[-1].route_out()


class Router:
    """One box between "lan" and "wan"."""

    def __init__(self, space, how, hairpins, lifetime):
        self.space = space
        self.how = how
        self.hairpins = hairpins
        self.lifetime = lifetime
        self.outer = None
        self.inner = None  # the IPv4 prefix of its LAN
        self.gateways = []
        space.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)

    def load(self):
        """Its rules, from the beginning."""
        text = "flush ruleset\n" + filter_rules(self.how)
        if self.outer:
            text += nat_rules(self.how, self.outer, self.inner, self.lifetime, self.hairpins)
        self.space.nft(text)
        self.space.sysctl(net__netfilter__nf_conntrack_udp_timeout=self.lifetime,
                          net__netfilter__nf_conntrack_udp_timeout_stream=self.lifetime)

    def route_out(self):
        self.space.ip(*[f"route replace default via {gateway} dev wan" for gateway in self.gateways])


class Site:
    """A LAN, its router, and perhaps the carrier's. The inner router first."""

    def __init__(self, number):
        self.number = number
        self.routers = []
        self.hosts = 0

    def drop(self, name, rule):
        space = self.routers[0].space
        space.nft(f"table inet fault_{name}\ndelete table inet fault_{name}\n")
        if rule:
            space.nft(f"table inet fault_{name} {{\n chain c {{\n  type filter hook forward priority -10;\n  {rule}\n }}\n}}\n")


class NatLab:
    """Use it in a `with`. One thread."""

    def __init__(self, lifetime=30):
        self.lifetime = lifetime  # of an unused mapping, seconds
        self.name = lab_name()
        self.spaces = []
        self.processes = []
        self.sites = []
        self.relay = None
        self._handlers = {}

    def __enter__(self):
        # So that a `kill` of the test removes the lab, too.
        if threading.current_thread() is threading.main_thread():
            for which in (signal.SIGTERM, signal.SIGHUP):
                self._handlers[which] = signal.signal(which, self._on_signal)
        try:
            remove_leftovers()
            self._build_internet()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def _on_signal(number, _):
        raise SystemExit(128 + number)

    def close(self):
        """Ends every process, removes every namespace. May be called again."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for space in self.spaces:
            space.remove()
        for process in self.processes:
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        self.spaces, self.processes = [], []
        for which, handler in self._handlers.items():
            signal.signal(which, handler)
        self._handlers = {}

    def node(self, kind, beside=None, **special):
        """A host behind a router of this kind (NODE_KINDS; `special` overrides its parts: router,
        carrier, hairpins, families). `beside`: at another node's router instead, whose kind counts; the
        two do not reach each other but by way of it."""
        if kind not in NODE_KINDS:
            raise LabError(f"no kind {kind}; there are {', '.join(NODE_KINDS)}")
        plan = {"carrier": None, "hairpins": False, "families": "4", **NODE_KINDS[kind], **special}
        site = beside.site if beside else self._build_site(plan)
        return self._add_host(site, kind)

    # --- building ---

    def _space(self, name):
        space = Namespace(f"{self.name}-{name}")
        self.spaces.append(space)
        # A bridge that asks the rules of IP would translate within the LAN what is to be routed back.
        bridging = {f"net__bridge__bridge-nf-call-{table}": 0 for table in ("iptables", "ip6tables", "arptables")}
        space.sysctl(net__ipv6__conf__all__accept_dad=0, net__ipv6__conf__default__accept_dad=0, **bridging)
        return space

    def _build_internet(self):
        self.internet = self._space("internet")
        self.internet.ip(bridge("br0"), "link set br0 up", "addr add 198.51.100.1/24 dev br0",
                         "addr add 2001:db8:ffff::1/64 dev br0 nodad")
        self.internet.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
        self.relay = Node(self, "relay", self._space("relay"))
        self._connect(self.relay.space, "relay")
        self.relay.v4, self.relay.v6 = RELAY_V4, RELAY_V6
        self.relay.space.ip(*[f"addr add {address}/24 dev wan" for address in RELAY_V4],
                            *[f"addr add {address}/64 dev wan nodad" for address in RELAY_V6],
                            "route add default via 198.51.100.1", "route add default via 2001:db8:ffff::1")

    def _connect(self, space, port):
        space.wire("wan", self.internet, port)
        self.internet.ip(f"link set {port} master br0")

    def _build_site(self, plan):
        site = Site(len(self.sites) + 1)
        self.sites.append(site)
        number = site.number
        outermost = plan["carrier"] or plan["router"]
        inner = Router(self._space(f"r{number}"), KINDS[plan["router"]],
                       plan["hairpins"] and not plan["carrier"], self.lifetime)
        site.routers.append(inner)
        if plan["carrier"]:
            site.routers.append(Router(self._space(f"c{number}"), KINDS[outermost], plan["hairpins"], self.lifetime))
        edge = site.routers[-1]
        self._connect(edge.space, f"s{number}")
        if "4" in plan["families"]:
            self._number_v4(site, inner, edge)
        if "6" in plan["families"]:
            self._number_v6(site, inner)
        inner.space.ip(bridge("lan"), "link set lan up")
        if "4" in plan["families"]:
            inner.space.ip(f"addr add {self._lan_v4(site)}.1/24 dev lan")
        if "6" in plan["families"]:
            inner.space.ip(f"addr add 2001:db8:{number}::1/64 dev lan nodad")
        for router in site.routers:
            router.load()
        return site

    @staticmethod
    def _lan_v4(site):
        is_translated = any(router.how.is_translating for router in site.routers)
        return f"192.168.{site.number}" if is_translated else f"198.18.{site.number}"

    def _number_v4(self, site, inner, edge):
        number = site.number
        edge.outer = f"198.51.100.{10 + number}"
        edge.gateways.append("198.51.100.1")
        edge.space.ip(f"addr add {edge.outer}/24 dev wan", "route add default via 198.51.100.1")
        inner.inner = f"{self._lan_v4(site)}.0/24"
        if edge is not inner:
            inner.outer = f"100.64.{number}.2"
            inner.gateways.append(f"100.64.{number}.1")
            edge.inner = f"100.64.{number}.0/24"
            inner.space.wire("wan", edge.space, "lan")
            edge.space.ip(f"addr add 100.64.{number}.1/24 dev lan")
            inner.space.ip(f"addr add {inner.outer}/24 dev wan", f"route add default via 100.64.{number}.1")
        if not inner.how.is_translating:
            self.internet.ip(f"route add {inner.inner} via {edge.outer}")

    def _number_v6(self, site, inner):
        """Never translated. A carrier in between would be IPv4's alone."""
        if len(site.routers) > 1:
            raise LabError("behind a carrier there is no IPv6 here")
        number = site.number
        inner.gateways.append("2001:db8:ffff::1")
        inner.space.ip(f"addr add 2001:db8:ffff::{number + 16:x}/64 dev wan nodad",
                       "route add default via 2001:db8:ffff::1")
        self.internet.ip(f"route add 2001:db8:{number}::/64 via 2001:db8:ffff::{number + 16:x}")

    def _add_host(self, site, kind):
        site.hosts += 1
        host = 10 + site.hosts
        router = site.routers[0]
        node = Node(self, f"{kind}-{site.number}.{site.hosts}", self._space(f"h{site.number}-{site.hosts}"))
        node.site = site
        port = f"host{site.hosts}"
        node.space.wire("eth0", router.space, port)
        # Isolated ports of a bridge reach the router, not each other.
        router.space.ip(f"link set {port} master lan", f"link set dev {port} type bridge_slave isolated on")
        if router.inner:
            node.v4 = f"{self._lan_v4(site)}.{host}"
            node.outer = site.routers[-1].outer if site.routers[-1].how.is_translating else node.v4
            node.space.ip(f"addr add {node.v4}/24 dev eth0", f"route add default via {self._lan_v4(site)}.1")
        if any(":" in gateway for gateway in router.gateways):
            node.v6 = f"2001:db8:{site.number}::{host:x}"
            node.space.ip(f"addr add {node.v6}/64 dev eth0 nodad",
                          f"route add default via 2001:db8:{site.number}::1")
        return node
