// SPDX-License-Identifier: Apache-2.0
#pragma once
// WebSocket frames (RFC 6455 section 5) without IO: what comes is taken apart in place, and many
// frames can wait in one buffer to be written at once. No extensions. docs/decisions/0013 says why
// this is written here, and Beast's stream is not used for relays.
#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace meshhost::wire {

enum class websocket_opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

/// Which end reads: a server's clients mask what they send, a server does not.
enum class websocket_end : std::uint8_t { server, client };

/// Why a peer's bytes are no frames of RFC 6455, or not ones that we take.
enum class websocket_fault : std::uint8_t {
    none,
    reserved,       ///< a reserved bit or opcode: an extension that was not agreed on
    masking,        ///< masked by a server, or not by a client
    length,         ///< not the shortest form
    control,        ///< a control frame that is fragmented or longer than 125 bytes
    fragmentation,  ///< a continuation of nothing, or a message inside another
    too_long,       ///< a message of more than the reader's limit
};

/// The status of RFC 6455 section 7.4.1 to close with; 1000 for none.
std::uint16_t close_status(websocket_fault fault) noexcept;

using websocket_mask = std::array<std::uint8_t, 4>;

/// Appends one final frame whose payload is `parts` in a row. A client gives a mask.
void append_websocket_frame(
    byte_buffer& out,
    websocket_opcode opcode,
    std::initializer_list<bytes_view> parts,
    const std::optional<websocket_mask>& mask = {}
);

/// What that appends, at most, besides the payload.
inline constexpr std::size_t websocket_header_max = 14;

/// A message, whole: text or binary; or a control frame.
struct websocket_message {
    websocket_opcode opcode;       ///< never continuation
    std::span<std::uint8_t> data;  ///< unmasked; valid until the reader's next call
};

/// Cuts a stream of bytes into messages. Holds a frame that is not whole, and a message of which
/// fragments are missing, together at most `message_max` + 139 bytes; nothing between messages.
class websocket_reader {
public:
    websocket_reader(websocket_end end, std::size_t message_max) noexcept
        : message_max_(message_max)
        , end_(end) {}

    /// Takes the next bytes, which are written to and have to stay until poll() gives nothing.
    /// Precondition: poll() has given nothing since the last call, or there was none.
    void feed(std::span<std::uint8_t> input) noexcept { input_ = input; }
    /// The next message; nullopt: all was read, or fault() says what was wrong.
    std::optional<websocket_message> poll();

    /// Another limit from the next frame on.
    void limit(std::size_t message_max) noexcept { message_max_ = message_max; }

    websocket_fault fault() const noexcept { return fault_; }
    /// Bytes kept for later.
    std::size_t held() const noexcept { return partial_.size() + fragments_.size(); }
    /// Memory in use for what is kept.
    std::size_t capacity() const noexcept { return partial_.capacity() + fragments_.capacity(); }

private:
    struct header {
        bool is_final;
        websocket_opcode opcode;
        std::optional<websocket_mask> mask;
        std::size_t length;
        std::size_t size;  ///< of the header itself
    };

    std::optional<std::span<std::uint8_t>> next_frame(header& head);
    std::optional<std::span<std::uint8_t>> finish_partial(header& head);
    std::optional<header> read_header(bytes_view bytes);
    std::optional<header> judge(header head, bool has_reserved, std::uint8_t opcode);
    std::optional<websocket_message> take_frame(const header& head, std::span<std::uint8_t> data);
    void keep_rest();
    std::nullopt_t refuse(websocket_fault fault) noexcept;

    std::size_t message_max_;
    std::span<std::uint8_t> input_;
    byte_buffer partial_;    ///< the beginning of a frame
    byte_buffer fragments_;  ///< of a message, unmasked
    websocket_end end_;
    websocket_fault fault_ = websocket_fault::none;
    std::optional<websocket_opcode> fragmented_;  ///< what the message in fragments_ is
    bool is_partial_done_ = false;                ///< partial_ was handed out and is to be emptied
    bool is_message_done_ = false;                ///< likewise fragments_
};

}  // namespace meshhost::wire
