// SPDX-License-Identifier: Apache-2.0
#include "peers/bare/bare_endpoint.hpp"

#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>

namespace meshhost::bench {

namespace {

constexpr int receives_per_turn = 16;
constexpr int socket_buffer_bytes = 4 << 20;

std::string key_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

unique_fd bind_loopback(sockaddr_in& local, std::uint16_t port) {
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    local.sin_port = htons(port);
    unique_fd made(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    socklen_t size = sizeof local;
    auto* const address = reinterpret_cast<sockaddr*>(&local);
    if (::bind(made.get(), address, size) != 0 || ::getsockname(made.get(), address, &size) != 0) {
        std::perror("bind");
        std::exit(1);
    }
    constexpr int on = 1;
    const auto set = [&](int level, int name, int value) {
        ::setsockopt(made.get(), level, name, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_RCVBUF, socket_buffer_bytes);
    set(SOL_SOCKET, SO_SNDBUF, socket_buffer_bytes);
    set(IPPROTO_UDP, UDP_GRO, on);
    return made;
}

std::size_t segment_size_of(msghdr& message, std::size_t whole) {
    for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != IPPROTO_UDP || at->cmsg_type != UDP_GRO) continue;
        int size = 0;
        std::memcpy(&size, CMSG_DATA(at), sizeof size);
        return size > 0 ? static_cast<std::size_t>(size) : whole;
    }
    return whole;
}

}  // namespace

bare_endpoint::bare_endpoint(
    const bare_credentials& credentials,
    bool is_server,
    std::uint16_t port
)
    : credentials_(credentials)
    , is_server_(is_server)
    , socket_(bind_loopback(local_, port))
    , train_(socket_.get()) {}

bare_endpoint::~bare_endpoint() {
    connections_.clear();  // while by_id_ still lives
}

void bare_endpoint::add(const ngtcp2_cid& id, bare_connection& owner) {
    by_id_[key_of(id.data, id.datalen)] = &owner;
}

void bare_endpoint::remove(const ngtcp2_cid& id) {
    by_id_.erase(key_of(id.data, id.datalen));
}

bare_connection& bare_endpoint::dial(std::uint16_t port) {
    sockaddr_in remote = local_;
    remote.sin_port = htons(port);
    connections_.push_back(std::make_unique<bare_connection>(credentials_, *this, local_, remote));
    connections_.back()->dial();
    connections_.back()->flush(train_);
    return *connections_.back();
}

bare_connection* bare_endpoint::accept(
    const sockaddr_in& from,
    std::span<const std::uint8_t> packet
) {
    ngtcp2_pkt_hd initial;
    if (!is_server_ || ngtcp2_accept(&initial, packet.data(), packet.size()) != 0) return nullptr;
    auto made = std::make_unique<bare_connection>(credentials_, *this, local_, from);
    if (!made->accept(initial)) return nullptr;
    connections_.push_back(std::move(made));
    return connections_.back().get();
}

void bare_endpoint::on_packet(const sockaddr_in& from, std::span<std::uint8_t> packet) {
    ngtcp2_version_cid header;
    const int error =
        ngtcp2_pkt_decode_version_cid(&header, packet.data(), packet.size(), connection_id_bytes);
    if (error != 0) return;
    const auto found = by_id_.find(key_of(header.dcid, header.dcidlen));
    bare_connection* const to = found != by_id_.end() ? found->second : accept(from, packet);
    if (to == nullptr || to->is_dead()) return;
    to->read(packet);
    if (touched_.empty() || touched_.back() != to) touched_.push_back(to);
}

void bare_endpoint::receive() {
    static std::array<std::uint8_t, 65'536> buffer;
    for (int i = 0; i < receives_per_turn; ++i) {
        sockaddr_in from{};
        iovec into{buffer.data(), buffer.size()};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
        msghdr message{};
        message.msg_name = &from;
        message.msg_namelen = sizeof from;
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(socket_.get(), &message, 0);
        if (size < 0) return;
        std::span<std::uint8_t> rest(buffer.data(), static_cast<std::size_t>(size));
        const std::size_t segment = segment_size_of(message, rest.size());
        while (!rest.empty()) {
            const auto packet = rest.first(std::min(segment, rest.size()));
            on_packet(from, packet);
            rest = rest.subspan(packet.size());
        }
    }
}

bool bare_endpoint::wait(ngtcp2_tstamp limit) {
    const ngtcp2_tstamp now = bare_now();
    ngtcp2_tstamp until = now + limit;
    for (const auto& each : connections_)
        until = std::min(until, each->deadline());
    const ngtcp2_tstamp left = until > now ? until - now : 0;
    const timespec timeout{
        static_cast<time_t>(left / NGTCP2_SECONDS),
        static_cast<long>(left % NGTCP2_SECONDS)};
    pollfd readable{socket_.get(), POLLIN, 0};
    return ::ppoll(&readable, 1, &timeout, nullptr) > 0;
}

void bare_endpoint::run_deadlines() {
    const ngtcp2_tstamp now = bare_now();
    for (const auto& each : connections_) {
        if (each->is_dead() || each->deadline() > now) continue;
        each->on_deadline();
        touched_.push_back(each.get());
    }
}

void bare_endpoint::turn(ngtcp2_tstamp limit) {
    touched_.clear();
    if (wait(limit)) receive();
    run_deadlines();
    for (bare_connection* each : touched_)
        each->flush(train_);
    if (is_server_) reap();
}

void bare_endpoint::reap() {
    const auto is_dead = [](const auto& each) { return each->is_dead(); };
    connections_.erase(
        std::remove_if(connections_.begin(), connections_.end(), is_dead),
        connections_.end()
    );
}

}  // namespace meshhost::bench
