// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts, and the ways of followed messages, of nodes that told them as spans instead of being
// asked: put together of what comes in whatever order. Pure.
#include "base/time.hpp"
#include "telemetry/span.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace meshhost::observe::proto {

/// What a node says of itself besides its spans. Untrusted texts; empty: not known.
struct told_node {
    std::string id;  ///< 64 hex digits
    std::string name;
    std::string version;
};

/// One start, as far as it was told.
struct told_boot {
    std::vector<telemetry::span> spans;  ///< the root first, then as they started
    std::vector<telemetry::span> join;   ///< of mesh.node.join, likewise; empty: not told
};

struct told_boots_counts {
    std::uint64_t kept = 0;      ///< spans so far
    std::uint64_t ignored = 0;   ///< that are of no start and of no followed message
    std::uint64_t gave_way = 0;  ///< to others: there was no room
};

/// A trace that holds a mesh.node.ready is a start; what comes before that waits for it. When full,
/// the node that has been silent the longest goes, or of the one that holds most the oldest trace.
/// One thread.
class told_boots {
public:
    static constexpr std::size_t nodes_max = 256;
    static constexpr std::size_t boots_max = 4;       ///< of a node, and as many joins
    static constexpr std::size_t waiting_max = 8;     ///< traces of a node without a root
    static constexpr std::size_t spans_max = 128;     ///< of a trace
    static constexpr std::size_t messages_max = 128;  ///< spans of a node
    static constexpr std::size_t bytes_max = 4u << 20;
    static constexpr duration kept_for = std::chrono::hours(24);
    static constexpr duration waits_for = std::chrono::minutes(1);  ///< for a root
    static constexpr duration messages_for = std::chrono::minutes(10);

    void take(const told_node& by, telemetry::span span, time_point now);
    /// Lets go of what is too old. To be called before it is asked.
    void forget(time_point now);

    /// The newest first; empty: none.
    std::vector<told_boot> boots_of(const std::string& node) const;
    /// Of followed messages, in the order in which they were told.
    std::vector<telemetry::span> messages_of(const std::string& node) const;
    const told_node* find(const std::string& node) const;
    /// Whose start it is: its trace in hex. nullptr: none that was told.
    const told_node* find_boot(const std::string& boot) const;
    void for_each(const std::function<void(const told_node& each)>& visit) const;

    std::size_t nodes() const noexcept { return nodes_.size(); }
    std::size_t boots() const noexcept;
    std::size_t bytes() const noexcept { return bytes_; }
    const told_boots_counts& counts() const noexcept { return counts_; }

private:
    enum class kind : std::uint8_t { waiting, ready, join };

    struct trace {
        telemetry::trace_id id{};
        kind is = kind::waiting;
        time_point heard{};  ///< first
        std::vector<telemetry::span> spans;
    };
    struct message {
        time_point heard{};
        telemetry::span span;
    };
    struct node {
        told_node facts;
        time_point heard{};  ///< last
        std::size_t bytes = 0;
        std::deque<trace> traces;  ///< the oldest first
        std::deque<message> messages;
    };
    using node_map = std::map<std::string, node>;

    node& node_of(const told_node& by, time_point now);
    void take_message(node& of, telemetry::span span, time_point now);
    void take_part(node& of, telemetry::span span, time_point now);
    void keep(node& of, trace& in, telemetry::span span);
    std::deque<trace>::iterator drop(node& of, std::deque<trace>::iterator which);
    void drop_message(node& of);
    void drop_surplus(node& of, kind which, std::size_t most);
    void make_room();
    node_map::iterator drop_node(node_map::iterator which);
    void count(node& of, std::size_t more, std::size_t less);

    node_map nodes_;
    std::size_t bytes_ = 0;
    told_boots_counts counts_;
};

}  // namespace meshhost::observe::proto
