// SPDX-License-Identifier: Apache-2.0
#include "peers/peer_link.hpp"

#include <utility>

namespace meshhost::peers {

bool peer_link::send(bytes_view frame) {
    unsent_.push(frame);
    return unsent_.flush(*stream_);
}

void peer_link::on_connected(transport::connection&) {
    if (sink_ != nullptr) sink_->on_link_connected(id_);
}

void peer_link::on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) {
    if (sink_ != nullptr) sink_->on_link_stream(id_, std::move(opened));
}

void peer_link::on_closed(transport::connection&, const transport::close_reason& reason) {
    if (sink_ != nullptr) std::exchange(sink_, nullptr)->on_link_ended(id_, &reason);
}

void peer_link::on_data(transport::stream& from, bytes_view data, bool fin) {
    from.consume(data.size());  // read at once: what a peer may send is limited by rate
    if (sink_ != nullptr && !data.empty()) sink_->on_link_data(id_, data);
    if (sink_ != nullptr && fin) sink_->on_link_ended(id_, nullptr);
}

void peer_link::on_writable(transport::stream&) {
    const bool is_clear = !unsent_.empty() && unsent_.flush(*stream_);
    if (is_clear && sink_ != nullptr) sink_->on_link_writable(id_);
}

void peer_link::on_closed(transport::stream&, transport::stream_end end, std::uint64_t) {
    const bool is_connection_up = end != transport::stream_end::connection_closed;
    if (sink_ != nullptr && is_connection_up) sink_->on_link_ended(id_, nullptr);
}

}  // namespace meshhost::peers
