// SPDX-License-Identifier: Apache-2.0
// One message of a relay or of its client, or the header that proves a key: the first byte says
// which. What is read as a frame of a fixed form is written again, and must be the same.
#include "base/assert.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/proto/relay_message.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::relay::proto;

namespace {

bool is_same(const frame_head& written, bytes_view payload) {
    const bytes_view behind_type = written.view().subspan(1);
    return std::ranges::equal(
        behind_type,
        payload.first(std::min(payload.size(), behind_type.size()))
    );
}

void check_server(std::span<std::uint8_t> message, relay_version version) {
    const auto read = decode_server_frame(message, version);
    if (!read) return;
    const auto payload = split_frame(message).value().payload;
    MH_ASSERT(payload.size() <= frame_payload_max, "bounded");
    if (const auto* const gone = std::get_if<gone_frame>(&*read))
        MH_ASSERT(is_same(encode(*gone), payload), "there is one way to write it");
    if (const auto* const ping = std::get_if<ping_frame>(&*read))
        MH_ASSERT(is_same(encode(*ping), payload), "there is one way to write it");
    if (const auto* const again = std::get_if<restarting_frame>(&*read))
        MH_ASSERT(is_same(encode(*again), payload), "there is one way to write it");
    if (const auto* const status = std::get_if<status_frame>(&*read))
        MH_ASSERT(is_same(encode(*status), payload), "there is one way to write it");
    if (const auto* const data = std::get_if<datagrams_frame>(&*read))
        MH_ASSERT(data->data.size() <= payload.size() - peer_size - 1, "inside of it");
}

void check_client(std::span<std::uint8_t> message) {
    const auto read = decode_client_frame(message);
    if (!read) return;
    if (const auto* const pong = std::get_if<pong_frame>(&*read))
        MH_ASSERT(is_same(encode(*pong), split_frame(message).value().payload), "the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    byte_buffer message(data + 1, data + size);
    switch (data[0] % 5) {
    case 0:
        check_server(message, relay_version::v1);
        break;
    case 1:
        check_server(message, relay_version::v2);
        break;
    case 2:
        check_client(message);
        break;
    case 3:
        (void)decode_handshake_frame(message);
        (void)check_client_auth(message, challenge{});
        break;
    default:
        (void)decode_auth_header(as_text(message));
        break;
    }
    return 0;
}
