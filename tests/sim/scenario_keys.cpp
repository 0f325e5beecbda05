// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_keys.hpp"

#include "config/duration_text.hpp"

#include <boost/json/value_to.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

namespace meshhost::sim {
namespace {

using config::toml_item;
using config::toml_type;
using fault = std::optional<std::string>;

fault not_a(std::string_view wanted, const toml_item& item) {
    return fmt::format("expected {}, not {}", wanted, config::toml_type_text(item.type));
}

template <class Assign>
value_store integer(std::int64_t least, std::int64_t most, Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        if (item.type != toml_type::integer) return not_a("an integer", item);
        const std::int64_t value = item.value.to_number<std::int64_t>();
        if (value < least || value > most) return fmt::format("expected {} to {}", least, most);
        assign(to, static_cast<std::uint32_t>(value));
        return std::nullopt;
    };
}

template <class Assign>
value_store number(double least, double most, Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        if (!item.value.is_number()) return not_a("a number", item);
        const double value = item.value.to_number<double>();
        if (value < least || value > most) return fmt::format("expected {} to {}", least, most);
        assign(to, value);
        return std::nullopt;
    };
}

template <class Assign>
value_store yes_or_no(Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        if (item.type != toml_type::boolean) return not_a("true or false", item);
        assign(to, item.value.as_bool());
        return std::nullopt;
    };
}

template <class Assign>
value_store text(Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        if (item.type != toml_type::string) return not_a("a string", item);
        assign(to, boost::json::value_to<std::string>(item.value));
        return std::nullopt;
    };
}

template <class Assign>
value_store time_span(Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        if (item.type != toml_type::string) return not_a("a duration such as \"250ms\"", item);
        const auto value = config::parse_duration(item.value.as_string());
        if (!value) return "expected a whole number and a unit: us, ms, s, m or h";
        assign(to, *value);
        return std::nullopt;
    };
}

/// The words in the order of the enumerators.
template <class Enum, std::size_t N, class Assign>
value_store word(std::array<std::string_view, N> words, Assign assign) {
    return [=](const scenario_slot& to, const toml_item& item) -> fault {
        const auto* given = item.value.if_string();
        const auto found = given == nullptr
                               ? words.end()
                               : std::find(words.begin(), words.end(), std::string_view(*given));
        if (found == words.end()) return fmt::format("expected one of {}", fmt::join(words, ", "));
        assign(to, static_cast<Enum>(found - words.begin()));
        return std::nullopt;
    };
}

fault store_seeds(const scenario_slot& to, const toml_item& item) {
    if (item.type != toml_type::array) return not_a("an array of seeds", item);
    to.whole.seeds.clear();
    for (const boost::json::value& seed : item.value.as_array()) {
        error_code bad;
        to.whole.seeds.push_back(seed.to_number<std::uint64_t>(bad));
        if (bad) return "a seed is an integer, at least 0";
    }
    if (to.whole.seeds.empty()) return "at least one seed is needed";
    return std::nullopt;
}

constexpr std::int64_t nodes_max = 100'000;
constexpr std::int64_t rounds_max = 100'000;
constexpr std::int64_t content_max = 4'055;  // what fits in a frame of 4,096 bytes at any hop
constexpr std::int64_t u32_max = std::numeric_limits<std::uint32_t>::max();

using slot = const scenario_slot&;

std::vector<scenario_key> keys_of_world() {
    return {
        {"title", text([](slot to, std::string v) { to.whole.title = std::move(v); })},
        {"nodes", integer(2, nodes_max, [](slot to, std::uint32_t v) { to.whole.nodes = v; })},
        {"seeds", store_seeds},
        {"length", time_span([](slot to, duration v) { to.whole.length = v; })},
        {"sample_every", time_span([](slot to, duration v) { to.whole.sample_every = v; })},
        {"measure_from",
         time_span([](slot to, duration v) { to.whole.measure_from = time_point(v); })},
        {"links.latency_min",
         time_span([](slot to, duration v) { to.whole.links.latency_min = v; })},
        {"links.latency_max",
         time_span([](slot to, duration v) { to.whole.links.latency_max = v; })},
        {"links.jitter", time_span([](slot to, duration v) { to.whole.links.jitter = v; })},
        {"links.loss", number(0, 0.9, [](slot to, double v) { to.whole.links.loss = v; })},
        {"transport.keep_alive",
         time_span([](slot to, duration v) { to.whole.transport.keep_alive = v; })},
        {"transport.idle_timeout",
         time_span([](slot to, duration v) { to.whole.transport.idle_timeout = v; })},
        {"transport.dial_timeout",
         time_span([](slot to, duration v) { to.whole.transport.dial_timeout = v; })},
        {"transport.queue_frames",
         integer(
             1,
             u32_max,
             [](slot to, std::uint32_t v) { to.whole.transport.queue_frames = v; }
         )},
        {"join.contacts",
         integer(1, nodes_max, [](slot to, std::uint32_t v) { to.whole.join.contacts = v; })},
        {"join.spacing", time_span([](slot to, duration v) { to.whole.join.spacing = v; })},
        {"gossip.shuffle_interval",
         time_span([](slot to, duration v) { to.whole.gossip.shuffle_interval = v; })},
        {"digests.enabled", yes_or_no([](slot to, bool v) { to.whole.digests.enabled = v; })},
        {"digests.change_every",
         time_span([](slot to, duration v) { to.whole.digests.change_every = v; })},
        {"digests.emit_interval",
         time_span([](slot to, duration v) { to.whole.digests.emit_interval = v; })},
    };
}

std::vector<scenario_key> keys_of_traffic() {
    constexpr std::array<std::string_view, 4> senders{"one", "rotating", "all", "each"};
    return {
        {"traffic.*.senders",
         word<sender_choice>(senders, [](slot to, sender_choice v) { to.series->senders = v; })},
        {"traffic.*.start",
         time_span([](slot to, duration v) { to.series->start = time_point(v); })},
        {"traffic.*.interval", time_span([](slot to, duration v) { to.series->interval = v; })},
        {"traffic.*.rounds",
         integer(1, rounds_max, [](slot to, std::uint32_t v) { to.series->rounds = v; })},
        {"traffic.*.bytes",
         integer(8, content_max, [](slot to, std::uint32_t v) { to.series->bytes = v; })},
    };
}

std::vector<scenario_key> keys_of_faults() {
    constexpr std::array<std::string_view, 8> kinds{
        "kill",
        "restart",
        "partition",
        "one_way_partition",
        "one_way",
        "slow",
        "loss",
        "forge"};
    constexpr std::array<std::string_view, 2> noticed{"at_once", "idle_timeout"};
    return {
        {"fault.*.kind",
         word<fault_kind>(kinds, [](slot to, fault_kind v) { to.fault->kind = v; })},
        {"fault.*.at", time_span([](slot to, duration v) { to.fault->at = time_point(v); })},
        {"fault.*.lasts", time_span([](slot to, duration v) { to.fault->lasts = v; })},
        {"fault.*.fraction", number(0, 1, [](slot to, double v) { to.fault->fraction = v; })},
        {"fault.*.noticed",
         word<detection>(noticed, [](slot to, detection v) { to.fault->noticed = v; })},
        {"fault.*.loss", number(0, 0.9, [](slot to, double v) { to.fault->loss = v; })},
        {"fault.*.bytes_per_second",
         integer(1, u32_max, [](slot to, std::uint32_t v) { to.fault->bytes_per_second = v; })},
    };
}

std::vector<scenario_key> keys_of_churn() {
    return {
        {"churn.from", time_span([](slot to, duration v) { to.whole.churn.from = time_point(v); })},
        {"churn.to", time_span([](slot to, duration v) { to.whole.churn.to = time_point(v); })},
        {"churn.stays", time_span([](slot to, duration v) { to.whole.churn.stays = v; })},
        {"churn.away", time_span([](slot to, duration v) { to.whole.churn.away = v; })},
        {"churn.polite", number(0, 1, [](slot to, double v) { to.whole.churn.polite = v; })},
    };
}

}  // namespace

std::span<const scenario_key> scenario_keys() {
    static const std::vector<scenario_key> all = [] {
        std::vector<scenario_key> keys = keys_of_world();
        for (auto part : {keys_of_traffic(), keys_of_faults(), keys_of_churn()})
            keys.insert(keys.end(), part.begin(), part.end());
        return keys;
    }();
    return all;
}

}  // namespace meshhost::sim
