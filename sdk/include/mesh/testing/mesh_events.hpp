// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the test, and connected hosts, make happen: peers that come and go, what they say in their
// digests, gossip and messages.
#include <mesh/testing/fake_host.hpp>
#include <mesh/testing/tables_mesh.hpp>

namespace mesh::testing {

inline mesh_node_id fake_host::add_peer(std::string_view name, std::string_view roles) {
    const auto id = node_named(name);
    peers_[id] = {id, std::string(roles), MESH_PEER_UP, mesh_->now, {}};
    tell_peers(MESH_PEER_UP, peers_[id], "discovered");
    return id;
}

inline void fake_host::set_peer_state(
    mesh_node_id id,
    std::uint32_t state,
    std::string_view reason
) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) return;
    auto changed = found->second;
    changed.state = state;
    changed.since = mesh_->now;
    if (state == MESH_PEER_DOWN)
        peers_.erase(found);
    else
        found->second = changed;
    tell_peers(state, changed, std::string(reason));
}

inline void fake_host::peer_says(
    mesh_node_id id,
    std::string_view role,
    std::string_view key,
    value what
) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) return;
    auto& items = found->second.digest;
    auto item = std::find_if(items.begin(), items.end(), [&](const digest_item& each) {
        return each.role == role && each.key == key;
    });
    if (item == items.end())
        item = items.insert(item, {std::string(role), std::string(key), {}, 0, 0});
    item->what = std::move(what);
    ++item->version;
    item->said = mesh_->now;
    const digest_item said = *item;
    if (said.what.index() == MESH_T_NONE) items.erase(item);
    tell_digest(found->second, said);
}

inline void fake_host::replay_peers(mesh_handle watch) {
    const auto role = held_.peer_watches[watch];
    for (const auto& [id, who] : peers_) {
        if (!role.empty() && !plays(who, role)) continue;
        push(watch, [watch, known = who](fake_host& to, mesh_ns queued) {
            auto event = to.event<mesh_ev_peer>(MESH_EV_PEER, to.tag_of(watch), watch, queued);
            auto lent = mesh_tables::lend_peer(known);
            lent.state = MESH_PEER_UP;
            event.peer = &lent;
            event.reason = str("known");
            to.deliver(event.h);
        });
    }
}

inline void fake_host::tell_peers(
    std::uint32_t what,
    const peer& about,
    const std::string& reason
) {
    for (const auto& [watch, role] : held_.peer_watches) {
        if (!role.empty() && !plays(about, role)) continue;
        push(watch, [watch = watch, what, about, reason](fake_host& to, mesh_ns queued) {
            auto event = to.event<mesh_ev_peer>(MESH_EV_PEER, to.tag_of(watch), watch, queued);
            auto lent = mesh_tables::lend_peer(about);
            lent.state = what;
            event.peer = &lent;
            event.reason = str(reason);
            to.deliver(event.h);
        });
    }
}

/// To all watches, or to one that has just begun.
inline void fake_host::tell_digest(const peer& about, const digest_item& item, mesh_handle only) {
    for (const auto& [watch, filter] : held_.digest_watches) {
        if (only != 0 && watch != only) continue;
        const auto& [role, glob] = filter;
        if ((!role.empty() && role != item.role) || !glob_matches(glob, item.key)) continue;
        push(watch, [watch = watch, id = about.id, item](fake_host& to, mesh_ns queued) {
            auto event = to.event<mesh_ev_digest>(MESH_EV_DIGEST, to.tag_of(watch), watch, queued);
            event.node = id;
            event.role = str(item.role);
            event.key = str(item.key);
            event.value = lend(item.what);
            event.version = item.version;
            to.deliver(event.h);
        });
    }
}

inline void fake_host::gossip_from(
    mesh_node_id author,
    std::string_view topic,
    std::string_view body
) {
    hear_gossip({std::string(topic), std::string(body), 0}, author);
}

inline void fake_host::hear_gossip(const published_message& said, mesh_node_id author) {
    for (auto& [sub, to] : held_.subscriptions) {
        if (to.topic != said.topic) continue;
        if (to.waiting.size() >= to.limit) {
            ++to.dropped_msgs;
            const bool is_oldest = to.policy == MESH_LAG_DROP_OLDEST;
            to.dropped_bytes += is_oldest ? to.waiting.front().body.size() : said.body.size();
            if (!is_oldest) continue;
            to.waiting.pop_front();
            to.waiting.push_back({said.body, author, ++gossip_seq_});
            continue;  // the event of the dropped one delivers what is first now
        }
        to.waiting.push_back({said.body, author, ++gossip_seq_});
        push(sub, [sub = sub](fake_host& host, mesh_ns queued) {
            auto& from = host.held_.subscriptions[sub];
            if (from.dropped_msgs != 0) {
                auto lagged = host.event<mesh_ev_gossip_lagged>(
                    MESH_EV_GOSSIP_LAGGED,
                    host.tag_of(sub),
                    sub,
                    queued
                );
                lagged.dropped_msgs = std::exchange(from.dropped_msgs, 0);
                lagged.dropped_bytes = std::exchange(from.dropped_bytes, 0);
                const bool ends = from.policy == MESH_LAG_CLOSE;
                host.deliver(lagged.h);
                if (ends) host.held_.close(sub);
            }
            const auto still = host.held_.subscriptions.find(sub);
            if (still == host.held_.subscriptions.end() || still->second.waiting.empty()) return;
            const auto topic = still->second.topic;
            const auto message = std::move(still->second.waiting.front());
            still->second.waiting.pop_front();
            auto event = host.event<mesh_ev_gossip>(MESH_EV_GOSSIP, host.tag_of(sub), sub, queued);
            event.topic = str(topic);
            event.body = bytes(message.body);
            event.author = event.via = message.author;
            event.seq = message.seq;
            event.hops = 1;
            host.deliver(event.h);
        });
    }
}

inline void fake_host::gossip_writable() {
    push(0, [](fake_host& to, mesh_ns queued) {
        const mesh_event event{sizeof event, MESH_EV_GOSSIP_WRITABLE, 0, 0, queued};
        to.deliver(event);
    });
}

inline void fake_host::message_from(
    mesh_node_id from,
    std::string_view port,
    std::string_view body
) {
    hear_message({self_, std::string(port), std::string(body), 0}, from, 0);
}

inline std::size_t fake_host::ask_from(
    mesh_node_id from,
    std::string_view port,
    std::string_view body
) {
    replies_.emplace_back();
    const auto index = replies_.size() - 1;
    const auto request = held_.add(7, 0, "unanswered request", std::string(port));
    held_.requests[request] = {nullptr, 0, index};
    hear_message({self_, std::string(port), std::string(body), 0}, from, request);
    return index;
}

inline void fake_host::hear_message(
    const sent_message& said,
    mesh_node_id from,
    mesh_handle request
) {
    for (const auto& [port, name] : held_.ports) {
        if (name != said.port) continue;
        push(port, [port = port, said, from, request](fake_host& to, mesh_ns queued) {
            auto event = to.event<mesh_ev_message>(MESH_EV_MESSAGE, to.tag_of(port), port, queued);
            event.from = from;
            event.port = str(said.port);
            event.body = bytes(said.body);
            event.request = request;
            to.deliver(event.h);
        });
        return;
    }
    if (request == 0) return;  // best effort
    const asked by = held_.requests[request];
    held_.close(request);
    if (by.asker != nullptr)
        by.asker->complete(by.op, MESH_E_NOT_FOUND, {});
    else
        replies_[by.index] = reply{MESH_E_NOT_FOUND, "no such port"};
}

inline void fake_host::answer(mesh_handle op, mesh_status status, std::string_view body) {
    complete(op, status, std::string(body));
}

inline void fake_host::complete(mesh_handle op, mesh_status status, std::string body) {
    if (held_.operations.count(op) == 0) return;  // answered, timed out or cancelled before
    const auto tag = tag_of(op);
    held_.close(op);
    push(0, [op, tag, status, body = std::move(body)](fake_host& to, mesh_ns queued) {
        auto event = to.event<mesh_ev_reply>(MESH_EV_REPLY, tag, op, queued);
        event.status = status;
        event.body = bytes(body);
        to.deliver(event.h);
    });
}

}  // namespace mesh::testing
