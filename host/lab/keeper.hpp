// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parent of a lab's hosts: a small process that stays when meshctl ends. The hosts are in its
// process group and session, and the kernel kills them when it dies, however it dies.
#include "base/error.hpp"
#include "lab/model/lab_record.hpp"

namespace meshhost::lab {

/// Forks it, with its socket in the lab's directory, and says who it is. Until a client says
/// {"do":"release"} it belongs to this process: when this one ends, it stops the hosts and
/// removes the lab. SIGTERM makes it stop the hosts, and end. It writes lab.json from here on.
/// Errors: E_LAB_START, E_LAB_DIR (a path too long for a socket).
outcome<model::process_name> start_keeper(const model::lab_record& lab);

/// How long it gives hosts that are to stop, before it kills them.
inline constexpr duration stop_wait = 10s;

}  // namespace meshhost::lab
