// SPDX-License-Identifier: Apache-2.0
#pragma once
// What two ends say to each other about punching holes, on one stream of their connection
// (docs/wire/punch.md). Mirrors the frames of draft-seemann-quic-nat-traversal above QUIC.
//
//   +------+----------------+---------+
//   | type | length, 16 bit | payload |      length is big-endian
//   +------+----------------+---------+
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "nat/proto/candidates.hpp"

#include <optional>
#include <variant>

namespace meshhost::nat::proto {

inline constexpr std::uint8_t punch_version = 1;
/// Room for a reach_out with every candidate, and for more in later versions.
inline constexpr std::size_t control_payload_max = 512;

enum class known : std::uint8_t { unknown = 0, no = 1, yes = 2 };

/// What an end knows of its own network. `unknown` is not `no`.
struct nat_traits {
    known mapping_varies = known::unknown;  ///< by destination: a "symmetric" NAT
    known udp_works = known::unknown;       ///< datagrams get out and answers in
    bool relay_only = false;                ///< its operator wants no direct paths

    friend bool operator==(const nat_traits&, const nat_traits&) = default;
};

/// First, from both ends; again whenever the traits changed, or the network did otherwise.
struct hello_frame {
    std::uint8_t version = punch_version;  ///< the highest that the sender speaks
    nat_traits traits;
};
/// Server to client: an address of the server. A number that is in use gets another address.
struct add_address_frame {
    std::uint32_t seq = 0;
    candidate address;
};
/// Server to client: that address is gone.
struct remove_address_frame {
    std::uint32_t seq = 0;
};
/// Client to server: a round begins. Probe these; your own are being probed.
struct reach_out_frame {
    std::uint32_t round = 0;   ///< above that of every earlier round
    std::uint8_t attempt = 0;  ///< "2" of "2 of 3", for people to read; 0: a try now and then
    std::uint8_t attempts = 0;
    std::vector<candidate> addresses;
};
/// The sender's probe of this round, sent to the receiver, was answered. `address` is the
/// sender's own, as the receiver sees it; from a client: the server's, and the client moves there.
struct probe_ok_frame {
    std::uint32_t round = 0;
    ip_endpoint address;
};

using control_frame = std::
    variant<hello_frame, add_address_frame, remove_address_frame, reach_out_frame, probe_ok_frame>;

/// Precondition: at most candidate_set::size_max addresses.
void append_frame(byte_buffer& out, const control_frame& frame);

/// Cuts the stream into frames. Holds at most one unfinished frame. Of types that this version
/// does not know it skips the payload: they are a later version's.
class control_reader {
public:
    /// Takes what the stream brought. Call poll() until nullopt before the next feed().
    void feed(bytes_view data);
    /// The next frame; nullopt: feed more, or look at error().
    std::optional<control_frame> poll();

    /// Sticky: a stream that broke a rule is not read on.
    error_code error() const noexcept { return error_; }
    std::size_t held() const noexcept { return buffer_.size() - read_; }

private:
    std::optional<control_frame> decode(std::uint8_t type, bytes_view payload);

    byte_buffer buffer_;
    std::size_t read_ = 0;
    error_code error_;
};

}  // namespace meshhost::nat::proto
