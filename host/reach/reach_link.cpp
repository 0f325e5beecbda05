// SPDX-License-Identifier: Apache-2.0
#include "reach/reach_link.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::reach {

namespace {

/// Control frames are rare and small; a peer that takes none of them for this long is not served.
constexpr std::size_t unsent_max = 64u << 10;

}  // namespace

void reach_link::accept(std::shared_ptr<transport::connection> incoming) {
    connection_ = std::move(incoming);
    connection_->set_handler(shared_from_this());
    if (!make_machine(*connection_)) connection_->close(0, "no secret");
}

void reach_link::detach() {
    owner_ = nullptr;
    if (const auto closing = std::exchange(connection_, nullptr)) closing->close(0, "not needed");
    control_ = nullptr;
}

bool reach_link::make_machine(transport::connection& connection) {
    const auto secret = connection.export_secret(nat::proto::punch_exporter_label);
    if (secret) machine_.emplace(role_, *secret);
    return secret.has_value();
}

void reach_link::on_connected(transport::connection& connection) {
    if (owner_ == nullptr) return;
    const auto self = shared_from_this();
    control_ = make_machine(connection) ? connection.open_bidi(self) : nullptr;
    if (control_ == nullptr) return connection.close(0, "no stream");
    owner_->on_link_up(*this);
}

void reach_link::on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) {
    const bool is_first = role_ == nat::proto::punch_role::server && control_ == nullptr && machine_
                          && opened->is_bidi();
    if (!is_first || owner_ == nullptr) return;  // reset
    control_ = std::move(opened);
    control_->set_handler(shared_from_this());
    owner_->on_link_up(*this);
}

void reach_link::on_closed(transport::connection&, const transport::close_reason& reason) {
    control_ = nullptr;
    connection_ = nullptr;
    const bool speaks = reason.cause != transport::close_cause::alpn_mismatch;
    if (auto* const owner = std::exchange(owner_, nullptr)) owner->on_link_down(*this, speaks);
}

void reach_link::on_data(transport::stream& from, bytes_view data, bool) {
    from.consume(data.size());
    if (!machine_ || owner_ == nullptr) return;
    const auto self = shared_from_this();
    machine_->receive_control(data, owner_->now());
    owner_->on_link_turn(*this);
}

void reach_link::on_closed(transport::stream&, transport::stream_end how, std::uint64_t) {
    control_ = nullptr;
    // With its connection: that says nothing of what the peer speaks.
    if (how == transport::stream_end::connection_closed) return;
    if (!machine_ || owner_ == nullptr) return;
    const auto self = shared_from_this();
    machine_->control_closed(owner_->now());
    owner_->on_link_turn(*this);
}

void reach_link::send(bytes_view control) {
    if (unsent_.size() + control.size() > unsent_max) return give_up_stream();
    unsent_.insert(unsent_.end(), control.begin(), control.end());
    flush();
}

void reach_link::flush() {
    if (control_ == nullptr || unsent_.empty()) return;
    const std::size_t taken = control_->write(unsent_);
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(taken));
}

void reach_link::give_up_stream() {
    unsent_.clear();
    if (const auto given_up = std::exchange(control_, nullptr)) {
        given_up->reset(1);
        given_up->stop(1);
    }
}

}  // namespace meshhost::reach
