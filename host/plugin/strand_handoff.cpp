// SPDX-License-Identifier: Apache-2.0
// New code takes over: the old one saves its state and stops, what it holds stays open and changes
// hands, and events wait. Whatever goes wrong before the new one has started, the old one goes on.
#include "plugin/crash_reporter.hpp"
#include "plugin/generation.hpp"
#include "plugin/held_handles.hpp"
#include "plugin/image_range.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/keep_forever.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <map>
#include <utility>
#include <vector>

namespace meshhost::plugin {

namespace {

plugin_fault aborted(
    const instance_context& next,
    const char* where,
    const std::string& why,
    const char* rest = "the running code continues"
) {
    return {
        "MP320",
        fmt::format(
            "swap to {} {} aborted in {}: {}: {}",
            next.facts.role->name,
            next.facts.role->version,
            where,
            why,
            rest
        )};
}

std::string words_of(const call_report& report) {
    if (report.crossed) return "an exception crossed the ABI: " + report.words;
    const std::string name = proto::status_name(report.status);
    return report.words.empty() ? name : name + ": " + report.words;
}

bool has_failed(const call_report& report) {
    return report.crossed || report.status < 0;
}

/// What the old code handed over with save().
struct saved_state {
    bool is_there = false;
    std::uint32_t format = 0;
    byte_buffer blob;
};

using tag_map = std::map<proto::handle, std::uint64_t>;

tag_map tags_of(instance_context& of) {
    tag_map tags;
    for_each_handle(of, [&tags](proto::handle h, std::uint32_t, std::uint64_t& tag) {
        tags.emplace(h, tag);
    });
    return tags;
}

/// Each handle is offered to the new code; what it does not want is closed.
void offer_handles(instance_context& to) {
    std::vector<proto::handle> unwanted;
    const bool can_adopt = to.role.handoff() != nullptr;
    for_each_handle(to, [&](proto::handle h, std::uint32_t kind, std::uint64_t& tag) {
        std::uint64_t adopted = tag;
        if (can_adopt && !has_failed(to.role.adopt(h, kind, adopted)))
            tag = adopted;
        else
            unwanted.push_back(h);
    });
    for (const proto::handle h : unwanted)
        close_handle(to, h);
}

/// Back to the old code, without what the new one opened.
void take_back(instance_context& from, instance_context& to, const tag_map& before) {
    std::vector<proto::handle> opened;
    for_each_handle(from, [&](proto::handle h, std::uint32_t, std::uint64_t& tag) {
        const auto known = before.find(h);
        if (known == before.end())
            opened.push_back(h);
        else
            tag = known->second;
    });
    for (const proto::handle h : opened)
        close_handle(from, h);
    move_handles(from, to);
}

}  // namespace

void show_code_of(const instance_context& current) {
    const instance_facts& facts = current.facts;
    const image_range code = image_range_of(facts.role->table);
    current.watch.pulse().code_begin = code.begin;
    current.watch.pulse().code_end = code.end;
    name_in_crashes(
        current.watch.pulse(),
        facts.instance,
        fmt::format(
            "plugin {} ({} {}, {})",
            facts.instance,
            facts.role->name,
            facts.role->version,
            facts.path
        )
    );
}

void instance_strand::answer_swap(const plugin_fault* fault) {
    if (fault == nullptr) return say(proto::up::swapped{});
    say(proto::up::swapped{false, fault->code, fault->text});
}

/// Events go on while the old code has jobs or commits under way, which may take as long as the
/// disk wants; from one who always has some, they are kept only for a moment.
void instance_strand::look_for_swap() {
    if (!swap_) return;
    const bool is_busy = context_->jobs.open() + context_->state.commits() > 0
                         && life_.state() == proto::instance_state::running;
    if (is_busy && strand_now() < swap_->until) return;
    const waiting_swap now = *std::exchange(swap_, std::nullopt);
    swap(*now.next);
}

void instance_strand::swap(const next_generation& from) {
    const std::shared_ptr<instance_context> old = context_;
    report_refusals(no_deadline);  // of the old code, with its name
    const auto next = std::make_shared<instance_context>(from.facts, *old);
    const auto give_up_on = [&](const char* where, const std::string& why) {
        const plugin_fault fault = aborted(*next, where, why);
        answer_swap(&fault);
    };
    if (life_.state() != proto::instance_state::running)
        return give_up_on("create", "the role does not run");
    keep_forever(next);
    next->gate.bind_strand();
    show_code_of(*next);
    const call_report made = back(next->role.create(next->host.abi()));
    show_code_of(*old);
    if (has_failed(made) || !next->role.has_instance()) return give_up_on("create", words_of(made));
    next->gate.created();
    const auto drop_next = [&] {
        next->gate.close();
        next->jobs.close();
        next->state.close();
        // One whose job runs on is left as it is: its code may be using itself.
        if (next->jobs.wait_idle(strand_now() + proto::stop_limit)) back(next->role.destroy());
    };

    // Before the state is saved, or the new code would not know how its jobs and commits went.
    if (!finish_work(proto::last_work_limit)) {
        drop_next();
        return make(give_up(std::move(*last_fault_), false));
    }
    const auto refuse = [&](const char* where, const std::string& why) {
        drop_next();
        old->jobs.resume();
        give_up_on(where, why);
    };
    if (old->jobs.open() + old->state.commits() > 0)
        return refuse("save", "MESH_E_TIMEOUT: a job or a commit is still under way");
    saved_state state;
    if (const auto* const handoff = old->role.handoff()) {
        state.is_there = true;
        state.format = handoff->format;
        const call_report saved = back(old->role.save(state.blob));
        if (has_failed(saved)) return refuse("save", words_of(saved));
    }
    const auto* const takes = next->role.handoff();
    if (state.is_there && takes != nullptr
        && (state.format < takes->format_min || state.format > takes->format)) {
        const std::string why = fmt::format(
            "MESH_E_INVALID: format {}, understands {} to {}",
            state.format,
            takes->format_min,
            takes->format
        );
        return refuse("restore", why);
    }

    const tag_map tags = tags_of(*old);
    back(old->role.stop());
    old->gate.close();
    move_handles(*old, *next);
    next->state.take_over(old->state);
    next->digest.take_over(old->digest);
    next->health.take_over(old->health);
    next->health.say({}, *next->link);
    context_ = next;
    show_code_of(*next);
    const auto roll_back = [&](const char* where, const std::string& why) {
        take_back(*next, *old, tags);
        old->state.take_over(next->state);
        old->health.take_over(next->health);
        old->jobs.resume();
        context_ = old;
        show_code_of(*old);
        drop_next();
        old->gate.reopen();
        const plugin_fault fault =
            aborted(*next, where, why, "the code from before is started again");
        answer_swap(&fault);
        const call_report again = back(old->role.start());
        if (has_failed(again)) {
            make(give_up({"MP204", "start after an aborted swap: " + words_of(again)}, true));
            return;
        }
        mesh_event event{};
        event.struct_size = sizeof event;
        event.kind = MESH_EV_HANDOFF_ABORTED;
        event.queued_ns = strand_now().time_since_epoch().count();
        deliver(event);
    };
    if (state.is_there && takes != nullptr) {
        const call_report restored = back(next->role.restore(state.format, state.blob));
        if (has_failed(restored)) return roll_back("restore", words_of(restored));
    }
    offer_handles(*next);
    const call_report started = back(next->role.start());
    if (has_failed(started)) return roll_back("start", words_of(started));
    // Nobody could go back to code that is gone by the time it says how that went.
    if (started.status == MESH_PENDING) {
        back(next->role.stop());
        return roll_back("start", "MESH_PENDING: new code takes over at once, or not at all");
    }
    old->state.close();
    old->jobs.close();
    if (old->jobs.wait_idle(strand_now() + proto::stop_limit)) back(old->role.destroy());
    failures_in_a_row_ = 0;
    answer_swap(nullptr);
}

}  // namespace meshhost::plugin
