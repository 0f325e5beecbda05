// SPDX-License-Identifier: Apache-2.0
// Frames and proofs, against what iroh's relay writes.
#include "identity/secret_key.hpp"
#include "relay/proto/errc.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/proto/relay_message.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::relay::proto;

namespace {

byte_buffer hex(std::string_view text) {
    auto bytes = from_hex(text);
    REQUIRE(bytes);
    return *bytes;
}

/// The key that the vectors are about: 32 times 42.
const identity::secret_key& vector_key() {
    static const auto key = [] {
        std::array<std::uint8_t, 32> seed{};
        seed.fill(42);
        return identity::secret_key::from_seed(seed);
    }();
    return key;
}

std::string id_hex() {
    return to_hex(vector_key().id().bytes());
}

template <class Frame>
Frame from_server(std::string_view text, relay_version version = relay_version::v2) {
    auto bytes = hex(text);
    const auto read = decode_server_frame(bytes, version);
    REQUIRE(read.has_value());
    REQUIRE(std::holds_alternative<Frame>(*read));
    return std::get<Frame>(*read);
}

errc fault_of(std::string_view text, relay_version version = relay_version::v2) {
    auto bytes = hex(text);
    const auto read = decode_server_frame(bytes, version);
    REQUIRE(!read.has_value());
    return static_cast<errc>(read.error().value());
}

constexpr std::string_view hello = "48656c6c6f20576f726c6421";

}  // namespace

TEST_CASE("relay message: the id of the vectors", "[relay][message]") {
    CHECK(id_hex().starts_with("197f"));
    CHECK(id_hex().ends_with("8d61"));
}

TEST_CASE("relay message: what a relay sends", "[relay][message]") {
    const auto id = id_hex();
    auto batch = hex("07" + id + "030006" + std::string(hello));
    const auto read = decode_server_frame(batch, relay_version::v2);
    REQUIRE(read.has_value());
    const auto& frame = std::get<datagrams_frame>(*read);
    CHECK(to_hex(frame.peer) == id);
    CHECK(frame.ecn == 3);
    CHECK(frame.segment_size == 6);
    CHECK(as_text(frame.data) == "Hello World!");

    auto one = hex("06" + id + "03" + std::string(hello));
    const auto single = decode_server_frame(one, relay_version::v1);
    REQUIRE(single.has_value());
    CHECK(std::get<datagrams_frame>(*single).segment_size == 0);
    CHECK(as_text(std::get<datagrams_frame>(*single).data) == "Hello World!");

    CHECK(to_hex(from_server<gone_frame>("08" + id).peer) == id);
    CHECK(to_hex(from_server<ping_frame>("092a2a2a2a2a2a2a2a").data) == "2a2a2a2a2a2a2a2a");
    CHECK(to_hex(from_server<pong_frame>("0a2a2a2a2a2a2a2a2a").data) == "2a2a2a2a2a2a2a2a");
    const auto restarting = from_server<restarting_frame>("0c0000000a00000014");
    CHECK(restarting.reconnect_in == 10ms);
    CHECK(restarting.try_for == 20ms);
    CHECK(from_server<status_frame>("0d01").value == status_frame::same_id_connected);
    CHECK(from_server<status_frame>("0d02ffff").value == status_frame::rate_limited);
    auto text = hex("0b48656c6c6f3f205965732074686973206973"
                    "20646f672e");
    const auto health = decode_server_frame(text, relay_version::v1);
    REQUIRE(health.has_value());
    CHECK(std::get<health_frame>(*health).text == "Hello? Yes this is dog.");
}

TEST_CASE("relay message: the same, written", "[relay][message]") {
    const auto id = vector_key().id();
    CHECK(to_hex(head_to_client(id.bytes(), 3, 6).view()) == "07" + id_hex() + "030006");
    CHECK(to_hex(head_to_client(id.bytes(), 3, 0).view()) == "06" + id_hex() + "03");
    CHECK(to_hex(head_to_relay(id.bytes(), 3, 6).view()) == "05" + id_hex() + "030006");
    CHECK(to_hex(head_to_relay(id.bytes(), 3, 0).view()) == "04" + id_hex() + "03");
    ping_data data{};
    data.fill(0x2a);
    CHECK(to_hex(encode(ping_frame{data}).view()) == "092a2a2a2a2a2a2a2a");
    CHECK(to_hex(encode(pong_frame{data}).view()) == "0a2a2a2a2a2a2a2a2a");
    CHECK(to_hex(encode(restarting_frame{10ms, 20ms}).view()) == "0c0000000a00000014");
    CHECK(to_hex(encode(restarting_frame{-1s, 24h * 365}).view()) == "0c00000000ffffffff");
    CHECK(to_hex(encode(status_frame{2}).view()) == "0d02");
    peer_bytes peer{};
    std::ranges::copy(id.bytes(), peer.begin());
    CHECK(to_hex(encode(gone_frame{peer}).view()) == "08" + id_hex());
}

TEST_CASE("relay message: what is none", "[relay][message]") {
    CHECK(fault_of("") == errc::malformed);
    CHECK(fault_of("0e00") == errc::unknown_type);
    CHECK(fault_of("80000000") == errc::unexpected_frame);  // a type spelt in four bytes
    CHECK(fault_of("80000008") == errc::malformed);
    CHECK(fault_of("0b41") == errc::unknown_type);                     // v1 alone has health
    CHECK(fault_of("0d00", relay_version::v1) == errc::unknown_type);  // v2 alone has status
    CHECK(fault_of("0d") == errc::malformed);
    CHECK(fault_of("09aabb") == errc::malformed);
    CHECK(fault_of("092a2a2a2a2a2a2a2aff") == errc::malformed);
    CHECK(fault_of("0c0000000a") == errc::malformed);
    CHECK(fault_of("06" + id_hex()) == errc::malformed);
    CHECK(fault_of("07" + id_hex() + "0300") == errc::malformed);
    CHECK(fault_of("04" + id_hex() + "03ff") == errc::unexpected_frame);
    auto from_client = hex("08" + id_hex());
    CHECK(!decode_client_frame(from_client).has_value());
    byte_buffer longest(1 + frame_payload_max, 0);
    longest[0] = 6;
    CHECK(decode_server_frame(longest, relay_version::v2).has_value());
    longest.push_back(0);
    const auto too_long = decode_server_frame(longest, relay_version::v2);
    REQUIRE(!too_long.has_value());
    CHECK(too_long.error() == errc::frame_too_large);
}

TEST_CASE("relay handshake: a challenge of iroh's, answered by iroh", "[relay][handshake]") {
    challenge asked{};
    std::ranges::copy(hex("173c5ddc2701812803ea5ee4c9bb3caf"), asked.begin());
    const std::string id = "222b7bab521fdaa72495a8be57ab7bbbf5a36051b8d648ee8d9ac75c46ed0c9e";
    const std::string signature =
        "54df7b27d29272ed8d776cac34125a10e8b70aec6890c74d40414460cff57e7e"
        "cc39dbb03d54a1a380aca59f7217723f65a3044e22d71a51ac0ca578bdd0f90f";
    auto message = hex("01" + id + "40" + signature);
    const auto who = check_client_auth(message, asked);
    REQUIRE(who.has_value());
    CHECK(to_hex(who->bytes()) == id);
    asked[0] ^= 1;
    CHECK(check_client_auth(message, asked).error() == errc::bad_signature);
    message.pop_back();
    CHECK(check_client_auth(message, asked).error() == errc::malformed);
    auto other = hex("00173c5ddc2701812803ea5ee4c9bb3caf");
    CHECK(check_client_auth(other, asked).error() == errc::unexpected_frame);
}

TEST_CASE("relay handshake: there and back", "[relay][handshake]") {
    challenge asked{};
    asked.fill(7);
    auto message = encode_challenge(asked);
    const auto read = decode_handshake_frame(message);
    REQUIRE(read.has_value());
    CHECK(std::get<challenge>(*read) == asked);
    auto answer = sign_challenge(vector_key(), asked);
    CHECK(answer.size() == 98);
    CHECK(check_client_auth(answer, asked).value() == vector_key().id());
    auto yes = encode_confirmation();
    CHECK(std::holds_alternative<confirmed>(decode_handshake_frame(yes).value()));
    auto no = encode_refusal("not authorized");
    CHECK(std::get<refused>(decode_handshake_frame(no).value()).reason == "not authorized");
    auto long_no = encode_refusal(std::string(5000, 'x'));
    CHECK(std::get<refused>(decode_handshake_frame(long_no).value()).reason.size() == 1024);
}

TEST_CASE(
    "relay handshake: a proof is worth something on its connection only",
    "[relay][handshake]"
) {
    exported_key exported{};
    for (std::size_t i = 0; i < exported.size(); ++i)
        exported[i] = static_cast<std::uint8_t>(i);
    const auto text = make_auth_header(vector_key(), exported);
    CHECK(text.size() == 151);
    const auto read = decode_auth_header(text);
    REQUIRE(read.has_value());
    CHECK(read->id == vector_key().id());
    CHECK(is_proof(*read, exported));
    exported_key other = exported;
    other[0] ^= 1;
    CHECK(!is_proof(*read, other));
    other = exported;
    other[31] ^= 1;
    CHECK(!is_proof(*read, other));
    CHECK(!decode_auth_header("").has_value());
    CHECK(decode_auth_header(text + "AAAA").has_value());  // iroh reads on, too
    CHECK(!decode_auth_header(text.substr(4)).has_value());
    CHECK(!decode_auth_header(std::string(1000, 'A')).has_value());
}
