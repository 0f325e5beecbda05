// SPDX-License-Identifier: Apache-2.0
#pragma once
// The byte stream below a session: a unix socket's or TCP's.
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

namespace meshhost::http {

using stream_socket = boost::asio::generic::stream_protocol::socket;
using stream_type = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;

}  // namespace meshhost::http
