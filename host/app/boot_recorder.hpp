// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a start of this host does, and how long each step takes: the trace of
// mesh.node.ready, with its five steps.
#include "app/boot_history.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "net/shard.hpp"
#include "plugin/plugin_manager.hpp"
#include "telemetry/step_trace.hpp"

#include <boost/json/array.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace meshhost::app {

/// Lifecycle: made when the configuration is read; remember() once the state directory is this
/// process's alone; then ready() or failed(). One thread: the shard's.
class boot_recorder {
public:
    /// `process_started` by the shard's clock.
    boot_recorder(const net::shard& shard, time_point process_started);

    /// Ends the step before; the start begins with the first. One of: mesh.identity.load,
    /// mesh.endpoint.create, mesh.alpn.register, mesh.gossip.subscribe, mesh.accept.start.
    void step(std::string name);
    void note(std::string key, telemetry::attribute_value value) {
        trace_.note(std::move(key), std::move(value));
    }
    void note_of_all(std::string key, telemetry::attribute_value value) {
        trace_.note_of_all(std::move(key), std::move(value));
    }

    /// From here on starts are remembered in `file`.
    void remember(const std::filesystem::path& file);

    /// How long each role took to be loaded and created.
    void on_loaded(std::span<const plugin::instance_status> roles);
    /// They are told to start now; on_instance_changed() tells how that goes.
    void on_starting() { roles_started_ = shard_.now(); }
    void on_instance_changed(const plugin::instance_status& role);

    /// Once, either of them; then it is written down.
    void ready();
    void failed(const failure& why);

    /// What came after it, mesh.node.join: it is written down beside it.
    void joined(std::vector<telemetry::span> trace);

    const std::vector<telemetry::span>& spans() const noexcept { return trace_.spans(); }

    /// As host_view::boots().
    boost::json::array boots() const;

private:
    boost::json::object as_json() const;
    void write_down();

    const net::shard& shard_;
    telemetry::step_trace new_trace() const;

    time_point process_started_;
    duration lead_{};  ///< from then to the first step
    telemetry::step_trace trace_;
    std::vector<telemetry::span> join_;  ///< empty: not yet, or there was none
    std::optional<boot_history> history_;
    std::uint64_t number_ = 1;
    time_point roles_started_{};
    std::set<std::string> started_;  ///< roles of which it is known
    logger log_{"host"};
};

}  // namespace meshhost::app
