// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"
#include "sim/identity_pool.hpp"
#include "sim/verdict_memo.hpp"
#include "support/catch.hpp"

namespace meshhost::sim {
namespace {

using namespace peers::proto;

byte_buffer record_of(const identity::secret_key& key) {
    node_digest digest;
    digest.origin = key.id();
    digest.incarnation = 1;
    digest.mesh = "sim";
    digest.name = "compute-00001";
    digest.version = "0.1.0";
    return sign_digest(key, digest).value();
}

TEST_CASE("verdict_memo: the same bytes are checked once", "[sim]") {
    identity_pool pool;
    pool.reserve(1);
    const byte_buffer record = record_of(pool.key(0));
    verdict_memo memo;
    for (int host = 0; host < 3; ++host)
        CHECK(memo.open(record).value() == open_digest(record).value());
    CHECK(memo.asked() == 3);
    CHECK(memo.computed() == 1);
}

TEST_CASE("verdict_memo: a bit makes another record, whatever was known before", "[sim]") {
    identity_pool pool;
    pool.reserve(1);
    const byte_buffer record = record_of(pool.key(0));
    verdict_memo memo;
    CHECK(memo.open(record).has_value());
    for (const std::size_t place : {std::size_t{40}, record.size() - 1}) {
        byte_buffer forged = record;
        forged[place] ^= 1;
        CHECK(memo.open(forged).error() == errc::bad_signature);
        CHECK(memo.open(forged).error() == errc::bad_signature);  // and stays so
    }
    CHECK(memo.computed() == 3);
    CHECK(memo.open(record).has_value());
}

TEST_CASE("verdict_memo: a question's signature is none of a loss", "[sim]") {
    identity_pool pool;
    pool.reserve(2);
    const loss_report report{pool.id(1), {1, 1}, pool.id(0)};
    const byte_buffer question = make_query_message(pool.key(0), report);
    const auto message = read_mesh_message(question);
    const auto& query = std::get<announced_query>(*message);
    verdict_memo memo;
    CHECK(memo.is_genuine(query));
    CHECK_FALSE(memo.is_genuine(announced_loss{query.report, query.body}));
}

}  // namespace
}  // namespace meshhost::sim
