// SPDX-License-Identifier: Apache-2.0
#include "check/subject.hpp"

#include "check/child.hpp"
#include "check/world.hpp"
#include "plugin/proto/call_error.hpp"

#include <spdlog/fmt/fmt.h>

#include <set>
#include <utility>

namespace meshhost::check {

using mesh::testing::fake_host;
using plugin::proto::status_name;

namespace {

mesh_status step(const char* name, fake_host& host, mesh_status (fake_host::*what)()) {
    say_step(name);
    return (host.*what)();
}

}  // namespace

void subject::configure(fake_host& host) const {
    for (const auto& key : role->config.keys)
        if (key.fallback.empty() && (key.flags & MESH_CFG_REQUIRED) != 0)
            host.set_config(key.path, sample_of(key));
}

void subject::say(verdict how, const char* check, std::string what, std::string remedy) const {
    ++findings;
    say_finding({how, level, check, std::move(what), std::move(remedy)});
}

void subject::fail(const char* check, std::string what, std::string remedy) const {
    say(verdict::fail, check, std::move(what), std::move(remedy));
}

mesh_status create(fake_host& host) {
    return step("create", host, &fake_host::create);
}
mesh_status start(fake_host& host) {
    const mesh_status started = step("start", host, &fake_host::start);
    say_step("what follows start");  // timers, events
    return started;
}
mesh_status stop(fake_host& host) {
    return step("stop", host, &fake_host::stop);
}
void destroy(fake_host& host) {
    say_step("destroy");
    host.destroy();
}

std::string words_of(const fake_host& host) {
    return host.error().empty() ? std::string() : ": " + host.error();
}

void judge_manners(const subject& on, const fake_host& host, const char* check, bool may_leave) {
    std::set<std::string> said;
    for (const auto& each : host.violations()) {
        if (!said.insert(each.function + each.what).second) continue;
        on.fail(
            check,
            fmt::format("{} {}", each.function, each.what),
            "the tag above the function in mesh/plugin.h says where it may be called from"
        );
    }
    for (const auto& each : host.leaks()) {
        if (may_leave || !said.insert(each.kind + each.name).second) continue;
        on.fail(
            check,
            fmt::format("stop left open: {} \"{}\"", each.kind, each.name),
            "close in stop what start and the events have opened"
        );
    }
}

bool begin_life(const subject& on, fake_host& host, const char* check) {
    on.configure(host);
    if (const auto made = create(host); made < 0) {
        on.fail(check, fmt::format("create returned {}{}", status_name(made), words_of(host)), "");
        return false;
    }
    const auto started = start(host);
    if (started == MESH_PENDING) host.advance(std::chrono::seconds(10));
    if (started < 0) {
        on.fail(
            check,
            fmt::format("start returned {}{}", status_name(started), words_of(host)),
            ""
        );
        return false;
    }
    if (host.is_started()) return true;
    on.fail(
        check,
        "start returned MESH_PENDING, and started() was not called within 10 s",
        "call mesh_host.started() once the role is ready"
    );
    return false;
}

void end_life(fake_host& host) {
    stop(host);
    destroy(host);
}

}  // namespace meshhost::check
