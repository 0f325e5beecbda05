// SPDX-License-Identifier: Apache-2.0
#include "gossip/stream_intake.hpp"

#include <utility>

namespace meshhost::gossip {

void stream_intake::on_data(transport::stream& from, bytes_view data, bool) {
    from.consume(data.size());  // read at once: what a frame can make us keep is limited
    if (sink_ == nullptr || reader_.error()) return;
    reader_.feed(data);
    while (sink_ != nullptr) {
        const auto body = reader_.poll();
        if (!body) break;
        sink_->on_frame(*reader_.topic(), *body);
    }
    if (sink_ != nullptr && reader_.error()) sink_->on_intake_fault(reader_.error());
}

void stream_intake::on_closed(transport::stream&, transport::stream_end, std::uint64_t) {
    if (sink_ != nullptr) std::exchange(sink_, nullptr)->on_intake_ended(*this);
}

}  // namespace meshhost::gossip
