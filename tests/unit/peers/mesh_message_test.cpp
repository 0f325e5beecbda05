// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/mesh_message.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

bool is_believed(bytes_view content) {
    const auto read = read_mesh_message(content);
    return read && is_genuine(std::get<announced_loss>(*read));
}

}  // namespace

TEST_CASE("mesh message: a record is handed on as it is", "[peers][mesh]") {
    const auto content = make_record_message(as_bytes("record"));
    const auto read = read_mesh_message(content);
    REQUIRE(read);
    const auto record = std::get<announced_record>(*read).record;
    CHECK(std::string(record.begin(), record.end()) == "record");
}

TEST_CASE(
    "mesh message: a loss report is read as it was signed, and not otherwise",
    "[peers][mesh]"
) {
    const auto reporter = test::sample_key(1);
    const loss_report report{test::sample_key(2).id(), {1'767'225'600'000, 300}, reporter.id()};
    const auto content = make_loss_message(reporter, report);
    const auto read = read_mesh_message(content);
    REQUIRE(read);
    CHECK(is_genuine(std::get<announced_loss>(*read)));
    const auto& back = std::get<announced_loss>(*read).report;
    CHECK(back.subject == report.subject);
    CHECK(back.version == report.version);
    CHECK(back.reporter == report.reporter);

    for (std::size_t i = 1; i < content.size(); ++i) {
        auto forged = content;
        forged[i] ^= 1;
        CHECK_FALSE(is_believed(forged));
        CHECK_FALSE(is_believed(bytes_view(content).first(i)));
    }
    CHECK_FALSE(is_believed(make_loss_message(test::sample_key(3), report)));
}

TEST_CASE("mesh message: nothing, and kinds of later versions, are nothing", "[peers][mesh]") {
    CHECK_FALSE(read_mesh_message({}));
    CHECK_FALSE(read_mesh_message(byte_buffer{9, 1, 2, 3}));
}
