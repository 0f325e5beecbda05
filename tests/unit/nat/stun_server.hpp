// SPDX-License-Identifier: Apache-2.0
#pragma once
// What STUN servers answer, written out.
#include "base/bytes.hpp"
#include "base/ip_endpoint.hpp"

#include <optional>

namespace meshhost::test {

/// The answer to `request`: a success with XOR-MAPPED-ADDRESS, and OTHER-ADDRESS where there is
/// one.
byte_buffer stun_answer_to(
    bytes_view request,
    const ip_endpoint& seen,
    const std::optional<ip_endpoint>& other = {}
);

/// The same as an error: 300 … 699.
byte_buffer stun_error_to(bytes_view request, unsigned code);

}  // namespace meshhost::test
