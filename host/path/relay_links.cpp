// SPDX-License-Identifier: Apache-2.0
#include "path/relay_links.hpp"

#include "net/shard.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::path {

namespace {

constexpr duration idle_max = 60s;  ///< of somebody else's relay; iroh's
constexpr duration look_every = 15s;

/// Another relay is home only when it is this much nearer: two thirds, iroh's.
bool is_much_nearer(duration candidate, duration current) {
    return candidate * 3 <= current * 2;
}

}  // namespace

class relay_links::link final : private relay::relay_sink {
public:
    link(relay_links& owner, relay_id id, bool is_own)
        : owner_(owner)
        , id_(id)
        , is_own_(is_own)
        , used_at_(owner.shard_.now()) {}

    outcome<bool> start(const std::string& url) {
        relay::relay_client_options options;
        options.url = url;
        options.token = is_own_ ? owner_.options_.token : std::string();
        options.tls = owner_.options_.tls;
        options.seed = owner_.options_.seed + id_.value;
        options.log = owner_.options_.log;
        auto made = relay::relay_client::make(
            owner_.shard_,
            *owner_.options_.key,
            *this,
            std::move(options)
        );
        if (!made) return made.error();
        client_ = std::move(*made);
        client_->start();
        return true;
    }

    void send(const relay::relay_datagrams& out) {
        used_at_ = owner_.shard_.now();
        // What does not fit is lost, the oldest first: whoever sends too much learns it as on any
        // path, and the sockets of other paths are not held up.
        (void)client_->send(out);
    }

    relay::relay_client& client() noexcept { return *client_; }
    const relay::relay_client& client() const noexcept { return *client_; }
    bool is_own() const noexcept { return is_own_; }
    bool is_up() const noexcept { return client_->status() == relay::relay_status::up; }
    time_point used_at() const noexcept { return used_at_; }
    bool is_idle(time_point now) const noexcept { return !is_own_ && now - used_at_ >= idle_max; }

private:
    void on_datagrams(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        std::span<std::uint8_t> data,
        std::size_t segment_size
    ) override {
        used_at_ = owner_.shard_.now();
        owner_.sink_.on_relayed({id_, peer}, ecn, data, segment_size);
    }
    void on_turn_end() override { owner_.sink_.on_relay_turn_end(); }
    void on_status(relay::relay_status, relay::down_reason) override { owner_.on_status(); }
    void on_gone(const identity::endpoint_id&) override {}  // QUIC notices by itself
    void on_writable() override {}

    relay_links& owner_;
    relay_id id_;
    bool is_own_;
    time_point used_at_;
    std::unique_ptr<relay::relay_client> client_;
};

relay_links::relay_links(net::shard& shard, relay_links_sink& sink, relay_options options)
    : shard_(shard)
    , sink_(sink)
    , options_(std::move(options))
    , timer_(shard, *this) {}

relay_links::~relay_links() = default;

outcome<bool> relay_links::open() {
    for (const auto& url : options_.own)
        if (auto made = connect(url, true); !made) return made.error();
    return true;
}

outcome<relay_links::link*> relay_links::connect(const std::string& url, bool is_own) {
    const relay_id id(++last_);
    auto made = std::make_unique<link>(*this, id, is_own);
    if (auto started = made->start(url); !started) return started.error();
    link* const added = links_.emplace(id, std::move(made)).first->second.get();
    timer_.arm(shard_.now() + look_every);
    return added;
}

std::optional<relay_id> relay_links::use(const std::string& url) {
    if (options_.key == nullptr) return std::nullopt;
    for (const auto& [id, each] : links_)
        if (each->client().url() == url) return id;
    if (links_.size() >= links_max && !make_room()) return std::nullopt;
    if (auto made = connect(url, false); !made) {
        options_.log.debug("{}: {}", url, made.error().message);
        return std::nullopt;
    }
    return links_.rbegin()->first;
}

/// Whoever names many relays that are away must not keep others from being reached: of those that
/// are somebody else's and not up the one that nobody spoke by for the longest goes.
bool relay_links::make_room() {
    const auto rank = [](const auto& each) {
        const bool may_go = !each.second->is_own() && !each.second->is_up();
        return may_go ? each.second->used_at() : no_deadline;
    };
    const auto oldest = std::min_element(links_.begin(), links_.end(), [&](auto& a, auto& b) {
        return rank(a) < rank(b);
    });
    if (rank(*oldest) == no_deadline || parting_.size() >= links_max) return false;
    parting_.push_back(std::move(oldest->second));  // not now: it may be the one that speaks
    links_.erase(oldest);
    timer_.arm(shard_.now());
    return true;
}

std::vector<relay_id> relay_links::own() const {
    std::vector<relay_id> all;
    for (const auto& [id, each] : links_)
        if (each->is_own()) all.push_back(id);
    const auto rank = [this](relay_id id) { return id == home_ ? 0 : is_up(id) ? 1 : 2; };
    std::stable_sort(all.begin(), all.end(), [&](relay_id a, relay_id b) {
        return rank(a) < rank(b);
    });
    return all;
}

void relay_links::send(
    const relay_hop& to,
    bytes_view data,
    std::size_t segment_size,
    std::uint8_t ecn
) {
    const auto found = links_.find(to.relay);
    if (found != links_.end()) found->second->send({to.peer, data, segment_size, ecn});
}

void relay_links::network_changed() {
    for (const auto& [id, each] : links_)
        each->client().network_changed();
}

const std::string* relay_links::home() const {
    return home_ ? url_of(*home_) : nullptr;
}

const std::string* relay_links::url_of(relay_id relay) const {
    const auto found = links_.find(relay);
    return found == links_.end() ? nullptr : &found->second->client().url();
}

bool relay_links::is_up(relay_id relay) const {
    const auto found = links_.find(relay);
    return found != links_.end() && found->second->is_up();
}

std::vector<relay_view> relay_links::list() const {
    std::vector<relay_view> all;
    for (const auto& [id, each] : links_) {
        const relay::relay_client& client = each->client();
        all.push_back(
            {id,
             client.url(),
             each->is_own(),
             id == home_,
             client.status(),
             client.reason(),
             client.latency(),
             client.stats()}
        );
    }
    return all;
}

void relay_links::on_status() {
    choose_home();
    sink_.on_relays_changed();
}

void relay_links::on_deadline(time_point now) {
    parting_.clear();
    std::erase_if(links_, [&](const auto& each) { return each.second->is_idle(now); });
    if (choose_home()) sink_.on_relays_changed();
    if (!links_.empty()) timer_.arm(now + look_every);
}

/// A relay that fails is replaced at once, by one that is up already.
bool relay_links::choose_home() {
    const auto latency = [this](relay_id id) {
        return links_.at(id)->client().latency().value_or(duration::max() / 4);
    };
    std::optional<relay_id> best;
    for (const auto& [id, each] : links_)
        if (each->is_own() && each->is_up() && (!best || latency(id) < latency(*best))) best = id;
    const bool is_kept = best && home_ && links_.contains(*home_) && is_up(*home_)
                         && !is_much_nearer(latency(*best), latency(*home_));
    if (is_kept) return false;
    return std::exchange(home_, best) != best;
}

}  // namespace meshhost::path
