// SPDX-License-Identifier: Apache-2.0
#pragma once
// Live reload over all instances, in two steps: each one whose configuration has changed looks at
// the candidate, and only when all accept does any of them get it.
#include "net/deadline_timer.hpp"
#include "plugin/plugin_settings.hpp"
#include "plugin/proto/link_message.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::plugin {

class downlink;

enum class reload_outcome : std::uint8_t {
    unchanged,
    accepted,  ///< but not applied, because another was refused
    refused,
    applied,
    deferred,  ///< it does not run: it gets it when it starts
};

/// "unchanged", ...
const char* to_string(reload_outcome outcome) noexcept;

/// What became of one instance.
struct instance_reload {
    std::string instance;
    reload_outcome outcome = reload_outcome::unchanged;
    std::vector<std::string> changed;  ///< dotted paths
    std::string reason;                ///< of one that was refused
};

struct reload_result {
    bool is_applied = false;  ///< everywhere; false: nowhere
    std::vector<instance_reload> instances;
};

/// The shard's thread. One at a time.
class config_reload final : net::deadline_sink {
public:
    struct subject {
        std::string instance;
        const proto::config_schema* schema = nullptr;
        boost::json::object current;
        plugin_config wanted;
        downlink* to = nullptr;  ///< null: it does not run
    };
    /// `accepted`: the configurations in force from now on, of those that have changed.
    using teller = std::function<
        void(const reload_result&, const std::map<std::string, boost::json::object>& accepted)>;

    explicit config_reload(net::shard& shard);

    bool is_under_way() const noexcept { return tell_ != nullptr; }

    /// Precondition: none is under way. `tell` is called once, perhaps from inside. What `to` names
    /// is not used any more after drop().
    void begin(std::vector<subject> subjects, teller tell);

    void take(const std::string& instance, const proto::up::config_judged& said);
    /// The instance has ended.
    void drop(const std::string& instance);

private:
    struct part {
        subject of;
        instance_reload result;
        boost::json::object candidate;
        bool is_asked = false;
    };

    void look_at(part& each);
    void refuse(part& each, std::string reason);
    void decide_when_all_have_judged();
    void on_deadline(time_point now) override;

    net::shard& shard_;
    net::deadline_timer patience_;
    std::vector<part> parts_;
    std::uint64_t number_ = 0;
    teller tell_;
};

}  // namespace meshhost::plugin
