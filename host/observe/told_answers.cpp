// SPDX-License-Identifier: Apache-2.0
#include "observe/told_answers.hpp"

#include "admin/span_json.hpp"
#include "observe/proto/fields.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

std::uint64_t number_of(const telemetry::span& root) {
    for (const auto& each : root.attributes)
        if (const auto* count = std::get_if<std::int64_t>(&each.value);
            count && *count > 0 && each.key == "mesh.boot.count")
            return static_cast<std::uint64_t>(*count);
    return 0;
}

json::object boot_json(const proto::told_boot& of, const std::string& version) {
    const auto& root = of.spans.front();
    auto boot = admin::boot_json(
        {.number = number_of(root),
         .version = version,
         .outcome = root.is_ok ? "ready" : "failed",
         .spans = of.spans,
         .join = of.join}
    );
    boot["lead_us"] = nullptr;  // when the process started is not told
    boot["source"] = "otlp";
    return boot;
}

std::uint64_t started(const json::value& boot) {
    const auto* found = boot.if_object();
    return found == nullptr ? 0 : proto::number_at(*found, "started_unix_us").value_or(0);
}

std::string id_of(const json::value& boot) {
    const auto* found = boot.if_object();
    return found == nullptr ? "" : proto::text_at(*found, "id");
}

}  // namespace

std::vector<survey::elsewhere::node> told_answers::nodes() {
    of_.forget(shard_.now());
    std::vector<survey::elsewhere::node> all;
    of_.for_each([&](const proto::told_node& each) { all.push_back({each.id, each.name}); });
    return all;
}

json::array told_answers::boots_of(const std::string& node) {
    of_.forget(shard_.now());
    return list(node);
}

json::array told_answers::list(const std::string& node) const {
    json::array all;
    const auto* by = of_.find(node);
    for (const auto& each : of_.boots_of(node))
        all.push_back(boot_json(each, by->version));
    return all;
}

survey::elsewhere told_answers::last_boots() {
    const auto find = [this](const std::string& id, const std::string& kept, bool is_fresh) {
        if (is_fresh) return std::string();
        const auto all = list(id);
        if (all.empty()) return std::string();
        const bool is_newer = kept.empty() || started(all.front()) > started(json::parse(kept));
        return is_newer ? json::serialize(all.front()) : std::string();
    };
    return {find, [this] { return nodes(); }};
}

survey::elsewhere told_answers::messages() {
    const auto find = [this](const std::string& id, const std::string& kept, bool) {
        json::array spans;
        if (kept.empty())
            for (const auto& each : of_.messages_of(id))
                spans.push_back(admin::span_json(each));
        return spans.empty() ? std::string() : json::serialize(spans);
    };
    return {find, [this] { return nodes(); }};
}

std::optional<told_answers::found> told_answers::find_boot(const std::string& id) {
    of_.forget(shard_.now());
    const auto* by = of_.find_boot(id);
    if (by == nullptr) return std::nullopt;
    for (auto& each : list(by->id))
        if (id_of(each) == id) return found{by->id, std::move(each.as_object())};
    return std::nullopt;
}

json::array merge_boots(json::array asked, json::array told) {
    const auto is_there = [&asked](const json::value& boot) {
        return std::any_of(asked.begin(), asked.end(), [&](const json::value& each) {
            return id_of(each) == id_of(boot);
        });
    };
    json::array others;
    for (auto& each : told)
        if (!is_there(each)) others.push_back(std::move(each));
    for (auto& each : others)
        asked.push_back(std::move(each));
    if (!others.empty())
        std::stable_sort(asked.begin(), asked.end(), [](const auto& one, const auto& other) {
            return started(one) > started(other);
        });
    return asked;
}

}  // namespace meshhost::observe
