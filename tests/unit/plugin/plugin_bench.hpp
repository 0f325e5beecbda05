// SPDX-License-Identifier: Apache-2.0
#pragma once
// A plugin_manager with real plugins, and everything it reports, on the test's own thread.
#include "net/shard.hpp"
#include "plugin/plugin_manager.hpp"
#include "support/loop.hpp"
#include "support/temp_dir.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::test {

/// build/<preset>/tests/plugins/<name>.so
std::string test_plugin(std::string_view name);
/// build/<preset>/plugins/<name>.so
std::string role_plugin(std::string_view name);

/// A peer that is up.
plugin::peer_view peer(std::string roles);
/// From 0 to 3, ascending.
identity::endpoint_id peer_id(std::uint8_t number);
plugin::peer_snapshot_ptr snapshot(std::map<std::uint8_t, plugin::peer_view> peers);

class plugin_bench : public plugin::contribution_sink, public plugin::plugin_observer {
public:
    /// On a shard of its own. `is_isolated`: roles run in processes of their own.
    explicit plugin_bench(bool is_isolated = false);
    explicit plugin_bench(net::shard& shared, bool is_isolated = false);
    ~plugin_bench() override;

    /// The settings of one instance, to be changed before it is loaded.
    plugin::instance_settings& own(const std::string& instance);

    /// Loads one plugin; the one refusal when there is one.
    std::optional<failure> load(const std::string& path, const std::string& role = {});
    std::vector<failure> load_all(const std::vector<plugin::plugin_spec>& specs);

    /// Loads, starts and waits until it runs.
    void run(const std::string& path);

    plugin::plugin_manager& manager() { return *manager_; }
    template <class Predicate>
    bool until(Predicate done) {
        return run_until(shard, done);
    }
    /// Waits until a digest value is what it should be; shows what it is when it does not become
    /// so.
    bool until_value(const std::string& key, const peers::proto::digest_value& wanted);
    bool until_state(plugin::proto::instance_state state);
    /// No role but what it was: destroyed before what `mesh` lends.
    void end() { manager_.reset(); }
    /// Stops all and waits; how many were abandoned.
    std::size_t stop();

private:
    void set_up(bool is_isolated);

    std::optional<net::shard> own_shard_;

public:
    temp_dir state_directory;  ///< of its instances
    net::shard& shard;
    plugin::mesh_services mesh;  ///< what is lent; nothing, unless a test has something
    plugin::plugin_settings settings;
    std::map<std::string, peers::proto::digest_value> values;  ///< "role.key"
    std::vector<std::string> states;                           ///< "test-0 running", each once
    std::vector<std::string> errors;                           ///< "MP301 ...", each once
    std::size_t changes = 0;                                   ///< of instances, that were told

private:
    void on_contribution(
        std::string_view instance,
        std::string_view role,
        const peers::proto::contribution& value
    ) override;
    void on_cleared(std::string_view instance, std::string_view role, std::string_view key)
        override;
    void on_instance_changed(const plugin::instance_status& status) override;
    void on_plugins_stopped(std::size_t abandoned) override;

    std::optional<plugin::plugin_manager> manager_;
    std::optional<std::size_t> stopped_;
};

}  // namespace meshhost::test
