// SPDX-License-Identifier: Apache-2.0
#pragma once
// One TCP connection to a relay, from its accept to its end: TLS, one HTTP request, and then the
// relay's frames, or a page and no more.
#include "base/ip_endpoint.hpp"
#include "http/http_message.hpp"
#include "identity/endpoint_id.hpp"
#include "net/readable_watch.hpp"
#include "net/stream_socket.hpp"
#include "relay/proto/relay_seats.hpp"
#include "relay/proto/relay_upgrade.hpp"
#include "relayd/relay_pages.hpp"

#include <optional>
#include <string>

namespace meshhost::relayd {

class relay_server;

/// Owned by its server. Small while a client is idle: there are to be ten thousand.
class relay_connection final : net::readable_sink {
public:
    relay_connection(
        relay_server& server,
        relay::proto::client_number number,
        unique_fd socket,
        const ip_endpoint& from,
        const net::tls_server_context* tls,
        time_point authenticate_by
    );

    /// false: it cannot be watched.
    bool start();
    /// Writes what there is to write.
    void flush();
    void pause() { watch_.pause_reading(); }
    void resume() { watch_.resume_reading(); }
    /// The machine has had its last word: it is written once, then nothing is.
    void end();
    /// Nothing waits any more.
    void drop();

    void settle() noexcept { is_half_open_ = false; }
    bool is_half_open() const noexcept { return is_half_open_; }
    bool is_relaying() const noexcept { return phase_ == phase::relay; }
    bool is_over() const noexcept { return phase_ == phase::over; }
    const ip_endpoint& from() const noexcept { return from_; }

private:
    enum class phase : std::uint8_t {
        tls,      ///< the handshake is under way
        head,     ///< the request is
        relay,    ///< the machine has it
        ending,   ///< a last word is written
        lingers,  ///< it is, and the other end is to close
        over,
    };
    /// Of a request.
    static constexpr std::size_t head_max = std::size_t{8} << 10;
    static constexpr int reads_a_turn = 4;

    bool on_readable() override;
    void on_writable() override;

    bool shake_hands();
    bool read_head();
    bool read_frames();
    bool read_rest();
    void answer(std::string_view head, bool has_more);
    void upgrade(const http::request& asked);
    std::optional<identity::endpoint_id> check_proof(std::string_view header, bool& is_readable);
    void reply(const page& answer, bool is_head);
    bool write(bytes_view bytes, std::size_t& taken);
    void finish();

    relay_server& server_;
    relay::proto::client_number number_;
    phase phase_;
    bool is_half_open_ = true;
    bool is_blocked_ = false;
    bool has_leftover_ = false;  ///< TLS holds a part of what it took
    ip_endpoint from_;
    time_point authenticate_by_;
    byte_buffer in_;   ///< of a head that is not whole
    std::string out_;  ///< before what the machine has
    net::stream_socket stream_;
    net::readable_watch watch_;  ///< of stream_: destroyed before it
};

}  // namespace meshhost::relayd
