// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names that the tests of the gossip machines share.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"
#include "identity/topic_id.hpp"

#include <array>

namespace meshhost::test {

/// An endpoint id that follows from its number.
const identity::endpoint_id& sample_id(std::size_t number);
/// Of an id that sample_id() made.
std::size_t sample_number(const identity::endpoint_id& id);
identity::topic_id sample_topic(std::uint8_t number = 7);
/// The PeerData of a host at this IPv4 address.
byte_buffer sample_data(std::array<std::uint8_t, 4> address);

}  // namespace meshhost::test
