// SPDX-License-Identifier: Apache-2.0
#include "path/path_mux.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::path {

/// A socket, its watch, and the way its datagrams go up.
class path_mux::binding final : private net::receive_sink, private net::readable_sink {
public:
    binding(path_mux& mux, net::udp_socket socket)
        : mux_(mux)
        , socket_(std::move(socket))
        , watch_(mux.shard_, socket_.native_handle(), *this) {}

    result<void> start() { return watch_.start(); }
    net::udp_socket& socket() noexcept { return socket_; }
    const net::udp_socket& socket() const noexcept { return socket_; }
    void watch_writable() { watch_.watch_writable(); }

private:
    bool on_readable() override {
        const bool drained = socket_.receive(*this);
        if (socket_.has_errors()) tell_of_refusals();
        mux_.sink_.on_turn_end();
        return drained && !socket_.has_errors();
    }

    void on_writable() override { mux_.on_socket_writable(); }

    void tell_of_refusals() {
        for (const ip_endpoint& remote : socket_.take_refused())
            mux_.sink_.on_refused(remote);
    }

    void on_datagrams(const net::received_datagrams& batch) override {
        if (mux_.faults_ != nullptr && mux_.faults_->drops_from(batch.from)) return;
        const path_id path = mux_.paths_.intern(batch.from, asked_at(batch));
        mux_.hand_up(path, static_cast<std::uint8_t>(batch.ecn), batch.data, batch.segment_size);
    }

    ip_endpoint asked_at(const net::received_datagrams& batch) const {
        ip_endpoint local = socket_.local();
        if (!local.is_unspecified()) return local;
        local.address = batch.to.address;
        return local.is_unspecified() ? ip_endpoint{} : local;
    }

    path_mux& mux_;
    net::udp_socket socket_;
    net::readable_watch watch_;
};

path_mux::path_mux(net::shard& shard, path_sink& sink, mux_options options)
    : shard_(shard)
    , sink_(sink)
    , options_(std::move(options))
    , relays_(shard, *this, options_.relays) {}

path_mux::~path_mux() = default;

outcome<std::unique_ptr<path_mux>> path_mux::open(
    net::shard& shard,
    path_sink& sink,
    mux_options options
) {
    std::unique_ptr<path_mux> made(new path_mux(shard, sink, std::move(options)));
    if (auto bound = made->bind_all(); !bound) return bound.error();
    if (auto connecting = made->relays_.open(); !connecting) return connecting.error();
    return made;
}

outcome<bool> path_mux::bind_all() {
    if (options_.bind.empty()) return bind_default();
    if (options_.bind.size() > sockets_max) {
        return failure{
            exit_code::invalid,
            "E_BIND",
            fmt::format(
                "{} addresses to bind, at most {} are taken",
                options_.bind.size(),
                sockets_max
            ),
            "bind a wildcard address instead"};
    }
    for (const ip_endpoint& local : options_.bind)
        if (auto bound = bind_if_there(local); !bound) return bound;
    return true;
}

/// "Everywhere" on a kernel without IPv6 is everywhere there is.
outcome<bool> path_mux::bind_if_there(const ip_endpoint& local) {
    auto bound = bind_one(local);
    const bool is_optional = local.is_unspecified() && !bindings_.empty();
    if (bound || !is_optional || bound.error().code != "E_NO_ADDRESS_FAMILY") return bound;
    options_.log.info("{}", bound.error().message);
    return true;
}

outcome<bool> path_mux::bind_again(ip_endpoint local) {
    auto bound = bind_if_there(local);
    if (bound || local.port == 0 || bound.error().code == "E_NO_SUCH_ADDRESS") return bound;
    options_.log.warn("port {} is not to be had again: taking a free one", local.port);
    local.port = 0;
    return bind_one(local);
}

outcome<bool> path_mux::bind_default() {
    if (auto bound = bind_one(ip_endpoint::any_v4(0)); !bound) return bound.error();
    std::uint16_t const port = bindings_.front()->socket().local().port;
    if (bind_one(ip_endpoint::any_v6(port))) return true;
    const auto other = bind_one(ip_endpoint::any_v6(0));
    if (!other) options_.log.info("no IPv6: {}", other.error().message);
    return true;
}

outcome<bool> path_mux::bind_one(const ip_endpoint& local) {
    auto socket = net::udp_socket::bind(local, options_.udp);
    if (!socket) return socket.error();
    auto made = std::make_unique<binding>(*this, std::move(*socket));
    if (const auto started = made->start(); !started) {
        return failure{
            exit_code::failure,
            "E_BIND",
            fmt::format("cannot watch {}: {}", local.to_string(), started.error().message()),
            ""};
    }
    bindings_.push_back(std::move(made));
    return true;
}

outcome<bool> path_mux::rebind() {
    held_.reset();
    paths_.forget_addresses();
    auto old = std::exchange(bindings_, {});
    if (options_.bind.empty()) return bind_default();
    // A free port is taken while the old one is still held, so that it is another.
    const bool fixed = std::any_of(options_.bind.begin(), options_.bind.end(), [](auto& local) {
        return local.port != 0;
    });
    if (fixed) old.clear();
    outcome<bool> all = true;
    for (const ip_endpoint& local : options_.bind)
        if (auto bound = bind_again(local); !bound) all = bound;
    return all;
}

std::vector<ip_endpoint> path_mux::bound() const {
    std::vector<ip_endpoint> locals;
    for (const auto& one : bindings_)
        locals.push_back(one->socket().local());
    return locals;
}

bool path_mux::send(const datagrams& out) {
    if (held_) return false;
    const bool full = send_everywhere(out);
    // A dial's copies may be lost one by one.
    if (!full || paths_.remotes(out.path).size() != 1) return true;
    hold(out);
    return false;
}

void path_mux::send_once(const datagrams& out) {
    if (!held_) (void)send_everywhere(out);
}

bool path_mux::send_everywhere(const datagrams& out) {
    const ip_endpoint local = paths_.local(out.path);
    bool full = false;
    for (const path_target& target : paths_.remotes(out.path)) {
        const auto status = faults_ == nullptr ? send_to(target, local, out)
                                               : send_through_faults(target, local, out);
        switch (status) {
        case net::send_status::sent:
        case net::send_status::dropped:
            break;
        case net::send_status::would_block:
            full = true;
            break;
        case net::send_status::broken:
            sink_.on_socket_broken();
            break;
        }
    }
    return full;
}

net::send_status path_mux::send_to(
    const path_target& target,
    const ip_endpoint& local,
    const datagrams& out
) {
    if (const relay_hop* const hop = relayed_of(target)) {
        relays_.send(*hop, out.data, out.segment_size, out.ecn);
        return net::send_status::sent;
    }
    return send_from_socket(*direct_of(target), local, out);
}

net::send_status path_mux::send_from_socket(
    const ip_endpoint& remote,
    const ip_endpoint& local,
    const datagrams& out
) {
    binding* const way = way_out(remote, local);
    if (way == nullptr) return net::send_status::dropped;
    net::udp_socket& socket = way->socket();
    const auto mark = static_cast<net::ecn_mark>(out.ecn);
    const bool is_chosen = socket.local().is_unspecified() && !local.is_unspecified();
    const ip_endpoint* const from = is_chosen ? &local : nullptr;
    const auto status = socket.send({remote, out.data, out.segment_size, mark, from});
    if (status == net::send_status::would_block) way->watch_writable();
    return status;
}

void path_mux::set_faults(const fault_plan& plan) {
    MH_ASSERT(plan.is_valid(), "a share of loss, and not too many addresses");
    faults_ = plan.is_none() ? nullptr : std::make_unique<fault_filter>(plan);
}

/// One by one: each of a train has a fate of its own. What a full socket does not take is lost,
/// too, so that nothing that was dropped is sent later.
net::send_status path_mux::send_through_faults(
    const path_target& target,
    const ip_endpoint& local,
    const datagrams& out
) {
    bool is_broken = false;
    for (bytes_view rest = out.data; !rest.empty();) {
        const bytes_view one = rest.first(std::min(rest.size(), out.segment_size));
        rest = rest.subspan(one.size());
        if (faults_->drops_to(target)) continue;
        const auto status = send_to(target, local, {out.path, one, one.size(), out.ecn});
        is_broken = is_broken || status == net::send_status::broken;
    }
    return is_broken ? net::send_status::broken : net::send_status::sent;
}

/// The socket that was asked at `local`; where there is none, the first that reaches `remote`.
path_mux::binding* path_mux::way_out(const ip_endpoint& remote, const ip_endpoint& local) {
    binding* first = nullptr;
    for (const auto& one : bindings_) {
        const ip_endpoint& own = one->socket().local();
        if (own.family != remote.family) continue;
        if (own == local || (own.is_unspecified() && own.port == local.port)) return one.get();
        if (first == nullptr) first = one.get();
    }
    return first;
}

void path_mux::on_relayed(
    const relay_hop& from,
    std::uint8_t ecn,
    std::span<std::uint8_t> data,
    std::size_t segment_size
) {
    if (faults_ != nullptr && faults_->drops_from(from)) return;
    hand_up(paths_.intern(from), ecn, data, segment_size);
}

void path_mux::hand_up(
    path_id path,
    std::uint8_t ecn,
    std::span<std::uint8_t> data,
    std::size_t segment_size
) {
    for (std::size_t at = 0; at < data.size(); at += segment_size) {
        std::size_t const size = std::min(segment_size, data.size() - at);
        sink_.on_datagram(path, ecn, data.subspan(at, size));
    }
}

void path_mux::hold(const datagrams& out) {
    held_ = held_train{out.path, {out.data.begin(), out.data.end()}, out.segment_size, out.ecn};
}

void path_mux::on_socket_writable() {
    if (!held_) return;
    const held_train train = std::move(*held_);
    held_.reset();
    if (send({train.path, train.data, train.segment_size, train.ecn})) sink_.on_writable();
}

}  // namespace meshhost::path
