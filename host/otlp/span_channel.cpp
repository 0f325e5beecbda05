// SPDX-License-Identifier: Apache-2.0
#include "otlp/span_channel.hpp"

#include <fmt/format.h>

namespace meshhost::otlp {

http_channel::http_channel(
    net::shard& shard,
    http_url traces,
    header_list headers,
    duration timeout
)
    : traces_(std::move(traces))
    , headers_(std::move(headers))
    , poster_(shard, traces_, timeout) {}

void http_channel::send(std::string request, teller tell) {
    poster_.post(
        {traces_.path, "application/x-protobuf", std::move(request), headers_},
        std::move(tell)
    );
}

std::string http_channel::destination() const {
    return fmt::format("http://{}{}", traces_.authority(), traces_.path);
}

}  // namespace meshhost::otlp
