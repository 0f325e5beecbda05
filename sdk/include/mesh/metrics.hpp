// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role counts and measures, in the host's metrics:
//   mesh::counter done{*this, "jobs.done", {"{job}"}};
//   mesh::histogram took{*this, "job.duration", {"s", "from queued to done", {0.01, 0.1, 1}}};
//   ...  done.add(1, {{"kind", "resize"}});  took.record(0.25);
#include <mesh/role.hpp>

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

namespace mesh {

struct instrument_options {
    const char* unit = nullptr;  ///< UCUM
    const char* doc = nullptr;
    std::vector<double> bounds = {};  ///< of a histogram; empty: the host's
};

/// A member of its role; made at the host when it is first used. Any thread, once the role has
/// started. Nothing happens on a host without metrics.
class instrument {
protected:
    instrument(role& owner, std::uint32_t kind, const char* name, instrument_options options)
        : owner_(owner)
        , kind_(kind)
        , name_(name)
        , options_(std::move(options)) {}

    void say(double value, attrs with) noexcept {
        const auto* table = owner_.have<mesh_metrics_v1>();
        if (table == nullptr) return;
        // The same name gives the same handle, so that two threads may both be the first.
        mesh_handle handle = handle_.load(std::memory_order_relaxed);
        if (handle == 0) {
            const mesh_instrument wanted{
                sizeof(mesh_instrument),
                kind_,
                name_,
                options_.unit,
                options_.doc,
                options_.bounds.data(),
                options_.bounds.size()};
            if (table->create(owner_.host_, &wanted, &handle) < 0) return;
            handle_.store(handle, std::memory_order_relaxed);
        }
        table->record(owner_.host_, handle, value, with.begin(), with.size());
    }

private:
    role& owner_;
    std::uint32_t kind_;
    const char* name_;
    instrument_options options_;
    std::atomic<mesh_handle> handle_{0};
};

/// Only grows.
class counter : instrument {
public:
    counter(role& owner, const char* name, instrument_options options = {})
        : instrument(owner, MESH_METRIC_COUNTER, name, std::move(options)) {}
    void add(double more = 1, attrs with = {}) noexcept { say(more, with); }
};

/// How many there are: add(1) and add(-1).
class updown : instrument {
public:
    updown(role& owner, const char* name, instrument_options options = {})
        : instrument(owner, MESH_METRIC_UPDOWN, name, std::move(options)) {}
    void add(double more, attrs with = {}) noexcept { say(more, with); }
};

/// The latest value counts.
class gauge : instrument {
public:
    gauge(role& owner, const char* name, instrument_options options = {})
        : instrument(owner, MESH_METRIC_GAUGE, name, std::move(options)) {}
    void set(double value, attrs with = {}) noexcept { say(value, with); }
};

class histogram : instrument {
public:
    histogram(role& owner, const char* name, instrument_options options = {})
        : instrument(owner, MESH_METRIC_HISTOGRAM, name, std::move(options)) {}
    void record(double value, attrs with = {}) noexcept { say(value, with); }
};

}  // namespace mesh
