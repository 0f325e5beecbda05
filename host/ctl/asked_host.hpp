// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which host of this machine is asked: an instance, a socket, or a lab's observer.
#include "base/error.hpp"
#include "config/surroundings.hpp"
#include "ctl/command.hpp"
#include "lab/lab_dir.hpp"

#include <filesystem>
#include <vector>

namespace meshhost::ctl {

/// Where the observer of a lab is asked. Errors: those of lab::find_lab(), and E_NO_DASHBOARD
/// (unreachable) where it has none.
outcome<std::filesystem::path> observer_of(
    const lab::lab_choice& lab,
    const config::surroundings& around
);

/// Where it may answer, at least one place. Errors: with --lab those of observer_of().
outcome<std::vector<std::filesystem::path>> sockets_to_try(
    const global_options& options,
    const config::surroundings& around
);

/// `error`, with the labs that run here in its hint where nobody answers at the usual place: who
/// looks for a host may mean one of theirs.
failure with_labs_named(
    failure error,
    const global_options& options,
    const config::surroundings& around
);

}  // namespace meshhost::ctl
