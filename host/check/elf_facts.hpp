// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a shared object's dynamic section and symbols say about how it was built. Reads bytes only;
// whatever lies outside of the file is taken for not there.
#include "base/bytes.hpp"

#include <string>
#include <vector>

namespace meshhost::check {

struct elf_facts {
    std::vector<std::string> exports;  ///< defined, and visible to others
    std::vector<std::string> uniques;  ///< STB_GNU_UNIQUE among them: shared by all objects
    std::vector<std::string> imports;
    std::vector<std::string> needed;  ///< DT_NEEDED
    std::string run_path;             ///< DT_RPATH or DT_RUNPATH
    bool has_text_relocations = false;
    bool has_executable_stack = false;
    bool binds_now = false;
    bool is_go = false;  ///< carries the Go runtime
    /// "2.34": the newest GLIBC_ version that it asks for; empty: none.
    std::string glibc;
};

elf_facts read_elf_facts(bytes_view file);

/// -1, 0, 1: "2.9" is older than "2.34".
int compare_versions(std::string_view a, std::string_view b) noexcept;

}  // namespace meshhost::check
