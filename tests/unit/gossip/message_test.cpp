// SPDX-License-Identifier: Apache-2.0
// The frames of iroh-gossip as they were captured, in both directions, and what is no frame.
#include "gossip/proto/errc.hpp"
#include "gossip/proto/message.hpp"
#include "gossip_samples.hpp"
#include "support/catch.hpp"

#include <boost/algorithm/string/erase.hpp>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::sample_id;

namespace {

byte_buffer bytes_of(std::string hex) {
    boost::algorithm::erase_all(hex, " ");
    return from_hex(hex).value();
}

std::string frame_of(const message& what, const extension& after = {}) {
    byte_buffer out;
    append_frame(out, what, after);
    return to_hex(out);
}

result<decoded_message> read(bytes_view body) {
    static id_cache ids;
    return decode_message(body, ids);
}

/// Writes `what` as `hex`, and reads the same again.
void check_frame(const message& what, std::string hex) {
    boost::algorithm::erase_all(hex, " ");
    INFO(hex);
    CHECK(frame_of(what) == hex);
    const byte_buffer frame = bytes_of(hex);
    const auto decoded = read(bytes_view(frame).subspan(frame_length_size));
    REQUIRE(decoded.has_value());
    CHECK(decoded->extension.empty());
    CHECK(frame_of(decoded->what) == hex);
}

identity::content_hash hash_of(std::string_view content) {
    return identity::hash_content(as_bytes(content));
}

/// "option(relay), two addresses" as a 0.35 host sent it.
const byte_buffer captured_data = bytes_of(
    "0123" + to_hex(as_bytes("https://use1-1.relay.n0.iroh.link./")) + "02 00 7f000001 a9c002"
    + "01 00000000000000000000000000000001 aac002"
);

}  // namespace

TEST_CASE("gossip: membership frames are iroh-gossip's", "[gossip][wire]") {
    const auto id = sample_id(1);
    const std::string id_hex = id.to_hex();
    const byte_buffer empty_addr{0, 0};
    check_frame(join_message{}, "00000003 00 00 00");
    check_frame(join_message{empty_addr}, "00000006 00 00 01 02 00 00");
    check_frame(forward_join_message{{id, {}}, 6}, "00000024 00 01" + id_hex + "00 06");
    check_frame(shuffle_message{id, {}, 0}, "00000024 00 02" + id_hex + "00 00");
    check_frame(shuffle_reply_message{}, "00000003 00 03 00");
    check_frame(neighbor_message{priority::high, {}}, "00000004 00 04 00 00");
    check_frame(neighbor_message{priority::low, {}}, "00000004 00 04 01 00");
    check_frame(disconnect_message{true}, "00000004 00 05 01 00");
    check_frame(disconnect_message{false}, "00000004 00 05 00 00");
    check_frame(
        neighbor_message{priority::high, captured_data},
        "00000047 00 04 00 01 42" + to_hex(captured_data)
    );
    check_frame(
        shuffle_reply_message{{{id, {}}, {sample_id(2), empty_addr}}},
        "00000048 00 03 02" + id_hex + "00" + sample_id(2).to_hex() + "01 02 00 00"
    );
}

TEST_CASE("gossip: broadcast frames are iroh-gossip's", "[gossip][wire]") {
    const auto hello = hash_of("hello");
    const std::string hello_hex =
        "ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f";
    check_frame(
        gossip_message{hello, as_bytes("hello"), delivery_scope::swarm, 0},
        "0000002a 01 00" + hello_hex + "05 68656c6c6f 00 00"
    );
    check_frame(
        gossip_message{hash_of("nbr"), as_bytes("nbr"), delivery_scope::neighbors, 0},
        "00000027 01 00 8591f789ba20c08f2d0eea464116cf3874ba19e5025431208116b83186861fd8"
        "03 6e6272 01"
    );
    check_frame(prune_message{}, "00000002 01 01");
    check_frame(graft_message{hello, 300}, "00000025 01 02 01" + hello_hex + "ac02");
    check_frame(graft_message{std::nullopt, 0}, "00000004 01 02 00 00");
    check_frame(ihave_message{{{hello, 0}}}, "00000024 01 03 01" + hello_hex + "00");
}

TEST_CASE("gossip: a frame carries 4096 bytes and no more", "[gossip][wire]") {
    const byte_buffer content(content_size_max, 'x');
    gossip_message m{identity::hash_content(content), content, delivery_scope::swarm, 65535};
    byte_buffer frame;
    append_frame(frame, m);
    CHECK(frame.size() - frame_length_size == frame_sent_max);
    byte_buffer body(frame.begin() + frame_length_size, frame.end());
    CHECK(read(body).has_value());
    body.push_back(0);
    CHECK(read(body).has_value());
    body.push_back(0);
    CHECK(read(body).error() == errc::frame_too_large);
}

TEST_CASE("gossip: bytes after a message are its extension", "[gossip][wire]") {
    const byte_buffer body = bytes_of("00 00 00 deadbeef");
    const auto decoded = read(body);
    REQUIRE(decoded.has_value());
    CHECK(std::holds_alternative<join_message>(decoded->what));
    CHECK(to_hex(decoded->extension) == "deadbeef");
    CHECK(decode_extension(decoded->extension).empty());
}

TEST_CASE(
    "gossip: ages are read as they were written, unless there are too many",
    "[gossip][wire]"
) {
    byte_buffer ages(ages_max, 7);
    byte_buffer out;
    extension after;
    after.ages = ages;
    append_extension(out, after);
    CHECK(out.size() <= extension_size_max);
    CHECK(to_hex(decode_extension(out).ages) == to_hex(ages));
    out.clear();
    ages.push_back(7);
    after.ages = ages;
    append_extension(out, after);
    CHECK(decode_extension(out).ages.empty());
}

TEST_CASE("gossip: an extension is read as it was written", "[gossip][wire]") {
    const byte_buffer trace(25, 't');
    extension after;
    after.how = urgency::low;
    after.is_heal = true;
    after.trace = trace;
    after.component = sample_id(1).bytes();
    byte_buffer out;
    append_extension(out, after);
    CHECK(out.size() <= extension_size_max);
    out.insert(out.end(), {99, 1, 0});  // of a later version
    const extension read_back = decode_extension(out);
    CHECK(read_back.how == urgency::low);
    CHECK(read_back.is_heal);
    CHECK(to_hex(read_back.trace) == to_hex(trace));
    CHECK(to_hex(read_back.component) == to_hex(after.component));
    out.push_back(1);
    CHECK(decode_extension(out).empty());
}

TEST_CASE("gossip: an extension that does not fit the frame is left out", "[gossip][wire]") {
    const byte_buffer content(content_size_max, 'x');
    const gossip_message m{identity::hash_content(content), content, delivery_scope::swarm, 65535};
    extension after;
    after.how = urgency::urgent;
    CHECK(frame_of(m, after) == frame_of(m));
}

TEST_CASE("gossip: what is cut short or senseless is malformed", "[gossip][wire]") {
    for (const char* hex : {
             "",
             "00",
             "00 06",              // no such membership message
             "01 04",              // no such broadcast message
             "02 00",              // neither
             "80",                 // a varint without its end
             "00 00",              // Join without its option
             "00 00 02",           // an option is 0 or 1
             "00 00 01 05 00",     // fewer bytes than their length says
             "00 04 02 00",        // no such priority
             "00 05 02 00",        // a bool is 0 or 1
             "00 05 01",           // Disconnect without its second bool
             "00 03 21",           // a count and nothing behind it
             "01 02 00",           // Graft without a round
             "01 02 00 808004",    // a round of more than 16 bits
             "01 02 00 80808000",  // a u16 has three bytes at most
             "01 03 01",           // an id is missing
         }) {
        INFO(hex);
        const byte_buffer body = bytes_of(hex);
        CHECK(read(body).error() == errc::malformed);
    }
}

TEST_CASE("gossip: padded varints are read", "[gossip][wire]") {
    const byte_buffer body = bytes_of("8100 8200 00 ac8200");
    const auto decoded = read(body);
    REQUIRE(decoded.has_value());
    CHECK(std::get<graft_message>(decoded->what).round == 300);
}

TEST_CASE("gossip: an endpoint id that is no public key fails its frame", "[gossip][wire]") {
    const std::string bad(64, '0');
    const std::string good = sample_id(1).to_hex();
    for (const std::string& hex :
         {"00 01" + bad + "00 06",
          "00 02" + bad + "00 00",
          "00 02" + good + "01" + bad + "00 00",
          "00 03 02" + good + "00" + bad + "00"}) {
        INFO(hex);
        CHECK(read(bytes_of(hex)).error() == errc::bad_endpoint_id);
    }
}

TEST_CASE("gossip: a shuffle of more nodes than anybody needs is refused", "[gossip][wire]") {
    shuffle_reply_message m;
    for (std::size_t i = 0; i < shuffle_nodes_max; ++i)
        m.nodes.push_back({sample_id(i), {}});
    byte_buffer frame;
    append_frame(frame, m);
    CHECK(read(bytes_view(frame).subspan(frame_length_size)).has_value());
    m.nodes.push_back({sample_id(shuffle_nodes_max), {}});
    frame.clear();
    append_frame(frame, m);
    CHECK(read(bytes_view(frame).subspan(frame_length_size)).error() == errc::malformed);
}

TEST_CASE("gossip: an id cache gives public keys only, known ones or not", "[gossip][wire]") {
    id_cache ids(1);
    for (const std::size_t number : {1U, 2U, 1U, 1U})
        CHECK(ids.read(sample_id(number).bytes()) == sample_id(number));
    const byte_buffer zeros(32);
    CHECK_FALSE(ids.read(zeros));
    CHECK_FALSE(ids.read(bytes_view(zeros).first(31)));
    id_cache fresh(4);
    CHECK_FALSE(fresh.read(zeros));
}
