// SPDX-License-Identifier: Apache-2.0
#include "stun_server.hpp"

#include "nat/proto/stun_message.hpp"

namespace meshhost::test {

byte_buffer stun_answer_to(
    bytes_view request,
    const ip_endpoint& seen,
    const std::optional<ip_endpoint>& other
) {
    const auto query = nat::proto::read_binding_query(request).value();
    return nat::proto::encode_binding_success(query, seen, other);
}

byte_buffer stun_error_to(bytes_view request, unsigned code) {
    return nat::proto::encode_binding_error(nat::proto::read_binding_query(request).value(), code);
}

}  // namespace meshhost::test
