// SPDX-License-Identifier: Apache-2.0
// A router that speaks PCP, on loopback. NAT-PMP and UPnP have ports that cannot be chosen: they
// are tried with a real router (tests/interop/port_mapping_test.py).
#include "nat/port_forwarder.hpp"
#include "nat/proto/pcp_message.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/udp_socket.hpp"
#include "support/loop.hpp"
#include "wire/byte_writer.hpp"

using namespace meshhost;
using namespace meshhost::nat;

namespace {

const ip_endpoint outer = ip_endpoint::v4({203, 0, 113, 7}, 41'207);

class pcp_router final : net::readable_sink, net::receive_sink {
public:
    explicit pcp_router(net::shard& shard)
        : socket_(*net::udp_socket::bind(ip_endpoint::loopback_v4(0)))
        , watch_(shard, socket_.native_handle(), *this) {
        REQUIRE(watch_.start());
    }
    const ip_endpoint& at() const { return socket_.local(); }

    std::vector<byte_buffer> asked;
    int silent_for = 0;  ///< requests not answered

private:
    bool on_readable() override { return socket_.receive(*this); }
    void on_datagrams(const net::received_datagrams& batch) override {
        const auto first = batch.data.first(batch.segment_size);
        asked.emplace_back(first.begin(), first.end());
        if (silent_for > 0) {
            --silent_for;
            return;
        }
        byte_buffer answer;
        wire::byte_writer out(answer);
        out.u32be(0x0281'0000);
        out.bytes(first.subspan(4, 4));
        out.u32be(77);
        out.u64be(0);
        out.u32be(0);
        out.bytes(first.subspan(24, 18));
        out.u16be(outer.port);
        out.u64be(0);
        out.u32be(0xffff);
        out.bytes(bytes_view(outer.address).first(4));
        socket_.send({batch.from, answer, answer.size(), net::ecn_mark::not_ect});
    }

    net::udp_socket socket_;
    net::readable_watch watch_;
};

struct listener final : forward_sink {
    void on_forwarded(const std::optional<ip_endpoint>& now) override { told.push_back(now); }
    void on_mapping_kinds(const proto::port_mapping_kinds& now) override { kinds = now; }
    std::vector<std::optional<ip_endpoint>> told;
    std::optional<proto::port_mapping_kinds> kinds;
};

forward_options by(const pcp_router& router) {
    forward_options options;
    options.gateway = router.at();
    return options;
}

}  // namespace

TEST_CASE("port forwarder: a port is forwarded, and given back at the end", "[nat]") {
    net::shard shard;
    pcp_router router(shard);
    router.silent_for = 1;  // asked again
    listener sink;
    {
        port_forwarder forwarder(shard, sink, by(router));
        forwarder.forward(4'433);
        REQUIRE(test::run_until(shard, [&] { return sink.kinds.has_value(); }));
        REQUIRE(sink.told.size() == 1);
        CHECK(sink.told[0] == outer);
        CHECK(sink.kinds->pcp == proto::finding::yes);
        CHECK(router.asked.size() == 2);
        CHECK(router.asked[0] == router.asked[1]);
        CHECK(
            to_hex(bytes_view(router.asked[0]).subspan(8, 16)) == "00000000000000000000ffff7f000001"
        );
        router.silent_for = 1;  // nobody waits for that answer
    }
    REQUIRE(test::run_until(shard, [&] { return router.asked.size() >= 3; }));
    const byte_buffer& last = router.asked.back();
    CHECK(to_hex(bytes_view(last).subspan(4, 4)) == "00000000");
    CHECK(std::equal(last.begin() + 24, last.begin() + 36, router.asked[0].begin() + 24));
    CHECK(sink.told.size() == 1);
}

TEST_CASE("port forwarder: another network, another mapping", "[nat]") {
    net::shard shard;
    pcp_router router(shard);
    listener sink;
    port_forwarder forwarder(shard, sink, by(router));
    forwarder.forward(4'433);
    REQUIRE(test::run_until(shard, [&] { return sink.told.size() == 1; }));
    forwarder.handle_network_change();
    REQUIRE(test::run_until(shard, [&] { return sink.told.size() == 3; }));
    CHECK_FALSE(sink.told[1].has_value());
    CHECK(sink.told[2] == outer);
    forwarder.forward({});
    REQUIRE(test::run_until(shard, [&] { return sink.told.size() == 4; }));
    CHECK_FALSE(sink.told[3].has_value());
    CHECK(forwarder.machine().next_deadline() == no_deadline);
}

TEST_CASE("port forwarder: made and destroyed, nothing is asked", "[nat]") {
    net::shard shard;
    pcp_router router(shard);
    listener sink;
    { port_forwarder forwarder(shard, sink, by(router)); }
    CHECK(router.asked.empty());
}
