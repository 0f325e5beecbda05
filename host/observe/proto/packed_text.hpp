// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that is kept for a while: JSON takes a tenth of its room. Pure.
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// As zlib has it (RFC 1950), in no more room than it needs.
class packed_text {
public:
    explicit packed_text(std::string_view text);
    /// Of what zlib has packed already, and what it was before in bytes.
    packed_text(std::string_view packed, std::size_t unpacked_size)
        : packed_(packed)
        , unpacked_size_(unpacked_size) {}

    std::string unpack() const;

    std::size_t size() const noexcept { return packed_.size(); }

private:
    std::string packed_;
    std::size_t unpacked_size_;
};

}  // namespace meshhost::observe::proto
