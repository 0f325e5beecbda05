// SPDX-License-Identifier: Apache-2.0
// The vectors of docs/wire/digest.md, in the document and in the code.
#include "digest_samples.hpp"
#include "peers/proto/digest_message.hpp"
#include "peers/proto/mesh_message.hpp"
#include "peers/proto/signed_digest.hpp"
#include "support/catch.hpp"

#include <fstream>
#include <iterator>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

/// MESH_DIGEST_DOCUMENT is the path of the document.
bool is_documented(const std::string& vector) {
    std::ifstream file(MESH_DIGEST_DOCUMENT);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.find("\n    " + vector + "\n") != std::string::npos;
}

node_digest documented_digest() {
    node_digest digest;
    digest.origin = test::sample_key(1).id();
    digest.incarnation = 1'767'225'600'000;
    digest.sequence = 1;
    digest.mesh = "lab";
    digest.name = "compute-01";
    digest.version = "0.1.0";
    digest.state = node_state::alive;
    digest.uptime = std::chrono::milliseconds(1'500);
    digest.roles = {"compute"};
    digest.addresses = {ip_endpoint::v4({192, 0, 2, 7}, 4433)};
    digest.contributions = {{"compute", "queued", "{job}", std::int64_t{3}}};
    return digest;
}

}  // namespace

TEST_CASE("wire: the documented digest, record and answer are ours", "[peers][wire]") {
    const node_digest digest = documented_digest();
    const byte_buffer record = sign_digest(test::sample_key(1), digest).value();
    CHECK(is_documented(to_hex(encode_digest(digest).value())));
    CHECK(is_documented(to_hex(make_record_frame(record))));
    CHECK(is_documented(to_hex(make_heard_frame(digest.number()))));
    CHECK_FALSE(is_documented(to_hex(make_heard_frame({1, 1}))));
}

TEST_CASE("wire: the documented facts and delta are ours", "[peers][wire]") {
    const node_digest before = documented_digest();
    node_digest after = before;
    after.sequence = 2;
    after.uptime = std::chrono::milliseconds(9'500);
    after.contributions.clear();
    after.tier = node_tier::hub;
    after.budget = {250, std::uint64_t{64} << 20, budget_source::config};
    after.load = {3, load_class::not_measured};
    after.home_relay = "https://relay.example/";
    after.neighbors = {prefix_of(test::sample_key(2).id())};
    after.lease = 45min;
    const byte_buffer old_record = sign_digest(test::sample_key(1), before).value();
    const byte_buffer record = sign_digest(test::sample_key(1), after).value();
    const byte_buffer delta = make_delta(record, 1, tags_that_differ(old_record, record));
    CHECK(is_documented(to_hex(encode_digest(after).value())));
    CHECK(is_documented(to_hex(make_delta_message(delta))));
    CHECK(apply_delta(old_record, *read_delta(delta)).value() == record);
}
