// SPDX-License-Identifier: Apache-2.0
#pragma once
// Level 0: what can be seen in the file without running any of it.
#include "check/elf_facts.hpp"
#include "check/report.hpp"
#include "plugin/plugin_note.hpp"

namespace meshhost::check {

/// What this machine has for the plugin to run with.
struct machine {
    std::string glibc;                 ///< "2.36"
    std::vector<std::string> missing;  ///< of the libraries that the plugin needs
};
machine look_at_machine(const elf_facts& plugin);

/// For a file that check_file() has let through.
void check_statically(
    const plugin::plugin_file& file,
    const elf_facts& facts,
    const machine& here,
    report& into
);

}  // namespace meshhost::check
