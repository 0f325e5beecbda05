#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that tidy.py can fail: a tree with one violation of each kind must yield exactly these."""
import pathlib
import tempfile
import unittest

from tidy import check_tree

LAYERS = """
[allow]
"host/base"         = []
"host/wire"         = ["host/base"]
"host/quic"         = ["host/base", "host/wire"]
"host/gossip/proto" = ["host/base"]
"host/gossip"       = ["host/base", "host/gossip/proto"]
[pure]
modules = ["host/wire", "host/gossip/proto"]
no_io   = ["host/quic"]
[c_abi]
dirs = ["sdk/include/mesh"]
"""

GCC12 = "GCC 12 destroys this temporary twice: name it, then std::move it"
CLOCK = "take `time_point now` as an argument"
C_ABI = "the C ABI may include only cstddef, cstdint, stdbool.h, stddef.h, stdint.h, not"

# file, content, the problems that it must yield
VIOLATIONS = [
    ("host/wire/upward.hpp", '#pragma once\n#include "quic/conn.hpp"\n',
     ["host/wire/upward.hpp:2: host/wire may not include host/quic"]),
    ("host/gossip/proto/to_driver.cpp", '#  include "gossip/service.hpp"\n',
     ["host/gossip/proto/to_driver.cpp:1: host/gossip/proto may not include host/gossip"]),
    ("host/quic/asio.cpp", "#include <boost/asio/io_context.hpp>\n",
     ["host/quic/asio.cpp:1: '<boost/asio' is banned here: move it to the driver"]),
    ("host/quic/thread.cpp", "#include <thread>\n",
     ["host/quic/thread.cpp:1: '<thread>' is banned here: single threaded and silent"]),
    ("host/quic/clock.cpp", "auto now = some_clock::now();\n",
     [f"host/quic/clock.cpp:1: '::now()' is banned here: {CLOCK}"]),
    ("host/wire/wall_clock.cpp", "int a;\nlong t = time(nullptr);\n",
     [f"host/wire/wall_clock.cpp:2: 'time(nullptr)' is banned here: {CLOCK}"]),
    ("host/wire/random.cpp", "#include <random>\n",
     ["host/wire/random.cpp:1: '<random>' is banned here: base::prng"]),
    ("host/wire/hash_order.cpp", "std::unordered_map<int, int> table;\n",
     ["host/wire/hash_order.cpp:1: 'std::unordered_map' is banned here: iteration order must not "
      "depend on addresses: boost::container::flat_map or std::map"]),
    ("host/gossip/proto/shuffle.cpp", "std::shuffle(a, b, c);\n",
     ["host/gossip/proto/shuffle.cpp:1: 'std::shuffle' is banned here: base::prng (the std "
      "algorithms are implementation defined)"]),
    ("host/gossip/lambda.cpp", "co_await run([x] { return x; });\n",
     [f"host/gossip/lambda.cpp:1: 'co_await run([x] {{' is banned here: {GCC12}"]),
    ("host/gossip/braces.cpp", "co_await run({1, 2});\n",
     [f"host/gossip/braces.cpp:1: 'co_await run({{' is banned here: {GCC12}"]),
    ("tests/fixme.cpp", "// FIXME\n",
     ["tests/fixme.cpp:1: 'FIXME' is banned here: resolve before merging"]),
    ("bench/using.cpp", "using namespace std;\n",
     ["bench/using.cpp:1: 'using namespace std;' is banned here: qualify"]),
    ("plugins/endl.cpp", "out << std::endl;\n",
     ["plugins/endl.cpp:1: 'std::endl' is banned here: '\\n'"]),
    ("sdk/include/mesh/stdio.h", "#include <stdio.h>\n",
     [f"sdk/include/mesh/stdio.h:1: {C_ABI} stdio.h"]),
    ("sdk/include/mesh/quoted.h", '#include "other.h"\n',
     [f"sdk/include/mesh/quoted.h:1: {C_ABI} other.h"]),
    ("host/base/ring_a.hpp", '#include "base/ring_b.hpp"\n', []),
    ("host/base/ring_b.hpp", '#include "base/ring_a.hpp"\n',
     ["includes: cycle host/base/ring_a.hpp -> host/base/ring_b.hpp -> host/base/ring_a.hpp"]),
]

# What looks like one of these and is none.
SOUND = {
    "host/wire/good.hpp": '#include "base/bytes.hpp"\n#include "wire/other.hpp"\n#include <map>\n',
    "host/gossip/good.cpp": '#include "gossip/proto/machine.hpp"\n#include <thread>\n#include <random>\n',
    "host/gossip/await.cpp": "co_await run(std::move(named), std::string{});\n",
    "host/quic/order.cpp": "std::unordered_map<int, int> by_id;\n",
    "sdk/include/mesh/plugin.h": "#include <stdint.h>\n",
    "sdk/include/mesh/plugin.hpp": '#include <string>\n#include "plugin.h"\n',
    "build/dev/generated.cpp": "// FIXME\n",
    "admin-ui/node_modules/x/binding.cpp": "// FIXME\n",
    "docs/notes.txt": "FIXME\n",
}


def problems_of(files: dict[str, str], layers: str = LAYERS) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "layers.toml").write_text(layers, encoding="utf-8")
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
        return check_tree(root)


class Tidy(unittest.TestCase):
    maxDiff = None

    def test_each_violation_is_reported_and_nothing_else(self) -> None:
        tree = SOUND | {name: content for name, content, _ in VIOLATIONS}
        expected = [problem for *_, problems in VIOLATIONS for problem in problems]
        self.assertCountEqual(problems_of(tree), expected)

    def test_a_sound_tree_has_no_problems(self) -> None:
        self.assertEqual(problems_of(SOUND), [])

    def test_layers_that_go_in_circles_are_reported(self) -> None:
        circle = LAYERS.replace('"host/base"         = []', '"host/base" = ["host/quic"]')
        self.assertEqual(
            problems_of({}, circle),
            ["layers.toml: cycle host/base -> host/quic -> host/base"],
        )

    def test_a_file_that_includes_itself_is_a_cycle(self) -> None:
        self.assertEqual(
            problems_of({"host/base/self.hpp": '#include "base/self.hpp"\n'}),
            ["includes: cycle host/base/self.hpp -> host/base/self.hpp"],
        )


if __name__ == "__main__":
    unittest.main()
