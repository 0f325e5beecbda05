// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ports that one instance serves, the requests that it made, and those that it has to answer.
// A machine's part.
#include "plugin/proto/credit.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

struct served_port {
    std::string port;
    std::uint64_t tag = 0;
};

struct held_tag {
    proto::handle handle = 0;
    handle_kind kind = handle_kind::message_port;
    std::uint64_t tag = 0;
};

/// Whoever shares it among threads locks.
class message_port {
public:
    bool serves(std::string_view port);
    /// 0 when there are too many.
    handle serve(std::string port, std::uint64_t tag) {
        return ports_.insert({std::move(port), tag});
    }
    served_port* find(handle port) noexcept { return ports_.find(port); }
    bool unserve(handle port) noexcept { return ports_.erase(port); }

    /// A request is made. 0 when there are too many without an answer.
    handle ask(std::uint64_t tag) { return asked_.insert(tag); }
    bool has_asked(handle request) noexcept { return asked_.find(request) != nullptr; }
    /// Its tag, and the end of it; nullopt: it has ended before.
    std::optional<std::uint64_t> settle(handle request);
    /// Those without an answer.
    std::vector<handle> unsettled();

    /// A request of somebody else's, which the host numbers. 0 when there are too many.
    handle arrive(std::uint64_t number);
    std::optional<std::uint64_t> number_of(handle question) noexcept;
    bool answer(handle question) noexcept;
    /// Nobody waits for it any more.
    void withdraw(std::uint64_t number) noexcept;

    taken_meter taken{message_window_messages, message_window_bytes};

    /// Ports, and requests that were made.
    std::vector<held_tag> held();
    /// Nothing for a handle that is not among those.
    void set_tag(handle of, std::uint64_t tag) noexcept;

    std::size_t ports() const noexcept { return ports_.size(); }
    std::size_t size() const noexcept { return ports_.size() + asked_.size() + questions_.size(); }
    void clear() noexcept;

private:
    handle_table<served_port> ports_{handle_kind::message_port, message_ports_max};
    handle_table<std::uint64_t> asked_{handle_kind::message_request, requests_made_max};
    handle_table<std::uint64_t> questions_{handle_kind::message_question, requests_heard_max};
    std::map<std::uint64_t, handle> by_number_;  ///< of questions
};

}  // namespace meshhost::plugin::proto
