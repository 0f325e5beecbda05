// SPDX-License-Identifier: Apache-2.0
#include "transport/stream_impl.hpp"

#include "transport/connection_impl.hpp"

#include <utility>

namespace meshhost::transport {

connection* stream_impl::owner() noexcept {
    return owner_;
}

quic::quic_connection* stream_impl::quic() noexcept {
    return owner_ == nullptr ? nullptr : owner_->quic();
}

void stream_impl::set_handler(std::shared_ptr<stream_handler> handler) {
    if (is_open()) handler_ = std::move(handler);
}

std::size_t stream_impl::write(bytes_view data, bool fin) {
    auto* const lower = quic();
    return lower == nullptr ? 0 : lower->write(id_, data, fin);
}

void stream_impl::consume(std::size_t bytes) {
    if (auto* const lower = quic()) lower->consume(id_, bytes);
}

void stream_impl::reset(std::uint64_t code) {
    auto* const lower = quic();
    if (lower == nullptr) return;
    reset_locally_ = true;
    lower->reset(id_, code);
}

void stream_impl::stop(std::uint64_t code) {
    if (auto* const lower = quic()) lower->stop(id_, code);
}

void stream_impl::deliver(bytes_view data, bool fin) {
    // A copy: the handler may replace itself, or end the stream.
    if (const auto handler = handler_) handler->on_data(*this, data, fin);
}

void stream_impl::deliver_writable() {
    if (const auto handler = handler_) handler->on_writable(*this);
}

void stream_impl::end(stream_end how, std::uint64_t code) {
    if (std::exchange(owner_, nullptr) == nullptr) return;
    if (const auto handler = std::exchange(handler_, nullptr)) {
        handler->on_closed(*this, how, code);
    }
}

}  // namespace meshhost::transport
