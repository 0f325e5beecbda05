# SPDX-License-Identifier: Apache-2.0
"""The failure matrix of docs/failures.md, run: a host with a bad plugin and a good one for every row and both ways to
run a role. What is said is compared whole; the good role has to live on wherever the host does."""
import json
import os
import pathlib
import re

from failure_matrix import BAD, MATRIX, THREAD, Down, Lives, Refused
from mesh_lab import LabTest, run, wait_until

SOURCE = pathlib.Path(os.environ["MESH_SOURCE_DIR"])
GOOD = BAD / "counter_2.so"  # a file of its own, for lines name files
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d"
DEPENDS = {"{n}": r"\d+", "{at}": r"\+0x[0-9a-f]+", "{sha}": r"[0-9a-f]{64}",
           "{lack}": r"(?:cannot be run now|its process cannot be \w+ now)(?:: [\w ()]+)?"}
CODE = re.compile(r"MP\d{3}")


class FailureMatrix(LabTest):
    def config(self, row, mode, path, required):
        """The good role comes first, so that nothing of it depends on the bad one."""
        role = {"path": f'"{path}"', "isolation": f'"{mode}"', "restart_max": 0, "required": str(required).lower(),
                **row.keys}
        fill = lambda value: value.replace("{directory}", str(self.directory)) if isinstance(value, str) else value
        lines = ["[plugin.good-0]", f'path = "{GOOD}"']
        for name in ["bad-0", "bad-1"][:2 if getattr(row, "twice", False) else 1]:
            lines += [f"[plugin.{name}]"] + [f"{key} = {value}" for key, value in role.items()]
            if row.config:
                lines += [f"[plugin.{name}.config]"] + [f"{key} = {fill(value)}" for key, value in row.config.items()]
        file = self.directory / "meshhost.toml"
        file.write_text("\n".join(lines) + "\n")
        return file

    def make(self, row, mode, required=False):
        self.path = row.of(self)
        file = self.config(row, mode, self.path, required)
        host = self.host("a", "--config", str(file), *row.options)
        self.known = {"{path}": re.escape(str(self.path)), "{config}": re.escape(str(file)),
                      "{state}": re.escape(str(host.directory / "data" / "plugins" / "bad-0" / "state.db")), **DEPENDS}
        if row.prepare:
            row.prepare(self, host)
        return host

    def pattern(self, words):
        return re.sub(r"\\{\w+\\}", lambda found: self.known[found[0].replace("\\", "")], re.escape(words))

    def assert_says(self, text, words):
        self.assertRegex(text, f"^{self.pattern(words)}$")

    def roles(self, host):
        return {role["instance"]: role for role in host.data("plugin", "list")["plugins"]}

    def count_of_good(self, host):
        return next((item["value"] for item in host.data("status")["self"]["contributions"]
                     if (item["role"], item["key"]) == ("counter", "count")), 0)

    def assert_good_lives_on(self, host):
        before = self.count_of_good(host)
        wait_until("the good role to go on counting", lambda: self.count_of_good(host) > before)
        good = self.roles(host)["good-0"]
        self.assertEqual((good["state"], good["restarts"], good["error"]), ("running", 0, None))

    # --- before it runs

    def run_refused(self, row, mode):
        bad = "bad-1" if row.twice else "bad-0"
        words = f"plugin {{path}}: {row.code} {row.words[0]}"
        if not row.is_left_out:
            host = self.make(row, mode, required=True)
            done = run("meshhost", *host.arguments, cwd=host.directory)
            self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
            error = json.loads(done.stdout)["error"]
            self.assertEqual((error["code"], error["exit"]), (row.code, 7))
            self.assert_says(error["message"], words)
        host = self.make(row, mode, required=row.is_left_out).start()
        role = self.roles(host)[bad]
        self.assertEqual(role["state"], "failed")
        self.assert_says(role["error"], f"{row.code} {row.words[0]}")
        self.assert_lines(host, "error", "host", f"{row.code} ", [words])
        if row.twice:
            self.assertEqual(self.roles(host)["bad-0"]["state"], "running")
        if not row.options:
            self.assert_good_lives_on(host)
        self.assertEqual(host.stop()[0], 0)

    # --- while the host lives on

    def assert_lines(self, host, level, speaker, marks, words, is_endless=False):
        """All lines of the log with the marks."""
        said = lambda: [line for line in host.log_text().splitlines() if marks in line]
        wait_until(f"{marks!r} in the log", lambda: len(said()) >= len(words))
        lines = said()
        if is_endless:
            words = words * len(lines)
        self.assertEqual(len(lines), len(words), lines)
        for line, wanted in zip(lines, words):
            self.assertRegex(line, f"^{STAMP} {level} +{speaker}: {self.pattern(wanted)}$")

    def run_lives(self, row, mode):
        host = self.make(row, mode).start()
        if row.provoke:
            row.provoke(self, host)
        named = BAD / f"{row.named}.so" if row.named else self.path
        begin = f"plugin {named}: {row.code} " if row.code else ""
        self.assert_lines(host, row.level, row.speaker, begin + row.about or "called off the strand",
                          [begin + each for each in row.words], row.is_endless)
        if row.state:
            wait_until(f"it to be {row.state}", lambda: self.roles(host)["bad-0"]["state"] == row.state)
        role = self.roles(host)["bad-0"]
        self.assertEqual(role["isolation"], mode)
        if row.restarts is not None:
            self.assertEqual(role["restarts"], row.restarts)
        if row.is_error:
            self.assert_says(role["error"], f"{row.code} {row.words[-1]}")
        if row.after:
            row.after(self, host)
        self.assert_good_lives_on(host)
        host.stop()
        self.assertIsNotNone(host.process.returncode)

    # --- and when it does not

    def run_down(self, row, mode):
        host = self.make(row, mode)
        host.spawn()
        self.assertEqual(host.wait(), row.end)
        self.assert_says(host.log_text().strip().splitlines()[-1], row.words[0])

    def test_the_third_crash_leaves_it_out(self):
        row = next(row for row in MATRIX if isinstance(row, Down) and row.name == "crash")
        for _ in range(3):
            host = self.make(row, THREAD)
            host.spawn()
            self.assertEqual(host.wait(), row.end)
        left_out = Refused("MP309", row.plugin, ["disabled: named in 3 crashes within 10 minutes; meshctl plugin "
                                                 "enable bad-0"], config=row.config, is_left_out=True)
        self.run_refused(left_out, THREAD)

    # --- the words about it

    def test_every_code_has_its_row_and_its_words(self):
        page = (SOURCE / "docs" / "failures.md").read_text()
        listed = set(re.findall(r"^\| (MP\d{3}) \|", page, re.MULTILINE))
        known = {code for code in run("meshhost", "--explain").stdout.split() if CODE.fullmatch(code)}
        source = {code for file in (SOURCE / "host").rglob("*.cpp")
                  for code in re.findall(r'"(MP\d{3})"', file.read_text())}
        self.assertEqual(listed, known)
        self.assertEqual(listed, source)
        self.assertEqual(listed - {row.code for row in MATRIX}, {"MP309"}, "which has a test of its own")

    def test_every_code_is_explained(self):
        codes = [code for code in run("meshhost", "--explain").stdout.split() if CODE.fullmatch(code)]
        for code in codes:
            done = run("meshhost", "--explain", code)
            self.assertEqual(done.returncode, 0)
            self.assertTrue(done.stdout.startswith(f"{code}\n\n"), done.stdout)
            self.assertEqual(done.stdout, run("meshctl", "explain", code).stdout)
        unknown = run("meshhost", "--explain", "MP999")
        self.assertEqual((unknown.returncode, unknown.stdout), (4, ""))
        self.assertIn('no error has the code "MP999"', unknown.stderr)


def add_row(row, mode):
    steps = {Refused: FailureMatrix.run_refused, Lives: FailureMatrix.run_lives, Down: FailureMatrix.run_down}
    name = "_".join(filter(None, ["test", row.code, row.plugin, row.name, mode]))
    assert not hasattr(FailureMatrix, name), f"two rows are called {name}"
    setattr(FailureMatrix, name, lambda self: steps[type(row)](self, row, mode))


for each in MATRIX:
    for way in each.modes:
        add_row(each, way)
