// SPDX-License-Identifier: Apache-2.0
#include "interop/echo_call.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::interop {

namespace json = boost::json;

namespace {

/// Bytes of which no two neighbouring packets are alike.
byte_buffer pattern(std::size_t size) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    return bytes;
}

double milliseconds(duration length) {
    return std::chrono::duration<double, std::milli>(length).count();
}

}  // namespace

json::object to_json(const transport::close_reason& reason) {
    return {
        {"cause", quic::to_string(reason.cause)},
        {"code", reason.code},
        {"reason", reason.reason}};
}

/// Writes the pattern and gathers what comes back.
class echo_call::echo_stream final : public transport::stream_handler {
public:
    echo_stream(std::shared_ptr<echo_call> owner, std::size_t size)
        : owner_(std::move(owner))
        , pattern_(pattern(size)) {}

    void write(transport::stream& to) {
        written_ += to.write(bytes_view(pattern_).subspan(written_), true);
    }
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        received_.insert(received_.end(), data.begin(), data.end());
        from.consume(data.size());
        if (fin) owner_->on_echo(*from.owner(), received_);
    }
    void on_writable(transport::stream& to) override { write(to); }

private:
    std::shared_ptr<echo_call> owner_;
    byte_buffer pattern_;
    std::size_t written_ = 0;
    byte_buffer received_;
};

echo_call::echo_call(net::shard& shard, call_plan plan, listener on_answer, listener on_lost)
    : shard_(shard)
    , plan_(std::move(plan))
    , on_answer_(std::move(on_answer))
    , on_lost_(std::move(on_lost)) {}

std::shared_ptr<transport::connection> echo_call::start(transport::endpoint& from) {
    started_ = shard_.now();
    auto made = from.connect(plan_.to, plan_.alpn, shared_from_this(), plan_.dial);
    if (plan_.dial.early_data) send(*made);
    return made;
}

void echo_call::on_connected(transport::connection& with) {
    answer_["connect_ms"] = milliseconds(shard_.now() - started_);
    answer_["remote_id"] = with.remote_id().to_hex();
    answer_["handshake"] = quic::to_string(with.handshake());
    if (!sent_) send(with);
    if (plan_.datagram) with.send_datagram(as_bytes(*plan_.datagram));
    finish_if_complete(with);
}

void echo_call::send(transport::connection& over) {
    if (!plan_.bytes) return;
    auto handler = std::make_shared<echo_stream>(shared_from_this(), *plan_.bytes);
    const auto opened = over.open_bidi(handler);
    if (opened == nullptr) return;
    sent_ = true;
    handler->write(*opened);
}

void echo_call::on_echo(transport::connection& over, bytes_view received) {
    answer_["echoed"] = received.size();
    answer_["intact"] = std::ranges::equal(received, pattern(*plan_.bytes));
    finish_if_complete(over);
}

void echo_call::on_datagram(transport::connection& from, bytes_view data) {
    answer_["datagram"] = as_text(data);
    finish_if_complete(from);
}

void echo_call::finish_if_complete(transport::connection& over) {
    const bool complete = over.is_connected() && (!plan_.bytes || answer_.contains("echoed"))
                          && (!plan_.datagram || answer_.contains("datagram"));
    if (!complete) return;
    if (!plan_.keep) return over.close(0, "done");
    if (const auto tell = std::exchange(on_answer_, nullptr)) tell(answer_);
}

void echo_call::on_closed(transport::connection&, const transport::close_reason& reason) {
    const auto tell = std::exchange(on_answer_, nullptr);
    if (!tell) return on_lost_(to_json(reason));
    if (reason.cause != transport::close_cause::closed_locally) answer_["error"] = to_json(reason);
    tell(answer_);
}

}  // namespace meshhost::interop
