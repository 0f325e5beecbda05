# SPDX-License-Identifier: Apache-2.0
"""Every way not to start: one line of cause, one of remedy, the right exit code, nothing left."""
import json
import os
import socket

from mesh_lab import PLUGINS, LabTest, clean_environment, run


class StartErrors(LabTest):
    def refused(self, code, exit_code, *arguments, hint=True, **more):
        """Starts a host that must not start, in words and in JSON."""
        host = self.host("refused")
        before = set(self.directory.rglob("*"))
        common = [word for word in host.arguments if word != "--json"]
        done = run("meshhost", *common, *arguments, **more)
        self.assertEqual(done.returncode, exit_code, done.stderr)
        self.assertEqual(done.stdout, "")
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertTrue(errors[0].endswith(f"[{code}]"), errors[0])
        hints = [line for line in done.stderr.splitlines() if line.startswith("hint:")]
        self.assertEqual(len(hints), 1 if hint else 0, done.stderr)
        left = {path for path in set(self.directory.rglob("*")) - before if path.is_socket() or ".new" in path.name}
        self.assertEqual(left, set())

        answer = json.loads(run("meshhost", *common, "--json", *arguments, **more).stdout)
        self.assertEqual(answer["schema"], "meshhost.error/1")
        self.assertEqual(answer["error"]["code"], code)
        self.assertEqual(answer["error"]["exit"], exit_code)
        return errors[0]

    def test_unknown_option(self):
        message = self.refused("E_USAGE", 2, "--plguin", "x.so")
        self.assertIn('did you mean "--plugin"', message)

    def test_port_taken(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            self.refused("E_PORT_TAKEN", 1, "--port", other.getsockname()[1])

    def test_no_such_address(self):
        self.refused("E_NO_SUCH_ADDRESS", 1, "--set", 'net.bind=["192.0.2.7"]')

    def test_bad_ticket(self):
        self.refused("E_BAD_TICKET", 7, "--peer", "endpointaaaa")

    def test_bad_peer(self):
        self.refused("E_BAD_PEER", 7, "--peer", "nobody")

    def test_missing_configuration_file(self):
        self.refused("E_CONFIG", 7, "--config", self.directory / "none.toml", hint=False)

    def test_unknown_key_in_the_configuration(self):
        file = self.directory / "typo.toml"
        file.write_text("[net]\nprot = 1\n")
        message = self.refused("E_CONFIG", 7, "--config", file, hint=False)
        self.assertIn(":2:1", message)
        self.assertIn("net.port", message)

    def test_bad_environment_variable(self):
        wrong = clean_environment(MESHHOST_NET__PORT="70000")
        self.assertIn("env MESHHOST_NET__PORT", self.refused("E_CONFIG", 7, hint=False, environment=wrong))

    def key_file(self, text="", mode=0o600):
        file = self.directory / "own.key"
        file.write_text(text)
        file.chmod(mode)
        return ["--set", f"identity.key_file={file}"]

    def test_key_file_that_others_can_read(self):
        for mode in (0o644, 0o640, 0o604):
            self.refused("E_KEY_PERMISSIONS", 6, *self.key_file("00" * 32 + "\n", mode))

    def test_damaged_key_file_is_never_overwritten(self):
        for text in ("", "00" * 31, "not a key\n", "00" * 32768):
            arguments = self.key_file(text)
            self.refused("E_KEY_DAMAGED", 7, *arguments)
            self.assertEqual((self.directory / "own.key").read_text(), text)

    def test_key_file_that_is_no_file(self):
        target = self.directory / "target.key"
        target.write_text("00" * 32 + "\n")
        target.chmod(0o600)
        link = self.directory / "link.key"
        link.symlink_to(target)
        fifo = self.directory / "fifo.key"
        os.mkfifo(fifo, 0o600)
        self.refused("E_KEY_PERMISSIONS", 6, "--set", f"identity.key_file={link}")
        self.refused("E_KEY_DAMAGED", 7, "--set", f"identity.key_file={fifo}")

    def test_plugins_that_are_none(self):
        text = self.directory / "text.so"
        text.write_text("no plugin\n")
        text.chmod(0o644)
        self.assertIn("not an ELF file", self.refused("MP003", 7, "--plugin", text, hint=False))
        message = self.refused("MP001", 7, "--plugin", self.directory / "none.so", hint=False)
        self.assertIn(f"plugin {self.directory / 'none.so'}: MP001 cannot open: No such file or directory", message)
        self.refused("MP001", 7, "--plugin", "nosuchrole.so", hint=False)
        writable = self.directory / "writable.so"
        writable.write_bytes((PLUGINS / "compute.so").read_bytes())
        writable.chmod(0o666)
        self.refused("MP002", 7, "--plugin", writable, hint=False)

    def test_a_plugin_that_may_be_missing_stops_nothing(self):
        host = self.host("lenient", "--set", f"plugin.c.path={self.directory / 'none.so'}").start()
        self.assertIn("MP001", host.log_text())
        self.assertEqual([(p["instance"], p["state"]) for p in host.ready["plugins"]], [("c", "failed")])
        self.assertIn("MP001 cannot open", host.data("plugin", "list")["plugins"][0]["error"])
        code, answer = host.ctl("status")
        self.assertEqual((code, answer["data"]["self"]["state"]), (3, "degraded"))
        self.assertIn("MP001", answer["data"]["warnings"][0])

    def test_a_mesh_secret_that_others_can_read(self):
        secret = self.directory / "mesh.secret"
        secret.write_text("shared\n")
        secret.chmod(0o644)
        self.refused("E_MESH_SECRET", 6, "--set", f"mesh.secret_file={secret}")

    def test_another_host_of_the_same_name(self):
        first = self.host("refused").start()
        message = self.refused("E_INSTANCE_RUNNING", 1)
        self.assertIn("another meshhost runs as instance", message)
        self.assertEqual(first.ctl("status")[0], 0, "the first was disturbed")

    def test_another_host_with_the_same_key(self):
        first = self.host("first").start()
        key = first.directory / "data" / "secret.key"
        self.refused("E_KEY_IN_USE", 1, "--set", f"identity.key_file={key}")
        first.kill()
        self.host("second", "--set", f"identity.key_file={key}").start()

    def test_unwritable_places(self):
        self.refused("E_KEY_IO", 6, "--set", "identity.key_file=/sys/none/key")
        self.refused("E_KEY_IO", 1, "--set", "identity.key_file=/proc/none/key")
        self.refused("E_SOCKET_IO", 1, "--set", "admin.socket=/proc/none/host.sock")
        self.refused("E_CONFIG", 7, "--set", f"admin.socket=/tmp/{'x' * 120}.sock", hint=False)
