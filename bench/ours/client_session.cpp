// SPDX-License-Identifier: Apache-2.0
#include "ours/client_session.hpp"

#include "ours/bench_service.hpp"

#include <cstdio>
#include <cstdlib>

namespace meshhost::bench {

namespace {

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

}  // namespace

std::shared_ptr<client_session> client_session::dial(
    transport::endpoint& endpoint,
    const identity::endpoint_addr& server,
    const transport::connect_options& options,
    std::uint8_t mark,
    session_sink& sink
) {
    auto made = std::make_shared<client_session>(mark, sink);
    made->connection_ = endpoint.connect(server, bench_alpn, made, options);
    return made;
}

void client_session::on_connected(transport::connection& connected) {
    stream_ = connected.open_bidi(shared_from_this());
    if (stream_ == nullptr) give_up("the server lets us open no stream");
    stream_->write({&mark_, 1});
    sink_.on_ready(*this);
}

void client_session::on_data(transport::stream& from, bytes_view data, bool) {
    from.consume(data.size());
    if (!data.empty() && !closing_) sink_.on_bytes(*this, data);
}

void client_session::close() {
    closing_ = true;
    connection_->close(0, "done");
}

void client_session::on_closed(transport::connection& closed, const transport::close_reason& why) {
    if (!closing_) give_up(transport::explain(why, closed.remote_id()).message);
    const auto self = shared_from_this();  // the handles below may be the last to hold it
    stream_.reset();
    connection_.reset();
    sink_.on_closed(*this);
}

}  // namespace meshhost::bench
