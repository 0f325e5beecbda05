// SPDX-License-Identifier: Apache-2.0
#include "echo_peers.hpp"

namespace meshhost::test {

namespace {

class echoing_stream final : public transport::stream_handler {
public:
    explicit echoing_stream(std::shared_ptr<echo_protocol> owner)
        : owner_(std::move(owner)) {}

    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        pending_.insert(pending_.end(), data.begin(), data.end());
        fin_ = fin_ || fin;
        pump(from);
    }
    void on_writable(transport::stream& from) override { pump(from); }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override {
        ++owner_->streams_ended;
    }

private:
    void pump(transport::stream& to) {
        std::size_t const taken = to.write(pending_, fin_);
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(taken));
        to.consume(taken);
    }

    std::shared_ptr<echo_protocol> owner_;
    byte_buffer pending_;
    bool fin_ = false;
};

class echoing_connection final : public transport::connection_handler {
public:
    explicit echoing_connection(std::shared_ptr<echo_protocol> owner)
        : owner_(std::move(owner)) {}

    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        opened->set_handler(std::make_shared<echoing_stream>(owner_));
    }
    void on_datagram(transport::connection& from, bytes_view data) override {
        from.send_datagram(data);
    }
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        owner_->ends.push_back(reason);
    }

private:
    std::shared_ptr<echo_protocol> owner_;
};

}  // namespace

void echo_protocol::on_connection(std::shared_ptr<transport::connection> incoming) {
    peers.push_back(incoming->remote_id());
    incoming->set_handler(std::make_shared<echoing_connection>(shared_from_this()));
    connections.push_back(std::move(incoming));
}

class echo_client::echo_stream final : public transport::stream_handler {
public:
    explicit echo_stream(std::shared_ptr<echo_client> owner)
        : owner_(std::move(owner)) {}

    void write(transport::stream& to) {
        const bytes_view rest = bytes_view(owner_->to_send).subspan(offset_);
        offset_ += to.write(rest, true);
    }
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        owner_->received.insert(owner_->received.end(), data.begin(), data.end());
        owner_->fin_received = owner_->fin_received || fin;
        from.consume(data.size());
    }
    void on_writable(transport::stream& to) override { write(to); }

private:
    std::shared_ptr<echo_client> owner_;
    std::size_t offset_ = 0;
};

void echo_client::on_connected(transport::connection& with) {
    connected = true;
    if (auto_send && !sent_) send(with);
}

void echo_client::send(transport::connection& over) {
    auto handler = std::make_shared<echo_stream>(shared_from_this());
    const auto opened = over.open_bidi(handler);
    if (opened == nullptr) return;
    sent_ = true;
    handler->write(*opened);
}

void echo_client::on_stream(transport::connection&, std::shared_ptr<transport::stream>) {}

void echo_client::on_datagram(transport::connection&, bytes_view data) {
    datagrams.emplace_back(as_text(data));
}

void echo_client::on_closed(transport::connection&, const transport::close_reason& reason) {
    closed = reason;
}

byte_buffer pattern(std::size_t size) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    return bytes;
}

transport::endpoint_options echo_pair::default_options() {
    return {
        .key = identity::secret_key::generate(),
        .bind = {ip_endpoint::loopback_v4(0)},
    };
}

echo_pair::echo_pair(transport::endpoint_options server_options) {
    server = transport::endpoint::bind(shard, std::move(server_options)).value();
    dialler = transport::endpoint::bind(shard, default_options()).value();
    server->router().add(echo_alpn, protocol);
}

std::shared_ptr<transport::connection> echo_pair::dial(transport::connect_options options) {
    return dialler->connect(server->address(), echo_alpn, client, options);
}

}  // namespace meshhost::test
