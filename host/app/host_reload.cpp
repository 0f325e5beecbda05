// SPDX-License-Identifier: Apache-2.0
// Another configuration for a host that runs.
#include "app/dashboard_setup.hpp"
#include "app/host.hpp"
#include "app/host_settings.hpp"
#include "app/reload.hpp"

#include <utility>

namespace meshhost::app {

namespace {

admin::reload_snapshot snapshot_of(const plugin::reload_result& result) {
    admin::reload_snapshot out;
    out.is_applied = result.is_applied;
    for (const auto& each : result.instances)
        out.instances.push_back({each.instance, to_string(each.outcome), each.changed, each.reason}
        );
    return out;
}

}  // namespace

/// Whoever asked, the log says what became of it.
outcome<void> host::reload_config(admin::config_reload_sink sink) {
    const auto begun = begin_reload([this, sink](const admin::reload_snapshot& reload) {
        for (const auto& key : reload.restart)
            log_.error("reload refused: {} needs a restart", key);
        for (const auto& each : reload.instances)
            if (!each.reason.empty())
                log_.error("reload refused by {}: {}", each.name, each.reason);
        sink(reload);
    });
    if (!begun) log_.error("reload refused: {} [{}]", begun.error().message, begun.error().code);
    return begun;
}

outcome<void> host::begin_reload(admin::config_reload_sink sink) {
    const failure busy{
        exit_code::degraded,
        "E_RELOAD_UNDER_WAY",
        "another reload is under way, or the host is stopping",
        "try again in a moment"};
    if (is_stopping_ || !options_.reread) return busy;
    auto wanted = options_.reread();
    if (!wanted) return wanted.error();
    const auto changed = compare_settings(options_.settings, *wanted);
    if (!changed.restart.empty()) {
        admin::reload_snapshot refused;
        refused.restart = changed.restart;
        sink(refused);
        return {};
    }
    // Files that are the same by name may hold something else: a certificate is renewed in time.
    observe::dashboard_access access;
    if (dashboard_) {
        auto read = open_dashboard_access(wanted->values.observe);
        if (!read) return read.error();
        access = std::move(*read);
    }
    auto instances =
        plugin_settings_of(wanted->values, endpoint_->id(), options_.is_safe).instances;
    const auto tell = [this, wanted = std::move(*wanted), live = changed.live, access, sink](
                          const plugin::reload_result& result
                      ) mutable {
        auto shown = snapshot_of(result);
        if (result.is_applied) {
            shown.changed = live;
            adopt(std::move(wanted), std::move(access));
        }
        log_.info("reload {}", result.is_applied ? "applied" : "refused: nothing is applied");
        sink(shown);
    };
    if (!plugins_->reconfigure(std::move(instances), tell)) return busy;
    return {};
}

/// What others refer to stays where it is; all that may have changed is what takes effect here.
void host::adopt(config::loaded_config wanted, observe::dashboard_access access) {
    options_.settings = std::move(wanted);
    set_log_level(options_.settings.values.log.level);
    if (!dashboard_) return;
    dashboard_->replace(std::move(access));
    for (const auto& each : dashboard_->warnings())
        log_.warn("{}", each);
}

}  // namespace meshhost::app
