// SPDX-License-Identifier: Apache-2.0
#include "peers/sync_link.hpp"

#include <utility>

namespace meshhost::peers {

sync_link::sync_link(
    net::shard& shard,
    sync_link_sink& sink,
    proto::sync_exchange exchange,
    duration patience
)
    : sink_(&sink)
    , exchange_(std::move(exchange))
    , timer_(shard, *this) {
    timer_.arm(shard.now() + patience);
}

void sync_link::open(std::shared_ptr<sync_link> self) {
    stream_ = connection_->open_bidi(std::move(self));
    if (stream_ == nullptr) return close();
    exchange_.open();
    pump();
}

void sync_link::accept(std::shared_ptr<transport::stream> opened, std::shared_ptr<sync_link> self) {
    if (stream_ != nullptr || !opened->is_bidi() || connection_->is_dialled()) return close();
    stream_ = opened;
    opened->set_handler(std::move(self));
}

void sync_link::pump() {
    if (stream_ == nullptr) return;
    while (true) {
        const bool is_last = exchange_.has_said_all();
        if (!unsent_.flush(*stream_, is_last) || is_last) return;
        const auto next = exchange_.poll_frame();
        if (!next) return;
        unsent_.push(*next);
    }
}

void sync_link::close() {
    if (connection_ != nullptr) connection_->close(0, "compared");
}

void sync_link::on_connected(transport::connection&) {
    if (sink_ != nullptr) sink_->on_sync_connected(*this);
}

void sync_link::on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) {
    if (sink_ != nullptr) sink_->on_sync_stream(*this, std::move(opened));
}

void sync_link::on_closed(transport::connection&, const transport::close_reason&) {
    timer_.arm(no_deadline);
    if (sink_ != nullptr) std::exchange(sink_, nullptr)->on_sync_ended(*this);
}

void sync_link::on_data(transport::stream& from, bytes_view data, bool) {
    from.consume(data.size());  // what an exchange takes is limited
    if (sink_ == nullptr) return;
    sink_->on_sync_data(*this, data);
    pump();
    if (exchange_.where() == proto::sync_exchange::phase::failed) close();
}

void sync_link::on_closed(transport::stream&, transport::stream_end, std::uint64_t) {
    close();
}

}  // namespace meshhost::peers
