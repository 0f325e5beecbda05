// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that have others at their end: peers, their digests, gossip, messages. The others are
// scripted by the test, or connected fake hosts.
#include <mesh/testing/fake_host.hpp>
#include <mesh/testing/tables_node.hpp>

namespace mesh::testing {

/// * any text, ? one character.
inline bool glob_matches(std::string_view glob, std::string_view text) noexcept {
    std::size_t g = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g, ++t;
        } else if (g < glob.size() && glob[g] == '*') {
            star = g++;
            mark = t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*')
        ++g;
    return g == glob.size();
}

inline bool plays(const peer& who, std::string_view role) {
    std::string_view rest = who.roles;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        if (rest.substr(0, comma) == role) return true;
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return false;
}

struct mesh_tables {
    using caller = fake_host::caller;

    static mesh_peer lend_peer(const peer& from) noexcept {
        mesh_peer out{};
        out.struct_size = sizeof out;
        out.state = from.state;
        out.id = from.id;
        out.roles = str(from.roles);
        out.rtt = 1000000;
        out.since = from.since;
        out.path = 1;
        return out;
    }
    static mesh_status fill(fake_host& host, const char* function, mesh_peer* out, mesh_peer from) {
        if (out == nullptr || out->struct_size < offsetof(mesh_peer, reserved) + 4) {
            host.blame(function, "struct_size of the mesh_peer is not set");
            return host.refuse(MESH_E_INVALID, "struct_size of the peer is not set");
        }
        from.struct_size = out->struct_size;
        std::memcpy(out, &from, std::min<std::size_t>(out->struct_size, sizeof from));
        return MESH_OK;
    }

    // --- peers

    static mesh_status peers_self(const mesh_host* h, mesh_peer* out) noexcept {
        return fake_host::call(h, "peers.self", caller::any, [&](fake_host& host) {
            mesh_peer self{};
            self.state = MESH_PEER_UP;
            self.id = host.self_;
            self.roles = str(host.role_->role);
            self.rtt = -1;
            return fill(host, "peers.self", out, self);
        });
    }
    static mesh_status peers_next(
        const mesh_host* h,
        std::uint64_t* cursor,
        mesh_peer* out
    ) noexcept {
        return fake_host::call(h, "peers.next", caller::strand, [&](fake_host& host) {
            if (cursor == nullptr) return host.refuse(MESH_E_INVALID, "cursor is null");
            if (*cursor >= host.peers_.size())
                return host.refuse(MESH_E_NOT_FOUND, "no more peers");
            const auto at = std::next(host.peers_.begin(), static_cast<std::ptrdiff_t>(*cursor));
            ++*cursor;
            return fill(host, "peers.next", out, lend_peer(at->second));
        });
    }
    static mesh_status peers_find(const mesh_host* h, mesh_node_id id, mesh_peer* out) noexcept {
        return fake_host::call(h, "peers.find", caller::strand, [&](fake_host& host) {
            const auto found = host.peers_.find(id);
            if (found == host.peers_.end()) return host.refuse(MESH_E_NOT_FOUND, "no such peer");
            return fill(host, "peers.find", out, lend_peer(found->second));
        });
    }
    static mesh_status peers_watch(
        const mesh_host* h,
        mesh_str role,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "peers.watch", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            *out = host.held_.add(4, tag, "peer watch", std::string(view(role)));
            host.held_.peer_watches[*out] = view(role);
            host.replay_peers(*out);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status peers_unwatch(const mesh_host* h, mesh_handle w) noexcept {
        return node_tables::close(h, "peers.unwatch", "peer watch", w);
    }

    // --- digests of others

    static mesh_status digest_get(
        const mesh_host* h,
        mesh_node_id node,
        mesh_str role,
        mesh_str key,
        mesh_value* out,
        mesh_ns* age
    ) noexcept {
        return fake_host::call(h, "digest.get", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const auto found = host.peers_.find(node);
            if (found == host.peers_.end()) return host.refuse(MESH_E_NOT_FOUND, "no such peer");
            for (const auto& item : found->second.digest) {
                if (item.role != view(role) || item.key != view(key)) continue;
                *out = lend(item.what);
                if (age != nullptr) *age = host.mesh_->now - item.said;
                return mesh_status{MESH_OK};
            }
            return host.refuse(MESH_E_NOT_FOUND, "the peer says no such thing");
        });
    }
    static mesh_status digest_watch(
        const mesh_host* h,
        mesh_str role,
        mesh_str glob,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "digest.watch", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            *out = host.held_.add(5, tag, "digest watch", std::string(view(glob)));
            host.held_.digest_watches[*out] = {std::string(view(role)), std::string(view(glob))};
            for (const auto& [id, who] : host.peers_)
                for (const auto& item : who.digest)
                    host.tell_digest(who, item, *out);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status digest_unwatch(const mesh_host* h, mesh_handle w) noexcept {
        return node_tables::close(h, "digest.unwatch", "digest watch", w);
    }

    // --- gossip

    static mesh_status gossip_limits(
        const mesh_host* h,
        std::uint32_t* max_msg,
        std::uint32_t* max_topic
    ) noexcept {
        return fake_host::call(h, "gossip.limits", caller::any, [&](fake_host&) {
            if (max_msg != nullptr) *max_msg = gossip_max;
            if (max_topic != nullptr) *max_topic = topic_max;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status gossip_subscribe(
        const mesh_host* h,
        mesh_str topic,
        const mesh_gossip_opts* o,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "gossip.subscribe", caller::strand, [&](fake_host& host) {
            const std::string name(view(topic));
            if (out == nullptr || name.empty() || name.size() > topic_max)
                return host.refuse(MESH_E_INVALID, "no such topic");
            const auto allowed = host.admit_network("gossip.subscribe", "gossip:sub:" + name);
            if (allowed < 0) return allowed;
            subscription made;
            made.topic = name;
            if (o != nullptr && o->queue_msgs != 0) made.limit = o->queue_msgs;
            if (o != nullptr) made.policy = o->lag_policy;
            if (made.policy > MESH_LAG_CLOSE)
                return host.refuse(MESH_E_UNSUPPORTED, "no such lag policy");
            *out = host.held_.add(6, tag, "subscription", name);
            host.held_.subscriptions[*out] = std::move(made);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status gossip_unsubscribe(const mesh_host* h, mesh_handle sub) noexcept {
        return node_tables::close(h, "gossip.unsubscribe", "subscription", sub);
    }
    static mesh_status gossip_publish(
        const mesh_host* h,
        mesh_str topic,
        mesh_bytes body,
        std::uint32_t flags
    ) noexcept {
        return fake_host::call(h, "gossip.publish", caller::any, [&](fake_host& host) {
            const std::string name(view(topic));
            if (name.empty() || name.size() > topic_max)
                return host.refuse(MESH_E_INVALID, "no such topic");
            if (body.len > gossip_max) return host.refuse(MESH_E_TOO_LARGE, "a larger message");
            if ((flags & ~(MESH_PUB_NEIGHBORS | MESH_PUB_LOOPBACK)) != 0)
                return host.refuse(MESH_E_UNSUPPORTED, "an unknown flag");
            const auto allowed = host.admit_network("gossip.publish", "gossip:pub:" + name);
            if (allowed < 0) return allowed;
            const published_message said{name, std::string(view(body)), flags};
            host.published_.push_back(said);
            for (auto* other : host.mesh_->hosts)
                if (other != &host || (flags & MESH_PUB_LOOPBACK) != 0)
                    other->hear_gossip(said, host.self_);
            return mesh_status{MESH_OK};
        });
    }

    // --- messages

    static mesh_status message_serve(
        const mesh_host* h,
        mesh_str port,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "message.serve", caller::strand, [&](fake_host& host) {
            const std::string name(view(port));
            if (out == nullptr || name.empty()) return host.refuse(MESH_E_INVALID, "no such port");
            const auto allowed = host.admit_network("message.serve", "message:serve:" + name);
            if (allowed < 0) return allowed;
            for (const auto& [handle, served] : host.held_.ports)
                if (served == name) return host.refuse(MESH_E_EXISTS, "the port is served");
            *out = host.held_.add(7, tag, "port", name);
            host.held_.ports[*out] = name;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status message_unserve(const mesh_host* h, mesh_handle s) noexcept {
        return node_tables::close(h, "message.unserve", "port", s);
    }
    static mesh_status message_send(
        const mesh_host* h,
        mesh_node_id to,
        mesh_str port,
        mesh_bytes body
    ) noexcept {
        return fake_host::call(h, "message.send", caller::any, [&](fake_host& host) {
            if (body.len > message_max) return host.refuse(MESH_E_TOO_LARGE, "a larger message");
            const auto allowed =
                host.admit_network("message.send", "message:send:" + std::string(view(port)));
            if (allowed < 0) return allowed;
            host.sent_.push_back({to, std::string(view(port)), std::string(view(body)), 0});
            if (auto* other = host.host_of(to))
                other->hear_message(host.sent_.back(), host.self_, 0);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status message_request(
        const mesh_host* h,
        mesh_node_id to,
        mesh_str port,
        mesh_bytes body,
        mesh_ns timeout,
        std::uint64_t tag,
        mesh_handle* op
    ) noexcept {
        return fake_host::call(h, "message.request", caller::any, [&](fake_host& host) {
            if (op == nullptr || timeout < 0) return host.refuse(MESH_E_INVALID, "no timeout");
            if (timeout == 0) timeout = request_timeout;
            if (body.len > message_max) return host.refuse(MESH_E_TOO_LARGE, "a larger message");
            const auto allowed =
                host.admit_network("message.request", "message:send:" + std::string(view(port)));
            if (allowed < 0) return allowed;
            *op = host.held_.add(7, tag, "request", std::string(view(port)));
            host.held_.operations[*op] = {host.mesh_->now + timeout};
            host.sent_.push_back({to, std::string(view(port)), std::string(view(body)), *op});
            auto* other = host.host_of(to);
            if (other == nullptr && host.peers_.count(to) == 0) {
                host.complete(*op, MESH_E_NOT_FOUND, {});
            } else if (other != nullptr) {
                const auto request =
                    other->held_.add(7, 0, "unanswered request", std::string(view(port)));
                other->held_.requests[request] = {&host, *op, 0};
                other->hear_message(host.sent_.back(), host.self_, request);
            }
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status message_reply(
        const mesh_host* h,
        mesh_handle request,
        mesh_status code,
        mesh_bytes body
    ) noexcept {
        return fake_host::call(h, "message.reply", caller::any, [&](fake_host& host) {
            const auto found = host.held_.requests.find(request);
            if (found == host.held_.requests.end()) return host.no_handle("message.reply", request);
            const asked by = found->second;
            host.held_.close(request);
            if (by.asker == nullptr) {
                host.replies_[by.index] = reply{code, std::string(view(body))};
                return mesh_status{MESH_OK};
            }
            const auto& hosts = host.mesh_->hosts;
            if (std::find(hosts.begin(), hosts.end(), by.asker) != hosts.end())
                by.asker->complete(by.op, code, std::string(view(body)));
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status message_cancel(const mesh_host* h, mesh_handle op) noexcept {
        return fake_host::call(h, "message.cancel", caller::any, [&](fake_host& host) {
            if (host.held_.operations.count(op) == 0) return host.no_handle("message.cancel", op);
            host.complete(op, MESH_E_CLOSED, {});  // exactly one completion, also of this
            return mesh_status{MESH_OK};
        });
    }

    static constexpr std::size_t gossip_max = 4096;
    static constexpr std::size_t topic_max = 255;
    static constexpr std::size_t message_max = 64 * 1024;
    static constexpr mesh_ns request_timeout = 10000000000;
};

}  // namespace mesh::testing
