// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages that were followed through the mesh, put together from what every host says. Pure.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meshhost::ctl {

/// One host that had the message.
struct trace_hop {
    std::string node;    ///< its label
    std::string parent;  ///< whom it had it from; empty: it sent it, or that host did not answer
    duration at{};       ///< since it went out, each by its host's own clock
    unsigned depth = 0;
    bool is_lost = false;  ///< its parent was not told of: it hangs at the root
};

struct message_trace {
    std::string id;     ///< 32 hex digits
    std::string topic;  ///< in words, or its id
    std::uint64_t size = 0;
    duration started{};           ///< since the Unix epoch
    std::string origin;           ///< empty: its host did not answer
    std::vector<trace_hop> hops;  ///< the origin first, children behind their parent

    std::size_t delivered() const;  ///< to how many hosts besides the origin
    unsigned depth() const;
    /// When a share of them had it, 0..1.
    duration reached(double share) const;
};

/// Gathers the lines of /v1/mesh/traces.
class trace_gatherer {
public:
    void add(const boost::json::object& line);
    /// The newest first.
    std::vector<message_trace> traces() const;
    /// Hosts that did not answer, and why.
    const std::map<std::string, std::string>& silent() const noexcept { return silent_; }

private:
    struct span {
        std::string node;
        std::string id;
        std::string parent;
        std::string name;
        std::string topic;
        std::uint64_t size = 0;
        duration started{};
    };

    static message_trace put_together(const std::string& id, const std::vector<span>& spans);

    std::map<std::string, std::vector<span>> spans_;  ///< by trace
    std::map<std::string, std::string> silent_;
};

/// By the first digits of its id. nullptr: none, or more than one.
const message_trace* find_trace(std::span<const message_trace> all, std::string_view digits);

boost::json::object trace_json(const message_trace& of);

}  // namespace meshhost::ctl
