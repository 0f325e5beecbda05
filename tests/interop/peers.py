# SPDX-License-Identifier: Apache-2.0
"""The programs under test, as objects: what they are told, what they answer, what they report.

Both sides, mesh_peer and iroh_peer.cjs, speak the same lines of JSON. On standard input, a command
a line: {"call": 1, "verb": "dial", ...}; on standard output, an answer to each, {"answer": 1, ...},
with "error" in it if it failed, and events as they happen, {"event": "accepted", ...}.

  dial     to, alpn [, bytes, datagram, keep]: connects, has `bytes` bytes and a datagram echoed,
           closes unless it is to keep the connection
  nudge    connection: sends a datagram on a kept one
  release  connection, code, reason: closes a kept one
  rebind   (mesh_peer alone) moves to fresh sockets
  parse    text: a ticket or ID@ADDR,ADDR → id, addresses, relays
  format   id, addresses, relays → ticket
  probe    what the process holds
"""
import itertools
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import unittest

# Wide enough for a loaded machine under a sanitizer; a passing test never waits it out.
PATIENCE_S = 60
PING_ALPN = "mesh/ping/1"


class Peer:
    """One process. Usable as a context manager; `stop` and `kill` may be called more than once."""

    def __init__(self, command, env=None):
        self._process = subprocess.Popen(
            command, env={**os.environ, **(env or {})}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        self._calls = itertools.count(1)
        self._news = threading.Condition()
        self._answers, self._events, self._ended = {}, [], False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        ready = self.wait_for("ready")
        self.id, self.sockets = ready["id"], ready["sockets"]

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed or self._process.poll() is not None:
            return self.kill()
        status = self.stop()
        if status != 0:
            raise AssertionError(f"{self._process.args[0]} left with status {status}")
        return None

    @property
    def pid(self):
        return self._process.pid

    @property
    def ports(self):
        return [socket.rpartition(":")[2] for socket in self.sockets]

    def at(self, *hosts):
        """Where to dial it, in a form that both sides read; [v6] hosts mean its last socket."""
        ends = [f"{host}:{self.ports[-1 if host.startswith('[') else 0]}" for host in hosts]
        return f"{self.id}@{','.join(ends)}"

    def call(self, verb, **arguments):
        """The answer, which is an error for the test unless it asks for `outcome`."""
        answer = self.outcome(verb, **arguments)
        if "error" in answer:
            raise AssertionError(f"{verb} failed: {answer['error']}")
        return answer

    def outcome(self, verb, **arguments):
        return self.end(self.begin(verb, **arguments))

    def begin(self, verb, **arguments):
        """Asks and does not wait; the number for `end`."""
        call = next(self._calls)
        self._process.stdin.write(json.dumps({"call": call, "verb": verb, **arguments}) + "\n")
        return call

    def has_answered(self, call):
        return call in self._answers

    def end(self, call):
        self._wait(lambda: call in self._answers, f"the answer to call {call}")
        return self._answers.pop(call)

    def wait_for(self, event, **members):
        """The first event of that kind, with these members, that was not waited for before."""
        def found():
            return next((one for one in self._events if one["event"] == event
                         and all(one[name] == value for name, value in members.items())), None)
        self._wait(found, f"the event {event} {members or ''}")
        with self._news:
            one = found()
            self._events.remove(one)
            return one

    def events(self, event):
        with self._news:
            return [one for one in self._events if one["event"] == event]

    def kill(self):
        """SIGKILL: no goodbye to anybody."""
        self._process.kill()
        self._reap()

    def stop(self):
        """Lets it close its connections; the exit status."""
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._reap()
        return self._process.returncode

    def _reap(self):
        self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self._process.stdout.close()
        if not self._process.stdin.closed:
            self._process.stdin.close()

    def _read(self):
        for line in self._process.stdout:
            message = json.loads(line)
            with self._news:
                if "answer" in message:
                    self._answers[message.pop("answer")] = message
                else:
                    self._events.append(message)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _wait(self, condition, what):
        with self._news:
            self._news.wait_for(lambda: condition() or self._ended, PATIENCE_S)
            if not condition():
                ended = "the process ended" if self._ended else "patience ran out"
                raise AssertionError(f"{ended} before {what}; other events: {self._events}")


def _options(values):
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            yield f"--{name.replace('_', '-')}" if one is True else \
                f"--{name.replace('_', '-')}={one}"


def mesh(**options):
    """A meshhost endpoint on its own; options are mesh_peer's."""
    return Peer([os.environ["MESH_PEER"], *_options(options)])


def iroh(**options):
    """An iroh endpoint; options are iroh_peer.cjs's."""
    program = os.path.join(os.path.dirname(__file__), "iroh_peer.cjs")
    return Peer(["node", "--no-deprecation", program, *_options(options)],
                {"NODE_PATH": os.environ["IROH_MODULES"], "RUST_BACKTRACE": "0"})


HAS_NODE = all(map(shutil.which, ("node", "npm")))
NEEDS_NODE = "needs Node.js and npm"
needs_iroh = unittest.skipUnless(HAS_NODE, NEEDS_NODE)


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = unittest.skipUnless(_has_ipv6(), "needs the IPv6 loopback")


def run_tests():
    """Runs the tests of the calling program; the status to leave with: 77, "skipped" to ctest,
    when any of them was."""
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        return 1
    return 77 if result.skipped else 0


def wait_until(condition, what):
    """Asks again and again, for what no event tells."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"patience ran out before {what}")
        time.sleep(0.02)
