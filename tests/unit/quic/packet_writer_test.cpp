// SPDX-License-Identifier: Apache-2.0
#include "quic/packet_writer.hpp"
#include "support/catch.hpp"

#include <cstring>

using namespace meshhost;
using namespace meshhost::quic;

namespace {

struct train {
    path_id path;
    byte_buffer data;
    std::size_t segment_size;
    std::uint8_t ecn;
};

class recording_port final : public datagram_port {
public:
    bool send(const outgoing& out) override {
        trains.push_back({out.path, {out.data.begin(), out.data.end()}, out.segment_size, out.ecn});
        return !full;
    }
    void retain(path_id) override {}
    void release(path_id) override {}
    void settle(path_id, path_id) override {}
    ip_endpoint address_of(path_id) const override { return {}; }

    std::vector<train> trains;
    bool full = false;
};

void write(
    packet_writer& writer,
    std::size_t size,
    std::uint8_t value,
    std::uint64_t path = 1,
    std::uint8_t ecn = 0
) {
    const auto room = writer.room(1452);
    REQUIRE(room.size() >= size);
    std::memset(room.data(), value, size);
    writer.commit(path_id(path), ecn, size);
}

}  // namespace

TEST_CASE("quic: packets of one length leave as one train", "[packet_writer]") {
    recording_port port;
    packet_writer writer(port);
    for (std::uint8_t i = 0; i < 10; ++i)
        write(writer, 1200, i);
    CHECK(port.trains.empty());
    writer.finish();
    REQUIRE(port.trains.size() == 1);
    CHECK(port.trains[0].segment_size == 1200);
    REQUIRE(port.trains[0].data.size() == 12'000);
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(port.trains[0].data[i * 1200] == i);
    CHECK(writer.packets() == 10);
    writer.finish();
    CHECK(port.trains.size() == 1);
}

TEST_CASE("quic: a shorter packet ends its train", "[packet_writer]") {
    recording_port port;
    packet_writer writer(port);
    write(writer, 1200, 1);
    write(writer, 500, 2);
    REQUIRE(port.trains.size() == 1);
    CHECK(port.trains[0].data.size() == 1700);
    CHECK(port.trains[0].segment_size == 1200);
    write(writer, 1200, 3);
    writer.finish();
    CHECK(port.trains[1].data == byte_buffer(1200, 3));
}

TEST_CASE("quic: a longer packet, another path or mark begins a train", "[packet_writer]") {
    recording_port port;
    packet_writer writer(port);
    write(writer, 500, 1);
    write(writer, 1200, 2);
    write(writer, 1200, 3, 2);
    write(writer, 1200, 4, 2, 1);
    writer.finish();
    REQUIRE(port.trains.size() == 4);
    CHECK(port.trains[0].data == byte_buffer(500, 1));
    CHECK(port.trains[1].data == byte_buffer(1200, 2));
    CHECK(port.trains[2].data == byte_buffer(1200, 3));
    CHECK(port.trains[2].path == path_id(2));
    CHECK(port.trains[3].ecn == 1);
}

TEST_CASE("quic: a train is no longer than the kernel takes", "[packet_writer]") {
    recording_port port;
    packet_writer writer(port);
    for (int i = 0; i < 200; ++i)
        write(writer, 100, 1);
    writer.finish();
    for (int i = 0; i < 200; ++i)
        write(writer, 1452, 2);
    writer.finish();
    std::size_t bytes = 0;
    for (const train& one : port.trains) {
        CHECK(one.data.size() <= 65'507);
        CHECK(one.data.size() / one.segment_size <= 64);
        bytes += one.data.size();
    }
    CHECK(bytes == 200 * (100 + 1452));
}

TEST_CASE("quic: after a full port nothing is sent until it is unblocked", "[packet_writer]") {
    recording_port port;
    packet_writer writer(port);
    port.full = true;
    write(writer, 1200, 1);
    writer.finish();
    CHECK(writer.blocked());
    REQUIRE(port.trains.size() == 1);  // taken, but the last
    write(writer, 1200, 2);
    writer.finish();
    CHECK(port.trains.size() == 1);
    port.full = false;
    writer.unblock();
    write(writer, 1200, 3);
    writer.finish();
    CHECK(port.trains.back().data == byte_buffer(1200, 3));
}
