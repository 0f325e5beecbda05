// SPDX-License-Identifier: Apache-2.0
#pragma once
// A dial with a purpose: bytes and a datagram that the peer is to echo, and what came of it.
#include "net/shard.hpp"
#include "transport/endpoint.hpp"

#include <boost/json/object.hpp>

#include <functional>

namespace meshhost::interop {

struct call_plan {
    identity::endpoint_addr to;
    std::string alpn;
    std::optional<std::size_t> bytes{};  ///< on one bidi stream
    std::optional<std::string> datagram{};
    transport::connect_options dial{};
    bool keep = false;  ///< leaves the connection open
};

/// "cause", "code" and "reason" of an end.
boost::json::object to_json(const transport::close_reason& reason);

/// One thread: the shard's, which outlives it.
class echo_call final : public transport::connection_handler,
                        public std::enable_shared_from_this<echo_call> {
public:
    using listener = std::function<void(boost::json::object)>;

    /// `on_answer` hears once what came of the plan: at the connection's end, or, when that is
    /// kept, as soon as everything is back. `on_lost` hears how a kept connection ended.
    echo_call(net::shard& shard, call_plan plan, listener on_answer, listener on_lost);

    std::shared_ptr<transport::connection> start(transport::endpoint& from);

    void on_connected(transport::connection& with) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_datagram(transport::connection& from, bytes_view data) override;
    void on_closed(transport::connection&, const transport::close_reason& reason) override;

private:
    class echo_stream;

    void send(transport::connection& over);
    void on_echo(transport::connection& over, bytes_view received);
    void finish_if_complete(transport::connection& over);

    net::shard& shard_;
    call_plan plan_;
    listener on_answer_;  ///< empty once it has heard
    listener on_lost_;
    time_point started_{};
    bool sent_ = false;
    boost::json::object answer_;
};

}  // namespace meshhost::interop
