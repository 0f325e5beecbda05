// SPDX-License-Identifier: Apache-2.0
#include "peers/evidence.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers;
using transport::close_cause;

namespace {

std::string words(close_cause cause, std::uint64_t code = 0, std::string detail = {}) {
    return evidence_of({cause, code, std::move(detail)}, 30s).words;
}

}  // namespace

TEST_CASE("evidence: every end of a connection has its words", "[peers][evidence]") {
    CHECK(words(close_cause::idle_timeout) == "idle for 30 s");
    CHECK(words(close_cause::unresponsive) == "no answer to pings");
    CHECK(words(close_cause::port_closed) == "nobody listens at its port");
    CHECK(
        words(close_cause::port_closed, 0, "192.0.2.1:1")
        == "nobody listens at its port: 192.0.2.1:1"
    );
    CHECK(words(close_cause::stateless_reset) == "connection reset by a restart");
    CHECK(words(close_cause::handshake_timeout, 0, "192.0.2.1:1") == "no answer from 192.0.2.1:1");
    CHECK(words(close_cause::handshake_timeout) == "no answer");
    CHECK(words(close_cause::alpn_mismatch, 0x178) == "does not speak mesh/digest/1");
    CHECK(
        words(close_cause::identity_mismatch, 0, "192.0.2.1:1 has 1b8fc33547")
        == "wrong key: 192.0.2.1:1 has 1b8fc33547"
    );
    CHECK(words(close_cause::refused) == "refused the connection");
    CHECK(words(close_cause::transport_error, 0x0a, "protocol") == "transport error 0xa: protocol");
    CHECK(
        words(close_cause::transport_error, 0, "no answer to pings")
        == "it gave the connection up: no answer to pings"
    );
    CHECK(words(close_cause::closed_by_peer, 1) == "the node is leaving");
    CHECK(words(close_cause::closed_by_peer, 8) == "it says that this node sent more than allowed");
    CHECK(
        words(close_cause::closed_by_peer, 3, "belongs to mesh \"a\"")
        == "it says that this node belongs to mesh \"a\""
    );
    CHECK(words(close_cause::closed_by_peer, 999) == "closed");
}

TEST_CASE("evidence: only the peer's own close has a code", "[peers][evidence]") {
    CHECK(
        evidence_of({close_cause::closed_by_peer, 1, {}}, 30s).code == proto::close_code::leaving
    );
    CHECK_FALSE(evidence_of({close_cause::transport_error, 1, {}}, 30s).code);
    CHECK_FALSE(evidence_of({close_cause::closed_locally, 1, {}}, 30s).code);
}
