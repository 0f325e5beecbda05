// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a host says of itself when it is asked (meshhost.meters/1), beside its edges. Pure.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

using told_number = std::optional<std::uint64_t>;

/// A part of the meters, as the numbers in it that are kept. `Names::all` are their keys.
template <class Names>
class told_part {
public:
    static constexpr std::size_t size = std::size(Names::all);

    /// What `meters` says of it.
    void read(const boost::json::object& meters);

    bool is_told() const noexcept { return is_told_; }
    /// nullopt, too, where the part is not told.
    told_number operator[](std::string_view key) const;
    /// null where it is not told.
    boost::json::value json() const;

private:
    std::array<told_number, size> numbers_{};
    bool is_told_ = false;
};

struct usage_names {
    static constexpr std::string_view part = "usage";
    static constexpr std::string_view all[] = {"cpu_millicores", "rss_bytes", "fds", "threads"};
};
struct budget_names {
    static constexpr std::string_view part = "budget";
    static constexpr std::string_view all[] = {"cpu_millicores", "memory_bytes"};
};
struct gossip_names {
    static constexpr std::string_view part = "gossip";
    static constexpr std::string_view all[] = {
        "active",
        "passive",
        "eager",
        "lazy",
        "delivered",
        "duplicates",
        "frames_sent",
        "frames_received"};
};
struct net_names {
    static constexpr std::string_view part = "net";
    static constexpr std::string_view all[] = {"connections", "bytes_sent", "bytes_received"};
};

struct told_plugin {
    std::string instance;
    std::string role;  ///< empty: not told
    std::string state;
};

struct told_meters {
    static constexpr std::size_t plugins_max = 32;

    std::uint64_t uptime_ms = 0;
    told_part<usage_names> usage;
    told_part<budget_names> budget;
    told_part<gossip_names> gossip;
    told_part<net_names> net;
    std::vector<told_plugin> plugins;
};

/// Only what is named above: another host says what it likes.
told_meters read_meters(const boost::json::object& line);

/// As schemas/node.json has them.
boost::json::array plugins_json(const told_meters& of);

}  // namespace meshhost::observe::proto
