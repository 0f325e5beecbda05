// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts of hosts, from what they tell of them: their steps, whether that is how a start should
// look, and which step was slow. Pure.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

/// The direct children of mesh.node.ready, in their order.
inline constexpr std::array<std::string_view, 5> boot_steps{
    "mesh.identity.load",
    "mesh.endpoint.create",
    "mesh.alpn.register",
    "mesh.gossip.subscribe",
    "mesh.accept.start"};

struct boot_span {
    std::string name;
    std::string object;  ///< the instance it is about; may be empty
    unsigned depth = 0;  ///< 0: the root
    duration began{};    ///< since the root's
    duration length{};
    std::string fault;  ///< empty: it went well
};

struct boot {
    std::uint64_t number = 0;
    std::string version;
    std::string outcome;  ///< "ready", "failed", "under way"
    std::string error;
    duration started{};            ///< since the Unix epoch
    duration lead{};               ///< from the process's start to the root
    std::vector<boot_span> spans;  ///< the root first; children behind their parent, by their begin
};

/// nullopt: it is no boot of meshhost.boots/1, or has no root.
std::optional<boot> read_boot(const boost::json::object& from);

struct boot_shape {
    std::size_t steps = 0;    ///< of the five
    bool is_in_order = true;  ///< and nothing besides them
    double gaps = 0;          ///< share of the whole that no step covers
    bool is_healthy = false;
};
boot_shape shape_of(const boot& of);

/// How long each step and the whole usually take: the middle of those that are ready.
using boot_lengths = std::map<std::string, duration, std::less<>>;
boot_lengths lengths_of(const boot& of);
boot_lengths median_of(std::span<const boot> all);

/// A step that took more than three times what it usually takes, and more than 5 ms.
struct slow_step {
    std::string name;
    duration length{};
    duration usual{};
};
std::vector<slow_step> slow_steps(const boot& of, const boot_lengths& usual);

}  // namespace meshhost::ctl
