// SPDX-License-Identifier: Apache-2.0
#include "check/life_verdicts.hpp"

#include <mesh/plugin.h>

#include "check/role_reader.hpp"
#include "plugin/proto/limits.hpp"

#include <boost/json/array.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>
#include <utility>

namespace meshhost::check {

namespace json = boost::json;

namespace {

void add(report& to, verdict how, std::string check, std::string what, std::string remedy = {}) {
    to.add({how, 2, std::move(check), std::move(what), std::move(remedy)});
}

void judge_config(const json::object& role, const trial_outcome& life, report& into) {
    const auto* open = role.if_contains("config_is_open");
    if (open != nullptr && open->is_bool() && open->get_bool()) return;
    std::set<std::string> declared;
    for (const auto& key : role.at("config").as_array())
        declared.insert(text_in(key.as_object(), "path"));
    const auto read = life.all("read");
    std::size_t strangers = 0;
    for (const auto& path : read) {
        const bool is_known = std::any_of(declared.begin(), declared.end(), [&](const auto& key) {
            return path == key
                   || (path.starts_with(key) && (path[key.size()] == '.' || path[key.size()] == '[')
                   )
                   || (key.starts_with(path) && (path.empty() || key[path.size()] == '.'));
        });
        if (is_known) continue;
        ++strangers;
        add(into,
            verdict::fail,
            "config",
            fmt::format("reads \"{}\", which its schema does not have", path),
            "declare it in mesh_role.config: an operator cannot set what is not declared");
    }
    for (const auto& key : declared) {
        const bool is_read = std::find(read.begin(), read.end(), key) != read.end();
        if (!is_read && read.size() < declared.size())
            add(into,
                verdict::note,
                "config",
                fmt::format("\"{}\" was not read in this run", key),
                "");
    }
    if (strangers == 0)
        add(into,
            verdict::pass,
            "config",
            fmt::format("reads no key beside its {} declared", declared.size()));
}

void judge_extensions(const json::object& role, const trial_outcome& life, report& into) {
    const auto needs = names_in(role, "needs");
    const auto wants = names_in(role, "wants");
    for (const auto& id : life.all("extension")) {
        if (id == MESH_EXT_LOG || needs.count(id) + wants.count(id) != 0) continue;
        add(into,
            verdict::note,
            "host.tables",
            fmt::format("uses {} and names it neither in needs nor in wants", id),
            "name it: describe and packagers read these lists");
    }
}

void judge_digest(const trial_outcome& life, report& into) {
    const auto sizes = life.all("digest");
    if (sizes.empty() || sizes.front() == "0") return;
    add(into,
        verdict::pass,
        "digest",
        fmt::format("at most {} of {} bytes", sizes.front(), plugin::proto::digest_bytes_default));
}

}  // namespace

void judge_life(const json::object& role, const trial_outcome& life, bool is_go, report& into) {
    const auto events = life.all("events");
    add(into,
        verdict::pass,
        "life.run",
        fmt::format(
            "runs, hears {} events, leaves nothing behind",
            events.empty() ? "no" : events.front()
        ));
    const auto failed = life.all("failed");
    for (const auto& failure : std::set<std::string>(failed.begin(), failed.end()))
        add(into,
            verdict::warning,
            "events.failed",
            fmt::format("on_event returned {} for an ordinary event", failure),
            "ten in a row stop the instance");
    for (const auto& count : life.all("threads"))
        add(into,
            is_go ? verdict::note : verdict::fail,
            "life.threads",
            fmt::format("{} threads are left after destroy", count),
            is_go ? "the Go runtime's own, most likely" : "join them in stop");
    judge_config(role, life, into);
    judge_extensions(role, life, into);
    judge_digest(life, into);
    std::set<std::string> said;
    for (const auto& permission : life.all("denied"))
        if (said.insert(permission).second)
            add(into,
                verdict::fail,
                "permissions",
                fmt::format("used {} without declaring it", permission),
                "name it in mesh_role.permissions: an operator can only grant what is asked for");
    if (said.empty()) add(into, verdict::pass, "permissions", "uses what it declares, and no more");
}

}  // namespace meshhost::check
