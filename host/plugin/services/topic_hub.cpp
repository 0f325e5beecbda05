// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/topic_hub.hpp"

#include <mesh/plugin.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

static_assert(proto::gossip_content_max == gossip::proto::content_size_max);

/// One topic that is joined.
class topic_hub::topic final : public gossip::gossip_subscriber {
public:
    topic(topic_hub& hub, const std::string& name, const void* speaker)
        : hub_(hub)
        , id_(proto::plugin_topic_id(hub.options_.mesh, hub.options_.mesh_secret, name))
        , speaker_(speaker)
        , sequence_(hub.options_.first_sequence + hub.counters_.said)
        , used_at_(hub.shard_.now())
        , look_at_(used_at_ + wait_) {
        gossip::gossip_subscriber& self = *this;
        if (auto made = hub.gossip_.subscribe(id_, {}, self)) subscription_ = std::move(*made);
        find_contacts();
    }
    ~topic() {
        if (subscription_ != nullptr) hub_.gossip_.leave(*subscription_);
    }

    bool is_joined() const noexcept { return subscription_ != nullptr; }
    bool is_read() const noexcept { return !readers_.empty(); }
    std::size_t readers() const noexcept { return readers_.size(); }
    const void* speaker() const noexcept { return is_read() ? nullptr : speaker_; }
    void forget_speaker(const void* owner) noexcept {
        if (speaker_ == owner) speaker_ = nullptr;
    }
    bool is_left_over(time_point now) const noexcept {
        return !is_read() && (speaker_ == nullptr || now - used_at_ >= proto::topic_linger);
    }
    time_point used_at() const noexcept { return used_at_; }
    time_point next_look() const noexcept {
        return is_read() ? look_at_ : std::min(look_at_, used_at_ + proto::topic_linger);
    }

    void add(topic_reader& reader, const void* owner) { readers_.push_back({&reader, owner}); }
    void remove(topic_reader& reader) {
        std::erase_if(readers_, [&](const auto& each) { return each.to == &reader; });
        if (!is_read()) used_at_ = hub_.shard_.now();
    }

    void say(byte_buffer body, std::uint32_t flags, const void* owner) {
        used_at_ = hub_.shard_.now();
        ++hub_.counters_.said;
        const auto wire_flags = static_cast<std::uint8_t>(flags & MESH_PUB_NEIGHBORS);
        const auto sealed = proto::seal(hub_.key_, id_, wire_flags, ++sequence_, body);
        const bool is_near = (flags & MESH_PUB_NEIGHBORS) != 0;
        if (is_alone())
            keep(sealed, is_near);
        else
            broadcast(sealed, is_near);
        const auto& self = hub_.key_.id();
        topic_message here;
        here.author = here.via = self;
        here.sequence = sequence_;
        here.flags = wire_flags | std::uint32_t{MESH_PUB_LOOPBACK};
        here.body = std::move(body);
        const bool is_for_all = (flags & MESH_PUB_LOOPBACK) != 0;
        for (const auto& each : readers_)
            if (is_for_all || each.owner != owner) each.to->on_topic_message(here);
    }

    /// Nobody else is there: try more peers, ever more seldom. With others there, seldom: the topic
    /// may be in two parts that never met.
    void look(time_point now) {
        if (now < look_at_) return;
        drop_stale(now);
        if (is_alone()) {
            wait_ = std::min(2 * wait_, proto::lonely_cap);
            look_at_ = now + wait_;
        } else {
            look_at_ = now + proto::look_around;
        }
        find_contacts();
    }

private:
    struct reading {
        topic_reader* to;
        const void* owner;
    };
    struct unheard {
        byte_buffer content;
        bool is_near;
        time_point said_at;
    };

    bool is_alone() const noexcept { return hub_.gossip_.degree(id_) == 0; }

    void find_contacts() {
        if (!is_joined()) return;
        auto contacts = hub_.contacts_();
        if (contacts.size() > proto::contacts_max) contacts.resize(proto::contacts_max);
        if (contacts.empty()) return;
        if (is_alone()) hub_.gossip_.add_contacts(id_, contacts);
        hub_.gossip_.suggest_peers(id_, contacts);
    }

    void keep(const byte_buffer& content, bool is_near) {
        if (unheard_.size() == proto::unheard_max) unheard_.pop_front();
        unheard_.push_back({content, is_near, hub_.shard_.now()});
    }
    void drop_stale(time_point now) {
        while (!unheard_.empty() && now - unheard_.front().said_at >= proto::unheard_retention)
            unheard_.pop_front();
    }

    void broadcast(const byte_buffer& content, bool is_near) {
        gossip::proto::broadcast_options how;
        if (is_near) how.scope = gossip::proto::delivery_scope::neighbors;
        [[maybe_unused]] const auto error = hub_.gossip_.broadcast(id_, content, how);
    }

    void on_gossip_ready(gossip::subscription& from) override {
        const auto held = subscription_;
        while (const auto event = from.poll()) {
            if (const auto* heard = std::get_if<gossip::proto::message_output>(&*event))
                on_message(*heard);
            else if (std::holds_alternative<gossip::proto::neighbor_up_output>(*event))
                on_company();
            else if (std::holds_alternative<gossip::proto::neighbor_down_output>(*event))
                on_loss();
            else
                lose({std::get<gossip::lagged_event>(*event).events, 0});
        }
    }

    void on_company() {
        drop_stale(hub_.shard_.now());
        for (const unheard& each : std::exchange(unheard_, {}))
            broadcast(each.content, each.is_near);
    }

    void on_loss() {
        if (!is_alone()) return;
        wait_ = proto::lonely_first;
        look_at_ = hub_.shard_.now() + wait_;
        hub_.arm();
    }

    /// Who passed it on is known, who wrote it has to be proven. That costs: what comes faster than
    /// it can be checked is lost, and said to be.
    void on_message(const gossip::proto::message_output& heard) {
        if (readers_.empty()) return;
        auto envelope = proto::decode_envelope(heard.content.view());
        if (!envelope) {
            ++hub_.counters_.foreign;
            return;
        }
        if (!proofs_.take(hub_.shard_.now())) {
            ++hub_.counters_.unchecked;
            return lose({1, envelope->body.size()});
        }
        if (!proto::is_genuine(*envelope, id_)) {
            ++hub_.counters_.foreign;
            return;
        }
        ++hub_.counters_.heard;
        const topic_message message{
            envelope->author,
            heard.from,
            envelope->sequence,
            heard.hops,
            envelope->flags & std::uint32_t{MESH_PUB_NEIGHBORS},
            std::move(envelope->body)};
        for (const auto& each : readers_)
            each.to->on_topic_message(message);
    }

    void lose(const proto::lag_count& count) {
        for (const auto& each : readers_)
            each.to->on_topic_lost(count);
    }

    topic_hub& hub_;
    identity::topic_id id_;
    const void* speaker_;     ///< for whom it was joined; null: a reader
    std::uint64_t sequence_;  ///< never one that it had when it was joined before
    std::vector<reading> readers_;
    std::deque<unheard> unheard_;
    token_bucket proofs_{proto::proofs_per_second, 2 * proto::proofs_per_second};
    duration wait_ = proto::lonely_first;
    time_point used_at_;
    time_point look_at_;
    std::shared_ptr<gossip::subscription> subscription_;
};

topic_hub::topic_hub(
    net::shard& shard,
    gossip::gossip_service& gossip,
    const identity::secret_key& key,
    contact_finder contacts,
    hub_options options
)
    : shard_(shard)
    , gossip_(gossip)
    , key_(key)
    , contacts_(std::move(contacts))
    , options_(std::move(options))
    , timer_(shard, *this) {}

topic_hub::~topic_hub() = default;

bool topic_hub::read(const std::string& name, topic_reader& reader, const void* owner) {
    auto* const joined = join(name, nullptr);
    if (joined == nullptr) return false;
    joined->add(reader, owner);
    arm();
    return true;
}

void topic_hub::leave(const std::string& name, topic_reader& reader) {
    const auto at = topics_.find(name);
    if (at == topics_.end()) return;
    at->second->remove(reader);
    if (at->second->is_left_over(shard_.now())) topics_.erase(at);
    arm();
}

void topic_hub::say(
    const std::string& name,
    byte_buffer body,
    std::uint32_t flags,
    const void* owner
) {
    auto* const joined = join(name, owner);
    if (joined == nullptr) return;
    joined->say(std::move(body), flags, owner);
    arm();
}

void topic_hub::forget(const void* owner) {
    for (const auto& [name, each] : topics_)
        each->forget_speaker(owner);
    std::erase_if(topics_, [&](const auto& each) {
        return each.second->is_left_over(shard_.now());
    });
    arm();
}

/// Null: there are too many, of the host or of the one who only speaks.
topic_hub::topic* topic_hub::join(const std::string& name, const void* speaker) {
    const auto known = topics_.find(name);
    if (known != topics_.end()) return known->second.get();
    if (speaker != nullptr) {
        const auto opened = std::count_if(topics_.begin(), topics_.end(), [&](const auto& each) {
            return each.second->speaker() == speaker;
        });
        if (static_cast<std::size_t>(opened) >= proto::topics_opened_max) return nullptr;
    }
    if (topics_.size() >= proto::topics_max && !make_room()) return nullptr;
    auto made = std::make_unique<topic>(*this, name, speaker);
    if (!made->is_joined()) return nullptr;
    return topics_.emplace(name, std::move(made)).first->second.get();
}

/// Of the topics that nobody reads, the one in which nothing was said for longest.
bool topic_hub::make_room() {
    auto oldest = topics_.end();
    for (auto at = topics_.begin(); at != topics_.end(); ++at) {
        if (at->second->is_read()) continue;
        if (oldest == topics_.end() || at->second->used_at() < oldest->second->used_at())
            oldest = at;
    }
    if (oldest == topics_.end()) return false;
    topics_.erase(oldest);
    return true;
}

void topic_hub::on_deadline(time_point now) {
    std::erase_if(topics_, [&](const auto& each) { return each.second->is_left_over(now); });
    for (const auto& [name, each] : topics_)
        each->look(now);
    arm();
}

void topic_hub::arm() {
    time_point next = no_deadline;
    for (const auto& [name, each] : topics_)
        next = std::min(next, each->next_look());
    timer_.arm(next);
}

hub_probe topic_hub::measure() const {
    hub_probe figures = counters_;
    figures.topics = topics_.size();
    for (const auto& [name, each] : topics_)
        figures.readers += each->readers();
    return figures;
}

}  // namespace meshhost::plugin
