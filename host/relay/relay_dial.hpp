// SPDX-License-Identifier: Apache-2.0
#pragma once
// One attempt to reach a relay: name, TCP, TLS, and the HTTP upgrade, after which the connection
// speaks the relay protocol.
#include "identity/secret_key.hpp"
#include "net/readable_watch.hpp"
#include "net/stream_socket.hpp"
#include "net/tcp_dial.hpp"
#include "relay/proto/relay_message.hpp"
#include "relay/proto/relay_status.hpp"
#include "relay/relay_target.hpp"

#include <functional>
#include <memory>
#include <string>

namespace meshhost::net {
class tls_client_context;
}  // namespace meshhost::net

namespace meshhost::relay {

struct dial_result {
    proto::down_reason reason = proto::down_reason::none;  ///< none: it worked
    std::string cause = {};                                ///< else, for people
    net::stream_socket stream = {};
    proto::relay_version version = proto::relay_version::v2;
    byte_buffer early = {};  ///< what came right behind the answer
};

/// Begins when made; destroyed before it told, never tells. No time limit: the client has one.
/// One thread: the shard's, which outlives it, as do `target`, `key` and `tls`.
class relay_dial final : public net::readable_sink {
public:
    /// `tell` is called once, never from inside the constructor, and may destroy the dial.
    using teller = std::function<void(dial_result)>;
    relay_dial(
        net::shard& shard,
        const relay_target& target,
        std::string_view token,
        const identity::secret_key& key,
        const net::tls_client_context* tls,
        teller tell
    );
    relay_dial(const relay_dial&) = delete;
    relay_dial& operator=(const relay_dial&) = delete;

private:
    enum class phase : std::uint8_t { tcp, tls, asking, answering, over };
    /// Of the relay's HTTP answer.
    static constexpr std::size_t head_max = std::size_t{8} << 10;

    bool on_readable() override;
    void on_writable() override;

    void on_connected(net::tcp_result result);
    void advance();
    void shake_hands();
    void ask();
    void write_request();
    void read_answer();
    void judge_answer(std::size_t head_size);
    void fail(proto::down_reason reason, std::string cause);
    void end(dial_result result);

    net::shard& shard_;
    const relay_target& target_;
    std::string token_;
    const identity::secret_key& key_;
    const net::tls_client_context* tls_;
    teller tell_;
    phase phase_ = phase::tcp;
    std::string websocket_key_;
    std::string request_;
    byte_buffer answer_;
    net::stream_socket stream_;
    std::unique_ptr<net::readable_watch> watch_;  ///< of stream_: destroyed before it
    std::unique_ptr<net::tcp_dial> tcp_;
};

}  // namespace meshhost::relay
