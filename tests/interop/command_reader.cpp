// SPDX-License-Identifier: Apache-2.0
#include "interop/command_reader.hpp"

#include "base/error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <iostream>

namespace meshhost::interop {

namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;

}  // namespace

void say(const boost::json::object& line) {
    std::cout << boost::json::serialize(line) << '\n' << std::flush;
}

command_reader::command_reader(net::shard& shard, command_sink& sink)
    : shard_(shard)
    , sink_(sink)
    , input_(shard.context(), ::dup(STDIN_FILENO)) {
    read();
}

void command_reader::read() {
    boost::asio::async_read_until(
        input_,
        boost::asio::dynamic_buffer(buffer_, line_bytes_max),
        '\n',
        [this](const error_code& error, std::size_t size) {
            if (error) return shard_.stop();
            const auto command =
                boost::json::parse(std::string_view(buffer_).substr(0, size)).as_object();
            buffer_.erase(0, size);
            sink_.on_command(command.at("call").as_int64(), command);
            read();
        }
    );
}

}  // namespace meshhost::interop
