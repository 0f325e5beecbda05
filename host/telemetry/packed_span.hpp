// SPDX-License-Identifier: Apache-2.0
#pragma once
// A finished span in a place of a fixed size, so that thousands can be kept without an allocation.
#include "telemetry/span.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace meshhost::telemetry {

/// Texts are cut, and attributes that find no room, events and links are left out: the span that
/// comes back counts them as dropped.
class packed_span {
public:
    static constexpr std::size_t text_bytes = 256;  ///< of scope, name, message and attributes
    static constexpr std::size_t name_max = 64;     ///< bytes; of the scope, too
    static constexpr std::size_t message_max = 96;

    void pack(std::string_view scope, const span& finished) noexcept;

    std::string scope() const;
    span unpack() const;

private:
    bool put(std::string_view text, std::size_t most) noexcept;
    bool put(const attribute& one) noexcept;

    trace_id trace_;
    span_id id_;
    span_id parent_;
    duration::rep started_;
    duration::rep length_;
    std::uint32_t dropped_;
    std::uint16_t used_;  ///< of text_
    span_kind kind_;
    bool is_ok_;
    std::array<char, text_bytes> text_;
};

// An array of them costs no memory until it is written to.
static_assert(std::is_trivially_default_constructible_v<packed_span>);

}  // namespace meshhost::telemetry
