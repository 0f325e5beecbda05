// SPDX-License-Identifier: Apache-2.0
#include "nat/netcheck_runner.hpp"

#include "nat/random_bytes.hpp"
#include "net/deadline_timer.hpp"
#include "net/interface_monitor.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/udp_socket.hpp"

namespace meshhost::nat {

class netcheck_runner::state final : net::deadline_sink {
public:
    state(net::shard& shard, report_sink& sink, proto::netcheck_plan plan, logger log)
        : shard_(shard)
        , sink_(sink)
        , log_(std::move(log))
        , machine_(std::move(plan), random_bytes<32>())
        , timer_(shard, *this) {}

    /// The failure to tell of, when there is no socket at all.
    outcome<bool> open() {
        using proto::netcheck_socket;
        const outcome<bool> v4 = add(main_v4_, ip_endpoint::any_v4(0), netcheck_socket::main);
        (void)add(second_v4_, ip_endpoint::any_v4(0), netcheck_socket::second);
        (void)add(second_v6_, ip_endpoint::any_v6(0), netcheck_socket::second);
        const outcome<bool> v6 = add(main_v6_, ip_endpoint::any_v6(0), netcheck_socket::main);
        if (!v4 && !v6) return v4.error();
        timer_.arm(shard_.now());  // starts, never from inside the call that made us
        return true;
    }

    proto::netcheck& machine() noexcept { return machine_; }
    /// What the notes led to is told by the timer: nobody is called from inside his own call.
    void wake() { timer_.arm(shard_.now()); }
    time_point now() const noexcept { return shard_.now(); }

private:
    struct socket final : net::readable_sink, net::receive_sink {
        socket(state& owner_, proto::netcheck_socket which_, net::udp_socket made)
            : owner(owner_)
            , which(which_)
            , udp(std::move(made))
            , watch(owner.shard_, udp.native_handle(), *this) {}

        bool on_readable() override {
            constexpr std::size_t rounds_per_turn = 4;
            const bool is_drained = udp.receive(*this, rounds_per_turn);
            if (udp.has_errors())
                for (const ip_endpoint& refused : udp.take_refused())
                    owner.machine_.handle_refused(refused, which, owner.shard_.now());
            owner.wake();
            return is_drained;
        }

        void on_datagrams(const net::received_datagrams& batch) override {
            for (std::size_t at = 0; at < batch.data.size(); at += batch.segment_size) {
                const std::size_t size = std::min(batch.segment_size, batch.data.size() - at);
                owner.machine_
                    .handle(batch.data.subspan(at, size), batch.from, which, owner.shard_.now());
            }
        }

        state& owner;
        proto::netcheck_socket which;
        net::udp_socket udp;
        net::readable_watch watch;  // goes before its descriptor
    };

    outcome<bool> add(
        std::unique_ptr<socket>& to,
        const ip_endpoint& local,
        proto::netcheck_socket which
    ) {
        net::udp_options small;
        small.segmentation_offload = false;
        small.buffer_bytes = 64u << 10;
        auto bound = net::udp_socket::bind(local, small);
        if (!bound) return bound.error();
        to = std::make_unique<socket>(*this, which, std::move(*bound));
        if (const auto started = to->watch.start(); !started) {
            to.reset();
            return failure{exit_code::failure, "E_BIND", started.error().message(), ""};
        }
        return true;
    }

    void on_deadline(time_point now) override {
        if (!is_started_) {
            is_started_ = true;
            machine_.start(now);
        } else {
            machine_.handle_deadline(now);
        }
        while (const auto out = machine_.poll_output()) {
            if (out->kind == proto::netcheck_output::what::done) {
                log_.debug("net report took={}ms", machine_.report().took / 1ms);
                return sink_.on_net_report(machine_.report());  // may destroy us
            }
            send(*out);
        }
        timer_.arm(machine_.next_deadline());
    }

    void send(const proto::netcheck_output& out) {
        const bool is_second = out.socket == proto::netcheck_socket::second;
        const auto& v4 = is_second ? second_v4_ : main_v4_;
        const auto& v6 = is_second ? second_v6_ : main_v6_;
        const auto& by = out.to.is_v4() ? v4 : v6;
        const bool is_sent =
            by
            && by->udp.send({out.to, out.message, out.message.size(), net::ecn_mark::not_ect})
                   != net::send_status::dropped;
        // The kernel knows no way there: waiting would not make one.
        if (!is_sent) machine_.handle_refused(out.to, out.socket, shard_.now());
    }

    net::shard& shard_;
    report_sink& sink_;
    logger log_;
    proto::netcheck machine_;
    net::deadline_timer timer_;
    std::unique_ptr<socket> main_v4_;
    std::unique_ptr<socket> second_v4_;
    std::unique_ptr<socket> main_v6_;
    std::unique_ptr<socket> second_v6_;
    bool is_started_ = false;
};

outcome<std::unique_ptr<netcheck_runner>> netcheck_runner::start(
    net::shard& shard,
    report_sink& sink,
    proto::netcheck_plan plan,
    logger log
) {
    if (plan.local.empty()) plan.local = net::interface_addresses();
    auto made = std::make_unique<state>(shard, sink, std::move(plan), std::move(log));
    if (const auto opened = made->open(); !opened) return opened.error();
    return std::unique_ptr<netcheck_runner>(new netcheck_runner(std::move(made)));
}

netcheck_runner::netcheck_runner(std::unique_ptr<state> made)
    : state_(std::move(made)) {}
netcheck_runner::~netcheck_runner() = default;

void netcheck_runner::note_relay(proto::relay_latency relay) {
    state_->machine().note_relay(std::move(relay), state_->now());
    state_->wake();
}

void netcheck_runner::note_captive_portal(proto::finding found) {
    state_->machine().note_captive_portal(found, state_->now());
    state_->wake();
}

void netcheck_runner::note_port_mapping(const proto::port_mapping_kinds& kinds) {
    state_->machine().note_port_mapping(kinds, state_->now());
    state_->wake();
}

}  // namespace meshhost::nat
