// SPDX-License-Identifier: Apache-2.0
#include "check/checker.hpp"

#include "check/child.hpp"
#include "check/description.hpp"
#include "check/elf_facts.hpp"
#include "check/life_verdicts.hpp"
#include "check/role_reader.hpp"
#include "check/static_checks.hpp"
#include "check/world.hpp"
#include "plugin/abi_check.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/proto/config_schema.hpp"

#include <boost/json/array.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace meshhost::check {

namespace json = boost::json;

namespace {

constexpr duration trial_limit = 10s;
constexpr duration fault_limit = 30s;  // a life for each error code
constexpr duration stress_limit = 60s;

/// One plugin, and the report that grows.
class checker {
public:
    explicit checker(const check_request& asked) {
        report_.path = asked.path;
        report_.level = asked.level;
        report_.seed = asked.seed;
    }

    report run() {
        if (read_file() && report_.level >= 1 && probe_roles() && report_.level >= 2) {
            for (const auto& role : roles_)
                try_role(role);
        }
        if (report_.level >= 3 && report_.is_plugin && !report_.has_failed()) {
            for (const auto& role : roles_)
                stress(text_in(role, "role"));
        }
        return std::move(report_);
    }

private:
    void add(verdict how, int level, std::string check, std::string what, std::string remedy = {}) {
        report_.add({how, level, std::move(check), std::move(what), std::move(remedy)});
    }

    void refuse(int level, const plugin::plugin_fault& why) {
        add(verdict::fail,
            level,
            level == 0 ? "file" : "probe",
            why.code + " " + why.text,
            "meshctl explain " + why.code);
        if (is_foreign(why.code)) report_.is_plugin = false;
    }

    /// Level 0.
    bool read_file() {
        auto image = plugin::sealed_image::copy_of(report_.path);
        if (!image) return refuse(0, image.error()), false;
        const auto file = plugin::read_plugin_file(image->bytes());
        if (const auto fit = plugin::check_file(file); !fit) return refuse(0, fit.error()), false;
        const auto facts = read_elf_facts(image->bytes());
        is_go_ = facts.is_go;
        check_statically(file, facts, look_at_machine(facts), report_);
        return true;
    }

    /// Level 1: as a host does before it loads.
    bool probe_roles() {
        const auto described = describe_plugin(report_.path);
        if (!described.refused.empty()) {
            const auto code = described.refused.substr(0, described.refused.find(' '));
            refuse(
                1,
                {code,
                 described.refused.substr(std::min(code.size() + 1, described.refused.size()))}
            );
            return false;
        }
        for (const auto& role : described.about.at("roles").as_array())
            roles_.push_back(role.as_object());
        bool are_good = true;
        for (const auto& role : roles_)
            are_good = probe_role(role) && are_good;
        return are_good;
    }

    bool probe_role(const json::object& role) {
        auto inspected = plugin::inspect(report_.path);
        if (!inspected) return refuse(1, inspected.error()), false;
        plugin::probe_request request;
        request.spec.role = text_in(role, "role");
        for (const auto& key : role.at("config").as_array()) {
            const auto sample = required_sample(key.as_object());
            if (sample)
                request.settings.defaults.config.values[text_in(key.as_object(), "path")] = *sample;
        }
        const auto done = plugin::probe(*inspected, request);
        if (!done) return refuse(1, done.error()), false;
        add(verdict::pass,
            1,
            "probe",
            fmt::format("role {}: loads, is created and destroyed", request.spec.role));
        return true;
    }

    /// For a key that an operator has to set.
    static std::optional<json::value> required_sample(const json::object& key) {
        const auto flags = names_in(key, "flags");
        if (flags.count("required") == 0 || !text_in(key, "default").empty()) return std::nullopt;
        plugin::proto::config_key read;
        read.rule = text_in(key, "rule");
        const auto type = text_in(key, "type");
        read.type = type == "bool"      ? MESH_T_BOOL
                    : type == "integer" ? MESH_T_I64
                    : type == "number"  ? MESH_T_F64
                                        : MESH_T_STR;
        const auto sample = sample_of(read);
        if (const auto* b = std::get_if<bool>(&sample)) return json::value(*b);
        if (const auto* i = std::get_if<std::int64_t>(&sample)) return json::value(*i);
        if (const auto* f = std::get_if<double>(&sample)) return json::value(*f);
        return json::value(std::get<std::string>(sample));
    }

    /// Runs one trial; what it found, or how it ended, is in the report. nullopt: it did not end
    /// well.
    std::optional<trial_outcome> attempt(
        const std::string& role,
        const std::string& name,
        const std::string& check,
        duration limit = trial_limit
    ) {
        const int level = name == "stress" ? 3 : 2;
        auto outcome = check::run(
            {.name = name, .path = report_.path, .role = role, .seed = report_.seed, .limit = limit}
        );
        const bool failed = !outcome.findings.empty();
        // Of many in a row, the one that it was in.
        const auto tried = outcome.all("trial");
        const auto& last = tried.empty() ? name : tried.back();
        for (auto& each : outcome.findings) {
            if (!tried.empty()) each.what += fmt::format(" ({})", last);
            report_.add(each);
        }
        if (!outcome.is_done) {
            const auto how = outcome.was_in_time
                                 ? fmt::format("died in {} with {}", outcome.step, outcome.ending)
                                 : fmt::format(
                                     "did not finish {} within {} s",
                                     outcome.step,
                                     std::chrono::duration_cast<std::chrono::seconds>(limit).count()
                                 );
            add(verdict::fail,
                level,
                check,
                fmt::format("{} ({})", how, last),
                fmt::format(
                    "run it under a debugger: meshhost --check-child {} {} {} {}",
                    last,
                    report_.path,
                    role,
                    report_.seed
                ));
            return std::nullopt;
        }
        if (failed) {
            const bool is_bad = std::any_of(
                outcome.findings.begin(),
                outcome.findings.end(),
                [](const finding& each) { return each.how == verdict::fail; }
            );
            if (is_bad) return std::nullopt;
        }
        return outcome;
    }

    void pass_if(const std::string& role, const char* trial, const char* check, const char* fact) {
        if (attempt(role, trial, check)) add(verdict::pass, 2, check, fact);
    }

    /// Level 2.
    void try_role(const json::object& role) {
        const auto name = text_in(role, "role");
        pass_if(
            name,
            "unstarted",
            "life.unstarted",
            "stop and destroy without a start are in order"
        );
        const auto life = attempt(name, "life", "life.run");
        if (!life) return;  // all others would say the same
        judge_life(role, *life, is_go_, report_);
        pass_if(name, "restart", "life.restart", "starts again after a stop");
        if (names_in(role, "flags").count("singleton") == 0)
            pass_if(name, "twice", "life.twice", "two instances do not disturb each other");
        pass_if(name, "drain", "life.drain", "drains in time");
        pass_if(name, "unknown", "events.unknown", "ignores kinds of events that it does not know");
        withhold_each(role, *life);
        fail_each(name, *life);
        if (const auto done = attempt(name, "reload", "reload");
            done && !done->all("reload").empty())
            add(verdict::pass, 2, "reload", "takes a reload of its configuration");
        if (const auto done = attempt(name, "handoff", "handoff")) {
            const auto sizes = done->all("handoff");
            if (!sizes.empty())
                add(verdict::pass,
                    2,
                    "handoff",
                    fmt::format("hands over {} bytes, and refuses damaged ones", sizes.front()));
        }
    }

    void withhold_each(const json::object& role, const trial_outcome& life) {
        const auto name = text_in(role, "role");
        const auto needs = names_in(role, "needs");
        auto optional = names_in(role, "wants");
        for (const auto& id : life.all("extension"))
            optional.insert(id);
        std::size_t survived = 0;
        std::size_t tried = 0;
        for (const auto& id : optional) {
            if (needs.count(id) != 0) continue;
            ++tried;
            survived += attempt(name, "without:" + id, "host.without") ? 1 : 0;
        }
        if (tried != 0 && survived == tried)
            add(verdict::pass,
                2,
                "host.without",
                fmt::format("does without each of {} host tables", tried));
    }

    /// One child a function. The code in which it died or was found wanting has a trial of its own,
    /// for whoever looks into it.
    void fail_each(const std::string& role, const trial_outcome& life) {
        const auto called = life.all("called");
        std::size_t survived = 0;
        for (const auto& function : called)
            survived += attempt(role, "fault:" + function, "host.fault", fault_limit) ? 1 : 0;
        if (survived == called.size())
            add(verdict::pass,
                2,
                "host.fault",
                fmt::format("takes every failure of each of {} host functions", called.size()));
    }

    void stress(const std::string& role) {
        const auto done = attempt(role, "stress", "stress", stress_limit);
        if (!done) return;
        const auto lives = done->all("lives");
        add(verdict::pass,
            3,
            "stress",
            fmt::format(
                "{} lives of random events, seed {}",
                lives.empty() ? "no" : lives.front(),
                report_.seed
            ));
    }

    report report_;
    std::vector<json::object> roles_;
    bool is_go_ = false;
};

}  // namespace

report check_plugin(const check_request& asked) {
    return checker(asked).run();
}

}  // namespace meshhost::check
