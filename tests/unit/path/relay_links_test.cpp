// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "net/shard.hpp"
#include "path/relay_links.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace meshhost;
using path::relay_links;

namespace {

struct no_sink final : path::relay_links_sink {
    void on_relayed(const path::relay_hop&, std::uint8_t, std::span<std::uint8_t>, std::size_t)
        override {}
    void on_relay_turn_end() override {}
    void on_relays_changed() override {}
};

std::string url(std::size_t port) {
    return fmt::format("http://127.0.0.1:{}/", port);
}

}  // namespace

TEST_CASE("relay links: of others' relays one that is away makes room, no own one does", "[path]") {
    net::shard shard;
    no_sink sink;
    const auto key = identity::secret_key::generate();
    path::relay_options options;
    options.key = &key;
    options.own = {url(1), url(2)};
    options.log = logger("test");
    relay_links links(shard, sink, std::move(options));
    REQUIRE(links.open());
    const auto first = links.use(url(10));
    REQUIRE(first);
    for (std::size_t port = 11; links.size() < relay_links::links_max; ++port)
        REQUIRE(links.use(url(port)));
    for (std::size_t port = 100; port < 100 + relay_links::links_max; ++port)
        REQUIRE(links.use(url(port)));
    CHECK_FALSE(links.use(url(99)));  // so many in one turn, and no more
    CHECK(links.size() == relay_links::links_max);
    CHECK(links.url_of(*first) == nullptr);
    CHECK(links.own().size() == 2);
}
