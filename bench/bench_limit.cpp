// SPDX-License-Identifier: Apache-2.0
// What the machine allows: sealed packets over our UDP sockets without a protocol. No transport
// built on the same library and kernel can be faster on one core a side.
#include "common/report.hpp"
#include "limit/packet_seal.hpp"
#include "net/udp_socket.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>

using namespace meshhost;
using namespace meshhost::bench;

namespace {

constexpr std::size_t packet_bytes = 1'452;
constexpr std::size_t packets_per_train = 44;
constexpr std::size_t payload_bytes = packet_bytes - packet_header_bytes - packet_tag_bytes;
constexpr std::size_t trains_in_flight = 4;  // fits the smallest default socket buffer

constexpr std::uint8_t echo_mark = 'E';  ///< first byte of a payload: it comes back
constexpr std::uint8_t sink_mark = 'S';  ///< its packets are counted, and the count comes back

/// A socket that seals what it sends and opens what it hears.
class sealed_socket : net::receive_sink {
public:
    explicit sealed_socket(std::uint16_t port)
        : socket_(bind(port)) {}
    virtual ~sealed_socket() = default;

    std::uint16_t port() const noexcept { return socket_.local().port; }

    /// Waits for datagrams, five seconds at most, and handles them.
    void turn() {
        pollfd readable{socket_.native_handle(), POLLIN, 0};
        if (::poll(&readable, 1, 5'000) == 1) socket_.receive(*this);
    }

protected:
    virtual void on_payload(const ip_endpoint& from, bytes_view payload) = 0;
    virtual void on_train_end(const ip_endpoint&) {}

    /// `count` packets with the same payload.
    void send(const ip_endpoint& to, bytes_view payload, std::size_t count) {
        const std::size_t size = packet_header_bytes + payload.size() + packet_tag_bytes;
        for (std::size_t i = 0; i < count; ++i)
            seal_.seal({train_.data() + i * size, size}, payload, next_number_++);
        const auto status =
            socket_.send({to, {train_.data(), count * size}, size, net::ecn_mark::ect0});
        if (status == net::send_status::sent) return;
        std::fputs("bench: the socket refuses a train\n", stderr);
        std::exit(1);
    }

private:
    static net::udp_socket bind(std::uint16_t port) {
        auto bound = net::udp_socket::bind(ip_endpoint::loopback_v4(port));
        if (bound) return std::move(bound).value();
        std::fprintf(stderr, "%s\n", bound.error().message.c_str());
        std::exit(1);
    }

    void on_datagrams(const net::received_datagrams& batch) override {
        for (std::span<std::uint8_t> rest = batch.data; !rest.empty();) {
            const auto packet = rest.first(std::min(batch.segment_size, rest.size()));
            if (const auto payload = seal_.open(packet)) on_payload(batch.from, *payload);
            rest = rest.subspan(packet.size());
        }
        on_train_end(batch.from);
    }

    packet_seal seal_;
    net::udp_socket socket_;
    std::uint32_t next_number_ = 0;
    std::array<std::uint8_t, packets_per_train * packet_bytes> train_;
};

class limit_server final : public sealed_socket {
public:
    using sealed_socket::sealed_socket;

private:
    void on_payload(const ip_endpoint& from, bytes_view payload) override {
        if (payload.front() == echo_mark) send(from, payload, 1);
        if (payload.front() == sink_mark) ++sunk_;
    }
    /// How many came since the last answer: all the acknowledgement there is.
    void on_train_end(const ip_endpoint& from) override {
        if (sunk_ == 0) return;
        std::array<std::uint8_t, sizeof sunk_> count;
        std::memcpy(count.data(), &sunk_, sizeof sunk_);
        send(from, count, 1);
        sunk_ = 0;
    }

    std::uint64_t sunk_ = 0;
};

class limit_client final : public sealed_socket {
public:
    explicit limit_client(const bench_arguments& asked)
        : sealed_socket(0)
        , asked_(asked)
        , server_(ip_endpoint::loopback_v4(asked.port)) {}

    void run_ping_pong() {
        constexpr std::array<std::uint8_t, 8> payload{echo_mark};
        latency_samples samples;
        samples.reserve(asked_.count);
        const stopwatch run;
        while (samples.count() < asked_.count) {
            const auto start = bench_clock::now();
            send(server_, payload, 1);
            wait_for_answer();
            samples.add_since(start);
        }
        report_latencies(asked_, samples, run);
    }

    void run_bulk() {
        std::array<std::uint8_t, payload_bytes> payload{sink_mark};
        const std::uint64_t bytes = std::uint64_t{asked_.count} << 20;
        const std::uint64_t trains = bytes / (payload_bytes * packets_per_train) + 1;
        const std::uint64_t packets = trains * packets_per_train;
        const stopwatch run;
        for (std::uint64_t sent = 0; counted_ < packets;) {
            while (sent < packets && sent - counted_ < trains_in_flight * packets_per_train) {
                send(server_, payload, packets_per_train);
                sent += packets_per_train;
            }
            wait_for_answer();
        }
        report_bulk(packets * payload_bytes, counted_ * payload_bytes, run);
    }

private:
    void on_payload(const ip_endpoint&, bytes_view payload) override {
        answered_ = true;
        std::uint64_t count = 0;
        if (payload.size() == sizeof count && payload.front() != echo_mark) {
            std::memcpy(&count, payload.data(), sizeof count);
            counted_ += count;
        }
    }

    void wait_for_answer() {
        answered_ = false;
        turn();
        if (answered_) return;
        std::fputs("bench: no answer within five seconds\n", stderr);
        std::exit(1);
    }

    const bench_arguments& asked_;
    const ip_endpoint server_;
    std::uint64_t counted_ = 0;
    bool answered_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    const auto asked = read_arguments(argc, argv, "sealed UDP without a protocol", status);
    if (!asked) return status;
    if (asked->role == bench_role::server) {
        limit_server server(asked->port);
        report_ready(server.port(), "");
        for (;;)
            server.turn();
    }
    limit_client client(*asked);
    if (asked->verb == bench_verb::pp) {
        client.run_ping_pong();
    } else if (asked->verb == bench_verb::bulk) {
        client.run_bulk();
    } else {
        std::fputs("there are no connections here: pp or bulk\n", stderr);
        return 2;
    }
    return 0;
}
