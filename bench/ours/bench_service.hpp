// SPDX-License-Identifier: Apache-2.0
#pragma once
// The server's side of the bench's protocol: the first byte of a stream says what becomes of it.
#include "transport/alpn_router.hpp"

namespace meshhost::bench {

inline constexpr const char* bench_alpn = "mesh/bench/1";

inline constexpr std::uint8_t echo_mark = 'E';  ///< the rest comes back
inline constexpr std::uint8_t sink_mark = 'S';  ///< the rest is counted; at FIN, 8 bytes say it

/// Serves any number of connections and streams.
class bench_service final : public transport::protocol_handler {
public:
    void on_connection(std::shared_ptr<transport::connection> incoming) override;
};

}  // namespace meshhost::bench
