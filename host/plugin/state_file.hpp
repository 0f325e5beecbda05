// SPDX-License-Identifier: Apache-2.0
#pragma once
// An instance's state on disk: keys and values in one SQLite database. Two connections are open to
// it, one to read and one to commit, each used by one thread at a time.
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/state_stage.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace meshhost::plugin {

/// Errors of everything: MESH_E_IO, with SQLite's words.
class state_file {
public:
    /// Makes the file when there is none. One that is damaged is not opened: `is_damaged` says so.
    static proto::call_result<state_file> open(const std::filesystem::path& path);
    static bool is_damaged(const proto::call_error& error) noexcept;

    /// Copies the value, when it fits, and gives its size; nullopt: no such key.
    proto::call_result<std::optional<std::size_t>> read(
        std::string_view key,
        std::span<std::uint8_t> into
    );

    /// The first key at or behind `from`; `after`: behind it only.
    proto::call_result<std::optional<std::string>> next_key(std::string_view from, bool after);

    /// Bytes of all keys and values.
    proto::call_result<std::uint64_t> used();

    /// All of it or nothing; on the disk when it returns without an error.
    proto::call_result<> apply(const proto::state_batch& batch);

private:
    struct closes {
        void operator()(sqlite3* database) const noexcept;
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using statement = std::unique_ptr<sqlite3_stmt, closes>;

    state_file() = default;
    proto::call_error error() const;
    proto::call_result<> run(const char* sql);
    proto::call_result<> prepare(const char* sql, statement& into);
    proto::call_result<> check();
    proto::call_result<> write(std::string_view key, const proto::state_write& value);

    std::unique_ptr<sqlite3, closes> database_;  ///< goes after its statements
    statement get_, next_at_, next_after_, used_, put_, delete_;
};

/// Renames a damaged file, and what belongs to it, so that a new one can be made and a person can
/// still look at the old. The new name; empty when it cannot be renamed.
std::filesystem::path set_aside(const std::filesystem::path& file);

}  // namespace meshhost::plugin
