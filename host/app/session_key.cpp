// SPDX-License-Identifier: Apache-2.0
#include "app/session_key.hpp"

#include "base/bytes.hpp"
#include "identity/random_text.hpp"
#include "identity/sodium.hpp"
#include "process/secret_file.hpp"
#include "process/whole_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace meshhost::app {

namespace {

using observe::session_key;

std::optional<session_key> read(std::string_view hex) {
    auto bytes = from_hex(hex);
    if (!bytes) return std::nullopt;
    const identity::wiped_at_end wiping(*bytes);
    session_key key;
    if (bytes->size() != key.value.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), key.value.begin());
    return key;
}

/// nullopt: it holds none. Wipes it.
std::optional<session_key> take(byte_buffer& text) {
    const identity::wiped_at_end wiping(text);
    return read(as_text(text));
}

}  // namespace

session_key session_key_file::open() const {
    std::error_code unknown;
    if (!std::filesystem::exists(file_, unknown)) return replace();
    auto text = process::read_secret_file(
        file_,
        {"E_DASHBOARD_KEY", "the key of the dashboard's sessions", "node.data_dir"}
    );
    auto key = text ? take(*text) : std::nullopt;
    if (key) return *std::move(key);
    log_.warn(
        "{}; another takes its place, and sessions end",
        text ? file_.string() + " holds no key" : text.error().message
    );
    return replace();
}

session_key session_key_file::replace() const {
    auto hex = identity::random_text(session_key().value.size());
    const identity::wiped_at_end wiping(hex);
    auto line = hex + "\n";
    const identity::wiped_at_end wiping_too(line);
    if (!process::replace_whole(file_, line))
        log_.warn(
            "cannot keep {}: {}; sessions end with this host",
            file_.string(),
            std::strerror(errno)
        );
    return *read(hex);
}

}  // namespace meshhost::app
