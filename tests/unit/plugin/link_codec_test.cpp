// SPDX-License-Identifier: Apache-2.0
// What an instance and its host say to each other, as bytes and back; and bytes that are nothing.
#include "plugin/proto/link_codec.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin;
using namespace meshhost::plugin::proto;

namespace {

byte_buffer encoded(const up_message& message) {
    byte_buffer out;
    encode(message, out);
    return out;
}

}  // namespace

TEST_CASE("link: a message comes back as it was", "[plugin]") {
    const up::value_said said{{"compute", "queued", "{job}", std::int64_t{-7}}};
    const auto back = decode_up(encoded(said));
    REQUIRE(back);
    REQUIRE(std::holds_alternative<up::value_said>(*back));
    CHECK(std::get<up::value_said>(*back).value == said.value);
    CHECK(payload_size(*back) == 7 + 6 + 5);
}

TEST_CASE("link: what is cut short, too long or no message is refused", "[plugin]") {
    byte_buffer bytes = encoded(up::faulted{"MP301", "on_event returned MESH_E_INTERNAL"});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode_up(bytes_view(bytes).first(size)));
    bytes.push_back(0);
    CHECK_FALSE(decode_up(bytes));
    CHECK_FALSE(decode_up(byte_buffer{0xff, 0x7f}));
    CHECK_FALSE(decode_down(byte_buffer{0x7f}));
}
