// SPDX-License-Identifier: Apache-2.0
#include "discovery/mdns_source.hpp"

#include "discovery/multicast_interfaces.hpp"
#include "discovery/multicast_socket.hpp"
#include "net/deadline_timer.hpp"
#include "net/interface_monitor.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"

namespace meshhost::discovery {

namespace {

constexpr int messages_per_turn = 32;

}  // namespace

class mdns_source::state final : net::deadline_sink, net::address_sink {
public:
    state(net::shard& shard, discovery_sink& sink, mdns_options options)
        : shard_(shard)
        , sink_(sink)
        , log_(options.log)
        , machine_(options.self, options.seed, options.pace)
        , timer_(shard, *this) {}

    /// The failure to tell of, when neither family is there.
    outcome<bool> open() {
        outcome<bool> opened = add(ip_family::v4, v4_);
        const outcome<bool> also = add(ip_family::v6, v6_);
        if (!v4_ && !v6_) return opened;
        if (!opened) log_.info("mdns without IPv4: {}", opened.error().message);
        if (!also) log_.info("mdns without IPv6: {}", also.error().message);
        auto monitor = net::interface_monitor::open(shard_, *this);
        if (monitor) {
            monitor_ = std::move(*monitor);
        } else {
            log_.warn("mdns does not follow interfaces: {}", monitor.error().message);
        }
        look();
        timer_.arm(shard_.now());
        return true;
    }

    void announce(identity::endpoint_addr self) {
        answer_ = proto::encode_local_response(self);
        machine_.set_answers(answer_.has_value(), shard_.now());
        timer_.arm(machine_.next_deadline());
    }

    void look() {
        interfaces_ = list_multicast_interfaces();
        if (v4_) v4_->socket.join(interfaces_.v4);
        if (v6_) v6_->socket.join(interfaces_.v6);
        log_.debug("mdns interfaces v4={} v6={}", interfaces_.v4.size(), interfaces_.v6.size());
    }

    void look_and_ask() {
        look();
        machine_.handle_network_change(shard_.now());
        timer_.arm(machine_.next_deadline());
    }

    std::size_t memberships() const noexcept {
        return (v4_ ? v4_->socket.joined() : 0) + (v6_ ? v6_->socket.joined() : 0);
    }

    const proto::lan_discovery& machine() const noexcept { return machine_; }

private:
    /// One family's socket.
    struct listener final : net::readable_sink {
        listener(state& owner_, proto::families family_, multicast_socket made)
            : owner(owner_)
            , family(family_)
            , socket(std::move(made))
            , watch(owner.shard_, socket.native_handle(), *this) {}

        bool on_readable() override {
            for (int i = 0; i < messages_per_turn; ++i) {
                const auto heard = socket.receive();
                if (!heard) return true;
                if (!heard->message.empty()) owner.hear(*heard, family);
            }
            return false;
        }

        state& owner;
        proto::families family;
        multicast_socket socket;
        net::readable_watch watch;  // goes before its descriptor
    };

    outcome<bool> add(ip_family family, std::unique_ptr<listener>& into) {
        auto opened = multicast_socket::open(family);
        if (!opened) return opened.error();
        const auto named = family == ip_family::v4 ? proto::families::v4 : proto::families::v6;
        auto made = std::make_unique<listener>(*this, named, std::move(*opened));
        if (const auto started = made->watch.start(); !started) {
            return failure{
                exit_code::failure,
                "E_MDNS_SOCKET",
                "cannot watch the mDNS socket: " + started.error().message(),
                ""};
        }
        into = std::move(made);
        return true;
    }

    void hear(const multicast_socket::received& heard, proto::families family) {
        machine_.handle(heard.message, family, interfaces_.has(heard.from), shard_.now());
        drain();
    }

    void on_deadline(time_point now) override {
        machine_.handle_deadline(now);
        drain();
    }

    void on_addresses_changed() override { look_and_ask(); }

    void drain() {
        while (const auto next = machine_.poll_output())
            act(*next);
        timer_.arm(machine_.next_deadline());
    }

    void act(const proto::lan_output& output) {
        switch (output.kind) {
        case proto::lan_output::what::ask:
            return send(proto::encode_local_query(), output.to);
        case proto::lan_output::what::answer:
            if (answer_) send(*answer_, output.to);
            return;
        case proto::lan_output::what::found:
            log_.debug("mdns found peer={}", output.endpoint.id.short_text());
            return sink_.on_found(output.endpoint, provenance::mdns);
        case proto::lan_output::what::lost:
            log_.debug("mdns lost peer={}", output.endpoint.id.short_text());
            return sink_.on_lost(output.endpoint.id, provenance::mdns);
        }
    }

    void send(bytes_view message, proto::families to) const {
        if (v4_ && to != proto::families::v6) v4_->socket.send(message);
        if (v6_ && to != proto::families::v4) v6_->socket.send(message);
    }

    net::shard& shard_;
    discovery_sink& sink_;
    logger log_;
    proto::lan_discovery machine_;
    multicast_interfaces interfaces_;
    std::optional<byte_buffer> answer_;
    net::deadline_timer timer_;
    std::unique_ptr<net::interface_monitor> monitor_;
    std::unique_ptr<listener> v4_;
    std::unique_ptr<listener> v6_;
};

outcome<std::unique_ptr<mdns_source>> mdns_source::open(
    net::shard& shard,
    discovery_sink& sink,
    mdns_options options
) {
    auto made = std::make_unique<state>(shard, sink, std::move(options));
    if (const auto opened = made->open(); !opened) return opened.error();
    return std::unique_ptr<mdns_source>(new mdns_source(std::move(made)));
}

mdns_source::mdns_source(std::unique_ptr<state> made)
    : state_(std::move(made)) {}
mdns_source::~mdns_source() = default;

void mdns_source::announce(identity::endpoint_addr self) {
    state_->announce(std::move(self));
}

void mdns_source::look_at_interfaces() {
    state_->look_and_ask();
}

std::size_t mdns_source::known() const noexcept {
    return state_->machine().known();
}

const proto::lan_counts& mdns_source::counts() const noexcept {
    return state_->machine().counts();
}

std::size_t mdns_source::memberships() const noexcept {
    return state_->memberships();
}

}  // namespace meshhost::discovery
