# SPDX-License-Identifier: Apache-2.0
"""meshhost --check over good plugins and over each kind of bad one: what is found, in which words,
with which exit code. The plugins are built here, from a C template with one thing wrong at a time."""
import json
import os
import pathlib
import subprocess
import unittest

from mesh_lab import LabTest, PLUGINS, run

SDK = pathlib.Path(os.environ["MESH_SOURCE_DIR"]) / "sdk"
BAD_PLUGINS = PLUGINS.parent / "tests" / "plugins"

ROLE = r"""
#include <mesh/plugin.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
struct mesh_instance { const mesh_host *host; const mesh_timer_v1 *timer; mesh_handle tick; int started; };
static mesh_str text(const char *s) { const mesh_str out = {s, strlen(s)}; return out; }
%(before)s
static mesh_status create(const mesh_role *role, const mesh_host *host, mesh_instance **out) {
  (void)role;
  mesh_instance *self = calloc(1, sizeof *self);
  self->host = host;
  self->timer = host->get_extension(host, MESH_EXT_TIMER);
  *out = self;
  return MESH_OK;
}
static mesh_status start(mesh_instance *self) {
  mesh_status status = MESH_OK;
  if (self->timer) status = self->timer->start(self->host, text("tick"), 1000, 1000000000, 1, &self->tick);
  self->started = 1;
  %(start)s
  return status < 0 ? status : MESH_OK;
}
static mesh_status on_event(mesh_instance *self, const mesh_event *event) {
  (void)self, (void)event;
  %(event)s
  return MESH_OK;
}
static mesh_status stop(mesh_instance *self) {
  %(stop)s
  if (self->tick) self->timer->cancel(self->host, self->tick);
  self->tick = 0;
  return MESH_OK;
}
static void destroy(mesh_instance *self) { %(destroy)s free(self); }
%(note)s
MESH_EXPORT const mesh_plugin *mesh_plugin_entry(uint32_t abi) {
  static const mesh_config_key key = {sizeof key, MESH_T_I64, 0, 0, "known", "1", "1..9", "a key"};
  static const mesh_config_key *const config[] = {&key, NULL};
  static const mesh_role role = {.struct_size = sizeof role, .role = "bad", .version = "1.0.0",
    .config = config, .create = create, .start = start, .stop = stop, .destroy = destroy,
    .on_event = on_event %(role)s};
  static const mesh_role *const roles[] = {&role};
  static const mesh_plugin plugin = {.magic = MESH_PLUGIN_MAGIC, .struct_size = sizeof plugin,
    .abi_major = 1, .role_count = 1, .roles = roles, .sdk = "c"};
  (void)abi;
  return &plugin;
}
"""
NOTE = 'MESH_PLUGIN_NOTE("role=bad\\nversion=1.0.0\\n");'
LINK = ["-Wl,-z,now", f"-Wl,--version-script={SDK}/cmake/plugin.map"]


class Check(LabTest):
    def build(self, *options, link=LINK, **parts):
        filled = dict(before="", start="", event="", stop="", destroy="", note=NOTE, role="")
        filled.update(parts)
        source = self.directory / "bad.c"
        source.write_text(ROLE % filled)
        output = self.directory / "bad.so"
        done = subprocess.run(
            ["cc", "-std=gnu11", "-g", "-fPIC", "-shared", "-fvisibility=hidden", f"-I{SDK}/include", source, *link,
             *options, "-o", output], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        os.chmod(output, 0o755)
        return output

    def check(self, plugin, *options):
        done = run("meshhost", "--check", plugin, "--json", *options)
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        data = json.loads(done.stdout)["data"]
        return done.returncode, data

    def assert_finds(self, plugin, check, words, *options, verdict="fail"):
        code, data = self.check(plugin, *options)
        found = [each["what"] for each in data["findings"] if each["check"] == check and each["verdict"] == verdict]
        self.assertTrue(any(words in what for what in found), f"{check}: {words!r} not in\n" + "\n".join(
            f"{each['verdict']} {each['check']}: {each['what']}" for each in data["findings"]))
        self.assertEqual(code, 1 if verdict == "fail" else 0)

    def test_a_good_one_passes_at_every_level(self):
        code, data = self.check(self.build(), "--level", "3", "--seed", "7")
        self.assertEqual(code, 0, data)
        self.assertEqual({each["level"] for each in data["findings"]}, {0, 1, 2, 3})
        self.assertEqual(data["seed"], 7)

    def test_the_roles_of_this_host_pass(self):
        for role in ("broker", "gateway", "compute", "registry", "bridge"):
            with self.subTest(role):
                code, data = self.check(PLUGINS / f"{role}.so")
                self.assertEqual(code, 0, [each for each in data["findings"] if each["verdict"] == "fail"])

    def test_what_is_no_plugin(self):
        text = self.directory / "text.so"
        text.write_text("no ELF")
        os.chmod(text, 0o644)
        self.assertEqual(self.check(text)[0], 2)
        self.assertEqual(self.check(self.directory / "missing.so")[0], 2)
        self.assertEqual(self.check(BAD_PLUGINS / "no_symbol.so")[0], 2)
        self.assertEqual(self.check(BAD_PLUGINS / "newer_major.so")[0], 1)

    def test_level_0(self):
        self.assert_finds(self.build(note=""), "elf.note", "has no MESH note", "--level", "0")
        self.assert_finds(
            self.build(before="MESH_EXPORT int another(void) { return 1; }", link=["-Wl,-z,now"]),
            "elf.exports", "another", "--level", "0")
        self.assert_finds(
            self.build("-Wl,-z,execstack"), "elf.stack", "executable stack", "--level", "0")
        self.assert_finds(self.build("-Wl,-rpath,/opt/x"), "elf.rpath", "/opt/x", "--level", "0")
        self.assert_finds(
            self.build(start="setenv(\"A\", \"b\", 1);"), "elf.imports", "setenv", "--level", "0", verdict="warning")
        library = self.directory / "libnowhere_to_be_found.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "/dev/null", "-o", library], check=True)
        self.assert_finds(
            self.build("-Wl,--no-as-needed", f"-L{self.directory}", "-lnowhere_to_be_found"),
            "elf.needed", "libnowhere_to_be_found.so", "--level", "0")

    def test_level_1(self):
        for name, words in (("crashes_in_create", "MP202"), ("hangs_in_create", "MP201"), ("create_fails", "MP203")):
            with self.subTest(name):
                self.assert_finds(BAD_PLUGINS / f"{name}.so", "probe", words)

    def test_crashes_and_hangs_are_named(self):
        self.assert_finds(self.build(event="abort();"), "life.run", "died in on_event with SIGABRT")
        self.assert_finds(self.build(stop="if (!self->started) abort();"), "life.unstarted", "died in stop with SIGABRT")
        self.assert_finds(
            self.build(event="if (event->kind == MESH_EV(99, 0xfff0)) for (;;) pause();"),
            "events.unknown", "did not finish on_event")

    def test_the_contract(self):
        bad = [
            (dict(event="if (event->kind >> 16 == 99) return MESH_E_INVALID;"), "events.unknown", "a kind it does not know"),
            (dict(stop="self->tick = 0;"), "life.run", 'stop left open: timer "tick"'),
            (dict(destroy="self->timer->start(self->host, text(\"x\"), 1, 1, 1, &self->tick);"),
             "life.run", "timer.start called after stop has returned"),
            (dict(start="open(\"/dev/null\", O_RDONLY);"), "life.files", "stay open after destroy"),
            (dict(start="{ mesh_value v; const mesh_config_v1 *c = self->host->get_extension(self->host, MESH_EXT_CONFIG);"
                        " if (c) c->get(self->host, 0, text(\"unknown\"), &v); }"),
             "config", 'reads "unknown", which its schema does not have'),
            (dict(start="{ mesh_handle h; const mesh_message_v1 *m = self->host->get_extension(self->host, MESH_EXT_MESSAGE);"
                        " if (m) m->serve(self->host, text(\"p\"), 1, &h); }"),
             "permissions", "used message:serve:p without declaring it"),
            (dict(start="self->timer->cancel(self->host, 4711);"), "life.run", "a handle that the host never gave"),
            (dict(start="if (!self->tick) abort();"), "host.without", "died in start"),
            (dict(start="if (status == MESH_E_BUDGET) abort();"), "host.fault", "died in start with SIGABRT (fault:timer.start:-7)"),
            (dict(start="if (status == MESH_E_PANIC) abort();"), "host.fault", "died in start with SIGABRT (fault:timer.start:-18)"),
            (dict(start="{ static int once; if (once++) return MESH_E_STATE; }"), "life.restart", "start after stop returned"),
            (dict(before="static mesh_status drain(mesh_instance *s, mesh_ns d) { (void)s, (void)d; return MESH_OK; }",
                  role=", .drain = drain"), "life.drain", "drained() was not called"),
        ]
        for parts, check, words in bad:
            with self.subTest(check, words=words):
                self.assert_finds(self.build(**parts), check, words)

    def test_threads(self):
        body = ("static void *work(void *p) { (void)p; for (;;) pause(); return 0; }"
                "static pthread_t thread;")
        self.assert_finds(
            self.build("-pthread", before=body, start="pthread_create(&thread, 0, work, 0);"),
            "life.threads", "threads are left after destroy")
        body = ("static void *work(void *p) { mesh_instance *s = p; mesh_handle h; "
                "s->timer->start(s->host, text(\"x\"), 1, 1, 1, &h); return 0; } static pthread_t thread;")
        self.assert_finds(
            self.build("-pthread", before=body,
                       start="if (self->timer) { pthread_create(&thread, 0, work, self); pthread_join(thread, 0); }"),
            "life.run", "timer.start called off the strand")

    def test_stress_finds_what_order_does_not(self):
        plugin = self.build(event="{ static int n; if (event->kind == MESH_EV_TIMER && "
                                  "((const mesh_ev_timer *)event)->missed > 20 && ++n > 3) abort(); }")
        code, data = self.check(plugin, "--level", "3", "--seed", "11")
        self.assertEqual(code, 1)
        [found] = [each["what"] for each in data["findings"] if each["verdict"] == "fail"]
        self.assertIn("of seed 11 with SIGABRT", found)

    def test_as_text(self):
        done = run("meshhost", "--check", self.build(note=""), "--level", "0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("to do: put MESH_PLUGIN_NOTE", done.stdout)
        self.assertIn("FAILED, level 0", done.stdout)
        self.assertEqual(run("meshhost", "--check", "x.so", "--level", "9").returncode, 2)


if __name__ == "__main__":
    unittest.main()
