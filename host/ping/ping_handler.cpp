// SPDX-License-Identifier: Apache-2.0
#include "ping/ping_handler.hpp"

#include <utility>

namespace meshhost::ping {

namespace {

class echo_stream final : public transport::stream_handler {
public:
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        unsent_.insert(unsent_.end(), data.begin(), data.end());
        is_ended_ = is_ended_ || fin;
        echo(from);
    }
    void on_writable(transport::stream& to) override { echo(to); }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}

private:
    void echo(transport::stream& stream) {
        const std::size_t taken = stream.write(unsent_, is_ended_);
        unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(taken));
        stream.consume(taken);
    }

    byte_buffer unsent_;
    bool is_ended_ = false;
};

class dropped_stream final : public transport::stream_handler {
public:
    void on_data(transport::stream& from, bytes_view data, bool) override {
        from.consume(data.size());
    }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {}
};

using connection_set = std::set<const transport::connection*>;

class echo_connection final : public transport::connection_handler {
public:
    explicit echo_connection(std::shared_ptr<connection_set> served)
        : served_(std::move(served)) {}

    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        if (opened->is_bidi())
            opened->set_handler(std::make_shared<echo_stream>());
        else
            opened->set_handler(std::make_shared<dropped_stream>());
    }
    void on_datagram(transport::connection& from, bytes_view data) override {
        from.send_datagram(data);  // unreliable: one that does not fit is lost
    }
    void on_closed(transport::connection& closed, const transport::close_reason&) override {
        served_->erase(&closed);
    }

private:
    std::shared_ptr<connection_set> served_;
};

}  // namespace

void ping_handler::on_connection(std::shared_ptr<transport::connection> incoming) {
    served_->insert(incoming.get());
    incoming->set_handler(std::make_shared<echo_connection>(served_));
}

std::vector<const transport::connection*> ping_handler::owned() const {
    return {served_->begin(), served_->end()};
}

}  // namespace meshhost::ping
