// SPDX-License-Identifier: Apache-2.0
#include "plugin/state_file.hpp"

#include "plugin/proto/limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstring>
#include <sqlite3.h>
#include <string>
#include <utility>

namespace meshhost::plugin {

using proto::call_error;
using proto::call_result;

namespace {

constexpr const char* damaged = "the state file is damaged: ";

/// WAL: a reader never waits for a commit. FULL: a commit is on the disk before it counts.
constexpr const char* setup =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
    "PRAGMA journal_size_limit = 1048576; PRAGMA cache_size = -512; PRAGMA trusted_schema = OFF;"
    "CREATE TABLE IF NOT EXISTS state (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL);";

constexpr int lock_wait_ms = 5000;  ///< for the other connection's checkpoint, or a person's shell

void bind_bytes(sqlite3_stmt* to, int place, const void* data, std::size_t size) {
    // An empty view may be null, which SQLite would take for NULL.
    const void* const from = size == 0 ? "" : data;
    sqlite3_bind_blob64(to, place, from, size, SQLITE_STATIC);
}

/// Lets go of the rows that a statement holds, however it is left.
class rewound {
public:
    explicit rewound(sqlite3_stmt* statement) noexcept
        : statement_(statement) {}
    rewound(const rewound&) = delete;
    rewound& operator=(const rewound&) = delete;
    ~rewound() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

private:
    sqlite3_stmt* statement_;
};

}  // namespace

void state_file::closes::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

void state_file::closes::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

call_result<state_file> state_file::open(const std::filesystem::path& path) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                          | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
    state_file made;
    sqlite3* database = nullptr;
    const int status = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
    made.database_.reset(database);
    if (database == nullptr) return call_error{MESH_E_NOMEM, "out of memory"};
    if (status != SQLITE_OK) return made.error();
    sqlite3_busy_timeout(database, lock_wait_ms);
    if (auto done = made.run(setup); !done) return done.error();
    if (auto done = made.check(); !done) return done.error();
    const std::pair<const char*, statement*> all[] = {
        {"SELECT value FROM state WHERE key = ?", &made.get_},
        {"SELECT key FROM state WHERE key >= ? ORDER BY key LIMIT 1", &made.next_at_},
        {"SELECT key FROM state WHERE key > ? ORDER BY key LIMIT 1", &made.next_after_},
        {"SELECT total(length(key) + length(value)) FROM state", &made.used_},
        {"INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
         &made.put_},
        {"DELETE FROM state WHERE key = ?", &made.delete_}};
    for (const auto& [sql, into] : all) {
        if (auto done = made.prepare(sql, *into); !done) return done.error();
    }
    return made;
}

bool state_file::is_damaged(const call_error& error) noexcept {
    return error.text.starts_with(damaged);
}

call_error state_file::error() const {
    const int code = sqlite3_errcode(database_.get()) & 0xff;  // without the detail
    const char* const words = sqlite3_errmsg(database_.get());
    const bool is_bad = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return {MESH_E_IO, fmt::format("{}{}", is_bad ? damaged : "the state file: ", words)};
}

call_result<> state_file::run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return error();
}

call_result<> state_file::prepare(const char* sql, statement& into) {
    sqlite3_stmt* made = nullptr;
    const int status =
        sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    into.reset(made);
    if (status == SQLITE_OK) return {};
    return error();
}

/// A damaged page is found here, before a role acts on half of its state.
call_result<> state_file::check() {
    statement asked;
    if (auto done = prepare("PRAGMA quick_check(1)", asked); !done) return done;
    if (sqlite3_step(asked.get()) != SQLITE_ROW) return error();
    const auto* const said = reinterpret_cast<const char*>(sqlite3_column_text(asked.get(), 0));
    if (said != nullptr && std::strcmp(said, "ok") == 0) return {};
    return call_error{MESH_E_IO, fmt::format("{}{}", damaged, said != nullptr ? said : "?")};
}

call_result<std::optional<std::size_t>> state_file::read(
    std::string_view key,
    std::span<std::uint8_t> into
) {
    const rewound after(get_.get());
    bind_bytes(get_.get(), 1, key.data(), key.size());
    const int status = sqlite3_step(get_.get());
    if (status == SQLITE_DONE) return std::optional<std::size_t>();
    if (status != SQLITE_ROW) return error();
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(get_.get(), 0));
    const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(get_.get(), 0));
    if (size > 0 && size <= into.size()) std::copy_n(data, size, into.begin());
    return std::optional<std::size_t>(size);
}

call_result<std::optional<std::string>> state_file::next_key(std::string_view from, bool after) {
    sqlite3_stmt* const asked = after ? next_after_.get() : next_at_.get();
    const rewound later(asked);
    bind_bytes(asked, 1, from.data(), from.size());
    const int status = sqlite3_step(asked);
    if (status == SQLITE_DONE) return std::optional<std::string>();
    if (status != SQLITE_ROW) return error();
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(asked, 0));
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(asked, 0));
    return std::optional<std::string>(size == 0 ? std::string() : std::string(data, size));
}

call_result<std::uint64_t> state_file::used() {
    const rewound after(used_.get());
    if (sqlite3_step(used_.get()) != SQLITE_ROW) return error();
    return proto::succeed(static_cast<std::uint64_t>(sqlite3_column_double(used_.get(), 0)));
}

call_result<> state_file::apply(const proto::state_batch& batch) {
    if (batch.empty()) return {};
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
    call_result<> done;
    for (const auto& [key, value] : batch) {
        done = write(key, value);
        if (!done) break;
    }
    if (done) done = run("COMMIT");
    // A full disk may have rolled it back already: then this fails and changes nothing.
    if (!done) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    return done;
}

call_result<> state_file::write(std::string_view key, const proto::state_write& value) {
    sqlite3_stmt* const used = value ? put_.get() : delete_.get();
    const rewound after(used);
    bind_bytes(used, 1, key.data(), key.size());
    if (value) bind_bytes(used, 2, value->data(), value->size());
    if (sqlite3_step(used) == SQLITE_DONE) return {};
    return error();
}

std::filesystem::path set_aside(const std::filesystem::path& file) {
    std::error_code error;
    std::filesystem::path aside;
    for (unsigned number = 1; aside.empty(); ++number) {  // ends: the directory is finite
        aside = file;
        aside += fmt::format(".damaged-{}", number);
        if (std::filesystem::exists(aside, error)) aside.clear();
    }
    std::filesystem::rename(file, aside, error);
    if (error) return {};
    for (const char* suffix : {"-wal", "-shm"}) {
        std::filesystem::path part = file;
        std::filesystem::path kept = aside;
        std::filesystem::rename(part += suffix, kept += suffix, error);  // may not be there
    }
    return aside;
}

}  // namespace meshhost::plugin
