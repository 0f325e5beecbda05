// SPDX-License-Identifier: Apache-2.0
#pragma once
// Goes over the host's books: when asked, and every so often when told to. The rules are in audit;
// this looks twice where one look is not enough, and says so once when something is wrong.
#include "app/audit_tables.hpp"
#include "base/log.hpp"
#include "net/deadline_timer.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace meshhost::app {

class audit_observer {
public:
    /// Once for each, until it is gone and comes again.
    virtual void on_discrepancy(const audit_finding& finding) = 0;

protected:
    ~audit_observer() = default;
};

/// Who waits for a report at one time; more are refused.
inline constexpr std::size_t audits_waiting_max = 16;

/// Lifecycle: make it once the rooms are there, start() when the host is ready, destroy it before
/// them. One thread: the shard's. `shard` and `observer` outlive it.
class auditor final : private net::deadline_sink {
public:
    using report_sink = std::function<void(const audit_report&)>;

    auditor(net::shard& shard, audit_parts parts, audit_observer& observer, logger log);

    /// `interval` 0: only when asked.
    void start(duration interval);

    /// At once, or after audit_history::audit_grace when there is something that may be no more
    /// than in flux. Errors: E_TOO_MANY_AUDITS.
    outcome<void> check(report_sink sink);

    /// What is wrong as of the last look.
    const std::vector<audit_finding>& standing() const noexcept { return standing_; }

    /// One look, as at `now`. The timer does this by itself.
    audit_report look(time_point now);

private:
    struct waiting {
        report_sink sink;
        time_point due;
    };

    void on_deadline(time_point now) override;
    void start_counting();
    void tell(const audit_report& report);
    void arm();

    net::shard& shard_;
    audit_parts parts_;
    audit_observer& observer_;
    logger log_;
    lasting_minimum descriptors_;  ///< that no room accounts for
    lasting_minimum threads_;
    audit_history history_;
    std::vector<audit_finding> standing_;
    std::set<std::string> told_;
    std::vector<waiting> waiting_;
    duration interval_{};
    time_point next_ = no_deadline;
    net::deadline_timer timer_;
};

}  // namespace meshhost::app
