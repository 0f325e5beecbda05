// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local API of a running host, as meshctl uses it. Every call blocks up to its time limit.
#include "base/error.hpp"
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

class api_client {
public:
    /// Asks the first of `sockets` that somebody answers on. Precondition: there is at least one.
    api_client(std::vector<std::filesystem::path> sockets, duration timeout);

    /// The whole envelope of a good answer. Errors: those of the answer, and of
    /// http::send_request; E_BAD_ANSWER when it is no envelope.
    outcome<boost::json::object> get(const std::string& path) const;

    /// Posts `body` and hands every line of the answer over as it comes; an error envelope ends
    /// the stream as this call's error. `patience` bounds the wait for each line.
    outcome<void> stream(
        const std::string& path,
        const boost::json::object& body,
        duration patience,
        const std::function<void(const boost::json::object&)>& take
    ) const;

private:
    template <class Call>
    auto on_first_living_socket(Call call) const;

    std::vector<std::filesystem::path> sockets_;
    duration timeout_;
};

}  // namespace meshhost::ctl
