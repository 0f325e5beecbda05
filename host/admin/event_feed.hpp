// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /v1/events: what happened, from the journal, once or as it comes.
#include "admin/replies.hpp"
#include "telemetry/event_journal.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::admin {

/// meshhost.event/1; `node` is the id of this host.
boost::json::object event_json(const telemetry::event& event, const std::string& node);

struct event_query {
    std::uint64_t since = 1;  ///< the number of the first event that is wanted
    std::size_t limit = 1000;
    std::set<std::string> types;                               ///< empty: all
    std::function<bool(const telemetry::event&)> passes = {};  ///< empty: all; quick
    bool follow = false;
};

/// since, limit, types ("peer.state,self.state") and follow; a follower that says no number wants
/// what comes from now on. Errors: E_BAD_REQUEST.
outcome<event_query> parse_event_query(const http::query_map& query, std::uint64_t next);

/// meshhost.events/1: what `query` asks for, once.
boost::json::object events_json(
    const telemetry::event_source& journal,
    const std::string& node,
    const event_query& query
);

/// How a stream of events is written.
struct event_wording {
    const char* content_type;
    http::header_list headers = {};
    std::string_view greeting = {};  ///< before the first; empty: none
    std::string (*event)(const telemetry::event& happened, const std::string& node);
    /// Instead of those that the journal has let go of.
    std::string (*gap)(std::uint64_t first, std::uint64_t last);
};
/// A JSON object a line.
event_wording lines_of_json();

/// Followers hold no events of their own: each reads the journal at its own pace, and one that
/// lags so far behind that the journal has let go of its next event is told of the gap.
/// One thread: the shard's. The journal outlives it.
class event_feed final : private telemetry::event_listener {
public:
    static constexpr std::size_t followers_max = 16;
    /// A follower with more than this unread gets no more for now.
    static constexpr std::size_t unread_max = 64u << 10;

    event_feed(
        telemetry::event_source& journal,
        std::string node,
        event_wording wording = lines_of_json()
    );
    event_feed(const event_feed&) = delete;
    event_feed& operator=(const event_feed&) = delete;
    ~event_feed();

    /// Once, or as a stream where `follow` is asked for.
    void on_request(const http::request& asked, const answer_ptr& answer);
    /// As a stream. false: there are followers_max already, and nothing was answered.
    bool follow(const event_query& query, const answer_ptr& answer);

    /// Something that is no event, to all that read.
    void say(std::string_view text);
    /// Ends all streams.
    void close();

    std::size_t followers() const noexcept { return followers_.size(); }

private:
    struct follower;

    void on_event(const telemetry::event&) override { pump_all(); }
    void answer_once(const event_query& query, http::exchange& answer) const;
    void pump_all();
    bool pump(follower& to) const;

    telemetry::event_source& journal_;
    std::string node_;
    event_wording wording_;
    std::vector<std::shared_ptr<follower>> followers_;
};

}  // namespace meshhost::admin
