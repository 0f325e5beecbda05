// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a caller can get wrong, and what can be wrong with the bytes of a peer.
#include "base/error.hpp"

#include <type_traits>

namespace meshhost::gossip::proto {

enum class errc {
    // of a peer
    malformed = 1,    ///< bytes that do not read as a message
    frame_too_large,  ///< a frame announces more than frame_size_max
    bad_endpoint_id,  ///< an endpoint id that is not an Ed25519 public key
    bad_header,       ///< a stream does not begin with a topic id
    // of a caller
    not_joined,           ///< the topic was not joined
    content_too_large,    ///< more than content_size_max
    peer_data_too_large,  ///< more than peer_data_size_max
    too_many_topics,      ///< limits::topics are joined already
    repeated,  ///< the same bytes were broadcast a moment ago; nobody would deliver them twice
};

const boost::system::error_category& gossip_category() noexcept;

inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), gossip_category()};
}

}  // namespace meshhost::gossip::proto

template <>
struct boost::system::is_error_code_enum<meshhost::gossip::proto::errc> : std::true_type {};
