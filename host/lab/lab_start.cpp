// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_start.hpp"

#include "config/paths.hpp"
#include "http/envelope.hpp"
#include "identity/key_file.hpp"
#include "lab/host_api.hpp"
#include "lab/interrupt.hpp"
#include "lab/keeper.hpp"
#include "lab/keeper_socket.hpp"
#include "lab/lab_stop.hpp"
#include "lab/look.hpp"
#include "lab/model/cast.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab {
namespace {

namespace fs = std::filesystem;

constexpr duration look_gap = 20ms;  ///< between two rounds of questions while the mesh forms
constexpr std::size_t log_tail_bytes = 600;

double ms(duration value) {
    return std::chrono::duration<double, std::milli>(value).count();
}

/// EXE_DIR/../presets in a build tree, else EXE_DIR/../share/meshhost/presets.
fs::path find_presets(const fs::path& bin) {
    std::error_code ec;
    for (const fs::path& dir :
         {bin.parent_path() / "presets", bin.parent_path() / "share/meshhost/presets"})
        if (fs::exists(dir / "broker.toml", ec)) return dir;
    return {};
}

outcome<model::lab_record> plan_lab(const up_request& asked, const config::surroundings& around) {
    model::lab_record lab;
    auto where = asked.where;
    if (where.name.empty()) where.name = fmt::format("lab-{}", asked.seed);
    lab.name = where.name;
    lab.dir = dir_for(where, around);
    lab.program = around.executable.parent_path() / "meshhost";
    lab.presets = find_presets(around.executable.parent_path());
    lab.seed = asked.seed;
    lab.emit = asked.emit;
    lab.sets = asked.sets;
    lab.observer_sets = asked.observer_sets;
    lab.host_sets = asked.host_sets;
    lab.created_at = http::format_time(std::chrono::system_clock::now());
    std::error_code ec;
    if (!fs::exists(lab.program, ec))
        return failure{
            exit_code::failure,
            "E_LAB_START",
            fmt::format("there is no meshhost beside meshctl, at {}", lab.program.string()),
            "a lab runs the meshhost that meshctl came with"};
    for (const auto& member : model::make_cast(asked.nodes, asked.seed)) {
        model::lab_node node;
        node.name = member.name;
        node.role = member.role;
        node.tier = member.tier;
        node.id = member.key.id().to_hex();
        if (!fits_socket(lab.socket_of(node)))
            return failure{
                exit_code::usage,
                "E_LAB_DIR",
                fmt::format("{} is too long for a socket's path", lab.socket_of(node).string()),
                "keep the lab in a directory with a shorter path: --dir DIR"};
        lab.nodes.push_back(std::move(node));
    }
    for (const auto& set : lab.host_sets)
        if (lab.find(set.substr(0, set.find(':'))) == nullptr)
            return failure{
                exit_code::usage,
                "E_USAGE",
                fmt::format("--host-set {}: the lab has no host of that name", set),
                "NAME:KEY=VALUE, as in compute-01:log.level=debug"};
    if (asked.has_observer) {
        auto& observer = lab.observer.emplace();
        observer.name = model::observer_name;
        observer.tier = "observer";
        observer.id = model::lab_key(asked.seed, model::nodes_max).id().to_hex();
    }
    if (asked.has_relay) lab.relay.emplace().name = model::relay_name;
    return lab;
}

outcome<void> prepare_dir(const model::lab_record& lab) {
    if (const auto made = create_lab_dir(lab.dir); !made) return made.error();
    // First of all, so that whatever is left behind is known for a lab.
    if (const auto saved = save_lab(lab); !saved) return saved.error();
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        const auto key = lab.dir_of(lab.nodes[i]) / "secret.key";
        const auto written = identity::create_key_file(key, model::lab_key(lab.seed, i));
        if (!written) return written.error();
    }
    if (lab.observer) {
        // A place that no host of a lab has.
        const auto written = identity::create_key_file(
            lab.dir_of(*lab.observer) / "secret.key",
            model::lab_key(lab.seed, model::nodes_max)
        );
        if (!written) return written.error();
    }
    if (lab.relay) return config::make_private_dir(lab.dir_of(*lab.relay));
    return {};
}

/// What was made of a lab that will not be.
void clear_away(const model::lab_record& lab) {
    static_cast<void>(remove_lab_dir(lab.dir));
    std::error_code ec;
    fs::remove(lab.dir, ec);  // it may be empty, without lab.json
}

/// The last lines of a host's log, for an error.
std::string log_tail(const model::lab_record& lab, std::string_view name) {
    const auto* node = lab.find(name);
    if (node == nullptr) return "";
    auto text = read_file(lab.log_of(*node)).value_or("");
    if (text.size() > log_tail_bytes) text.erase(0, text.size() - log_tail_bytes);
    return text;
}

/// Starts `names` and notes when each was ready.
class boot_clock {
public:
    boot_clock(progress& shown, std::size_t of)
        : shown_(shown)
        , of_(of) {}

    void take(const boost::json::object& news) {
        const time_point at(duration(model::integer_at(news, "at_ns").value_or(0)));
        const auto what = model::text_at(news, "news");
        if (what == "started" && (!first_start_ || at < *first_start_)) first_start_ = at;
        if (what == "ended") ended_ = model::text_at(news, "node");
        if (what != "ready") return;
        if (ready_ == 0) first_ready_ = at;
        last_ready_ = std::max(last_ready_, at);
        shown_.show("hosts ready", ++ready_, of_);
    }

    time_point start() const { return first_start_.value_or(time_point{}); }
    duration first_ready() const { return first_ready_ - start(); }
    duration all_ready() const { return last_ready_ - start(); }
    const std::string& ended() const { return ended_; }

private:
    progress& shown_;
    std::size_t of_;
    std::size_t ready_ = 0;
    std::optional<time_point> first_start_;
    time_point first_ready_{};
    time_point last_ready_{};
    std::string ended_;
};

/// What is none of the hosts.
outcome<void> start_beside(
    const model::lab_record& lab,
    keeper_client& keeper,
    const model::lab_node& node,
    duration patience
) {
    const auto started = keeper.start({node.name}, patience, [](const auto&) {});
    if (started) return {};
    auto error = started.error();
    if (error.hint.empty()) error.hint = log_tail(lab, node.name);
    return error;
}

/// Whose link opens the dashboard.
outcome<std::string> start_observer(
    const model::lab_record& lab,
    keeper_client& keeper,
    duration patience
) {
    const auto started = start_beside(lab, keeper, *lab.observer, patience);
    if (!started) return started.error();
    const auto answer = post(lab.socket_of(*lab.observer), "/v1/dashboard", {});
    if (!answer) return answer.error();
    return model::text_at(*answer, "link");
}

outcome<running_lab> boot(model::lab_record lab, const up_request& asked, progress& shown) {
    auto client = keeper_client::connect(lab.dir);
    if (!client) return client.error();
    const auto deadline = monotonic_now() + asked.within;
    boot_clock clock(shown, lab.nodes.size());
    const auto take = [&](const boost::json::object& news) { clock.take(news); };
    std::vector<std::string> names;
    for (const auto& node : lab.nodes)
        names.push_back(node.name);
    if (lab.relay)  // all are told of it
        if (const auto up = start_beside(lab, *client, *lab.relay, deadline - monotonic_now()); !up)
            return up.error();
    // The others are told of the first, whose port the kernel picks.
    const std::vector<std::string> first{names.front()};
    const std::vector<std::string> others(names.begin() + 1, names.end());
    for (const auto& batch : {first, others}) {
        const auto started = client->start(batch, deadline - monotonic_now(), take);
        if (started) continue;
        auto error = started.error();
        if (error.hint.empty()) error.hint = log_tail(lab, clock.ended());
        return error;
    }
    std::string dashboard;
    if (lab.observer) {
        auto link = start_observer(lab, *client, deadline - monotonic_now());
        if (!link) return link.error();
        dashboard = std::move(*link);
    }
    auto loaded = load_lab(lab.dir);
    if (!loaded) return loaded.error();
    const auto found = await_mesh(*loaded, deadline - monotonic_now(), shown);
    if (!found) return found.error();
    boot_times times{clock.first_ready(), clock.all_ready(), {}, monotonic_now() - clock.start()};
    times.all_heard = std::max(found->since - clock.start(), duration::zero());
    return running_lab{std::move(*loaded), std::move(*client), times, std::move(dashboard)};
}

}  // namespace

outcome<model::convergence> await_mesh(
    const model::lab_record& lab,
    duration patience,
    progress& shown
) {
    const auto deadline = monotonic_now() + patience;
    for (;;) {
        const auto running = running_hosts(lab);
        const auto found = model::judge(look_at(lab, running), ids_without(lab, running));
        shown.show("hear every other", found.hearing_all, running.size());
        if (found.is_whole) return found;
        if (was_interrupted()) return interrupted();
        if (monotonic_now() > deadline)
            return failure{
                exit_code::timeout,
                "E_LAB_APART",
                fmt::format("the hosts did not become one mesh: {}", found.why),
                "the machine may be busy; wait longer with --within, or look at the hosts' logs"};
        pause_for(look_gap);
    }
}

outcome<running_lab> start_lab(
    const up_request& asked,
    const config::surroundings& around,
    progress& shown
) {
    auto lab = plan_lab(asked, around);
    if (!lab) return lab.error();
    if (const auto prepared = prepare_dir(*lab); !prepared) {
        if (prepared.error().code != "E_LAB_EXISTS") clear_away(*lab);
        return prepared.error();
    }
    const auto keeper = start_keeper(*lab);
    if (!keeper) {
        clear_away(*lab);
        return keeper.error();
    }
    lab->keeper = *keeper;
    auto up = boot(*lab, asked, shown);
    if (!up) static_cast<void>(stop_lab(*lab, {}));
    return up;
}

outcome<void> note_boot(const model::lab_record& lab, const boot_times& boot) {
    return write_file(lab.dir / "boot.json", boost::json::serialize(to_json(boot)) + "\n");
}

boost::json::object to_json(const boot_times& boot) {
    return {
        {"first_ready_ms", ms(boot.first_ready)},
        {"all_ready_ms", ms(boot.all_ready)},
        {"all_heard_ms", ms(boot.all_heard)},
        {"linked_ms", ms(boot.linked)}};
}

}  // namespace meshhost::lab
