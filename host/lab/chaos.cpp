// SPDX-License-Identifier: Apache-2.0
#include "lab/chaos.hpp"

#include "http/envelope.hpp"
#include "lab/deeds.hpp"
#include "lab/faults.hpp"
#include "lab/interrupt.hpp"
#include "lab/lab_dir.hpp"
#include "lab/look.hpp"
#include "lab/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace meshhost::lab {
namespace {

/// Between two rounds of questions to everybody: rare enough to cost the hosts little, and the
/// times come from the hosts, not from the looks.
constexpr duration look_gap = 100ms;
constexpr const char* history_name = "history.ndjson";

std::map<std::string, std::string> names_by_id(const model::lab_record& lab) {
    std::map<std::string, std::string> names;
    for (const auto& node : lab.nodes)
        names[node.id] = node.name;
    return names;
}

/// Tells each verdict once.
void report(
    const model::expectation_watch& watch,
    std::vector<bool>& told,
    chaos_observer& observer
) {
    for (std::size_t i = 0; i < told.size(); ++i) {
        if (told[i] || !watch.verdicts()[i].is_decided) continue;
        told[i] = true;
        observer.on_verdict(watch.verdicts()[i]);
    }
}

/// The watching of one deed.
class watcher {
public:
    watcher(const std::filesystem::path& dir, const chaos_request& asked, chaos_observer& observer)
        : dir_(dir)
        , asked_(asked)
        , observer_(observer) {}

    outcome<chaos_result> run();

private:
    outcome<void> prepare();
    outcome<void> look();
    outcome<void> undo_if_due();
    bool is_over() const;

    std::filesystem::path dir_;
    const chaos_request& asked_;
    chaos_observer& observer_;
    model::lab_record lab_;
    std::vector<std::vector<std::string>> groups_;
    std::optional<model::sight_log> log_;
    std::optional<model::expectation_watch> watch_;
    std::vector<bool> told_;
    model::deed deed_;
    bool is_undone_ = false;
};

outcome<void> watcher::prepare() {
    auto lab = load_lab(dir_);
    if (!lab) return lab.error();
    lab_ = std::move(*lab);
    if (state_of(lab_.keeper) == process_state::gone)
        return failure{
            exit_code::no_daemon,
            "E_LAB_DOWN",
            fmt::format("the lab in {} does not run any more", dir_.string()),
            "clear it away with meshctl lab down, and make another"};
    const auto running = running_hosts(lab_);
    prng draw(lab_.seed + read_history(dir_).size());
    auto groups = model::resolve_groups(asked_.action, lab_, running, draw);
    if (!groups) return groups.error();
    groups_ = std::move(*groups);
    if (const auto fits = check_deed(lab_, asked_.action, groups_); !fits) return fits.error();
    log_.emplace(names_by_id(lab_));
    const auto before = look_at(lab_, running);
    log_->observe(before);
    deed_ = plan_deed(lab_, asked_.action, groups_, before);
    return {};
}

outcome<void> watcher::look() {
    auto lab = load_lab(dir_);  // restarts change it
    if (lab) lab_ = std::move(*lab);
    const auto view = look_at(lab_, running_hosts(lab_));
    log_->observe(view);
    watch_->observe(view, monotonic_now());
    report(*watch_, told_, observer_);
    return {};
}

outcome<void> watcher::undo_if_due() {
    if (!deed_.is_for_a_time || is_undone_) return {};
    const bool is_due = monotonic_now() >= deed_.at + asked_.action.lasts;
    if (!is_due && !was_interrupted()) return {};
    is_undone_ = true;
    if (const auto healed = heal(lab_); !healed) return healed.error();
    watch_->set_undone(monotonic_now());
    observer_.on_deed("heal");
    return {};
}

bool watcher::is_over() const {
    return watch_->is_decided() && (is_undone_ || !deed_.is_for_a_time);
}

outcome<chaos_result> watcher::run() {
    if (const auto ready = prepare(); !ready) return ready.error();
    chaos_result result;
    result.deed = deed_text(asked_.action, groups_);
    result.at = http::format_time(std::chrono::system_clock::now());
    const auto done = do_deed(lab_, asked_.action, groups_);
    if (!done) return done.error();
    deed_.at = *done;
    observer_.on_deed(result.deed);
    watch_.emplace(asked_.expected, deed_);
    told_.assign(asked_.expected.size(), false);
    while (!is_over()) {
        if (const auto undone = undo_if_due(); !undone) return undone.error();
        if (was_interrupted()) return interrupted();
        if (const auto looked = look(); !looked) return looked.error();
        if (!is_over()) pause_for(look_gap);
    }
    result.done_at = deed_.at;
    result.verdicts = watch_->verdicts();
    result.changes = log_->changes();
    const auto kept = append_line(dir_ / history_name, boost::json::serialize(to_json(result)));
    if (!kept) return kept.error();
    return result;
}

}  // namespace

bool chaos_result::passed() const {
    return std::all_of(verdicts.begin(), verdicts.end(), [](const auto& one) {
        return one.passed;
    });
}

outcome<chaos_result> break_lab(
    const std::filesystem::path& lab_dir,
    const chaos_request& asked,
    chaos_observer& observer
) {
    return watcher(lab_dir, asked, observer).run();
}

boost::json::object to_json(const chaos_result& result) {
    boost::json::array verdicts;
    for (const auto& one : result.verdicts) {
        boost::json::value measured = nullptr;
        if (one.measured)
            measured = std::chrono::duration<double, std::milli>(*one.measured).count();
        verdicts.push_back(boost::json::object{
            {"expectation", model::to_text(one.what)},
            {"passed", one.passed},
            {"measured_ms", measured},
            {"detail", one.detail}});
    }
    return {
        {"deed", result.deed},
        {"at", result.at},
        {"passed", result.passed()},
        {"verdicts", std::move(verdicts)},
        {"timeline", model::to_json(result.changes, result.done_at)}};
}

std::vector<boost::json::object> read_history(const std::filesystem::path& lab_dir) {
    std::vector<boost::json::object> all;
    std::istringstream lines(read_file(lab_dir / history_name).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        boost::json::error_code ec;
        const auto parsed = boost::json::parse(line, ec);
        if (!ec && parsed.is_object()) all.push_back(parsed.get_object());
    }
    return all;
}

}  // namespace meshhost::lab
