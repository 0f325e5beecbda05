# SPDX-License-Identifier: Apache-2.0
"""What the kernel says of processes and of the machine, and a network of one's own."""
import os
import pathlib
import platform
import sys
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
QUIET_PERCENT = 25  # of one core, used by others
OWN_NETWORK = "BENCH_OWN_NETWORK"


def enter_own_network() -> None:
    """As root: run again in a network namespace that has only `lo`, so that nothing can leave."""
    if os.geteuid() != 0 or OWN_NETWORK in os.environ:
        return
    os.environ[OWN_NETWORK] = "1"
    script = 'ip link set lo up && exec "$@"'
    command = ["unshare", "-n", "--", "sh", "-c", script, "sh", sys.executable, *sys.argv]
    os.execvp(command[0], command)


def process_cpu_ns(pid: int) -> int:
    """CPU time of all live threads, to the nanosecond (Documentation/scheduler/sched-stats)."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            pass  # the thread ended meanwhile
    return total


def process_memory(pid: int) -> dict[str, int]:
    """KiB, from smaps_rollup."""
    wanted = {"Rss:": "rss_kib", "Pss:": "pss_kib", "Anonymous:": "anonymous_kib"}
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    fields = (line.split() for line in lines)
    return {wanted[field[0]]: int(field[1]) for field in fields if field[0] in wanted}


def network_counters() -> dict[str, int]:
    """What this network namespace sent: UDP datagrams, and bytes of IP packets."""

    def table(name: str, protocol: str) -> dict[str, str]:
        lines = [line.split() for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()]
        titles, values = (line for line in lines if line[0] == f"{protocol}:")
        return dict(zip(titles, values))

    return {
        "datagrams": int(table("snmp", "Udp")["OutDatagrams"]),
        "bytes": int(table("netstat", "IpExt")["OutOctets"]),
    }


def busy_seconds() -> float:
    """CPU time the whole machine has spent on anything but waiting."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = ticks
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


def load_percent(busy_from: float, wall_from: float, ours_seconds: float) -> float:
    """What others used since then, in percent of one core."""
    wall = max(time.monotonic() - wall_from, 1e-9)
    return max(0.0, (busy_seconds() - busy_from - ours_seconds) / wall * 100)


def wait_for_quiet(patience: float) -> None:
    """Waits until others use little, but never longer than `patience` seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        busy, wall = busy_seconds(), time.monotonic()
        time.sleep(0.5)
        if load_percent(busy, wall, 0) < QUIET_PERCENT:
            return


def describe() -> dict[str, object]:
    models = [
        line.split(":", 1)[1].strip()
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "own_network": OWN_NETWORK in os.environ,
    }
