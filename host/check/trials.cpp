// SPDX-License-Identifier: Apache-2.0
#include "check/trials.hpp"

#include "check/child.hpp"
#include "check/describe.hpp"
#include "check/subject.hpp"
#include "check/world.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/proto/call_error.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <set>

namespace meshhost::check {

using mesh::testing::fake_host;
using plugin::proto::status_name;

namespace {

constexpr duration strand_limit = 50ms;  // where a host begins to complain
constexpr std::size_t stress_steps = 20000;

/// Host functions that end something: when one fails, what it was to end stays.
const std::set<std::string, std::less<>> closers{
    "cancel",
    "unwatch",
    "unsubscribe",
    "unserve",
    "reply",
    "unlisten",
    "reject",
    "close",
    "reset",
    "stop",
    "end",
    "accept"};

std::size_t entries_of(const char* directory) {
    std::error_code ignored;
    const std::filesystem::directory_iterator all(directory, ignored);
    return static_cast<std::size_t>(std::distance(begin(all), std::filesystem::end(all)));
}

/// Threads end a moment after whoever joined them: give them one.
std::size_t threads_left(std::size_t before) {
    for (int i = 0; i < 100 && entries_of("/proc/self/task") > before; ++i)
        ::usleep(1000);
    return entries_of("/proc/self/task");
}

void survey(const fake_host& host) {
    for (const auto& [function, times] : host.calls())
        say_fact("called", function);
    for (const auto& id : host.extensions())
        say_fact("extension", id);
}

// --- the trials

void try_life(const subject& on) {
    const auto threads = entries_of("/proc/self/task");
    const auto files = entries_of("/proc/self/fd");
    {
        fake_host host(&on.plugin);
        if (!begin_life(on, host, "life.run")) return;
        say_step("on_event");
        exercise(host);
        survey(host);
        std::set<std::string> read(host.config_reads().begin(), host.config_reads().end());
        for (const auto& path : read)
            say_fact("read", path);
        for (const auto& permission : host.denied())
            say_fact("denied", permission);
        for (const auto& failure : host.event_failures())
            say_fact("failed", status_name(failure));
        say_fact("events", std::to_string(host.delivered()));
        std::size_t digest = 0;
        for (const auto& key : host.digest_keys())
            digest += mesh::testing::node_tables::digest_cost(on.role->name, key);
        say_fact("digest", std::to_string(digest));
        const auto held = host.longest_callback();
        if (held > strand_limit) {
            on.say(
                verdict::warning,
                "life.strand",
                fmt::format(
                    "a callback held the strand for {} ms, the host warns at {} ms",
                    std::chrono::duration_cast<std::chrono::milliseconds>(held).count(),
                    std::chrono::duration_cast<std::chrono::milliseconds>(strand_limit).count()
                ),
                "move it to mesh.worker/1 or a thread of your own"
            );
        }
        if (host.fatal_error()) on.fail("life.run", "called fatal() while nothing was wrong", "");
        end_life(host);
        ::usleep(20000);  // a thread that was not joined calls now
        judge_manners(on, host, "life.run");
    }
    if (const auto now = threads_left(threads); now > threads)
        say_fact("threads", std::to_string(now - threads));
    if (const auto now = entries_of("/proc/self/fd"); now > files) {
        on.fail(
            "life.files",
            fmt::format("{} descriptors stay open after destroy", now - files),
            "close them in stop or destroy"
        );
    }
}

void try_unstarted(const subject& on) {
    fake_host never(&on.plugin);
    on.configure(never);
    if (create(never) < 0) return;  // said by others
    destroy(never);
    judge_manners(on, never, "life.unstarted");
    fake_host stopped(&on.plugin);
    on.configure(stopped);
    create(stopped);
    end_life(stopped);
    judge_manners(on, stopped, "life.unstarted");
}

void try_restart(const subject& on) {
    fake_host host(&on.plugin);
    if (!begin_life(on, host, "life.restart")) return;
    exercise(host);
    stop(host);
    if (const auto again = start(host); again < 0) {
        on.fail(
            "life.restart",
            fmt::format("start after stop returned {}{}", status_name(again), words_of(host)),
            "a hot swap that fails starts the old instance again: start must not assume that it is "
            "the first"
        );
    } else {
        exercise(host);
    }
    end_life(host);
    judge_manners(on, host, "life.restart");
}

void try_twice(const subject& on) {
    if ((on.role->flags & MESH_ROLE_SINGLETON) != 0) return;
    fake_host one(&on.plugin);
    fake_host two(&on.plugin);
    two.set_name("two");
    if (!begin_life(on, one, "life.twice") || !begin_life(on, two, "life.twice")) return;
    connect(one, two);
    exercise(one);
    exercise(two);
    end_life(one);
    exercise(two);  // must not miss the other
    end_life(two);
    judge_manners(on, one, "life.twice");
    judge_manners(on, two, "life.twice");
}

void try_drain(const subject& on) {
    fake_host host(&on.plugin);
    if (!begin_life(on, host, "life.drain")) return;
    exercise(host);
    say_step("drain");
    const auto status = host.drain();
    host.advance(std::chrono::seconds(3));
    if (status < 0)
        on.fail("life.drain", fmt::format("drain returned {}", status_name(status)), "");
    else if (!host.is_drained())
        on.fail(
            "life.drain",
            "drained() was not called within the deadline of 3 s, with nothing to do",
            "call mesh_host.drained() when no work is left; leave drain NULL when there never is "
            "any"
        );
    end_life(host);
    judge_manners(on, host, "life.drain");
}

void try_unknown(const subject& on) {
    fake_host host(&on.plugin);
    if (!begin_life(on, host, "events.unknown")) return;
    say_step("on_event");
    send_unknown_events(host);
    if (!host.event_failures().empty()) {
        on.fail(
            "events.unknown",
            fmt::format(
                "on_event returned {} for a kind it does not know",
                status_name(host.event_failures().front())
            ),
            "return MESH_OK for every other kind: a newer host may send one"
        );
    }
    end_life(host);
    judge_manners(on, host, "events.unknown");
}

/// Whatever create and start make of it, the end has to be in order.
void survive(const subject& on, fake_host& host, const char* check, bool may_leave = false) {
    on.configure(host);
    if (create(host) < 0) return;
    start(host);
    say_step("on_event");
    exercise(host);
    end_life(host);
    judge_manners(on, host, check, may_leave);
}

void try_without(const subject& on, const std::string& extension) {
    fake_host host(&on.plugin);
    host.withhold(extension);
    survive(on, host, "host.without");
}

void try_fault(const subject& on, const std::string& function, mesh_status code) {
    const auto verb = function.substr(function.find('.') + 1);
    fake_host host(&on.plugin);
    host.fail(function, code);
    survive(on, host, "host.fault", closers.count(verb) != 0);
}

/// "timer.start": with every error that the ABI has, until one is not taken well; or with one of
/// them, "timer.start:-7". Which of them a function can return today is no promise: a plugin that
/// reads "not MESH_OK" as an error outlives the host's next version.
void try_faults(const subject& on, const std::string& what) {
    const auto colon = std::min(what.find(':'), what.size());
    const auto function = what.substr(0, colon);
    mesh_status first = MESH_E_INVALID;
    mesh_status last = MESH_E_PANIC;
    if (colon != what.size()) {
        std::from_chars(what.data() + colon + 1, what.data() + what.size(), first);
        last = first;
    }
    for (auto code = first; code >= last && on.findings == 0; --code) {
        say_fact("trial", fmt::format("fault:{}:{}", function, code));
        try_fault(on, function, code);
    }
}

const mesh_plugin_handoff_v1* handoff_of(const fake_host& host) {
    const auto get = host.role()->get_extension;
    return get == nullptr ? nullptr
                          : static_cast<const mesh_plugin_handoff_v1*>(
                              get(host.instance(), MESH_PLUGIN_EXT_HANDOFF)
                          );
}

void try_handoff(const subject& on) {
    fake_host host(&on.plugin);
    if (!begin_life(on, host, "handoff")) return;
    const auto* handoff = handoff_of(host);
    if (handoff == nullptr) return;
    exercise(host);
    say_step("handoff save");
    std::string blob;
    if (const auto saved = host.save(blob); saved < 0) {
        on.fail("handoff", fmt::format("save returned {}", status_name(saved)), "");
        return;
    }
    say_step("handoff swap");
    if (const auto swapped = host.swap(&on.plugin); swapped < 0) {
        on.fail(
            "handoff",
            fmt::format(
                "a swap to the same code failed with {}{}",
                status_name(swapped),
                words_of(host)
            ),
            "restore() has to take what save() wrote, with the same format number"
        );
    }
    exercise(host);
    end_life(host);
    judge_manners(on, host, "handoff");
    say_step("handoff restore of a damaged blob");
    for (const std::string& damaged :
         {std::string(), blob.substr(0, blob.size() / 2), blob + "x"}) {
        fake_host other(&on.plugin);
        on.configure(other);
        if (create(other) < 0) return;
        const auto* restoring = handoff_of(other);
        if (restoring != nullptr)
            restoring->restore(other.instance(), restoring->format, mesh::bytes(damaged));
        destroy(other);
    }
    say_fact("handoff", std::to_string(blob.size()));
}

void try_reload(const subject& on) {
    fake_host host(&on.plugin);
    if (!begin_life(on, host, "reload")) return;
    exercise(host);
    say_step("validate");
    const auto status = host.reload({});
    if (status == MESH_E_UNSUPPORTED) return;
    if (status < 0) {
        on.fail(
            "reload",
            fmt::format("refuses its own configuration: {}{}", status_name(status), words_of(host)),
            "validate() sees the whole candidate, also what has not changed"
        );
    }
    exercise(host);
    end_life(host);
    judge_manners(on, host, "reload");
    say_fact("reload", "yes");
}

void try_stress(const subject& on, std::uint64_t seed) {
    prng dice(seed);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::size_t lives = 0;
    while (lives < 8 && std::chrono::steady_clock::now() < deadline) {
        fake_host host(&on.plugin);
        on.configure(host);
        if (create(host) < 0 || start(host) < 0) break;
        say_step(fmt::format("stress, life {} of seed {}", lives + 1, seed));
        stress(host, dice, stress_steps / 8);
        if (handoff_of(host) != nullptr) host.swap(&on.plugin);
        stress(host, dice, stress_steps / 80);
        if (dice.chance(0.5)) host.drain();
        end_life(host);
        judge_manners(on, host, "stress", true);  // functions that close were made to fail
        ++lives;
    }
    say_fact("lives", std::to_string(lives));
}

void run_trial(const subject& on, const std::string& name, std::uint64_t seed) {
    static const std::map<std::string, void (*)(const subject&), std::less<>> plain{
        {"life", try_life},
        {"unstarted", try_unstarted},
        {"restart", try_restart},
        {"twice", try_twice},
        {"drain", try_drain},
        {"unknown", try_unknown},
        {"handoff", try_handoff},
        {"reload", try_reload}};
    if (const auto found = plain.find(name); found != plain.end()) return found->second(on);
    const auto argument = name.substr(std::min(name.find(':') + 1, name.size()));
    if (name.starts_with("without:")) return try_without(on, argument);
    if (name.starts_with("fault:")) return try_faults(on, argument);
    if (name == "stress") return try_stress(on, seed);
    say_finding({verdict::fail, 2, "check", "no such trial: " + name, {}});
}

}  // namespace

int child_main(const std::vector<std::string>& words) {
    make_expendable();
    if (words.size() != 4) return 2;
    const auto& [name, path, role_name] = std::tie(words[0], words[1], words[2]);
    std::uint64_t seed = 1;
    std::from_chars(words[3].data(), words[3].data() + words[3].size(), seed);
    say_step("load");
    auto inspected = plugin::inspect(path);
    if (!inspected) {
        say_fact("refused", inspected.error().code + " " + inspected.error().text);
        return 1;
    }
    const auto library = plugin::plugin_library::load(std::move(*inspected));
    if (!library) {
        say_fact("refused", library.error().code + " " + library.error().text);
        ::_exit(1);
    }
    if (name == "describe") {
        for (const auto& role : (*library)->roles())
            say_fact("role", boost::json::serialize(role_json(role)));
    }
    for (const auto& role : (*library)->roles()) {
        if (name == "describe" || role.name != role_name) continue;
        const subject on(role, name == "stress" ? 3 : 2);
        run_trial(on, name, seed);
    }
    say_done();
    ::_exit(0);  // no exit handlers: the plugin's may do anything
}

}  // namespace meshhost::check
