// SPDX-License-Identifier: Apache-2.0
#pragma once
// What came of each check: one line a check, and what to do about it.
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::check {

enum class verdict { pass, note, warning, fail };

struct finding {
    verdict how = verdict::pass;
    int level = 0;
    std::string check;   ///< "elf.exports": stable, for scripts
    std::string what;    ///< the fact, on one line
    std::string remedy;  ///< what to do; empty when there is nothing to do
};

struct report {
    std::string path;
    int level = 0;
    std::uint64_t seed = 0;
    bool is_plugin = true;  ///< false: nothing further was looked at
    std::vector<finding> findings;

    void add(finding what) { findings.push_back(std::move(what)); }
    bool has_failed() const noexcept;
    /// 0 pass, 1 fail, 2 not a plugin.
    int exit_status() const noexcept;
};

std::string_view verdict_name(verdict how) noexcept;
std::string report_text(const report& of);
boost::json::object report_json(const report& of);

/// A finding on one line for the pipe between a check's child and its parent, and back; an unknown
/// verdict reads as a failure.
std::string finding_line(const finding& what);
finding read_finding_line(std::string_view line);

}  // namespace meshhost::check
