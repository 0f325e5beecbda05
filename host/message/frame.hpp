// SPDX-License-Identifier: Apache-2.0
#pragma once
// `mesh/message/1` on the wire (docs/wire/plugin.md): a length, then what is asked or answered.
// Pure.
#include "base/bytes.hpp"
#include "base/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::message {

inline constexpr std::string_view message_alpn = "mesh/message/1";

inline constexpr std::size_t body_max = 64u << 10;
inline constexpr std::size_t port_size_max = 64;
inline constexpr duration timeout_max = 1h;
/// Of a frame behind its length: everything beside the body takes 103 bytes at most.
inline constexpr std::size_t frame_max = body_max + 128;

using proof = std::array<std::uint8_t, 32>;

/// A request, or on a unidirectional stream a message that wants no answer.
struct asked_frame {
    std::string port;
    duration timeout{};           ///< how long the asker waits, in milliseconds; 0: it does not
    std::optional<proof> secret;  ///< that the sender has the mesh's; nullopt: there is none
    byte_buffer body;
};

struct answer_frame {
    std::int32_t status = 0;
    byte_buffer body;
};

/// Letters, digits and `. _ - /`, 1 to port_size_max of them.
bool is_port_name(std::string_view port) noexcept;

/// With the length in front. Preconditions: the port is one, the body is at most body_max.
byte_buffer encode(
    std::string_view port,
    duration timeout,
    const std::optional<proof>& secret,
    bytes_view body
);
byte_buffer encode(std::int32_t status, bytes_view body);

/// Reads what is behind the length. nullopt: no such frame.
std::optional<asked_frame> decode_asked(bytes_view frame);
std::optional<answer_frame> decode_answer(bytes_view frame);

/// Puts one frame together from the pieces in which it comes. Holds frame_max bytes at most.
class frame_reader {
public:
    enum class state { reading, whole, broken };

    /// Takes what belongs to the frame from the front of `data`.
    state take(bytes_view& data);

    /// Once it is whole.
    bytes_view frame() const noexcept { return frame_; }

private:
    static constexpr std::size_t length_size = 4;

    byte_buffer length_;
    byte_buffer frame_;
    std::size_t size_ = 0;
};

}  // namespace meshhost::message
