// SPDX-License-Identifier: Apache-2.0
#pragma once
// What telemetry has cost this process so far. A thread's CPU clock is dear to read: it is read
// once a batch, and what a single span costs is known beforehand. Pure; one thread.
#include "base/time.hpp"

#include <cstdint>

namespace meshhost::telemetry {

class cost_meter {
public:
    /// Of making and keeping a span with six attributes, about (bench/README.md).
    static constexpr duration per_span = 500ns;

    void spent(duration cpu) noexcept { spent_ += cpu; }
    void made_span() noexcept { ++spans_; }

    std::uint64_t spans() const noexcept { return spans_; }

    duration total() const noexcept {
        return spent_ + per_span * static_cast<duration::rep>(spans_);
    }

private:
    duration spent_{};
    std::uint64_t spans_ = 0;
};

}  // namespace meshhost::telemetry
