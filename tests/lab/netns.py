# SPDX-License-Identifier: Apache-2.0
"""Network namespaces of Linux, by `ip`: one object a namespace, and what is needed to wire them up."""
import os
import secrets
import shutil
import signal
import subprocess

PREFIX = "meshlab"


class LabError(Exception):
    """A command of the lab failed: what, and what it said."""


def sh(*argv, text=None):
    """Runs a command and gives its output. `text` is its input."""
    argv = [str(word) for word in argv]
    done = subprocess.run(argv, input=text, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def missing():
    """Why there can be no lab here; None: there can."""
    for tool in ("ip", "nft"):
        if not shutil.which(tool):
            return f"there is no `{tool}`"
    if os.geteuid() != 0:
        return "network namespaces need root"
    try:
        trial = Namespace(f"{lab_name()}-trial")
    except LabError as refusal:
        return f"namespaces are not to be had: {refusal}"
    try:
        # By a name, as the lab's own chains have: the kernel may lack NAT, maps or the log of flows.
        trial.nft("table ip trial {\n"
                  " map m { type inet_service : inet_service; flags dynamic,timeout; timeout 1s; }\n"
                  " chain c { type nat hook postrouting priority srcnat; masquerade fully-random; }\n"
                  "}\n")
    except LabError as refusal:
        return f"nftables cannot do NAT here: {refusal}"
    finally:
        trial.remove()
    return None


def lab_name():
    """Of one lab; says which process it is of."""
    return f"{PREFIX}-{os.getpid()}-{secrets.token_hex(2)}"


def remove_leftovers():
    """What a lab left behind whose process was killed."""
    for line in sh("ip", "netns", "list").splitlines():
        name = line.split()[0]
        parts = name.split("-")
        if parts[0] == PREFIX and len(parts) > 2 and not os.path.exists(f"/proc/{parts[1]}"):
            Namespace(name, is_there=True).remove()


class Namespace:
    """One namespace. remove() ends what runs in it, too."""

    def __init__(self, name, is_there=False):
        self.name = name
        if not is_there:
            sh("ip", "netns", "add", name)
            self.ip("link set lo up")

    def ip(self, *lines):
        """Commands of `ip`, all at once."""
        sh("ip", "-n", self.name, "-batch", "-", text="\n".join(lines) + "\n")

    def nft(self, rules):
        sh("ip", "netns", "exec", self.name, "nft", "-f", "-", text=rules)

    def sysctl(self, **values):
        """net__ipv4__ip_forward=1: two underscores stand for a slash. What the kernel does not have is
        left out."""
        paths = {f"/proc/sys/{key.replace('__', '/')}": value for key, value in values.items()}
        lines = [f"if [ -e {path} ]; then echo {value} > {path}; fi" for path, value in paths.items()]
        sh("ip", "netns", "exec", self.name, "sh", "-e", text="\n".join(lines) + "\n")

    def popen(self, argv, **options):
        return subprocess.Popen(["ip", "netns", "exec", self.name, *map(str, argv)], **options)

    def run(self, argv, **options):
        return subprocess.run(["ip", "netns", "exec", self.name, *map(str, argv)], check=False, **options)

    def wire(self, device, other, other_device):
        """A cable to another namespace, plugged in at both ends. Packets are as long on it as on a real one:
        else the kernel hands on what is yet to be cut into segments, and rules see none of them."""
        sh("ip", "link", "add", device, "netns", self.name, "type", "veth",
           "peer", "name", other_device, "netns", other.name)
        self.ip(f"link set {device} gso_max_segs 1 up")
        other.ip(f"link set {other_device} gso_max_segs 1 up")

    def remove(self):
        pids = subprocess.run(["ip", "netns", "pids", self.name], text=True, capture_output=True, check=False)
        for pid in pids.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)
