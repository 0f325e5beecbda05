// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local API of a running host, as meshctl uses it. Every call blocks up to its time limit.
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/http_client.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

class api_client {
public:
    /// Asks the first of `sockets` that somebody answers on. Precondition: there is at least one.
    /// With `via`, a node as a person names it, everything is asked of that node through it.
    api_client(std::vector<std::filesystem::path> sockets, duration timeout, std::string via = {});

    duration timeout() const noexcept { return timeout_; }
    /// The same, that waits at least so long: of what the host itself ends in time.
    api_client patient(duration least) const {
        api_client copy = *this;
        copy.timeout_ = std::max(timeout_, least);
        return copy;
    }

    /// The whole envelope of a good answer. Errors: those of the answer, and of
    /// http::send_request; E_BAD_ANSWER when it is no envelope; with `via` those of pick_node().
    outcome<boost::json::object> get(const std::string& path) const;
    outcome<boost::json::object> post(const std::string& path, const boost::json::object& body)
        const;

    /// Posts `body` and hands every line of the answer over as it comes; an error envelope ends
    /// the stream as this call's error. `patience` bounds the wait for each line.
    outcome<void> stream(
        const std::string& path,
        const boost::json::object& body,
        duration patience,
        const std::function<void(const boost::json::object&)>& take
    ) const;

    /// Takes one line; false when it was the last one that is wanted.
    using line_taker = std::function<bool(const boost::json::object& line)>;

    /// Gets a stream that ends by itself, or when `take` has had enough.
    outcome<void> lines(const std::string& path, duration patience, const line_taker& take) const;

    /// Gets a stream that has no end of its own. Returns when `take` or one of `aside` ended it.
    /// Errors: as get(); E_STREAM_ENDED (unreachable) when the other end did.
    outcome<void> follow(
        const std::string& path,
        duration patience,
        const line_taker& take,
        std::span<const http::side_input> aside
    ) const;

private:
    template <class Call>
    auto on_first_living_socket(Call call) const;
    outcome<boost::json::object> ask(const http::request& asked) const;
    outcome<std::string> target(const std::string& path) const;
    outcome<void> run_stream(
        const http::request& asked,
        const http::stream_timing& timing,
        const line_taker& take,
        std::span<const http::side_input> aside
    ) const;

    std::vector<std::filesystem::path> sockets_;
    duration timeout_;
    std::string via_;
    mutable std::string prefix_;  ///< of every path; known after the first question
};

}  // namespace meshhost::ctl
