# SPDX-License-Identifier: Apache-2.0
"""meshctl without a host, and what holds for every command."""
import json
import os
import pathlib
import re
import subprocess

from mesh_lab import BIN, LabTest, clean_environment, meshctl, run, wait_until

SOURCE = pathlib.Path(os.environ["MESH_SOURCE_DIR"])


class Meshctl(LabTest):
    def test_without_a_host_the_exit_code_is_10(self):
        nowhere = str(self.directory / "none.sock")
        for command in (["status"], ["peers"], ["ping", "x"], ["identity", "show"], ["plugin", "list"], ["probe"],
                        ["rebind"], ["config", "show", "--running"], ["topology"], ["top", "--once"], ["events"],
                        ["events", "-f"], ["node", "show", "x"], ["node", "drain", "x", "--yes"], ["doctor"],
                        ["status", "--via", "x"]):
            code, answer = meshctl("--json", "--socket", nowhere, *command)
            self.assertEqual(code, 10, command)
            self.assertEqual(answer["error"]["code"], "E_NO_DAEMON")
            self.assertEqual(answer["error"]["exit"], 10)
            done = run("meshctl", "--socket", nowhere, *command)
            self.assertEqual(done.stdout, "")
            self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)

    def test_every_error_code_of_the_source_is_explained(self):
        pattern = re.compile(r'"(E_[A-Z_]+|MP\d{3})"')
        codes = {code for file in (SOURCE / "host").rglob("*.cpp") for code in pattern.findall(file.read_text())}
        self.assertGreater(len(codes), 30)
        unexplained = [code for code in sorted(codes) if run("meshctl", "explain", code).returncode != 0]
        self.assertEqual(unexplained, [])

    def test_a_key_is_minted_once_and_shown(self):
        key = str(self.directory / "made" / "own.key")
        code, minted = meshctl("--json", "identity", "mint", "--key-file", key)
        self.assertEqual(code, 0)
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        code, shown = meshctl("--json", "identity", "show", "--key-file", key)
        self.assertEqual((code, shown["data"]["id"]), (0, minted["data"]["id"]))
        self.assertEqual(len(bytes.fromhex(shown["data"]["id"])), 32)
        code, again = meshctl("--json", "identity", "mint", "--key-file", key)
        self.assertEqual((code, again["error"]["code"]), (1, "E_KEY_EXISTS"))

    def test_config_init_passes_config_check_and_the_schema_is_json(self):
        file = self.directory / "meshhost.toml"
        file.write_text(run("meshctl", "config", "init").stdout)
        self.assertEqual(run("meshctl", "config", "check", file).returncode, 0)
        schema = json.loads(run("meshctl", "config", "schema").stdout)
        self.assertIn("$schema", schema)

    def test_a_plugin_file_that_is_not_there_is_a_warning(self):
        file = self.directory / "plugins.toml"
        file.write_text('[plugin.a]\npath = "compute"\n[plugin.b]\npath = "gone.so"\n')
        code, answer = meshctl("--json", "config", "check", str(file))
        self.assertEqual(code, 3)
        self.assertEqual([(p["where"], p["severity"]) for p in answer["data"]["problems"]],
                         [(f"{file}:4:1", "warning")])

    def test_an_answer_that_cannot_be_written_is_no_success(self):
        for command in (["config", "init"], ["config", "schema"], ["--help"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([BIN / "meshctl", *command], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, command)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_config_check_lists_all_problems_with_their_places(self):
        file = self.directory / "wrong.toml"
        file.write_text('[net]\nprot = 1\n[log]\nlevel = "loud"\n')
        done = run("meshctl", "config", "check", file)
        self.assertEqual(done.returncode, 7)
        self.assertIn(f"{file}:2:1", done.stdout)
        self.assertIn(f"{file}:4:", done.stdout)
        code, answer = meshctl("--json", "config", "check", str(file))
        self.assertEqual((code, answer["ok"], len(answer["data"]["problems"])), (7, False, 2))

    def test_what_cannot_be_parsed_is_a_usage_error_in_json_too(self):
        code, answer = meshctl("--json", "stauts")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_USAGE"))
        self.assertIn('did you mean "status"', answer["error"]["message"])

    def test_colour_only_when_asked_for_or_on_a_terminal(self):
        nowhere = ["--socket", str(self.directory / "none.sock"), "status"]
        self.assertNotIn("\x1b", run("meshctl", *nowhere).stderr)
        self.assertIn("\x1b[31m", run("meshctl", "--color", "always", *nowhere).stderr)
        quiet = clean_environment(NO_COLOR="1")
        self.assertNotIn("\x1b", run("meshctl", *nowhere, environment=quiet).stderr)

    def test_a_key_that_there_is_not_is_not_found(self):
        code, answer = meshctl("--json", "config", "show", "net.prot")
        self.assertEqual((code, answer["error"]["code"]), (4, "E_NO_SUCH_KEY"))
        self.assertIn("net.port", answer["error"]["hint"])
        for prefix in ("net", "net.port", "plugin", "plugin.x.config.y"):
            self.assertEqual(meshctl("--json", "config", "show", prefix)[0], 0, prefix)

    def test_running_configuration_names_its_origins(self):
        host = self.host("configured", "--set", "quic.keep_alive=7s").start()
        setting = host.data("config", "show", "--running", "quic.keep_alive")["quic.keep_alive"]
        self.assertEqual((setting["value"], setting["origin"]), ("7s", "--set"))

    def test_running_configuration_has_what_the_command_line_named(self):
        peer = f"{self.host('first').start().id}@127.0.0.1:9"
        host = self.host("told", "--plugin", "compute.so", "--peer", peer).start()
        settings = host.data("config", "show", "--running")
        self.assertEqual((settings["mesh.peers"]["value"], settings["mesh.peers"]["origin"]), ([peer], "--peer"))
        self.assertEqual(settings["plugin.compute-0.path"]["origin"], "--plugin")

    def test_a_peer_that_was_never_reached_is_pinged_where_it_is_said_to_be(self):
        first = self.host("first").start()
        elsewhere = self.host("elsewhere").start()
        wrong = f"{elsewhere.id}@{first.ready['self']['bound'][0]}"
        second = self.host("second", "--peer", wrong).start()
        code, answer = second.ctl("ping", elsewhere.id)
        self.assertEqual((code, answer["error"]["code"]), (4, "E_WRONG_KEY"))

    def test_a_host_asked_for_itself_says_so(self):
        host = self.host("alone").start()
        for name in ("alone", host.id[:8], host.ticket):
            code, answer = host.ctl("ping", name)
            self.assertEqual((code, answer["error"]["code"]), (2, "E_PEER_SELF"), name)

    def test_ndjson_is_a_line_a_peer(self):
        first = self.host("first").start()
        self.host("second", "--peer", first.ticket).start()
        wait_until("them to meet", lambda: first.data("peers")["peers"])
        done = run("meshctl", "--socket", first.socket, "peers", "-o", "ndjson")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["schema"] for line in lines], ["meshhost.peer/1"])

    def test_ambiguous_and_unknown_nodes(self):
        first = self.host("first").start()
        for name in ("twin", "twin-2"):
            host = self.host(name, "--peer", first.ticket)
            host.arguments[1] = "twin"
            host.start()
        wait_until("them to meet", lambda: [p["name"] for p in first.data("peers")["peers"]] == ["twin", "twin"])
        code, answer = first.ctl("ping", "twin")
        self.assertEqual((code, answer["error"]["code"]), (2, "E_AMBIGUOUS"))
        for peer in first.data("peers")["peers"]:
            self.assertIn(peer["id"][:10], answer["error"]["message"])
        code, answer = first.ctl("ping", "nobody")
        self.assertEqual(code, 4)
