// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions that a lab answers by itself: each boots the labs it needs, measures, and says what was
// found in a sentence made of the figures.
#include "config/surroundings.hpp"
#include "lab/lab_start.hpp"
#include "lab/model/report.hpp"

#include <string>

namespace meshhost::lab {

struct experiment_request {
    std::size_t nodes = 18;
    duration window = 60s;  ///< of each measurement
    duration settle = 20s;  ///< before the first
    unsigned rounds = 3;
    unsigned cycles = 10'000;  ///< of joins and leaves
    std::uint64_t seed = 42;
};

/// Is a full-state broadcast every 500 ms too aggressive? Beside it: only what changes, and 2 s.
outcome<model::report> heartbeat_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
);

/// Does watching a mesh cost more than the mesh?
outcome<model::report> telemetry_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
);

/// Is everything that a guest brought gone when it is gone?
outcome<model::report> accounting_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
);

/// Sleeps, or says that it was interrupted.
outcome<void> settle(duration time);

/// A lab of its own for an experiment, named after this process.
up_request experiment_lab(const experiment_request& asked, std::string_view what);

}  // namespace meshhost::lab
