// SPDX-License-Identifier: Apache-2.0
#pragma once
// Somebody who watches: a process of its own that reads streams of the local API and throws away
// what comes.
#include "base/error.hpp"
#include "lab/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::lab {

struct watched_stream {
    std::filesystem::path socket;
    std::string path;  ///< "/v1/meters?follow=true"
};

/// Ends with the process that made it, and when it is destroyed.
class stream_watchers {
public:
    /// Opens every stream and sees that each is answered. Errors: E_NO_DAEMON, E_BAD_ANSWER.
    static outcome<stream_watchers> start(const std::vector<watched_stream>& streams);

    stream_watchers(stream_watchers&& other) noexcept
        : process_(std::exchange(other.process_, {})) {}
    stream_watchers& operator=(stream_watchers&&) = delete;
    ~stream_watchers();

private:
    explicit stream_watchers(process_name process)
        : process_(process) {}

    process_name process_;
};

}  // namespace meshhost::lab
