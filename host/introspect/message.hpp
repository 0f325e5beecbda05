// SPDX-License-Identifier: Apache-2.0
#pragma once
// `mesh/introspect/1` on the wire (docs/wire/introspect.md): a length and a JSON object, of a
// question as of the head of its answer. Pure.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "http/http_message.hpp"
#include "introspect/asker.hpp"

#include <optional>
#include <string>

namespace meshhost::introspect {

inline constexpr std::string_view introspect_alpn = "mesh/introspect/1";

/// Of one message, without its length.
inline constexpr std::size_t message_max = 64u << 10;

struct question {
    http::request asked;
    std::string proof;  ///< of the mesh's secret, in hexadecimal; empty: there is none
};

/// With their length in front. nullopt: over message_max.
std::optional<byte_buffer> encode(const question& asked);
byte_buffer encode(const answer_head& head);

/// Reads what is behind the length. nullopt: no such message. What is not known is skipped.
std::optional<question> decode_question(bytes_view message);
std::optional<answer_head> decode_head(bytes_view message);

/// Puts one message together from the pieces in which it comes. Holds message_max bytes at most.
class message_reader {
public:
    enum class state { reading, whole, broken };

    /// Takes what belongs to the message from the front of `data`.
    state take(bytes_view& data);

    /// Once it is whole.
    bytes_view message() const noexcept { return message_; }

private:
    static constexpr std::size_t length_size = 4;

    byte_buffer length_;
    byte_buffer message_;
    std::size_t size_ = 0;
};

}  // namespace meshhost::introspect
