// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /v1/meters: this host in numbers, once or again and again.
#include "admin/host_view.hpp"
#include "admin/replies.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"

#include <functional>
#include <list>

namespace meshhost::admin {

struct meter_query {
    bool follow = false;
    duration interval = 1s;  ///< 250 ms to 60 s
};

/// follow and interval_ms. Errors: E_BAD_REQUEST.
outcome<meter_query> parse_meter_query(const http::query_map& query);

/// Measures only while somebody looks: the timer starts with the first follower and stops with the
/// last. One thread: the shard's. The references outlive it.
class meter_feed final : private net::deadline_sink {
public:
    static constexpr std::size_t followers_max = 16;
    /// A follower with more than this unread misses a sample.
    static constexpr std::size_t unread_max = 64u << 10;

    meter_feed(net::shard& shard, const host_view& view);
    meter_feed(const meter_feed&) = delete;
    meter_feed& operator=(const meter_feed&) = delete;

    void on_request(const http::request& asked, const answer_ptr& answer);

    std::size_t followers() const noexcept { return followers_.size(); }

private:
    struct follower {
        answer_ptr answer;
        duration interval{};
        time_point next{};
    };

    void on_deadline(time_point now) override;
    void drop_gone();
    void arm();

    net::shard& shard_;
    const host_view& view_;
    net::deadline_timer timer_;
    std::list<follower> followers_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< for watches that outlive it
};

}  // namespace meshhost::admin
