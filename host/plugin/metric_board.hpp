// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.metrics/1 of one instance: its instruments, and what was recorded with them. Recording a set
// of attributes that is known takes no lock and no memory. Sets are told apart by a hash of 64
// bits: a collision adds two of the plugin's own sets up.
#include <mesh/plugin.h>

#include "plugin/proto/call_error.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "telemetry/metric.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace meshhost::plugin {

/// Any thread.
class metric_board {
public:
    metric_board();
    metric_board(const metric_board&) = delete;
    metric_board& operator=(const metric_board&) = delete;
    ~metric_board();

    /// The instrument of that name. Errors: MESH_E_INVALID; MESH_E_EXISTS, when it is of another
    /// kind; MESH_E_BUDGET.
    proto::call_result<proto::handle> create(const mesh_instrument& wanted);

    /// What makes no sense (an unknown handle, no number, less than nothing for a counter) is
    /// counted and has no other effect.
    void record(proto::handle instrument, double value, std::span<const mesh_attr> attributes);

    /// `now` since the Unix epoch.
    telemetry::metrics_snapshot snapshot(duration now) const;

    std::size_t size() const noexcept { return size_; }

private:
    struct cell;
    struct instrument;

    instrument* find(proto::handle handle) const noexcept;
    cell& cell_of(instrument& in, std::span<const mesh_attr> attributes);
    cell& add_cell(instrument& in, std::uint64_t hash, std::span<const mesh_attr> attributes);

    duration started_;
    std::mutex mutex_;  ///< of making instruments and cells
    std::array<std::unique_ptr<instrument>, proto::instruments_max> instruments_;
    std::atomic<std::size_t> size_ = 0;  ///< those below it are there
    std::size_t cells_ = 0;
    std::atomic<std::uint64_t> rejected_ = 0;
};

}  // namespace meshhost::plugin
