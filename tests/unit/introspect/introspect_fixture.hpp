// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two hosts that ask each other over a transport without a network.
#include "introspect/introspect_client.hpp"
#include "introspect/introspect_server.hpp"
#include "support/fake_transport.hpp"
#include "support/loop.hpp"

#include <array>

namespace meshhost::test {

inline identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

/// Answers "/v1/status" with what it was asked, streams "/v1/events" as the test says, and keeps
/// "/v1/silence".
class scripted_routes final : public http::request_handler {
public:
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override {
        last = asked;
        ++asked_times;
        if (asked.path == "/v1/silence" || asked.path == "/v1/events") held.push_back(answer);
        if (asked.path == "/v1/events") return answer->begin_stream(http::content_type_ndjson);
        if (asked.path == "/v1/large") return answer->reply({200, "text/plain", large});
        if (asked.path == "/v1/status")
            answer->reply({200, http::content_type_json, "{\"ok\":true}\n"});
    }
    http::response describe_fault(unsigned, std::string_view) override { return {}; }

    http::request last;
    unsigned asked_times = 0;
    std::string large = std::string(3u << 20, 'x');
    std::vector<std::shared_ptr<http::exchange>> held;
};

class recording_answer final : public introspect::answer_sink {
public:
    void on_head(const introspect::answer_head& given) override { head = given; }
    bool on_body(bytes_view piece) override {
        body += as_text(piece);
        return is_taking;
    }
    void on_end(const std::optional<failure>& why) override {
        ++ends;
        fault = why;
    }

    bool has_failed(std::string_view code) const { return fault && fault->code == code; }

    introspect::answer_head head;
    std::string body;
    bool is_taking = true;
    unsigned ends = 0;
    std::optional<failure> fault;
};

struct introspect_fixture {
    void serve() {
        server = std::make_unique<introspect::introspect_server>(
            shard,
            asked,
            routes,
            [this](const identity::endpoint_id&) { return is_member; },
            options
        );
    }
    introspect::introspect_client& client() {
        if (!client_)
            client_ = std::make_unique<introspect::introspect_client>(
                shard,
                asker,
                [this](const identity::endpoint_id& id) {
                    if (!knows_address) return identity::endpoint_addr{id, {}, {}};
                    return identity::endpoint_addr{id, {}, {asked.bound().front()}};
                },
                asking
            );
        return *client_;
    }
    std::shared_ptr<recording_answer> ask(std::string path, std::string method = "GET") {
        auto answer = std::make_shared<recording_answer>();
        call = client().ask(asked.id(), {std::move(method), std::move(path), "", {}}, answer);
        return answer;
    }
    /// Asks and waits for the end of the answer.
    std::shared_ptr<recording_answer> get(std::string path, std::string method = "GET") {
        auto answer = ask(std::move(path), std::move(method));
        REQUIRE(wait([&] { return answer->ends > 0; }));
        return answer;
    }
    template <class Predicate>
    bool wait(Predicate done) {
        return run_until(shard, done);
    }

    net::shard shard;
    fake_network network{shard};
    fake_endpoint asked{network, key_of(1), ip_endpoint::loopback_v4(1)};
    fake_endpoint asker{network, key_of(2), ip_endpoint::loopback_v4(2)};
    scripted_routes routes;
    introspect::server_options options;
    introspect::client_options asking;
    bool is_member = true;
    bool knows_address = true;
    std::unique_ptr<introspect::introspect_server> server;
    std::shared_ptr<introspect::call> call;

private:
    std::unique_ptr<introspect::introspect_client> client_;
};

}  // namespace meshhost::test
