# SPDX-License-Identifier: Apache-2.0
"""An observer's events outlive it, and a disk that is full does not stop it."""
import json
import shutil
import subprocess

from dashboard_client import Dashboard
from mesh_lab import QUICK_TO_NOTICE, LabTest, wait_until

EVENTS = "/api/v1/events?limit=1000"


class EventFiles(LabTest):
    def observer(self):
        self.eye = self.host("eye", "--observe", "--set", "observe.listen=127.0.0.1:0", *QUICK_TO_NOTICE)
        self.directory_of_events = self.eye.directory / "data" / "events"

    def start(self):
        self.eye.start()
        self.dashboard = Dashboard(self.eye.ready["dashboard"]).enter()

    def events(self):
        return self.dashboard.data(EVENTS)["events"]

    def counters(self):
        return self.dashboard.data("/api/v1/telemetry")["event_files"]

    def in_files(self):
        return [json.loads(line) for file in sorted(self.directory_of_events.glob("*.jsonl"))
                for line in file.read_text().splitlines()]

    def warnings(self):
        return " ".join(self.eye.data("status")["warnings"])

    def something_happens(self):
        """A host comes."""
        name = f"guest-{len(self.hosts)}"
        self.host(name, "--peer", self.eye.ticket, *QUICK_TO_NOTICE).start()
        wait_until("it is seen", lambda: any(event["name"] == name for event in self.events()))
        return name

    def is_filed(self, name):
        return any(event.get("name") == name for event in self.in_files())

    def test_who_comes_after_a_kill_has_the_events_of_before(self):
        self.observer()
        self.start()
        guest = self.something_happens()
        wait_until("it is filed", lambda: self.is_filed(guest))
        filed = {event["seq"] for event in self.in_files()}
        before = {event["seq"]: event for event in self.events() if event["seq"] in filed}
        self.eye.kill()
        # It was in the middle of a line, too.
        with next(self.directory_of_events.glob("*.jsonl")).open("a") as file:
            file.write('{"seq":9999,"unix_ms":')
        self.start()
        after = {event["seq"]: event for event in self.events()}
        for sequence, event in before.items():
            self.assertEqual(after[sequence], event)
        self.assertEqual(sorted(after), list(range(min(after), max(after) + 1)))
        self.assertEqual(self.counters()["torn_lines"], 1)
        self.assertGreaterEqual(self.counters()["restored"], len(before))
        told = self.eye.data("events", "--limit", "1000")["events"]
        self.assertLessEqual(set(before), {event["seq"] for event in told})
        # And goes on after them.
        guest = self.something_happens()
        self.assertGreater(next(event["seq"] for event in self.events() if event["name"] == guest), max(before))

    def test_whoever_does_not_observe_writes_none(self):
        host = self.host("plain", *QUICK_TO_NOTICE).start()
        wait_until("it said what it is", lambda: host.data("events")["events"])
        host.stop()
        self.assertFalse((host.directory / "data" / "events").exists())

    def test_a_directory_that_cannot_be_written(self):
        self.observer()
        self.start()
        wait_until("it writes", lambda: self.directory_of_events.exists())
        shutil.rmtree(self.directory_of_events)
        self.directory_of_events.write_text("in the way")
        guest = self.something_happens()
        wait_until("it says so", lambda: "events cannot be written" in self.warnings())
        self.assertGreater(self.counters()["write_failures"], 0)
        self.assertTrue(any(event["name"] == guest for event in self.events()))
        self.directory_of_events.unlink()
        wait_until("it is tried again", lambda: self.directory_of_events.is_dir() and self.is_filed(guest))
        wait_until("it says no more of it", lambda: "events cannot be written" not in self.warnings())

    def test_a_full_disk(self):
        self.observer()
        self.directory_of_events.mkdir(parents=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", self.directory_of_events],
                                 stderr=subprocess.PIPE, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.directory_of_events], check=True)
        filler = self.directory_of_events / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        self.start()
        guest = self.something_happens()
        wait_until("it says so", lambda: "No space left on device" in self.warnings())
        self.assertTrue(self.eye.is_running())
        filler.unlink()
        wait_until("it is tried again", lambda: self.is_filed(guest))
