// SPDX-License-Identifier: Apache-2.0
#include "support/fake_transport.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::test {

using transport::close_cause;
using transport::close_reason;
using transport::stream_end;

// --- network ---

fake_endpoint* fake_network::find(const identity::endpoint_id& id) const {
    const auto at = endpoints_.find(id);
    return at == endpoints_.end() ? nullptr : at->second;
}

std::vector<fake_endpoint*> fake_network::endpoints() const {
    std::vector<fake_endpoint*> all;
    for (const auto& [id, endpoint] : endpoints_)
        all.push_back(endpoint);
    return all;
}

void fake_network::expire(close_cause cause) {
    for (fake_endpoint* const endpoint : endpoints())
        for (const auto& each : std::vector(endpoint->connections_))
            if (each->is_connected() && each->is_alone())
                endpoint->post([each, cause] { each->finish({cause, 0, {}}); });
}

// --- endpoint ---

fake_endpoint::fake_endpoint(
    fake_network& network,
    identity::secret_key key,
    const ip_endpoint& address
)
    : network_(network)
    , key_(std::move(key))
    , address_(address) {
    network_.endpoints_[id()] = this;
}

fake_endpoint::~fake_endpoint() {
    vanish();
    if (network_.find(id()) == this) network_.endpoints_.erase(id());
}

template <class Work>
void fake_endpoint::post(Work work) {
    network_.shard().post([work = std::move(work), alive = std::weak_ptr(alive_)]() mutable {
        if (!alive.expired()) work();
    });
}

std::shared_ptr<transport::connection> fake_endpoint::
    connect(const identity::endpoint_addr& to, std::string_view alpn, std::shared_ptr<transport::connection_handler> handler, const transport::connect_options&) {
    auto made = std::make_shared<fake_connection>(*this, to.id, std::string(alpn), true);
    made->handler_ = std::move(handler);
    connections_.push_back(made);
    ++opened_;
    dials_.push_back({made, to});
    if (!is_holding_dials_) answer_dials();
    return made;
}

void fake_endpoint::answer_dials() {
    is_holding_dials_ = false;
    for (auto& waiting : std::exchange(dials_, {}))
        post([this, waiting] { answer(waiting); });
}

void fake_endpoint::answer(const dial& waiting) {
    const auto& from = waiting.from;
    if (from->is_closed()) return;
    fake_endpoint* const target = network_.find(waiting.to.id);
    const auto& addresses = waiting.to.direct;
    if (addresses.empty()) return from->finish({close_cause::no_address, 0, {}});
    const bool is_there =
        target != nullptr
        && std::find(addresses.begin(), addresses.end(), target->address_) != addresses.end();
    if (!is_there)
        return from->finish({close_cause::handshake_timeout, 0, addresses.front().to_string()});
    const auto protocol = target->router_.find(from->alpn());
    if (protocol == nullptr) return from->finish({close_cause::alpn_mismatch, 0x178, {}});
    auto accepted = std::make_shared<fake_connection>(*target, id(), from->alpn(), false);
    accepted->is_connected_ = from->is_connected_ = true;
    accepted->peer_ = from;
    from->peer_ = accepted;
    target->connections_.push_back(accepted);
    ++target->opened_;
    protocol->on_connection(accepted);
    if (accepted->handler_ == nullptr) accepted->close(0, "nobody serves it");
    post([from] {
        if (!from->is_closed()) from->handler_->on_connected(*from);
    });
}

transport::probe fake_endpoint::measure() const {
    transport::probe figures;
    figures.connections = connections_.size();
    for (const auto& each : connections_)
        figures.streams += each->streams_.size();
    figures.opened = opened_;
    figures.closed = closed_;
    return figures;
}

void fake_endpoint::close(std::uint64_t code, std::string_view reason) {
    for (const auto& each : std::vector(connections_))
        each->close(code, reason);
}

void fake_endpoint::vanish() {
    alive_ = std::make_shared<bool>(true);
    for (const auto& each : std::exchange(connections_, {})) {
        each->is_closed_ = true;
        each->handler_.reset();
        for (const auto& [id, open] : std::exchange(each->streams_, {})) {
            open->owner_ = nullptr;
            open->handler_.reset();
        }
        each->owner_ = nullptr;
    }
    dials_.clear();
}

void fake_endpoint::set_reading(bool is_reading) {
    is_reading_ = is_reading;
    if (!is_reading) return;
    for (const auto& connection : connections_)
        for (const auto& [id, open] : connection->streams_)
            post([each = open] { each->deliver(); });
}

void fake_endpoint::forget(const fake_connection& connection) {
    const auto is_it = [&](const auto& each) { return each.get() == &connection; };
    closed_ += std::erase_if(connections_, is_it);
}

// --- connection ---

fake_connection::fake_connection(
    fake_endpoint& owner,
    identity::endpoint_id remote,
    std::string alpn,
    bool dialled
)
    : owner_(&owner)
    , remote_(remote)
    , alpn_(std::move(alpn))
    , is_dialled_(dialled) {}

std::shared_ptr<fake_connection> fake_connection::self() {
    return std::static_pointer_cast<fake_connection>(shared_from_this());
}

bool fake_connection::is_alone() const {
    const auto peer = peer_.lock();
    return peer == nullptr || peer->owner_ == nullptr;
}

transport::path_info fake_connection::path() const {
    transport::path_info info;
    if (owner_ == nullptr) return info;
    const fake_endpoint* const there = owner_->network_.find(remote_);
    info.kind = transport::path_kind::direct;
    info.reason = "same_host";
    if (there != nullptr) info.remote = there->address_;
    return info;
}

void fake_connection::set_handler(std::shared_ptr<transport::connection_handler> handler) {
    if (!is_closed_) handler_ = std::move(handler);
}

std::shared_ptr<transport::stream> fake_connection::open_bidi(
    std::shared_ptr<transport::stream_handler> handler
) {
    return open(true, std::move(handler));
}

std::shared_ptr<transport::stream> fake_connection::open_uni(
    std::shared_ptr<transport::stream_handler> handler
) {
    return open(false, std::move(handler));
}

std::shared_ptr<transport::stream> fake_connection::open(
    bool is_bidi,
    std::shared_ptr<transport::stream_handler> handler
) {
    if (!is_connected()) return nullptr;
    const fake_endpoint* const there = owner_->network_.find(remote_);
    if (there != nullptr && opened_here() >= there->streams_max_) return nullptr;
    const stream_id id(4 * opened_++ + (is_bidi ? 0 : 2) + (is_dialled_ ? 0 : 1));
    auto made = std::make_shared<fake_stream>(*this, id, is_bidi);
    made->handler_ = std::move(handler);
    streams_.emplace(id, made);
    if (const auto peer = peer_.lock(); peer && peer->owner_ != nullptr)
        peer->owner_->post([peer, id, is_bidi, made] { peer->on_opened(id, is_bidi, made); });
    return made;
}

void fake_connection::on_opened(
    stream_id id,
    bool is_bidi,
    const std::shared_ptr<fake_stream>& peer
) {
    if (is_closed_) return;
    auto made = std::make_shared<fake_stream>(*this, id, is_bidi);
    made->peer_ = peer;
    peer->peer_ = made;
    streams_.emplace(id, made);
    handler_->on_stream(*this, made);
    if (made->handler_ == nullptr) made->reset(0);
    // What the other end wrote before there was an end here.
    made->arrive(std::exchange(peer->waiting_, {}), peer->is_fin_sent_);
}

std::size_t fake_connection::send_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const auto& [id, open] : streams_)
        bytes += open->in_flight_;
    return bytes;
}

/// Dialled connections' own streams have even ids, as in QUIC.
std::size_t fake_connection::opened_here() const {
    const auto is_ours = [this](const auto& entry) {
        return (entry.first.value % 2 == 0) == is_dialled_;
    };
    return static_cast<std::size_t>(std::count_if(streams_.begin(), streams_.end(), is_ours));
}

void fake_connection::tell_of_room() {
    owner_->post([me = self()] {
        if (me->handler_ != nullptr) me->handler_->on_streams_granted(*me);
    });
}

void fake_connection::check_send_low() {
    if (!send_low_ || send_bytes() > *send_low_ || is_closed_) return;
    send_low_.reset();
    owner_->post([me = self()] {
        if (me->handler_ != nullptr) me->handler_->on_send_low(*me);
    });
}

bool fake_connection::send_datagram(bytes_view data) {
    const auto peer = peer_.lock();
    if (!is_connected() || data.size() > datagram_size_max()) return false;
    if (peer == nullptr || peer->owner_ == nullptr) return true;  // lost on the way
    peer->owner_->post([peer, copy = byte_buffer(data.begin(), data.end())] {
        if (peer->handler_ != nullptr) peer->handler_->on_datagram(*peer, copy);
    });
    return true;
}

void fake_connection::close(std::uint64_t code, std::string_view reason) {
    if (is_closed_ || owner_ == nullptr) return;
    owner_->post([me = self()] { me->finish({close_cause::closed_locally, 0, {}}); });
    const auto peer = peer_.lock();
    if (peer == nullptr || peer->owner_ == nullptr) return;
    peer->owner_->post([peer, code, words = std::string(reason)] {
        peer->finish({close_cause::closed_by_peer, code, words});
    });
}

void fake_connection::finish(const close_reason& reason) {
    if (std::exchange(is_closed_, true)) return;
    const auto keep = self();
    for (const auto& [id, open] : std::exchange(streams_, {}))
        open->end(stream_end::connection_closed, reason.code);
    if (const auto handler = std::exchange(handler_, nullptr)) handler->on_closed(*this, reason);
    std::exchange(owner_, nullptr)->forget(*this);
}

// --- stream ---

transport::connection* fake_stream::owner() noexcept {
    return owner_;
}

void fake_stream::set_handler(std::shared_ptr<transport::stream_handler> handler) {
    if (!is_open()) return;
    handler_ = std::move(handler);
    deliver();
}

std::size_t fake_stream::write(bytes_view data, bool fin) {
    if (!is_open() || is_fin_sent_) return 0;
    const auto peer = peer_.lock();
    const fake_endpoint* const there = owner_->owner_->network_.find(owner_->remote_);
    const std::size_t window = there == nullptr ? 0 : there->window_;
    const std::size_t taken = std::min(data.size(), window - std::min(window, in_flight_));
    is_short_ = taken < data.size();
    in_flight_ += taken;
    is_fin_sent_ = fin && !is_short_;
    if (peer == nullptr) {  // it waits here until there is another end
        waiting_.insert(waiting_.end(), data.begin(), data.begin() + std::ptrdiff_t(taken));
    } else if (peer->owner_ != nullptr) {
        byte_buffer copy(data.begin(), data.begin() + std::ptrdiff_t(taken));
        peer->owner_->owner_->post([peer, copy = std::move(copy), last = is_fin_sent_] {
            peer->arrive(copy, last);
        });
    }
    if (is_fin_sent_)
        owner_->owner_->post([me = std::static_pointer_cast<fake_stream>(shared_from_this())] {
            me->finish_if_done();
        });
    return taken;
}

void fake_stream::arrive(const byte_buffer& data, bool fin) {
    if (!is_open()) return;
    waiting_.insert(waiting_.end(), data.begin(), data.end());
    is_fin_received_ = is_fin_received_ || fin;
    deliver();
}

void fake_stream::deliver() {
    if (!is_open() || handler_ == nullptr || !owner_->owner_->is_reading_) return;
    const bool is_last = is_fin_received_ && !is_fin_delivered_;
    if (waiting_.empty() && !is_last) return;
    is_fin_delivered_ = is_fin_received_;
    const auto keep = handler_;
    const byte_buffer data = std::exchange(waiting_, {});
    keep->on_data(*this, data, is_last);
    finish_if_done();
}

void fake_stream::finish_if_done() {
    const bool is_sent = is_fin_sent_ || (!is_bidi_ && is_fin_received_);
    const bool is_received = is_fin_delivered_ || (!is_bidi_ && is_fin_sent_);
    if (!is_open() || !is_sent || !is_received) return;
    const auto keep = shared_from_this();
    owner_->streams_.erase(id_);
    owner_->tell_of_room();
    end(stream_end::finished, 0);
}

void fake_stream::consume(std::size_t bytes) {
    const auto peer = peer_.lock();
    if (peer == nullptr || peer->owner_ == nullptr) return;
    peer->in_flight_ -= std::min(peer->in_flight_, bytes);
    peer->owner_->check_send_low();
    if (!std::exchange(peer->is_short_, false)) return;
    peer->owner_->owner_->post([peer] {
        if (peer->is_open() && peer->handler_) peer->handler_->on_writable(*peer);
    });
}

void fake_stream::reset(std::uint64_t code) {
    break_off(stream_end::reset_by_peer, code);
}

void fake_stream::stop(std::uint64_t code) {
    break_off(stream_end::stopped_by_peer, code);
}

/// As on the real one, half of a broken stream is no stream.
void fake_stream::break_off(stream_end at_peer, std::uint64_t code) {
    if (!is_open()) return;
    const auto keep = shared_from_this();
    if (const auto peer = peer_.lock(); peer && peer->is_open()) {
        peer->owner_->owner_->post([peer, at_peer, code] {
            if (!peer->is_open()) return;
            peer->owner_->streams_.erase(peer->id_);
            peer->end(at_peer, code);
        });
    }
    owner_->streams_.erase(id_);
    end(stream_end::reset_locally, 0);
}

void fake_stream::end(stream_end how, std::uint64_t code) {
    if (std::exchange(owner_, nullptr) == nullptr) return;
    if (const auto handler = std::exchange(handler_, nullptr)) handler->on_closed(*this, how, code);
}

}  // namespace meshhost::test
