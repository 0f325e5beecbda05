# SPDX-License-Identifier: Apache-2.0
"""What the frozen asserts must catch, done to a copy of the header: every kind of break, with the
message that names it; and the two kinds of change that are legal."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
SDK = pathlib.Path(os.environ["MESH_SOURCE_DIR"]) / "sdk" / "include"

# (name, text, its replacement, what the compiler has to say in C)
BREAKS = [
    ("insert in the middle of a table",
     "  /* No event arrives after it returns. */",
     "  mesh_status (*peek)(const mesh_host *h) MESH_NOEXCEPT;\n  /* No event arrives after it returns. */",
     "mesh_timer_v1.cancel moved or changed size"),
    ("a parameter of another sign",
     "mesh_str name, mesh_ns first, mesh_ns period,", "mesh_str name, uint64_t first, mesh_ns period,",
     "mesh_timer_v1.start changed its type or signature"),
    ("drop a reserved field that padding hides",
     "mesh_status status; uint32_t reserved; } mesh_ev_done;", "mesh_status status; } mesh_ev_done;",
     "reserved"),
    ("a log level", "MESH_LOG_INFO = 9", "MESH_LOG_INFO = 8", "MESH_LOG_INFO changed value"),
    ("an error code", "MESH_E_AGAIN       = -8", "MESH_E_AGAIN       = -80", "MESH_E_AGAIN changed value"),
    ("insert into mesh_role",
     "  const char *vendor;\n", "  const char *vendor;\n  const char *nickname;\n", "1.0 layout"),
    ("a frozen struct grows", "{ uint8_t b[32]; } mesh_node_id;", "{ uint8_t b[33]; } mesh_node_id;", "frozen"),
    ("the text of an id", '"mesh.timer/1"', '"mesh.timers/1"', "MESH_EXT_TIMER changed id"),
]
# What only one of the guards sees.
FINER_BREAKS_IN_CXX = [
    ("an id of the same length", '"mesh.timer/1"', '"mesh.timed/1"', "MESH_EXT_TIMER changed id"),
    ("a callback may throw",
     "(*stop)(mesh_instance *self) MESH_NOEXCEPT;", "(*stop)(mesh_instance *self);",
     "mesh_role.stop changed its type or signature"),
]
FINER_BREAKS_IN_C = [
    ("two members that swap places",
     "{ mesh_event h; uint64_t dropped_msgs, dropped_bytes; }",
     "{ mesh_event h; uint64_t dropped_bytes, dropped_msgs; }",
     "mesh_ev_gossip_lagged.dropped_msgs moved"),
    ("a field of another type of the same size",
     "{ mesh_event h; int32_t fd; uint32_t ready; }", "{ mesh_event h; uint32_t fd; uint32_t ready; }",
     "mesh_ev_fd.fd changed its type"),
    ("what a function returns",
     "mesh_handle (*current)(const mesh_host *h)", "int64_t (*current)(const mesh_host *h)",
     "mesh_trace_v1.current changed its type or signature"),
]
LEGAL = [
    ("append to a table",
     "(*cancel)(const mesh_host *h, mesh_handle t) MESH_NOEXCEPT;",
     "(*cancel)(const mesh_host *h, mesh_handle t) MESH_NOEXCEPT;\n"
     "  mesh_status (*rearm)(const mesh_host *h, mesh_handle t, mesh_ns first) MESH_NOEXCEPT;"),
    ("append to a struct with a size", "  uint32_t timers;\n", "  uint32_t timers;\n  uint64_t fds;\n"),
]


class Breaks(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="meshhost-abi-"))
        self.header = self.directory / "mesh" / "plugin.h"
        self.header.parent.mkdir()
        self.text = (SDK / "mesh" / "plugin.h").read_text()

    def tearDown(self):
        shutil.rmtree(self.directory)

    def change(self, old, new):
        self.assertEqual(self.text.count(old), 1, f"the header has changed: not found once: {old}")
        self.header.write_text(self.text.replace(old, new))

    def compile(self, compiler, *options):
        """What the compiler says of the frozen asserts and the changed header; empty when it is content."""
        if shutil.which(compiler) is None:
            self.skipTest(f"{compiler} is not installed")
        done = subprocess.run(
            [compiler, *options, "-fsyntax-only", f"-I{self.directory}", HERE / "abi_1_0.c"],
            capture_output=True, text=True)
        return done.stderr if done.returncode else ""

    def c(self):
        return self.compile("gcc", "-std=c11")

    def cxx(self):
        return self.compile("g++", "-x", "c++", "-std=c++17")

    def freeze(self, *words):
        return subprocess.run(
            [sys.executable, "-B", HERE / "freeze.py", *words], capture_output=True, text=True)

    def assert_caught(self, breaks, *compilers):
        for name, old, new, message in breaks:
            for compiler in compilers:
                with self.subTest(name, compiler=compiler.__name__):
                    self.change(old, new)
                    self.assertIn(message, compiler())

    def test_each_of_the_eight_breaks_is_caught(self):
        self.assertEqual(len(BREAKS), 8)
        self.assert_caught(BREAKS, self.c, self.cxx)

    def test_finer_breaks_are_caught(self):
        self.assert_caught(FINER_BREAKS_IN_C, self.c, self.cxx)
        self.assert_caught(FINER_BREAKS_IN_CXX, self.cxx)

    def test_legal_appends_pass(self):
        for name, old, new in LEGAL:
            with self.subTest(name):
                self.change(old, new)
                self.assertEqual(self.c(), "")
                self.assertEqual(self.cxx(), "")
                padding = self.freeze("padding", HERE / "abi_1_0.c", self.header)
                self.assertEqual(padding.returncode, 0, padding.stdout + padding.stderr)

    def test_a_field_in_the_padding_is_caught(self):
        """No offset moves, and every plugin built before it claims to have it."""
        self.change("typedef struct mesh_health_v1 {\n  uint32_t struct_size;\n",
                    "typedef struct mesh_health_v1 {\n  uint32_t struct_size;\n  uint32_t flags;\n")
        self.assertEqual(self.c(), "")
        padding = self.freeze("padding", HERE / "abi_1_0.c", self.header)
        self.assertEqual(padding.returncode, 1, padding.stderr)
        self.assertIn("mesh_health_v1.flags lies in what was padding", padding.stdout)

    def test_the_header_has_no_field_in_the_padding(self):
        padding = self.freeze("padding", HERE / "abi_1_0.c", SDK / "mesh" / "plugin.h")
        self.assertEqual(padding.returncode, 0, padding.stdout + padding.stderr)

    def test_the_frozen_file_is_what_the_header_of_1_0_gives(self):
        """Nobody edited it, and the generator still makes the same of the same header."""
        made = self.freeze("freeze", HERE / "golden" / "1.0" / "mesh" / "plugin.h")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(made.stdout, (HERE / "abi_1_0.c").read_text())


if __name__ == "__main__":
    unittest.main()
