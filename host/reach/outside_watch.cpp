// SPDX-License-Identifier: Apache-2.0
#include "reach/outside_watch.hpp"

#include "base/prng.hpp"
#include "net/socket_address.hpp"

#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <utility>

namespace meshhost::reach {

namespace {

/// Shorter than the 30 s for which many NATs keep a mapping; iroh asks every 20 to 26 s.
constexpr duration pause_min = 20s;
constexpr std::uint64_t pause_spread_ms = 6000;

}  // namespace

outside_watch::outside_watch(net::shard& shard, outside_options options)
    : shard_(shard)
    , options_(std::move(options))
    , client_(options_.secret, nat::proto::stun_pace::hasty())
    , timer_(shard, *this) {
    for (const auto& name : options_.servers)
        if (servers_.size() < servers_max) servers_.push_back({name, {}, {}, {}});
}

outside_watch::~outside_watch() {
    *alive_ = false;
}

void outside_watch::ask() {
    if (servers_.empty()) return;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        if (servers_[i].at)
            question(servers_[i]);
        else
            resolve(i);
    }
    prng random(
        options_.seed ^ static_cast<std::uint64_t>(shard_.now().time_since_epoch().count())
    );
    ask_at_ = shard_.now() + pause_min + std::chrono::milliseconds(random.below(pause_spread_ms));
    turn();
}

void outside_watch::resolve(std::size_t number) {
    namespace ip = boost::asio::ip;
    const std::string& name = servers_[number].name;
    if (const auto literal = ip_endpoint::parse(name)) {
        servers_[number].at = *literal;
        return question(servers_[number]);
    }
    const auto colon = name.rfind(':');
    auto resolver = std::make_shared<ip::udp::resolver>(shard_.context());
    resolver->async_resolve(
        name.substr(0, colon),
        name.substr(colon + 1),
        [this, resolver, number, alive = alive_](
            const boost::system::error_code& error,
            const ip::udp::resolver::results_type& found
        ) {
            if (!*alive) return;
            if (error || found.empty()) {
                options_.log.debug("{}: {}", servers_[number].name, error.message());
                return;
            }
            // IPv4 first: what is asked for is what a NAT makes of us.
            auto best = found.begin();
            for (auto each = found.begin(); each != found.end(); ++each)
                if (each->endpoint().address().is_v4()) {
                    best = each;
                    break;
                }
            servers_[number].at = net::to_endpoint(best->endpoint().data());
            question(servers_[number]);
            turn();
        }
    );
}

void outside_watch::question(server& to) {
    if (to.at) (void)client_.ask({*to.at}, shard_.now());
}

bool outside_watch::take(const ip_endpoint& from, bytes_view datagram) {
    if (!nat::proto::looks_like_stun(datagram)) return false;
    const bool is_ours = client_.handle(datagram, from, shard_.now());
    turn();
    return is_ours;
}

void outside_watch::on_deadline(time_point now) {
    client_.handle_deadline(now);
    if (now >= ask_at_) return ask();
    turn();
}

void outside_watch::turn() {
    using what = nat::proto::stun_output::what;
    while (const auto out = client_.poll_output()) {
        if (out->kind == what::send) {
            options_.send(out->server, out->message);
            continue;
        }
        const auto asked = std::find_if(servers_.begin(), servers_.end(), [&](const auto& each) {
            return each.at == out->server;
        });
        if (asked == servers_.end()) continue;
        const bool is_answered = out->kind == what::answered && out->answer.mapped;
        asked->seen = is_answered ? out->answer.mapped : std::nullopt;
        if (is_answered) {
            is_silent_ = options_.are_guessed = false;
            asked->round_trip = out->round_trip ? out->round_trip : asked->round_trip;
            options_.on_seen({nat::proto::voter_kind::stun, out->server}, *out->answer.mapped);
        } else {
            asked->at.reset();  // its name may have another address by now
        }
    }
    const bool is_over = client_.under_way() == 0;
    const bool is_heard = std::any_of(servers_.begin(), servers_.end(), [](const auto& each) {
        return each.seen.has_value();
    });
    const bool was_asked = ask_at_ != no_deadline && is_over && !options_.are_guessed;
    if (was_asked && !is_heard && !std::exchange(is_silent_, true)) options_.on_silence();
    timer_.arm(std::min(ask_at_, client_.next_deadline()));
}

std::vector<outside_view> outside_watch::list() const {
    std::vector<outside_view> all;
    for (const auto& each : servers_)
        all.push_back({each.name, each.at, each.seen, each.round_trip});
    return all;
}

}  // namespace meshhost::reach
