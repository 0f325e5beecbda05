// SPDX-License-Identifier: Apache-2.0
// Live reload, as one instance lives it: a candidate to look at, then the decision.
#include "plugin/instance_strand.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/config_change.hpp"

#include <boost/json/parse.hpp>
#include <spdlog/fmt/fmt.h>

#include <utility>

namespace meshhost::plugin {

void instance_strand::take(proto::down::config_offered& offered) {
    const auto answer = [&](mesh_status status, std::string words) {
        say(proto::up::config_judged{offered.reload, status, std::move(words)});
    };
    if (!life_.takes_events()) return answer(MESH_E_STATE, "it does not run");
    // A process of its own alone knows its role's schema: what is wrong, and what may not change.
    proto::plugin_config wanted;
    wanted.values = boost::json::parse(offered.json).as_object();
    const proto::config_schema& schema = context_->facts.role->config;
    auto checked = proto::check_config(schema, wanted, "");
    if (!checked.problems.empty()) {
        return answer(MESH_E_CONFIG, fmt::format("{}", fmt::join(checked.problems, "; ")));
    }
    const auto changed = proto::changed_paths(context_->config.as_object(), checked.values);
    if (const auto fixed = proto::fixed_paths(schema, changed); !fixed.empty()) {
        return answer(
            MESH_E_CONFIG,
            fmt::format(
                "{} cannot change while the host runs: restart the host",
                fmt::join(fixed, ", ")
            )
        );
    }
    if (!context_->role.takes_config()) {
        return answer(
            MESH_E_UNSUPPORTED,
            "the role takes no configuration while it runs: restart the host"
        );
    }
    context_->candidate = std::move(checked.values);
    context_->config_texts[MESH_CFG_CANDIDATE].clear();
    call_report report = back(context_->role.validate());
    if (report.crossed) {
        answer(MESH_E_PANIC, report.words);
        context_->candidate.reset();
        return make(settle("validate", report));
    }
    if (report.status < 0 && report.words.empty()) report.words = proto::status_name(report.status);
    answer(report.status, std::move(report.words));
}

void instance_strand::take(proto::down::config_decided& decided) {
    auto candidate = std::exchange(context_->candidate, std::nullopt);
    if (!decided.is_accepted || !candidate || !life_.takes_events()) return;
    context_->config = std::move(*candidate);
    for (std::string& text : context_->config_texts)
        text.clear();
    const call_report report = back(context_->role.apply());
    if (report.crossed) make(settle("apply", report));
}

}  // namespace meshhost::plugin
