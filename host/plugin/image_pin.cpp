// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"
#include "plugin/plugin_library.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>

#include <sodium/crypto_hash_sha256.h>

namespace meshhost::plugin {

checked<> check_pin(
    const inspected_plugin& plugin,
    const std::string& sha256,
    const std::string& instance
) {
    if (sha256.empty()) return {};
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
    const bytes_view image = plugin.image.bytes();
    crypto_hash_sha256(digest.data(), image.data(), image.size());
    const std::string found = to_hex(digest);
    if (found == sha256) return {};
    return plugin_fault{
        "MP005",
        fmt::format(
            "sha256 is {}, pinned {}: the file is another one; if that is what you want, set "
            "plugin.{}.sha256",
            found,
            sha256,
            instance
        )};
}

}  // namespace meshhost::plugin
