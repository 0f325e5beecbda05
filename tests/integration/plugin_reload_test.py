# SPDX-License-Identifier: Apache-2.0
"""What an operator hands to `meshctl plugin reload` by mistake: each time a clear answer, and the role goes on."""
import shutil

from mesh_lab import BIN, LabTest, wait_until

TEST_PLUGINS = BIN.parent / "tests" / "plugins"


class PluginReload(LabTest):
    def counter_host(self, isolation):
        self.file = self.directory / "counter.so"
        shutil.copy(TEST_PLUGINS / "counter.so", self.file)
        config = self.directory / "meshhost.toml"
        config.write_text(f'[plugin.counter-0]\npath = "{self.file}"\nisolation = "{isolation}"\n')
        host = self.host("a", "--config", str(config)).start()
        self.assert_goes_on(host)
        return host

    def counted(self, host):
        values = {each["key"]: each["value"] for each in host.data("status")["self"]["contributions"]}
        return values.get("count", 0)

    def assert_goes_on(self, host):
        before = self.counted(host)
        wait_until("the role to count on", lambda: self.counted(host) > before + 2)

    def role(self, host):
        role = host.data("plugin", "list")["plugins"][0]
        return {key: role.get(key) for key in ("state", "generation", "process", "version", "path", "restarts")}

    def refused(self, host, *file):
        """The answer to a reload that changes nothing."""
        before = self.role(host)
        code, answer = host.ctl("plugin", "reload", "counter-0", *map(str, file))
        self.assertEqual((code, answer["ok"]), (7, False), answer)
        self.assertEqual(self.role(host), before)
        self.assert_goes_on(host)
        return answer["error"]["message"]

    def file_of(self, name, content, mode=0o644):
        file = self.directory / name
        file.write_bytes(content)
        file.chmod(mode)
        return file

    def check(self, isolation):
        host = self.counter_host(isolation)
        code = self.file.read_bytes()
        cases = {
            "MP001 cannot open: No such file or directory": self.directory / "missing.so",
            "MP001 cannot open: Is a directory": self.directory,
            "MP002 refused: file mode is": self.file_of("open.so", code, 0o666),
            "MP003 not an ELF file": self.file_of("garbage.so", b"this is no shared object\n" * 400),
            "MP003 cut off": self.file_of("half.so", code[:len(code) // 2]),
        }
        cases = [*cases.items(), ("MP003 not an ELF file", self.file_of("empty.so", b""))]
        for words, file in cases:
            with self.subTest(file=file.name):
                said = self.refused(host, file)
                self.assertIn(words, said)
                self.assertIn(str(file), said)
        code, answer = host.ctl("plugin", "reload", "nobody", str(self.file))
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_PLUGIN"))

        # The same file once more is new code like any other.
        before, counted = self.role(host), self.counted(host)
        for file in ((), (str(self.file),)):
            code, answer = host.ctl("plugin", "reload", "counter-0", *file)
            self.assertEqual(code, 0, answer)
        after = self.role(host)
        self.assertEqual(after, {**before, "generation": before["generation"] + 2})
        self.assertGreaterEqual(self.counted(host), counted)
        self.assert_goes_on(host)

        # The file it was made from has become garbage: it runs from its own copy.
        self.file.write_bytes(b"garbage")
        self.assertIn("MP003", self.refused(host))
        self.assertEqual(self.role(host), after)

    def test_on_a_thread(self):
        self.check("inprocess")

    def test_in_a_process_of_its_own(self):
        self.check("process")
