// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is written down about a lab: lab.json (meshhost.lab/1), the one thing that a later meshctl
// needs to find its hosts again.
#include "base/error.hpp"
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

/// A process that can be told from a later one with the same number. 0 stands for none.
struct process_name {
    std::int64_t pid = 0;
    std::uint64_t started = 0;  ///< field 22 of /proc/PID/stat: clock ticks since boot
    friend bool operator==(const process_name&, const process_name&) = default;
};

struct lab_node {
    std::string name;
    std::string role;
    std::string tier;
    std::string id;  ///< 64 hex digits
    process_name process;
    std::string address;  ///< "127.0.0.1:41002" as last announced; empty: never
    std::string ended;    ///< how its last process ended; empty while it runs
    unsigned starts = 0;
    time_point started_at{};  ///< of its process, on the machine's monotonic clock
};

struct lab_record {
    std::string name;
    std::filesystem::path dir;
    std::filesystem::path program;  ///< meshhost
    std::filesystem::path presets;  ///< a directory of ROLE.toml; empty: none were found
    std::uint64_t seed = 0;
    std::string emit;               ///< "change" or "interval:500ms"
    std::vector<std::string> sets;  ///< further settings of every host: "key=value"
    std::string created_at;         ///< RFC 3339
    process_name keeper;            ///< the parent of them all
    std::vector<lab_node> nodes;
    std::vector<std::string> observer_sets;  ///< of the observer, over `sets`
    std::vector<std::string> host_sets;      ///< of one host, over `sets`: "NAME:key=value"
    std::string dashboard;      ///< where it listens: the same after each restart; empty: not yet
    std::string dashboard_url;  ///< as browsers call it
    std::optional<lab_node> observer;  ///< serves the dashboard; not one of the hosts it shows
    std::string relay_at;              ///< where the relay listens, as `dashboard`
    std::optional<lab_node> relay;     ///< of all hosts; itself no host: it has no id and no socket

    /// Hosts, observer and relay.
    std::vector<lab_node*> processes();
    std::vector<const lab_node*> processes() const;
    std::filesystem::path dir_of(const lab_node& node) const { return dir / node.name; }
    std::filesystem::path socket_of(const lab_node& node) const;
    std::filesystem::path log_of(const lab_node& node) const { return dir_of(node) / "log"; }
    std::filesystem::path config_of(const lab_node& node) const;
    std::string relay_url() const { return "http://" + relay_at + "/"; }
    /// Among processes(); nullptr when there is none of that name.
    const lab_node* find(std::string_view node_name) const;
    lab_node* find(std::string_view node_name);
};

inline constexpr std::string_view observer_name = "observer";
inline constexpr std::string_view relay_name = "relay";
inline constexpr std::string_view lab_schema = "meshhost.lab/1";

boost::json::object to_json(const lab_record& lab);

/// Errors: E_LAB_DAMAGED.
outcome<lab_record> read_lab(std::string_view text, const std::filesystem::path& dir);

}  // namespace meshhost::lab::model
