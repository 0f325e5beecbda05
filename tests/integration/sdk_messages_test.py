# SPDX-License-Identifier: Apache-2.0
"""Roles of real hosts that speak with each other: topics, requests, and what comes of a host that dies."""
import os
import pathlib

from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

TALKER = pathlib.Path(os.environ["MESH_BIN_DIR"]).parent / "tests" / "plugins" / "talker.so"


class Talker:
    """A host with the role that does what a file says (tests/plugins/talker.cpp)."""

    def __init__(self, lab, name, *arguments, grant=None):
        self.results = lab.directory / f"{name}.results"
        self.commands = lab.directory / f"{name}.commands"
        self.commands.touch()
        granted = f"grant = {grant}\n" if grant else ""
        config = lab.directory / f"{name}.toml"
        config.write_text(
            f'[plugin.talker-0]\npath = "{TALKER}"\n{granted}'
            f'[plugin.talker-0.config]\ncommands = "{self.commands}"\nresults = "{self.results}"\n')
        config.chmod(0o600)
        self.host = lab.host(name, "--config", str(config), *QUICK_TO_NOTICE, *arguments)
        self.read = 0

    def start(self):
        self.host.start()
        return self

    @property
    def short(self):
        return self.host.id[:8]

    def tell(self, line):
        with open(self.commands, "a") as file:
            file.write(line + "\n")

    def lines(self):
        text = self.results.read_text() if self.results.exists() else ""
        return text.splitlines()

    def count(self, beginning):
        return sum(line.startswith(beginning) for line in self.lines())

    def hears(self, beginning):
        """Waits for a line after the last one that was waited for; gives it back."""
        found = []

        def look():
            lines = self.lines()
            found[:] = [i for i in range(self.read, len(lines)) if lines[i].startswith(beginning)]
            return found

        wait_until(f"{self.host.name} to say {beginning!r}", look)
        self.read = found[0] + 1
        return self.lines()[found[0]]


class Messages(LabTest):
    def mesh(self, count, **more):
        first = Talker(self, "talker-0", **more).start()
        talkers = [first]
        for number in range(1, count):
            talkers.append(Talker(self, f"talker-{number}", "--peer", first.host.ticket).start())
        for one in talkers:
            for other in talkers:
                if one is not other:
                    wait_until("all to see each other", lambda: one.host.sees(other.host) or (
                        (one.host.peer(other.host) or {}).get("state") == "alive"))
        return talkers

    def test_request_and_reply(self):
        asker, asked = self.mesh(2)
        asked.tell("serve talk.echo echo")
        asked.hears("serve 0")
        asker.tell(f"request {asked.host.id} talk.echo 5000 hello there")
        asker.hears("reply 0 hello there")
        asked.hears(f"asked {asker.short} hello there")
        asker.tell(f"large {asked.host.id} talk.echo 65536")
        asker.hears("reply 0 65536")
        asker.tell(f"large {asked.host.id} talk.echo 65537")
        asker.hears("large -13 ")
        asker.tell(f"request {asked.host.id} talk.nobody 5000 x")
        asker.hears("reply -9 ")
        asker.tell(f"send {asked.host.id} talk.echo psst")
        asked.hears(f"told {asker.short} psst")
        asker.tell(f"request {asked.host.id} elsewhere 5000 x")
        asker.hears("reply -9 ")
        self.assertEqual(asker.count("reply"), 4)

    def test_what_is_not_granted_is_refused(self):
        (alone,) = self.mesh(
            1, grant='["gossip:#", "message:#", "identity:sign"]')
        alone.tell("subscribe elsewhere")
        alone.hears("subscribe 0")
        alone.host.stop()
        refused = Talker(self, "refused", grant='["gossip:#", "message:send:#", "identity:sign"]')
        refused.start()
        (plugin,) = refused.host.data("plugin", "list")["plugins"]
        self.assertEqual(plugin["state"], "failed")
        self.assertIn("MP020", plugin["error"])
        narrow = Talker(self, "narrow").start()
        narrow.tell("publish elsewhere 0 x")
        narrow.hears('publish -6 publish: "gossip:pub:elsewhere" is not granted')
        narrow.tell("sign lease of the rack")
        narrow.hears("sign 0 good good")

    def test_a_topic_of_three(self):
        talkers = self.mesh(3)
        for each in talkers:
            each.tell("subscribe talk/news")
            each.hears("subscribe 0")
        for each in talkers:
            each.tell(f"publish talk/news 2 from {each.host.name}")
        for each in talkers:
            for other in talkers:
                wait_until("all to hear all", lambda: any(
                    line.startswith(f"heard talk/news {other.short}") and line.endswith(f"from {other.host.name}")
                    for line in each.lines()))
        for each in talkers:
            self.assertEqual(each.count("heard"), 3)
        talkers[0].host.kill()
        talkers[1].tell("publish talk/news 0 still there")
        talkers[2].hears(f"heard talk/news {talkers[1].short} 0 still there")
        code, _ = talkers[2].host.stop()
        self.assertEqual(code, 0)
        self.assertNotIn("MP305", talkers[2].host.log_text())

    def test_a_host_that_dies_while_it_is_asked(self):
        asker, asked = self.mesh(2)
        asked.tell("serve talk.hold hold")
        asked.hears("serve 0")
        asker.tell(f"request {asked.host.id} talk.hold 60000 x")
        asked.hears("held x")
        asked.host.kill()
        asker.hears("reply -15 ")
        asker.tell(f"request {asked.host.id} talk.hold 2000 x")
        self.assertIn(asker.hears("reply -1").split()[1], ("-11", "-15"))
        self.assertEqual(asker.count("reply"), 2)
        code, _ = asker.host.stop()
        self.assertEqual(code, 0)

    def test_a_request_that_is_open_when_its_role_stops(self):
        asker, asked = self.mesh(2)
        asked.tell("serve talk.hold hold")
        asked.hears("serve 0")
        asker.tell(f"request {asked.host.id} talk.hold 60000 x")
        asked.hears("held x")
        code, _ = asker.host.stop()
        self.assertEqual(code, 0)
        asker.hears("reply -12 ")
        self.assertEqual(asker.count("reply"), 1)

    def test_the_books_are_in_order(self):
        asker, asked = self.mesh(2)
        asked.tell("serve talk.echo echo")
        asked.tell("subscribe talk/news")
        asked.hears("serve 0")
        for number in range(50):
            asker.tell(f"request {asked.host.id} talk.echo 5000 {number}")
            asker.tell(f"publish talk/news 0 {number}")
        asker.hears("reply 0 49")
        asked.hears(f"heard talk/news {asker.short} 0 49")
        for each in (asker, asked):
            code, answer = each.host.ctl("doctor")
            self.assertEqual(code, 0, answer)
