// SPDX-License-Identifier: Apache-2.0
#include "check/static_checks.hpp"

#include <mesh/plugin.h>

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <glob.h>

#include <gnu/libc-version.h>

namespace meshhost::check {

namespace {

constexpr int level = 0;
constexpr std::size_t names_shown = 5;

/// Contract line 12: the process belongs to the host.
constexpr std::array<std::string_view, 24> process_wide{
    "exit",   "_exit",    "_Exit",     "quick_exit", "fork",   "vfork",  "daemon",    "system",
    "popen",  "execve",   "setlocale", "chdir",      "fchdir", "chroot", "signal",    "sigaction",
    "setenv", "unsetenv", "putenv",    "umask",      "setuid", "setgid", "setrlimit", "longjmp"};

std::string some_of(const std::vector<std::string>& names) {
    std::vector<std::string> shown(
        names.begin(),
        names.begin() + std::ptrdiff_t(std::min(names.size(), names_shown))
    );
    std::string out = fmt::format("{}", fmt::join(shown, ", "));
    if (names.size() > names_shown) out += fmt::format(" and {} more", names.size() - names_shown);
    return out;
}

void judge(
    report& into,
    const char* check,
    bool good,
    std::string fact,
    std::string wrong,
    std::string remedy,
    verdict bad = verdict::fail
) {
    if (good)
        into.add({verdict::pass, level, check, std::move(fact), {}});
    else
        into.add({bad, level, check, std::move(wrong), std::move(remedy)});
}

void check_note(const plugin::plugin_file& file, report& into) {
    if (!file.note) {
        into.add(
            {verdict::fail,
             level,
             "elf.note",
             "has no MESH note: a host has to run its code to learn which ABI it is for",
             "put MESH_PLUGIN_NOTE(\"role=...\\nversion=...\\n\") beside mesh_plugin_entry"}
        );
        return;
    }
    const auto& abi = file.note->abi;
    into.add(
        {verdict::pass,
         level,
         "elf.note",
         fmt::format(
             "ABI {}.{}, runs on {}.{} and later",
             abi.major,
             abi.minor_built,
             abi.major,
             abi.minor_min
         ),
         {}}
    );
}

void check_imports(const elf_facts& facts, report& into) {
    std::vector<std::string> found;
    for (const std::string& name : facts.imports)
        if (std::find(process_wide.begin(), process_wide.end(), name) != process_wide.end())
            found.push_back(name);
    const bool is_runtime = facts.is_go && !found.empty();
    judge(
        into,
        "elf.imports",
        found.empty(),
        "imports no call that changes the whole process",
        fmt::format("imports {}: the process belongs to the host", some_of(found)),
        is_runtime ? "the Go runtime does; run it with isolation = \"process\""
                   : "do without; contract line 12 in mesh/plugin.h",
        verdict::warning
    );
}

bool is_library_here(const std::string& name, const std::vector<std::string>& directories) {
    std::error_code ignored;
    return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
        return std::filesystem::exists(std::filesystem::path(directory) / name, ignored);
    });
}

/// Where the dynamic loader looks: its own places, and those of /etc/ld.so.conf.d.
std::vector<std::string> library_directories() {
    std::vector<std::string> all{
        "/lib",
        "/usr/lib",
        "/lib64",
        "/usr/lib64",
        "/usr/local/lib",
        "/lib/x86_64-linux-gnu",
        "/usr/lib/x86_64-linux-gnu",
        "/lib/aarch64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu"};
    glob_t files{};
    if (::glob("/etc/ld.so.conf.d/*.conf", 0, nullptr, &files) == 0) {
        for (std::size_t i = 0; i < files.gl_pathc; ++i) {
            std::ifstream file(files.gl_pathv[i]);
            for (std::string line; std::getline(file, line);)
                if (line.starts_with('/')) all.push_back(line);
        }
    }
    ::globfree(&files);
    return all;
}

}  // namespace

machine look_at_machine(const elf_facts& plugin) {
    machine here{.glibc = ::gnu_get_libc_version(), .missing = {}};
    const auto directories = library_directories();
    for (const std::string& name : plugin.needed)
        if (!is_library_here(name, directories)) here.missing.push_back(name);
    return here;
}

void check_statically(
    const plugin::plugin_file& file,
    const elf_facts& facts,
    const machine& here,
    report& into
) {
    check_note(file, into);
    judge(
        into,
        "elf.exports",
        facts.exports.size() == 1,
        "exports mesh_plugin_entry and nothing else",
        fmt::format("exports {} symbols: {}", facts.exports.size(), some_of(facts.exports)),
        "link with the SDK's version script (mesh_add_plugin or pkg-config mesh-sdk): what two "
        "plugins export alike, they share"
    );
    judge(
        into,
        "elf.unique",
        facts.uniques.empty(),
        "no symbol is shared with other plugins",
        fmt::format("{} GNU_UNIQUE symbols: {}", facts.uniques.size(), some_of(facts.uniques)),
        "compile with -fno-gnu-unique, or link with the SDK's version script"
    );
    judge(
        into,
        "elf.text",
        !facts.has_text_relocations,
        "its code is never written to",
        "has text relocations",
        "compile everything in it with -fPIC"
    );
    judge(
        into,
        "elf.stack",
        !facts.has_executable_stack,
        "its stack is not executable",
        "asks for an executable stack",
        "link with -Wl,-z,noexecstack; assembler files need a .note.GNU-stack section"
    );
    judge(
        into,
        "elf.rpath",
        facts.run_path.empty(),
        "brings no library path of its own",
        fmt::format("RPATH or RUNPATH \"{}\"", facts.run_path),
        "link without -rpath: the host loads it from a sealed copy, and paths are the operator's"
    );
    judge(
        into,
        "elf.needed",
        here.missing.empty(),
        fmt::format("needs {} libraries, all of them here", facts.needed.size()),
        fmt::format("needs {}, which this machine does not have", some_of(here.missing)),
        "install the library, or link it statically"
    );
    judge(
        into,
        "elf.glibc",
        compare_versions(facts.glibc, here.glibc) <= 0,
        facts.glibc.empty() ? "asks for no glibc version"
                            : fmt::format("runs with glibc {} and later", facts.glibc),
        fmt::format("needs glibc {}, this machine has {}", facts.glibc, here.glibc),
        "build it on the oldest system it is to run on"
    );
    judge(
        into,
        "elf.now",
        facts.binds_now,
        "its symbols are bound when it is loaded",
        "binds symbols lazily: a missing one is found when it is called",
        "link with -Wl,-z,now",
        verdict::warning
    );
    check_imports(facts, into);
}

}  // namespace meshhost::check
