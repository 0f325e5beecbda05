// SPDX-License-Identifier: Apache-2.0
#include "app/session_key.hpp"

#include "base/bytes.hpp"
#include "identity/random_text.hpp"
#include "process/secret_file.hpp"
#include "process/whole_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace meshhost::app {

namespace {

using key_type = observe::session_seal::key_type;

std::optional<key_type> read(std::string_view hex) {
    const auto bytes = from_hex(hex);
    key_type key{};
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

}  // namespace

key_type session_key_file::open() const {
    std::error_code unknown;
    if (!std::filesystem::exists(file_, unknown)) return replace();
    const auto text = process::read_secret_file(
        file_,
        {"E_DASHBOARD_KEY", "the key of the dashboard's sessions", "node.data_dir"}
    );
    const auto key = text ? read(as_text(*text)) : std::nullopt;
    if (key) return *key;
    log_.warn(
        "{}; another takes its place, and sessions end",
        text ? file_.string() + " holds no key" : text.error().message
    );
    return replace();
}

key_type session_key_file::replace() const {
    const auto hex = identity::random_text(key_type().size());
    if (!process::replace_whole(file_, hex + "\n"))
        log_.warn(
            "cannot keep {}: {}; sessions end with this host",
            file_.string(),
            std::strerror(errno)
        );
    return *read(hex);
}

}  // namespace meshhost::app
