// SPDX-License-Identifier: Apache-2.0
#include "app/remembered_peers.hpp"
#include "identity/secret_key.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <array>
#include <fstream>
#include <vector>

using namespace meshhost;
using app::remembered_peers;

namespace {

const identity::topic_id our_mesh(std::array<std::uint8_t, 32>{1});
const identity::topic_id another(std::array<std::uint8_t, 32>{2});
constexpr time_point start{1h};

identity::endpoint_addr peer(std::uint8_t number, std::uint16_t port = 7000) {
    return {
        identity::secret_key::from_seed(std::array<std::uint8_t, 32>{number}).id(),
        {},
        {*ip_endpoint::parse("192.0.2.1:" + std::to_string(port))}};
}

}  // namespace

TEST_CASE("remembered peers: the next start knows who was alive", "[app]") {
    const test::temp_dir dir;
    remembered_peers before(dir / "peers.json", our_mesh);
    CHECK(before.keep(std::vector{peer(1), peer(2)}, start));
    const remembered_peers after(dir / "peers.json", our_mesh);
    CHECK(after.known() == before.known());
    CHECK(after.known().size() == 2);
    CHECK(remembered_peers(dir / "peers.json", another).known().empty());
}

TEST_CASE("remembered peers: who is alone forgets nobody", "[app]") {
    const test::temp_dir dir;
    remembered_peers peers(dir / "peers.json", our_mesh);
    CHECK(peers.keep(std::vector{peer(1)}, start));
    CHECK(peers.keep({}, start + 1h));
    CHECK(remembered_peers(dir / "peers.json", our_mesh).known().contains(peer(1).id));
}

TEST_CASE("remembered peers: a full table keeps those it has that are alive", "[app]") {
    const test::temp_dir dir;
    remembered_peers peers(dir / "peers.json", our_mesh);
    std::vector<identity::endpoint_addr> first;
    for (std::uint8_t i = 1; i <= remembered_peers::peers_max; ++i)
        first.push_back(peer(i));
    CHECK(peers.keep(first, start));
    // The first is gone, and two came that matter more than any.
    std::vector<identity::endpoint_addr> then{peer(100), peer(101)};
    then.insert(then.end(), first.begin() + 1, first.end());
    CHECK(peers.keep(then, start));
    CHECK(peers.known().size() == remembered_peers::peers_max);
    CHECK_FALSE(peers.known().contains(first[0].id));
    CHECK(peers.known().contains(first[1].id));
    CHECK(peers.known().contains(peer(100).id));
    CHECK_FALSE(peers.known().contains(peer(101).id));
}

TEST_CASE("remembered peers: one that moved is known where it is, one that is nowhere not at all") {
    const test::temp_dir dir;
    remembered_peers peers(dir / "peers.json", our_mesh);
    CHECK(peers.keep(std::vector{peer(1, 7000)}, start));
    CHECK(peers.keep(std::vector{peer(1, 7001), identity::endpoint_addr{peer(2).id, {}, {}}}, start)
    );
    CHECK(peers.known().size() == 1);
    CHECK(peers.known().at(peer(1).id) == peer(1, 7001));
}

TEST_CASE("remembered peers: a while between two looks, none before the first", "[app]") {
    const test::temp_dir dir;
    remembered_peers peers(dir / "peers.json", our_mesh);
    CHECK(peers.is_due(start));
    CHECK(peers.keep({}, start));
    CHECK(peers.is_due(start));
    CHECK(peers.keep(std::vector{peer(1)}, start));
    CHECK_FALSE(peers.is_due(start + remembered_peers::gap_while_few - 1ms));
    CHECK(peers.is_due(start + remembered_peers::gap_while_few));
    std::vector<identity::endpoint_addr> many;
    for (std::uint8_t i = 1; i <= remembered_peers::peers_max; ++i)
        many.push_back(peer(i));
    CHECK(peers.keep(many, start));
    CHECK_FALSE(peers.is_due(start + remembered_peers::gap - 1ms));
    CHECK(peers.is_due(start + remembered_peers::gap));
}

TEST_CASE("remembered peers: what cannot be read is nobody, what cannot be written is said") {
    const test::temp_dir dir;
    const auto file = dir / "peers.json";
    for (const std::string& text :
         {std::string(),
          std::string("[]"),
          std::string(R"({"mesh": 1, "peers": []})"),
          R"({"mesh": ")" + our_mesh.to_hex() + R"(", "peers": [1, "endpoint", null]})",
          std::string(remembered_peers::file_size_max + 1, '[')}) {
        std::ofstream(file) << text;
        const remembered_peers after(file, our_mesh);
        CHECK(after.known().empty());
        CHECK(after.is_unreadable() == (text.find(our_mesh.to_hex()) == std::string::npos));
    }
    CHECK_FALSE(remembered_peers(dir / "none.json", our_mesh).is_unreadable());
    remembered_peers nowhere(dir / "not" / "there", our_mesh);
    CHECK_FALSE(nowhere.keep(std::vector{peer(1)}, start));
    CHECK(nowhere.known().empty());
}
