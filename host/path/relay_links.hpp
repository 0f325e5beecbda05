// SPDX-License-Identifier: Apache-2.0
#pragma once
// The relays that this host is connected to: its own, which it keeps and is found at, and others',
// for as long as somebody there is talked to.
#include "net/deadline_timer.hpp"
#include "path/path_target.hpp"
#include "relay/relay_client.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::path {

/// Called on the shard's thread, never from inside a call on relay_links.
class relay_links_sink {
public:
    /// See relay::relay_sink::on_datagrams.
    virtual void on_relayed(
        const relay_hop& from,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) = 0;
    virtual void on_relay_turn_end() = 0;
    /// One came up or went down, or another is home now.
    virtual void on_relays_changed() = 0;

protected:
    ~relay_links_sink() = default;
};

struct relay_options {
    const identity::secret_key* key = nullptr;  ///< nullptr: no relays at all
    std::vector<std::string> own;  ///< URLs as normalise_relay_url() writes them, own_max at most
    std::string token;             ///< for our own relays alone; empty: none
    net::tls_client_context* tls = nullptr;  ///< see relay_client_options; outlives the links
    std::uint64_t seed = 0;
    logger log;
};

/// How it stands with one of them.
struct relay_view {
    relay_id id;
    std::string url;
    bool is_own = false;
    bool is_home = false;
    relay::relay_status status = relay::relay_status::down;
    relay::down_reason reason = relay::down_reason::none;
    std::optional<duration> latency;
    relay::relay_client_stats stats;
};

/// One thread: the shard's. `shard`, `sink` and what the options name outlive it.
class relay_links final : private net::deadline_sink {
public:
    static constexpr std::size_t own_max = 4;
    static constexpr std::size_t links_max = 32;  ///< a ticket can name any relay there is
    static constexpr std::size_t timers = 1;

    relay_links(net::shard& shard, relay_links_sink& sink, relay_options options);
    ~relay_links();

    /// Connects to our own. Errors: those of relay_client::make.
    outcome<bool> open();

    /// Connected from now on, if it was not; nullopt when it cannot be, or when links_max others
    /// are up or our own.
    std::optional<relay_id> use(const std::string& url);
    /// Our own, those that are up first, and home before all.
    std::vector<relay_id> own() const;
    /// What a relay that is gone or full does not take is lost, like any datagram.
    void send(const relay_hop& to, bytes_view data, std::size_t segment_size, std::uint8_t ecn);
    void network_changed();

    /// Where others find us: of our own relays that are up the nearest; nullptr: nowhere.
    const std::string* home() const;
    const std::string* url_of(relay_id relay) const;
    bool is_up(relay_id relay) const;
    std::vector<relay_view> list() const;
    std::size_t size() const noexcept { return links_.size(); }

private:
    class link;

    void on_deadline(time_point now) override;
    outcome<link*> connect(const std::string& url, bool is_own);
    bool make_room();
    void on_status();
    bool choose_home();

    net::shard& shard_;
    relay_links_sink& sink_;
    relay_options options_;
    std::map<relay_id, std::unique_ptr<link>> links_;
    std::vector<std::unique_ptr<link>>
        parting_;  ///< gone, but for the object; links_max in one turn
    std::optional<relay_id> home_;
    std::uint32_t last_ = 0;
    net::deadline_timer timer_;  ///< idle ones go, and latencies are compared
};

}  // namespace meshhost::path
