// SPDX-License-Identifier: Apache-2.0
#include "transport/connection_impl.hpp"

#include "path/path_reason.hpp"
#include "transport/endpoint_impl.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::transport {

connection_impl::connection_impl(
    endpoint_impl& owner,
    identity::endpoint_addr to,
    std::string alpn,
    const connect_options& options
)
    : owner_(&owner)
    , to_(std::move(to))
    , alpn_(std::move(alpn))
    , options_(options)
    , dialled_(true) {}

connection_impl::connection_impl(endpoint_impl& owner, quic::quic_connection& accepted)
    : owner_(&owner)
    , quic_(&accepted)
    , alpn_(accepted.alpn())
    , dialled_(false) {
    to_.id = accepted.peer();
}

std::shared_ptr<connection_impl> connection_impl::self() {
    return std::static_pointer_cast<connection_impl>(shared_from_this());
}

bool connection_impl::is_connected() const noexcept {
    return quic_ != nullptr && quic_->is_connected();
}

handshake_kind connection_impl::handshake() const noexcept {
    return quic_ == nullptr ? handshake_kind::pending : quic_->handshake();
}

path_info connection_impl::path() const {
    if (quic_ == nullptr) return {};
    const auto stats = quic_->measure();
    path_info info{
        .rtt = stats.rtt,
        .rtt_min = stats.rtt_min,
        .bytes_sent = stats.bytes_sent,
        .bytes_received = stats.bytes_received,
        .mtu = stats.mtu,
    };
    owner_->describe(to_.id, stats.path, info);
    return info;
}

void connection_impl::set_handler(std::shared_ptr<connection_handler> handler) {
    if (!closed_) handler_ = std::move(handler);
}

std::shared_ptr<stream> connection_impl::open_bidi(std::shared_ptr<stream_handler> handler) {
    return open(true, std::move(handler));
}

std::shared_ptr<stream> connection_impl::open_uni(std::shared_ptr<stream_handler> handler) {
    return open(false, std::move(handler));
}

std::shared_ptr<stream> connection_impl::open(bool bidi, std::shared_ptr<stream_handler> handler) {
    if (quic_ == nullptr) return nullptr;
    const auto id = quic_->open_stream(bidi);
    if (!id) return nullptr;
    auto made = std::make_shared<stream_impl>(*this, *id);
    made->set_handler(std::move(handler));
    streams_.emplace(*id, made);
    return made;
}

std::size_t connection_impl::send_bytes() const noexcept {
    return quic_ == nullptr ? 0 : quic_->send_bytes();
}

void connection_impl::notify_send_low(std::size_t bytes) {
    if (quic_ != nullptr) quic_->notify_send_low(bytes);
}

std::size_t connection_impl::datagram_size_max() const noexcept {
    return quic_ == nullptr ? 0 : quic_->datagram_size_max();
}

bool connection_impl::send_datagram(bytes_view data) {
    return quic_ != nullptr && quic_->send_datagram(data);
}

void connection_impl::watch_liveness(const liveness_terms& terms) {
    if (quic_ != nullptr) quic_->watch_liveness(terms, owner_->now());
}

void connection_impl::probe_now() {
    if (quic_ != nullptr) quic_->probe_now(owner_->now());
}

void connection_impl::set_keep_alive(duration interval) {
    if (quic_ != nullptr) quic_->set_keep_alive(interval);
}

std::optional<std::array<std::uint8_t, 32>> connection_impl::export_secret(std::string_view label
) const {
    return quic_ == nullptr ? std::nullopt : quic_->export_secret(label);
}

void connection_impl::close(std::uint64_t code, std::string_view reason) {
    if (quic_ != nullptr) quic_->close(code, reason);
}

void connection_impl::on_connected() {
    owner_->tell_if_relayed(*this);
    if (const auto handler = handler_) handler->on_connected(*this);
}

void connection_impl::on_stream_data(stream_id id, bytes_view data, bool fin) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) {
        quic_->consume(id, data.size());  // an ended stream's: the credit goes back
        return;
    }
    const auto receiver = found->second;
    receiver->deliver(data, fin);
}

void connection_impl::on_stream_event(const quic::stream_event& event) {
    switch (event.kind) {
    case quic::stream_event_kind::opened:
        return accept_stream(event.stream);
    case quic::stream_event_kind::reset:
        return end_stream(event.stream, stream_end::reset_by_peer, event.code);
    case quic::stream_event_kind::stopped:
        return end_stream(event.stream, stream_end::stopped_by_peer, event.code);
    case quic::stream_event_kind::writable:
    case quic::stream_event_kind::closed:
        break;
    }
    const auto found = streams_.find(event.stream);
    if (found == streams_.end()) return;
    const auto receiver = found->second;
    if (event.kind == quic::stream_event_kind::writable) return receiver->deliver_writable();
    streams_.erase(found);
    const bool local = receiver->was_reset_locally();
    receiver->end(local ? stream_end::reset_locally : stream_end::finished, 0);
}

void connection_impl::accept_stream(stream_id id) {
    const auto made = std::make_shared<stream_impl>(*this, id);
    streams_.emplace(id, made);
    if (const auto handler = handler_) handler->on_stream(*this, made);
    if (!made->has_handler()) end_stream(id, stream_end::reset_locally, 0);
}

void connection_impl::end_stream(stream_id id, stream_end how, std::uint64_t code) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    const auto ended = found->second;
    streams_.erase(found);
    // One direction given up ends the stream: nothing here talks on after half of it broke.
    quic_->reset(id, code);
    quic_->stop(id, code);
    ended->end(how, code);
}

void connection_impl::on_datagram(bytes_view data) {
    if (const auto handler = handler_) handler->on_datagram(*this, data);
}

void connection_impl::on_send_low() {
    if (const auto handler = handler_) handler->on_send_low(*this);
}

void connection_impl::on_streams_granted() {
    if (const auto handler = handler_) handler->on_streams_granted(*this);
}

void connection_impl::on_path_checked(path_id path, bool works) {
    owner_->on_path_checked(*this, path, works);
}

void connection_impl::on_closed(const close_reason& reason) {
    const auto keep = self();
    if (try_other_addresses(reason)) return;
    close_reason told = reason;
    if (told.cause == close_cause::identity_mismatch) {
        told.reason = owner_->address_text(quic_->last_heard()) + " has " + told.reason;
    } else if (told.cause == close_cause::handshake_timeout) {
        told.reason = dialled_addresses();
    } else if (told.cause == close_cause::port_closed && !quic_->was_heard()) {
        told.reason = dialled_addresses();
    }
    finish(told);
}

std::string connection_impl::dialled_addresses() const {
    std::string all;
    for (const ip_endpoint& address : to_.direct)
        all += (all.empty() ? "" : ", ") + address.to_string();
    for (const std::string& url : to_.relays)
        all += (all.empty() ? "" : ", ") + url;
    return all;
}

/// A dial that nobody answered is over when it was refused at every address: who starts later is
/// dialled anew. One that is up asks whether it is true.
void connection_impl::on_refused(const ip_endpoint& remote, time_point now) {
    if (quic_ == nullptr) return;
    if (quic_->is_connected()) {
        if (owner_->remote_of(quic_->current_path()) == remote) quic_->on_refused(now);
        return;
    }
    if (!dialled_ || quic_->was_heard() || quic_->has_ended()) return;
    const auto is_among = [](const std::vector<ip_endpoint>& all, const ip_endpoint& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    if (!is_among(to_.direct, remote)) return;
    if (!is_among(refused_, remote)) refused_.push_back(remote);
    const bool is_everywhere =
        std::all_of(to_.direct.begin(), to_.direct.end(), [&](const ip_endpoint& address) {
            return is_among(refused_, address);
        });
    if (is_everywhere && to_.relays.empty()) quic_->abandon(close_cause::port_closed, {});
}

bool connection_impl::try_other_addresses(const close_reason& reason) {
    // Somebody else answered first at one of the addresses: the right one may be at another.
    if (!dialled_ || reason.cause != close_cause::identity_mismatch || !streams_.empty()) {
        return false;
    }
    const auto wrong = owner_->remote_of(quic_->last_heard());
    if (!wrong || std::erase(to_.direct, *wrong) == 0 || to_.direct.empty()) return false;
    return owner_->redial(*this);
}

void connection_impl::finish(const close_reason& reason) {
    if (std::exchange(closed_, true)) return;
    const auto keep = self();
    quic_ = nullptr;
    for (const auto& [id, open] : std::exchange(streams_, {})) {
        open->end(stream_end::connection_closed, reason.code);
    }
    auto* const owner = std::exchange(owner_, nullptr);
    if (const auto handler = std::exchange(handler_, nullptr)) handler->on_closed(*this, reason);
    owner->forget(*this);
}

}  // namespace meshhost::transport
