// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the kernel keeps a worker process from seeing: files and TCP ports by Landlock, sockets and
// what looks into other processes by seccomp. Both can be entered without privileges, and never
// left.
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/worker_reach.hpp"

namespace meshhost::plugin {

/// From here on this process opens nothing but what every program needs (its libraries, the clock's
/// zone, names of hosts, /proc, /sys, /dev/null and the like) and what `reach` adds; without
/// net:in or net:out it makes no sockets; it traces no other process and enters no namespace, and
/// signals none but its own (on kernels whose Landlock is older than version 6, not its children
/// either); it changes no file's mode or owner by its path. Threads that are there already are not
/// kept: call it while there is one.
/// A kernel without Landlock (before 5.13, or with it switched off) keeps files open to whoever the
/// process's user is: see has_file_sandbox().
/// Errors: MP207, when the kernel refuses what it says it can do.
checked<> enter_sandbox(const proto::worker_reach& reach);

/// Whether this kernel has Landlock.
bool has_file_sandbox() noexcept;

}  // namespace meshhost::plugin
