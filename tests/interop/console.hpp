// SPDX-License-Identifier: Apache-2.0
#pragma once
// A transport endpoint that does as peers.py says: commands and answers are lines of JSON.
#include "net/shard.hpp"
#include "transport/endpoint.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/object.hpp>

#include <map>

namespace meshhost::interop {

/// Writes one line to standard output, at once.
void say(const boost::json::object& line);

/// Reads commands from standard input until its end, then stops the shard. One thread: the
/// shard's; shard and endpoint outlive it.
class console {
public:
    console(net::shard& shard, transport::endpoint& endpoint);

private:
    void read();
    void on_line(std::string_view line);
    void answer(std::int64_t call, boost::json::object with);
    void dial(std::int64_t call, const boost::json::object& command);
    void nudge(std::int64_t call, const boost::json::object& command);
    void release(std::int64_t call, const boost::json::object& command);
    void rebind(std::int64_t call, const boost::json::object& command);
    void parse(std::int64_t call, const boost::json::object& command);
    void format(std::int64_t call, const boost::json::object& command);
    void probe(std::int64_t call, const boost::json::object& command);

    net::shard& shard_;
    transport::endpoint& endpoint_;
    boost::asio::posix::stream_descriptor input_;
    std::string buffer_;
    /// Connections that a dial was to keep, by the number of that call.
    std::map<std::int64_t, std::shared_ptr<transport::connection>> kept_;
};

}  // namespace meshhost::interop
