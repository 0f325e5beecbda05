// SPDX-License-Identifier: Apache-2.0
#include "check/world.hpp"

#include <array>
#include <charconv>

namespace meshhost::check {

using mesh::testing::fake_host;
using mesh::testing::value;

namespace {

/// Takes every connection and request that the plugin left waiting: what it did not answer is its
/// own affair, what the other side does not answer would be ours.
void answer_everything(fake_host& host, std::size_t& answered) {
    for (; answered < host.sent().size(); ++answered) {
        const auto& asked = host.sent()[answered];
        if (asked.op == 0) continue;
        host.answer(asked.op, answered % 3 == 2 ? MESH_E_NOT_FOUND : MESH_OK, "answer");
    }
    const auto conns = host.held().conns;
    for (const auto& [handle, each] : conns)
        if (each.is_ours && !each.is_up) host.peer_accepts(handle);
}

void use_streams(fake_host& host, mesh_node_id peer) {
    const auto listeners = host.held().listeners;
    for (const auto& [listener, alpn] : listeners) {
        const auto conn = host.conn_from(peer, alpn);
        host.run();
        if (host.held().conns.count(conn) == 0) continue;  // rejected
        const auto stream = host.peer_opens(conn);
        host.peer_writes(stream, "hello\n");
        host.run();
        host.peer_writes(stream, std::string(3000, 'x'), true);
        host.run();
        host.peer_reads(stream);
        const auto other = host.peer_opens(conn, MESH_STREAM_UNI);
        host.run();
        host.peer_resets(other, 7);
        host.run();
        host.peer_closes(conn, 0, "done");
        host.run();
    }
}

std::string random_bytes(prng& dice, std::size_t size_max) {
    std::string out(dice.below(size_max + 1), '\0');
    for (char& c : out)
        c = static_cast<char>(dice.next());
    return out;
}

template <class Map>
mesh_handle random_key(const Map& map, prng& dice) {
    if (map.empty()) return 0;
    return std::next(map.begin(), static_cast<std::ptrdiff_t>(dice.below(map.size())))->first;
}

}  // namespace

void exercise(fake_host& host) {
    std::size_t answered = 0;
    host.run();
    const auto broker = host.add_peer("broker-1", "broker");
    const auto all = host.add_peer("all-1", "broker,gateway,compute,registry,bridge");
    host.peer_says(broker, "broker", "topics", 3);
    host.peer_says(all, "compute", "free_slots", 2);
    host.run();
    const auto topics = host.held().subscriptions;
    for (const auto& [handle, subscription] : topics) {
        for (const char* body : {"", "{\"job\":1}", "plain text"})
            host.gossip_from(broker, subscription.topic, body);
    }
    const auto ports = host.held().ports;
    for (const auto& [handle, port] : ports) {
        host.message_from(broker, port, "");
        host.message_from(all, port, "text");
        host.ask_from(all, port, "{\"n\":1}");
        host.ask_from(all, port, std::string(4096, 'x'));
    }
    host.run();
    use_streams(host, all);
    for (int i = 0; i < 4; ++i) {
        host.advance(std::chrono::seconds(15));
        answer_everything(host, answered);
        host.run();
    }
    host.peer_says(broker, "broker", "topics", value{});
    host.set_peer_state(all, MESH_PEER_DRAINING);
    host.set_peer_state(broker, MESH_PEER_SUSPECT, "silent");
    host.set_peer_state(broker, MESH_PEER_DOWN, "lost");
    host.set_peer_state(all, MESH_PEER_CHANGED);
    host.gossip_writable();
    host.advance(std::chrono::seconds(1));
    answer_everything(host, answered);
    host.run();
}

void send_unknown_events(fake_host& host) {
    // A kind of an extension that nobody knows, one of each known extension to come, and one whose
    // struct is larger than the plugin's.
    for (std::uint32_t extension : {1u, 3u, 4u, 5u, 6u, 7u, 8u, 11u, 12u, 13u, 99u, 0xffffu}) {
        const mesh_event event{sizeof event, MESH_EV(extension, 0xfff0), 77, 0, 0};
        host.deliver(event);
    }
    struct {
        mesh_ev_timer timer;
        std::uint64_t more[8];
    } larger{};
    larger.timer.h = {sizeof larger, MESH_EV_TIMER, 0xdead, 0, 0};
    host.deliver(larger.timer.h);
    host.run();
}

void stress(fake_host& host, prng& dice, std::size_t steps) {
    constexpr std::array<const char*, 6> names{"a", "b", "c", "d", "e", "f"};
    constexpr std::array<const char*, 7>
        roles{"", "broker", "gateway", "compute", "registry", "bridge", "broker,gateway"};
    std::vector<mesh_node_id> peers{host.add_peer("a", "broker")};
    std::size_t answered = 0;
    for (std::size_t i = 0; i < steps; ++i) {
        const auto peer = peers[dice.below(peers.size())];
        switch (dice.below(16)) {
        case 0:
            peers.push_back(host.add_peer(names[dice.below(6)], roles[dice.below(7)]));
            if (peers.size() > 32) peers.erase(peers.begin());
            break;
        case 1:
            host.set_peer_state(peer, 1 + static_cast<std::uint32_t>(dice.below(6)), "random");
            break;
        case 2:
            host.peer_says(peer, "compute", names[dice.below(6)], random_bytes(dice, 64));
            break;
        case 3:
            host.peer_says(peer, "broker", "topics", value{});
            break;
        case 4:
        case 5: {
            const auto topic = random_key(host.held().subscriptions, dice);
            if (topic == 0) break;
            const std::string name = host.held().subscriptions.at(topic).topic;
            for (auto n = dice.below(dice.chance(0.02) ? 2000 : 4); n > 0; --n)
                host.gossip_from(peer, name, random_bytes(dice, 300));
            break;
        }
        case 6:
        case 7: {
            const auto port = random_key(host.held().ports, dice);
            if (port == 0) break;
            const std::string name = host.held().ports.at(port);
            if (dice.chance(0.5))
                host.message_from(peer, name, random_bytes(dice, 5000));
            else
                host.ask_from(peer, name, random_bytes(dice, 5000));
            break;
        }
        case 8: {
            const auto listener = random_key(host.held().listeners, dice);
            if (listener != 0) host.conn_from(peer, host.held().listeners.at(listener));
            break;
        }
        case 9: {
            const auto conn = random_key(host.held().conns, dice);
            if (conn == 0) break;
            if (dice.chance(0.3))
                host.peer_closes(conn, dice.next(), "random");
            else
                host.peer_opens(conn, static_cast<std::uint32_t>(dice.below(2)));
            break;
        }
        case 10:
        case 11: {
            const auto stream = random_key(host.held().streams, dice);
            if (stream == 0) break;
            if (dice.chance(0.1))
                host.peer_resets(stream, dice.next());
            else if (dice.chance(0.5))
                host.peer_writes(stream, random_bytes(dice, 2000), dice.chance(0.1));
            else
                host.peer_reads(stream);
            break;
        }
        case 12: {
            const auto& calls = host.calls();
            if (calls.empty()) break;
            constexpr std::array<mesh_status, 6> codes{
                MESH_E_AGAIN,
                MESH_E_BUDGET,
                MESH_E_NOMEM,
                MESH_E_DENIED,
                MESH_E_IO,
                MESH_E_INTERNAL};
            const auto at = std::next(calls.begin(), std::ptrdiff_t(dice.below(calls.size())));
            host.fail(at->first, codes[dice.below(codes.size())]);
            break;
        }
        case 13:
            host.advance(std::chrono::milliseconds(dice.below(3000)));
            break;
        case 14:
            host.stall(std::chrono::milliseconds(dice.below(30000)));
            break;
        default:
            for (; answered < host.sent().size(); ++answered)
                host.answer(
                    host.sent()[answered].op,
                    dice.chance(0.5) ? MESH_OK : MESH_E_CLOSED,
                    random_bytes(dice, 500)
                );
            const auto fds = host.held().fds;
            for (const auto& [handle, watched] : fds)
                host.fd_ready(watched.first, MESH_FD_WRITE);
            host.gossip_writable();
        }
        if (dice.chance(0.6)) host.run();
    }
    host.run();
}

value sample_of(const plugin::proto::config_key& key) {
    const std::string& rule = key.rule;
    double number = 1;
    std::from_chars(rule.data(), rule.data() + rule.size(), number);
    std::string text = "x";
    if (rule.starts_with("oneof:")) text = rule.substr(6, rule.find('|') - 6);
    if (rule.starts_with("len:")) {
        std::size_t length = 1;
        std::from_chars(rule.data() + 4, rule.data() + rule.size(), length);
        text = std::string(std::max<std::size_t>(length, 1), 'x');
    }
    switch (key.type) {
    case MESH_T_BOOL:
        return true;
    case MESH_T_I64:
    case MESH_T_U64:
        return static_cast<std::int64_t>(number);
    case MESH_T_F64:
        return number;
    default:
        return text;
    }
}

}  // namespace meshhost::check
