// SPDX-License-Identifier: Apache-2.0
#include "nat/port_forwarder.hpp"

#include "nat/random_bytes.hpp"
#include "nat/router_thread.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"

namespace meshhost::nat {

class port_forwarder::state final : net::deadline_sink {
public:
    state(net::shard& shard, forward_sink& sink, forward_options options)
        : shard_(shard)
        , sink_(sink)
        , log_(std::move(options.log))
        , machine_(options.seed, options.pace)
        , timer_(shard, *this)
        , router_(
              shard,
              [this](const router_answer& said) { hear(said); },
              options.gateway
          ) {}

    ~state() {
        machine_.set_port({}, shard_.now());
        while (const auto out = machine_.poll_output())
            if (out->kind == proto::port_mapper_output::what::release) ask(*out);
    }

    void forward(std::optional<std::uint16_t> port) {
        machine_.set_port(port, shard_.now());
        timer_.arm(shard_.now());
    }

    void handle_network_change() {
        machine_.handle_network_change(shard_.now());
        timer_.arm(shard_.now());
    }

    const proto::port_mapper& machine() const noexcept { return machine_; }

private:
    void hear(const router_answer& said) {
        machine_.handle_result(said.number, said.result, said.outer, said.lifetime, shard_.now());
        drain();
    }

    void on_deadline(time_point now) override {
        machine_.handle_deadline(now);
        drain();
    }

    void drain() {
        while (const auto out = machine_.poll_output())
            act(*out);
        timer_.arm(machine_.next_deadline());
    }

    void act(const proto::port_mapper_output& out) {
        switch (out.kind) {
        case proto::port_mapper_output::what::attempt:
        case proto::port_mapper_output::what::release:
            ask(out);
            break;
        case proto::port_mapper_output::what::changed:
            if (machine_.mapping()) {
                log_.info(
                    "port forwarded outer={} by={}",
                    machine_.mapping()->to_string(),
                    to_string(*machine_.protocol())
                );
            } else {
                log_.info("port no longer forwarded");
            }
            sink_.on_forwarded(machine_.mapping());
            break;
        case proto::port_mapper_output::what::settled:
            sink_.on_mapping_kinds(machine_.kinds());
            break;
        }
    }

    void ask(const proto::port_mapper_output& out) {
        router_request request;
        request.number = out.number;
        request.protocol = out.protocol;
        request.inner_port = out.inner_port;
        request.wanted = out.wanted;
        request.lifetime = std::chrono::duration_cast<std::chrono::seconds>(out.lifetime);
        request.nonce = nonce_;
        // A release is answered to nobody.
        if (out.kind == proto::port_mapper_output::what::release) request.number = 0;
        router_.ask(request);
    }

    net::shard& shard_;
    forward_sink& sink_;
    logger log_;
    proto::port_mapper machine_;
    const proto::pcp_nonce nonce_ = random_bytes<12>();
    net::deadline_timer timer_;
    router_thread router_;
};

port_forwarder::port_forwarder(net::shard& shard, forward_sink& sink, forward_options options)
    : state_(std::make_unique<state>(shard, sink, std::move(options))) {}
port_forwarder::~port_forwarder() = default;

void port_forwarder::forward(std::optional<std::uint16_t> port) {
    state_->forward(port);
}

void port_forwarder::handle_network_change() {
    state_->handle_network_change();
}

const proto::port_mapper& port_forwarder::machine() const noexcept {
    return state_->machine();
}

}  // namespace meshhost::nat
