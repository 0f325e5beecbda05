// SPDX-License-Identifier: Apache-2.0
#pragma once
// What plugin_manager keeps of a role. Private to its own files.
#include "base/token_bucket.hpp"
#include "base/unique_fd.hpp"
#include "net/shard.hpp"
#include "plugin/generation.hpp"
#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/plugin_manager.hpp"
#include "plugin/services/instance_services.hpp"
#include "plugin/shard_uplink.hpp"

#include <sys/eventfd.h>

#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

namespace meshhost::plugin {

/// Hears the instances for a manager that may be gone when their messages arrive.
class plugin_manager::relay final : public uplink_sink {
public:
    explicit relay(plugin_manager& owner) noexcept
        : owner_(owner) {}

    void on_message(const std::string& instance, proto::up_message message) override {
        owner_.on_message(instance, std::move(message));
    }

private:
    plugin_manager& owner_;
};

class plugin_manager::upkeep_clock final : net::deadline_sink {
public:
    explicit upkeep_clock(plugin_manager& owner)
        : owner_(owner)
        , timer_(owner.shard_, *this) {}

    void arm(time_point due) { timer_.arm(due); }

private:
    void on_deadline(time_point now) override { owner_.upkeep_due(now); }

    plugin_manager& owner_;
    net::deadline_timer timer_;
};

/// What a process of its own is started with: none of it runs in this one.
struct plugin_manager::isolated_code {
    sealed_image image;
    role_description role;
};

/// New code on its way into an instance.
struct plugin_manager::new_code {
    ~new_code() {
        if (!prober.joinable()) return;
        ::eventfd_write(is_cancelled.get(), 1);
        prober.join();
    }

    std::optional<inspected_plugin> plugin;  ///< until it is loaded
    std::shared_ptr<const next_generation> next;
    plugin_manager::reload_answer done;
    unique_fd is_cancelled{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::thread prober;  ///< the probe may take seconds
};

/// One role of this host: what it takes to run it for as long as the host runs, the rest while it
/// does.
struct plugin_manager::entry final : downlink {
    entry(instance_status first, instance_facts known, const instance_settings& wanted)
        : status(std::move(first))
        , facts(std::move(known))
        , settings(wanted)
        , policy(wanted.restarts) {}

    void send(proto::down_message message) override {
        if (instance) instance->send(std::move(message));
    }

    instance_status status;
    instance_facts facts;
    instance_settings settings;
    proto::restart_policy policy;
    token_bucket may_complain{proto::faults_per_second, proto::faults_at_once};
    token_bucket may_change_health{
        1 / std::chrono::duration<double>(proto::health_changes_every).count(),
        proto::health_changes_at_once};
    proto::up::health_said health_said;   ///< last
    time_point health_due = no_deadline;  ///< when that is told
    time_point restart_at = no_deadline;
    int image = -1;                           ///< of its shared object; -1: it is loaded here
    std::set<std::string, std::less<>> said;  ///< keys of the digest that others know of it
    std::unique_ptr<new_code> reloading;      ///< while new code is on its way
    std::shared_ptr<shard_uplink> link;
    std::unique_ptr<plugin_instance> instance;  ///< null once it has ended
    std::unique_ptr<instance_services> services;
};

/// Of the digest, while a role is not well.
inline constexpr std::string_view health_key = "health";

/// As an operator reads it in a status.
inline std::string text_of(const plugin_fault& fault) {
    return fault.code + " " + fault.text;
}

}  // namespace meshhost::plugin
