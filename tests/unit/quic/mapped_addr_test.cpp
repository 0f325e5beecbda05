// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"
#include "quic/mapped_addr.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::quic;

TEST_CASE("quic: a path id comes back from its mapped addresses", "[mapped_addr]") {
    for (const std::uint64_t value :
         {std::uint64_t{1}, std::uint64_t{0x0102030405060708}, UINT64_MAX}) {
        const mapped_path mapped{path_id(value)};
        CHECK(path_id_of(*mapped.get()).value == value);
    }
}

TEST_CASE("quic: two paths share neither their local nor their remote address", "[mapped_addr]") {
    const mapped_path one{path_id(1)};
    const mapped_path two{path_id(2)};
    const mapped_path again{path_id(1)};
    CHECK(ngtcp2_path_eq(one.get(), again.get()));
    const auto bytes = [](const ngtcp2_addr& address) {
        const auto* const data = reinterpret_cast<const std::uint8_t*>(address.addr);
        return byte_buffer(data, data + address.addrlen);
    };
    CHECK(bytes(one.get()->local) != bytes(two.get()->local));
    CHECK(bytes(one.get()->remote) != bytes(two.get()->remote));
    CHECK(bytes(one.get()->local) != bytes(one.get()->remote));
}

TEST_CASE("quic: an address that no path was mapped to names no path", "[mapped_addr]") {
    ngtcp2_path_storage empty;
    ngtcp2_path_storage_zero(&empty);
    CHECK(path_id_of(empty.path) == path_id{});
}
