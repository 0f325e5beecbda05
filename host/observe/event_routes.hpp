// SPDX-License-Identifier: Apache-2.0
#pragma once
// The journal's events for who asks over HTTP: what happened, at once or as soon as something does,
// and as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#include "admin/event_feed.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "observe/event_subjects.hpp"
#include "observe/question_table.hpp"
#include "telemetry/event_journal.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace meshhost::observe {

/// One thread: the shard's. The references outlive it.
class event_routes final : private net::deadline_sink, private telemetry::event_listener {
public:
    static constexpr std::size_t waiters_max = 64;
    static constexpr std::chrono::milliseconds wait_max{30'000};
    static constexpr duration usual_pause = 15s;

    /// Streams say a comment every `pause`: proxies take one that is silent for dead.
    event_routes(
        net::shard& shard,
        telemetry::event_source& journal,
        observatory& source,
        std::string node,
        duration pause = usual_pause
    );
    event_routes(const event_routes&) = delete;
    event_routes& operator=(const event_routes&) = delete;
    ~event_routes();

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

    /// Streams end, and who waits is answered.
    void close();

    std::size_t waiters() const noexcept { return waiters_.size(); }
    std::size_t streams() const noexcept { return streams_.followers(); }

private:
    using question = question_table::question;
    struct waiter {
        admin::event_query query;
        admin::answer_ptr answer;
        time_point until;
    };

    void on_deadline(time_point now) override;
    void on_event(const telemetry::event& happened) override;
    /// `where`: of whose node or peer the filter lets through. Errors: E_BAD_REQUEST.
    outcome<void> add_filter(admin::event_query& query, const http::request& asked);
    void get_events(const question& of, const admin::answer_ptr& answer);
    void get_stream(const question& of, const admin::answer_ptr& answer);
    void arm(time_point now);

    net::shard& shard_;
    telemetry::event_source& journal_;
    observatory& source_;
    event_subjects subjects_;
    std::string node_;
    duration pause_;
    net::deadline_timer timer_;
    admin::event_feed streams_;
    std::vector<waiter> waiters_;
    time_point next_comment_ = no_deadline;
    bool is_due_ = false;  ///< something has happened since who waits was looked at
};

}  // namespace meshhost::observe
