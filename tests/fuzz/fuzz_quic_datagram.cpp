// SPDX-License-Identifier: Apache-2.0
// Datagrams of strangers at a QUIC endpoint. Whatever they are, its tables agree with each other,
// and a minute later nothing of them is left.
//
// An input is a byte that says who is attacked (even: a server, odd: a client in its handshake),
// then datagrams: a byte of flags, a length of two bytes (little-endian), the bytes. Flags:
//   1  they are a connection id's length, the id, and the frames of an Initial packet, which is
//      sealed as a client would
//   2  they are addressed to the connection that is alive, if there is one
//   4  some time passes first
#include "base/assert.hpp"
#include "datagram_sim/forged_initial.hpp"
#include "datagram_sim/quic_pair.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::sim;

namespace {

constexpr std::uint8_t seal_initial = 1;
constexpr std::uint8_t address_it = 2;
constexpr std::uint8_t let_time_pass = 4;
constexpr std::size_t id_size_max = 20;
constexpr std::size_t frames_max = 1400;
constexpr std::size_t datagrams_max = 64;

struct item {
    std::uint8_t flags;
    bytes_view data;
};

std::optional<item> take(bytes_view& rest) {
    if (rest.size() < 3) return std::nullopt;
    const std::size_t wanted = rest[1] + std::size_t{256} * rest[2];
    const std::size_t size = std::min(wanted, rest.size() - 3);
    item taken{rest[0], rest.subspan(3, size)};
    rest = rest.subspan(3 + size);
    return taken;
}

byte_buffer seal(bytes_view data, std::uint32_t number) {
    const byte_buffer dcid(8, 0x11);
    std::size_t const wanted = data.empty() ? 0 : data[0] % (id_size_max + 1);
    const bytes_view rest = data.empty() ? data : data.subspan(1);
    const bytes_view scid = rest.first(std::min(wanted, rest.size()));
    const bytes_view frames = rest.subspan(scid.size());
    return forge_initial(dcid, scid, number, frames.first(std::min(frames.size(), frames_max)));
}

/// Puts an id of a live connection where the header has the destination's.
void address(byte_buffer& datagram, const sim_endpoint& target) {
    const auto alive = target.core().connections();
    if (alive.empty() || datagram.empty()) return;
    const auto ids = alive.front()->issued_ids();
    const bool is_long = (datagram[0] & 0x80) != 0;
    std::size_t const at = is_long ? 6 : 1;
    if (ids.empty() || datagram.size() < at + ids[0].datalen) return;
    if (is_long) datagram[5] = static_cast<std::uint8_t>(ids[0].datalen);
    std::copy_n(ids[0].data, ids[0].datalen, datagram.begin() + static_cast<std::ptrdiff_t>(at));
}

void attack(quic_pair& net, sim_endpoint& target, bytes_view input) {
    std::uint32_t number = 0;
    while (const auto next = number < datagrams_max ? take(input) : std::nullopt) {
        if ((next->flags & let_time_pass) != 0) net.run_for(20ms);
        byte_buffer datagram(next->data.begin(), next->data.end());
        if ((next->flags & seal_initial) != 0) datagram = seal(next->data, number);
        if ((next->flags & address_it) != 0) address(datagram, target);
        target.receive(0, number & 3, datagram);
        ++number;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    quic_pair net;
    const bool at_client = (data[0] & 1) != 0;
    if (at_client) {
        net.dial();
        net.run_for(5ms);
    }
    attack(net, at_client ? net.client() : net.server(), bytes_view(data, size).subspan(1));
    net.run_for(1s);
    for (quic::quic_connection* const connection : net.client().core().connections())
        connection->close(0, "");
    MH_ASSERT(net.run_until([&] { return net.is_quiet(); }, 60s), "nothing of it is left");
    return 0;
}
