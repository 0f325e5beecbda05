// SPDX-License-Identifier: Apache-2.0
#pragma once
// Talks to a lab's keeper. Every call blocks, up to its time limit or an interrupt.
#include "base/error.hpp"
#include "base/time.hpp"
#include "base/unique_fd.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace meshhost::lab {

/// What the keeper tells: {"news":"started|ready|refused|ended","node",...}.
using news_taker = std::function<void(const boost::json::object& news)>;

class keeper_client {
public:
    /// Errors: E_LAB_DOWN.
    static outcome<keeper_client> connect(const std::filesystem::path& lab_dir);

    /// Starts hosts and waits until each is ready. Errors: what a host or the keeper says;
    /// E_LAB_START when one ends instead, E_TIMEOUT, E_INTERRUPTED.
    outcome<void> start(
        const std::vector<std::string>& nodes,
        duration patience,
        const news_taker& take
    );

    /// From now on the lab outlives this process.
    outcome<void> release();

private:
    explicit keeper_client(unique_fd socket)
        : socket_(std::move(socket)) {}

    outcome<void> send(const boost::json::object& command);
    /// The next line. Errors: E_LAB_DOWN, E_TIMEOUT, E_INTERRUPTED.
    outcome<boost::json::object> next(time_point deadline);

    unique_fd socket_;
    std::string text_;
};

}  // namespace meshhost::lab
