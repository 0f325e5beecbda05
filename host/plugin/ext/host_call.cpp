// SPDX-License-Identifier: Apache-2.0
#include "plugin/ext/host_call.hpp"

#include "plugin/plugin_fault.hpp"
#include "plugin/stack_sampler.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

namespace meshhost::plugin {

namespace {

void warn_of_late_call(instance_context& context) noexcept {
    const auto count = context.gate.count_late();
    if (count != 1) return;  // one line a role, however many calls follow
    try {
        const plugin_fault late{
            "MP307",
            fmt::format(
                "{} call(s) into the host after stop returned (a thread was not joined): "
                "rejected with MESH_E_STATE; the object stays mapped",
                count
            )};
        context.facts.log.warn("{}", explain(context.facts.path, late).message);
    } catch (...) {  // nothing to be done for a line that cannot be written
    }
}

/// One line a place in its code.
void warn_of_stray_call(instance_context& context) noexcept {
    try {
        const std::uintptr_t site = offset_on_stack(context.watch.pulse());
        const auto is_news = [site](proto::stray_sites& known) { return known.is_news(site); };
        if (!context.strays.with(is_news)) return;
        context.facts.log.warn(
            "called off the strand at +{:#x}: refused with MESH_E_THREAD; use mesh_host.post",
            site
        );
    } catch (...) {  // as above
    }
}

}  // namespace

mesh_status refuse(mesh_status code, std::string_view words) noexcept {
    set_last_error(words);
    return code;
}

proto::call_error over_budget(
    instance_context& context,
    proto::budget_kind kind,
    std::string words
) {
    const bool is_first = context.refusals.with([&](proto::budget_meter& meter) {
        return meter.refused(kind, strand_now());
    });
    if (is_first && !context.gate.on_strand()) context.queue->nudge();
    return {MESH_E_BUDGET, std::move(words)};
}

mesh_status admit(instance_context& context, caller allowed) noexcept {
    switch (context.gate.judge(allowed == caller::strand)) {
    case call_gate::verdict::admitted:
        return MESH_OK;
    case call_gate::verdict::too_early:
        return refuse(MESH_E_STATE, "called from another thread before create has returned");
    case call_gate::verdict::off_strand:
        warn_of_stray_call(context);
        return refuse(MESH_E_THREAD, "called off the strand; use mesh_host.post");
    case call_gate::verdict::too_late:
        if (!context.gate.on_strand()) warn_of_late_call(context);
        return refuse(MESH_E_STATE, "called after stop has returned");
    }
    return MESH_E_INTERNAL;
}

}  // namespace meshhost::plugin
