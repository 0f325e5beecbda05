// SPDX-License-Identifier: Apache-2.0
#pragma once
// A transport endpoint that does as peers.py says: commands and answers are lines of JSON.
#include "interop/command_reader.hpp"
#include "transport/endpoint.hpp"

#include <map>

namespace meshhost::interop {

/// Obeys until the end of standard input. One thread: the shard's; shard and endpoint outlive it.
class console final : private command_sink {
public:
    console(net::shard& shard, transport::endpoint& endpoint);

private:
    void on_command(std::int64_t call, const boost::json::object& command) override;
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
    command_reader input_;
    /// Connections that a dial was to keep, by the number of that call.
    std::map<std::int64_t, std::shared_ptr<transport::connection>> kept_;
};

}  // namespace meshhost::interop
