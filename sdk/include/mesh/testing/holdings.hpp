// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a fake host holds for the plugin, by handle, and what it knows of peers.
#include <mesh/testing/values.hpp>

#include <deque>
#include <memory>

namespace mesh::testing {

class fake_host;

struct digest_item {
    std::string role;
    std::string key;
    value what;
    std::uint64_t version = 0;
    mesh_ns said = 0;
};

/// Another node: scripted by the test, or a connected fake host.
struct peer {
    mesh_node_id id{};
    std::string roles;
    std::uint32_t state = MESH_PEER_UP;
    mesh_ns since = 0;
    std::vector<digest_item> digest;
};

/// One direction of a stream. An end without a host is the test's.
struct pipe {
    struct end {
        fake_host* host = nullptr;
        mesh_handle stream = 0;
    };
    static constexpr std::size_t window = 64 * 1024;

    end writer, reader;
    std::string data;
    bool is_finished = false;  ///< the writer wrote its last
    bool is_read = false;      ///< and the reader knows
    bool is_stopped = false;   ///< the reader wants no more
    std::optional<std::uint64_t> reset_code;
    bool is_announced = false;  ///< READABLE is an edge
    bool wants_room = false;    ///< write() took less than it was given
};

struct stream {
    mesh_handle conn = 0;
    std::uint32_t kind = MESH_STREAM_BIDI;
    std::shared_ptr<pipe> in;   ///< none: the plugin's own one-way stream
    std::shared_ptr<pipe> out;  ///< none: the other's
};

struct conn {
    mesh_node_id peer{};
    std::string alpn;
    bool is_up = false;
    bool is_ours = false;  ///< the plugin dialled
    fake_host* other = nullptr;
    mesh_handle other_conn = 0;
};

struct timer {
    mesh_ns due = 0;
    mesh_ns period = 0;
};

struct subscription {
    std::string topic;
    std::size_t limit = 1024;
    std::uint32_t policy = MESH_LAG_DROP_OLDEST;
    struct message {
        std::string body;
        mesh_node_id author{};
        std::uint64_t seq = 0;
    };
    std::deque<message> waiting;
    std::uint64_t dropped_msgs = 0, dropped_bytes = 0;
};

/// A request of the plugin that has no answer yet.
struct operation {
    mesh_ns deadline = 0;
};

/// A request to the plugin that it has not answered: the asker is a host, or the test.
struct asked {
    fake_host* asker = nullptr;
    mesh_handle op = 0;
    std::size_t index = 0;  ///< in replies(), when the test asked
};

struct held {
    std::uint64_t tag = 0;
    std::uint32_t ext = 0;
    std::string kind;
    std::string name;
};

inline bool is_under_way(const held& what) noexcept {
    return what.kind == "conn" || what.kind == "stream" || what.kind == "request"
           || what.kind == "unanswered request";
}

/// All handles, and by kind what is behind them.
struct holdings {
    std::map<mesh_handle, held> all;
    std::map<mesh_handle, timer> timers;
    std::map<mesh_handle, std::string> peer_watches;                            ///< the role
    std::map<mesh_handle, std::pair<std::string, std::string>> digest_watches;  ///< role, glob
    std::map<mesh_handle, subscription> subscriptions;
    std::map<mesh_handle, std::string> ports;
    std::map<mesh_handle, operation> operations;
    std::map<mesh_handle, asked> requests;
    std::map<mesh_handle, std::string> listeners;  ///< the ALPN
    std::map<mesh_handle, conn> conns;
    std::map<mesh_handle, stream> streams;
    std::map<mesh_handle, std::pair<std::int32_t, std::uint32_t>> fds;  ///< and the interest
    std::uint64_t last = 0;

    mesh_handle add(std::uint32_t ext, std::uint64_t tag, std::string kind, std::string name) {
        const mesh_handle handle = (std::uint64_t{ext} << 56) | ++last;
        all[handle] = {tag, ext, std::move(kind), std::move(name)};
        return handle;
    }
    bool was_issued(mesh_handle handle) const noexcept {
        const auto number = handle & 0xffffffffffffff;
        return number != 0 && number <= last;
    }
    bool close(mesh_handle handle) {
        timers.erase(handle);
        peer_watches.erase(handle);
        digest_watches.erase(handle);
        subscriptions.erase(handle);
        ports.erase(handle);
        operations.erase(handle);
        requests.erase(handle);
        listeners.erase(handle);
        conns.erase(handle);
        streams.erase(handle);
        fds.erase(handle);
        return all.erase(handle) != 0;
    }
};

}  // namespace mesh::testing
