// SPDX-License-Identifier: Apache-2.0
#include "plugin/config_reload.hpp"

#include "net/shard.hpp"
#include "plugin/proto/config_change.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/services/mesh_services.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

const char* to_string(reload_outcome outcome) noexcept {
    switch (outcome) {
    case reload_outcome::unchanged:
        return "unchanged";
    case reload_outcome::accepted:
        return "accepted";
    case reload_outcome::refused:
        return "refused";
    case reload_outcome::applied:
        return "applied";
    case reload_outcome::deferred:
        return "deferred";
    }
    return "unknown";
}

config_reload::config_reload(net::shard& shard)
    : shard_(shard)
    , patience_(shard, *this) {}

void config_reload::begin(std::vector<subject> subjects, teller tell) {
    ++number_;
    tell_ = std::move(tell);
    parts_.clear();
    for (subject& each : subjects) {
        part& made = parts_.emplace_back();
        made.of = std::move(each);
        made.result.instance = made.of.instance;
        look_at(made);
    }
    // Who is refused already need not disturb the others.
    const bool is_hopeless = std::any_of(parts_.begin(), parts_.end(), [](const part& each) {
        return each.result.outcome == reload_outcome::refused;
    });
    for (part& each : parts_) {
        if (is_hopeless || each.result.outcome != reload_outcome::accepted) continue;
        each.is_asked = true;
        each.of.to->send(
            proto::down::config_offered{number_, boost::json::serialize(each.candidate)}
        );
    }
    patience_.arm(shard_.now() + proto::reload_limit);
    decide_when_all_have_judged();
}

/// What can be said without asking the role.
void config_reload::look_at(part& each) {
    auto checked = proto::check_config(
        *each.of.schema,
        each.of.wanted,
        fmt::format("plugin.{}.config.", each.of.instance)
    );
    if (!checked.problems.empty()) {
        return refuse(each, fmt::format("{}", fmt::join(checked.problems, "; ")));
    }
    each.candidate = std::move(checked.values);
    each.result.changed = proto::changed_paths(each.of.current, each.candidate);
    if (each.result.changed.empty()) return;
    if (each.of.to == nullptr) {
        each.result.outcome = reload_outcome::deferred;
        return;
    }
    const auto fixed = proto::fixed_paths(*each.of.schema, each.result.changed);
    if (!fixed.empty()) {
        return refuse(
            each,
            fmt::format(
                "{} cannot change while the host runs: restart the host",
                fmt::join(fixed, ", ")
            )
        );
    }
    each.result.outcome = reload_outcome::accepted;
}

void config_reload::refuse(part& each, std::string reason) {
    each.result.outcome = reload_outcome::refused;
    each.result.reason = std::move(reason);
    each.is_asked = false;
}

void config_reload::take(const std::string& instance, const proto::up::config_judged& said) {
    if (said.reload != number_) return;
    for (part& each : parts_) {
        if (each.of.instance != instance || !each.is_asked) continue;
        each.is_asked = false;
        if (said.status < 0) refuse(each, said.words);
    }
    decide_when_all_have_judged();
}

void config_reload::drop(const std::string& instance) {
    for (part& each : parts_) {
        if (each.of.instance != instance) continue;
        if (each.is_asked) refuse(each, "it ended meanwhile");
        each.of.to = nullptr;
    }
    decide_when_all_have_judged();
}

void config_reload::on_deadline(time_point) {
    for (part& each : parts_) {
        if (each.is_asked) refuse(each, "it did not answer in time");
    }
    decide_when_all_have_judged();
}

void config_reload::decide_when_all_have_judged() {
    const auto is_asked = [](const part& each) { return each.is_asked; };
    if (tell_ == nullptr || std::any_of(parts_.begin(), parts_.end(), is_asked)) return;
    patience_.arm(no_deadline);
    reload_result result;
    result.is_applied = std::none_of(parts_.begin(), parts_.end(), [](const part& each) {
        return each.result.outcome == reload_outcome::refused;
    });
    std::map<std::string, boost::json::object> accepted;
    for (part& each : parts_) {
        // A candidate that was looked at is there until it is told.
        if (each.of.to != nullptr)
            each.of.to->send(proto::down::config_decided{number_, result.is_applied});
        const bool is_changed = each.result.outcome == reload_outcome::accepted
                                || each.result.outcome == reload_outcome::deferred;
        if (result.is_applied && is_changed) {
            accepted.emplace(each.of.instance, std::move(each.candidate));
            if (each.result.outcome == reload_outcome::accepted)
                each.result.outcome = reload_outcome::applied;
        }
        result.instances.push_back(std::move(each.result));
    }
    parts_.clear();
    const teller tell = std::exchange(tell_, nullptr);
    tell(result, accepted);
}

}  // namespace meshhost::plugin
