// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two hosts that send to each other over a transport without a network.
#include "message/message_exchange.hpp"
#include "support/fake_transport.hpp"
#include "support/loop.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::test {

inline identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

/// Answers with what it was asked, or keeps the question, or is busy.
class scripted_port final : public message::port_sink {
public:
    bool on_arrival(message::arrival& what) override {
        if (is_busy) return false;
        heard.emplace_back(as_text(what.body));
        from = what.from;
        if (what.asked == nullptr) return true;
        what.asked->watch([this] { ++gone; });
        if (is_silent)
            kept.push_back(what.asked);
        else
            what.asked->answer(0, as_bytes("to " + heard.back()));
        return true;
    }

    bool is_busy = false;
    bool is_silent = false;
    unsigned gone = 0;
    identity::endpoint_id from;
    std::vector<std::string> heard;
    std::vector<std::shared_ptr<message::asked_request>> kept;
};

class recording_replies final : public message::reply_sink {
public:
    void on_reply(std::uint64_t number, std::int32_t status, bytes_view body) override {
        numbers.push_back(number);
        last_status = status;
        last_body = std::string(as_text(body));
    }
    bool has(message::status status) const { return last_status == message::to_wire(status); }

    std::vector<std::uint64_t> numbers;
    std::optional<std::int32_t> last_status;
    std::string last_body;
};

struct message_fixture {
    message_fixture() { other.open("jobs", port); }
    ~message_fixture() { other.close("jobs", port); }

    static message::exchange_options options(byte_buffer secret = {}) {
        return {.mesh_secret = std::move(secret), .limits = {}, .log = {}};
    }
    identity::endpoint_addr address_of(const identity::endpoint_id& id) {
        auto* const found = network.find(id);
        if (!knows_address || found == nullptr) return {id, {}, {}};
        return {id, {}, {found->bound().front()}};
    }
    message::member_check members() {
        return [this](const identity::endpoint_id&) { return is_member; };
    }
    message::address_finder finder() {
        return [this](const identity::endpoint_id& id) { return address_of(id); };
    }
    std::shared_ptr<message::outgoing> ask(
        const std::string& body,
        const std::string& to_port = "jobs",
        duration timeout = 30s
    ) {
        const bytes_view bytes = as_bytes(body);
        return mine->request(
            there.id(),
            to_port,
            {bytes.begin(), bytes.end()},
            timeout,
            replies,
            ++number
        );
    }
    /// Waits for one more answer.
    bool answered(std::size_t count = 1) {
        return wait([&] { return replies.numbers.size() >= count; });
    }
    template <class Predicate>
    bool wait(Predicate done) {
        return run_until(shard, done);
    }

    net::shard shard;
    fake_network network{shard};
    fake_endpoint here{network, key_of(1), ip_endpoint::loopback_v4(1)};
    fake_endpoint there{network, key_of(2), ip_endpoint::loopback_v4(2)};
    bool is_member = true;
    bool knows_address = true;
    scripted_port port;
    recording_replies replies;
    std::uint64_t number = 0;
    std::optional<message::message_exchange>
        mine{std::in_place, shard, here, members(), finder(), options()};
    message::message_exchange other{shard, there, members(), finder(), options()};
};

}  // namespace meshhost::test
