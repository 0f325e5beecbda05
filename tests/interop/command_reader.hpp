// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands as peers.py writes them: lines of JSON on standard input.
#include "net/shard.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace meshhost::interop {

/// Writes one line to standard output, at once.
void say(const boost::json::object& line);

class command_sink {
public:
    virtual void on_command(std::int64_t call, const boost::json::object& command) = 0;

protected:
    ~command_sink() = default;
};

/// Reads until the end of standard input, then stops the shard. One thread: the shard's; shard
/// and sink outlive it.
class command_reader {
public:
    command_reader(net::shard& shard, command_sink& sink);

private:
    void read();

    net::shard& shard_;
    command_sink& sink_;
    boost::asio::posix::stream_descriptor input_;
    std::string buffer_;
};

}  // namespace meshhost::interop
