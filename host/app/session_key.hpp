// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a dashboard's sessions are sealed with: drawn once, and kept for the next start. Not made of
// the host's own key: a lab's can be computed by anybody.
#include "base/log.hpp"
#include "observe/door.hpp"

#include <filesystem>

namespace meshhost::app {

/// In `dashboard.key` of a host's data directory, for its owner alone. Blocks for the disk.
class session_key_file {
public:
    session_key_file(const std::filesystem::path& data_dir, logger log)
        : file_(data_dir / "dashboard.key")
        , log_(std::move(log)) {}

    /// A fresh one where there is none that can be used; kept if the disk takes it, which the log
    /// says else.
    observe::session_key open() const;
    /// Another, in its place.
    observe::session_key replace() const;

private:
    std::filesystem::path file_;
    logger log_;
};

}  // namespace meshhost::app
