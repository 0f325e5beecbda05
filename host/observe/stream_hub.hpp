// SPDX-License-Identifier: Apache-2.0
#pragma once
// The browsers that watch: each gets a snapshot, then what changes; one that reads too slowly gets
// a snapshot again when it has caught up.
#include "http/websocket.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "observe/observatory.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe {

inline constexpr const char* stream_subprotocol = "meshhost.v1";

/// One thread: the shard's.
class stream_hub final : public picture_sink, private net::deadline_sink {
public:
    static constexpr std::size_t clients_max = 128;
    static constexpr std::size_t unread_max = 256u << 10;  ///< more, and deltas are left out
    static constexpr duration hello_limit = 10s;
    /// That are being read at one time: of a large mesh each is megabytes. One more, and whoever
    /// still reads the oldest is cut off; its page comes again by itself.
    static constexpr std::size_t snapshots_max = 4;

    explicit stream_hub(net::shard& shard);
    stream_hub(const stream_hub&) = delete;
    stream_hub& operator=(const stream_hub&) = delete;
    ~stream_hub();

    /// Before the first client; outlives them.
    void set_source(observatory* source) noexcept { source_ = source; }

    /// nullptr: there are clients_max.
    std::shared_ptr<http::websocket_handler> new_client();
    /// Ends them all.
    void close(std::string_view why = "the observer is stopping");

    std::size_t clients() const noexcept { return clients_.size(); }
    std::uint64_t snapshots_again() const noexcept { return snapshots_again_; }
    std::uint64_t cut_off() const noexcept { return cut_off_; }

    void on_delta(const proto::change_log::frame& told) override;
    void on_tick(const proto::change_log::frame& told) override;

private:
    class client;

    void on_deadline(time_point now) override;
    void add(const std::shared_ptr<client>& joined);
    void remove(const client& left);
    void greet(client& to, std::string_view text);
    void send_snapshot(client& to);
    void make_room_for(const proto::change_log::frame& snapshot);

    net::shard& shard_;
    net::deadline_timer timer_;
    observatory* source_ = nullptr;
    std::vector<std::shared_ptr<client>> clients_;
    std::deque<std::weak_ptr<const std::string>>
        snapshots_;                      ///< somebody reads them, or lately did
    std::uint64_t snapshots_again_ = 0;  ///< for clients that were too slow
    std::uint64_t cut_off_ = 0;          ///< clients that were slower than others could wait
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< clients may outlive the hub
};

}  // namespace meshhost::observe
