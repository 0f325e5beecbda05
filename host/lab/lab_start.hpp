// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes a lab: its directory, keys and configurations, its keeper, its hosts, and waits until they
// are one mesh.
#include "config/surroundings.hpp"
#include "lab/keeper_client.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/lab_record.hpp"
#include "lab/model/mesh_view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab {

struct up_request {
    lab_choice where;  ///< a name is made of the seed when there is none
    std::size_t nodes = 18;
    std::uint64_t seed = 42;
    std::string emit = "change";
    std::vector<std::string> sets;
    std::vector<std::string> observer_sets;
    std::vector<std::string> host_sets;  ///< "NAME:KEY=VALUE"
    duration within = 60s;               ///< all of it
    bool has_observer = false;           ///< beside the hosts, with a dashboard
    bool has_relay = false;              ///< beside the hosts, for all of them
};

/// From the start of the first process.
struct boot_times {
    duration first_ready{};
    duration all_ready{};
    duration all_heard{};  ///< every host hears every other
    duration linked{};     ///< and the links make one mesh; as exact as the looks are
};

/// Shows how far something is.
class progress {
public:
    virtual ~progress() = default;
    virtual void show(std::string_view what, std::size_t done, std::size_t of) = 0;
};

/// A lab of this process: unless released, its keeper takes it down when this process ends.
struct running_lab {
    model::lab_record lab;
    keeper_client keeper;
    boot_times boot;
    std::string dashboard;  ///< a link to it; empty: there is none
};

/// When it fails, or on an interrupt, nothing that it started is left.
/// Errors: E_LAB_EXISTS, E_LAB_DIR, E_LAB_START, E_LAB_APART (timeout) when the hosts do not
/// become one mesh, E_INTERRUPTED, and what a host says when it does not start.
outcome<running_lab> start_lab(
    const up_request& asked,
    const config::surroundings& around,
    progress& shown
);

/// {"first_ready_ms",...}
boost::json::object to_json(const boot_times& boot);

/// Keeps the times in the lab's directory, for its report.
outcome<void> note_boot(const model::lab_record& lab, const boot_times& boot);

/// Waits until the hosts that run are one mesh, at most `patience`.
outcome<model::convergence> await_mesh(
    const model::lab_record& lab,
    duration patience,
    progress& shown
);

}  // namespace meshhost::lab
