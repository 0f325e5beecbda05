// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/port_mapper.hpp"

#include "base/assert.hpp"
#include "nat/proto/pcp_message.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::nat::proto {

namespace {

/// Nothing makes that many but somebody who does not drain them.
constexpr std::size_t outputs_max = 16;

}  // namespace

const char* to_string(mapping_protocol protocol) noexcept {
    switch (protocol) {
    case mapping_protocol::pcp:
        return "pcp";
    case mapping_protocol::nat_pmp:
        return "nat_pmp";
    case mapping_protocol::upnp:
        return "upnp";
    }
    return "unknown";
}

port_mapper::port_mapper(std::uint64_t seed, const port_mapper_config& config)
    : config_(config)
    , random_(seed)
    , retry_(config.retry_min, config.retry_max) {}

finding& port_mapper::kind_of(mapping_protocol protocol) noexcept {
    if (protocol == mapping_protocol::pcp) return kinds_.pcp;
    return protocol == mapping_protocol::nat_pmp ? kinds_.nat_pmp : kinds_.upnp;
}

std::optional<mapping_protocol> port_mapper::protocol() const noexcept {
    return mapping_ ? std::optional(by_) : std::nullopt;
}

void port_mapper::put(port_mapper_output::what kind) {
    if (outputs_.size() >= outputs_max) outputs_.pop_front();
    port_mapper_output out;
    out.kind = kind;
    out.number = number_;
    outputs_.push_back(std::move(out));
}

void port_mapper::attempt(mapping_protocol protocol) {
    ++number_;
    under_way_ = protocol;
    due_ = no_deadline;
    put(port_mapper_output::what::attempt);
    outputs_.back().protocol = protocol;
    outputs_.back().inner_port = *port_;
    outputs_.back().wanted = mapping_;
    outputs_.back().lifetime = config_.lifetime;
}

void port_mapper::drop_mapping() {
    if (!mapping_) return;
    mapping_.reset();
    put(port_mapper_output::what::changed);
}

void port_mapper::set_port(std::optional<std::uint16_t> port, time_point now) {
    if (port == port_) return;
    if (mapping_) {
        put(port_mapper_output::what::release);
        outputs_.back().protocol = by_;
        outputs_.back().inner_port = *port_;
        outputs_.back().wanted = mapping_;
    }
    port_ = port;
    handle_network_change(now);
}

void port_mapper::handle_network_change(time_point) {
    drop_mapping();
    kinds_ = {};
    under_way_.reset();
    is_renewal_ = false;
    due_ = no_deadline;
    ++number_;  // what comes of the attempt under way is of the network before
    retry_.reset();
    if (port_) attempt(mapping_protocol::pcp);
}

void port_mapper::handle_result(
    std::uint64_t number,
    attempt_result result,
    const ip_endpoint& outer,
    duration lifetime,
    time_point now
) {
    if (number != number_ || !under_way_) return;
    const mapping_protocol tried = *under_way_;
    under_way_.reset();
    // A router that says nonsense does not help.
    if (result == attempt_result::mapped && !is_outer_address(outer))
        result = attempt_result::refused;
    kind_of(tried) = result == attempt_result::no_router ? finding::no : finding::yes;
    if (result != attempt_result::mapped) return try_next(tried, now);

    const duration lasts = std::clamp(lifetime, config_.lifetime_min, config_.lifetime);
    expires_ = now + lasts;
    due_ = now + lasts / 2;
    by_ = tried;
    is_renewal_ = false;
    retry_.reset();
    const bool is_other = mapping_ != outer;
    mapping_ = outer;
    if (is_other) put(port_mapper_output::what::changed);
    put(port_mapper_output::what::settled);
}

void port_mapper::try_next(mapping_protocol failed, time_point now) {
    // It worked once: from the beginning, while the mapping still holds.
    const bool was_renewal = std::exchange(is_renewal_, false);
    if (was_renewal && failed != mapping_protocol::pcp) return attempt(mapping_protocol::pcp);
    if (failed == mapping_protocol::pcp) return attempt(mapping_protocol::nat_pmp);
    if (failed == mapping_protocol::nat_pmp) return attempt(mapping_protocol::upnp);
    due_ = now + retry_.next(random_);
    put(port_mapper_output::what::settled);
}

void port_mapper::handle_deadline(time_point now) {
    if (mapping_ && now >= expires_) drop_mapping();
    if (!port_ || now < due_) return;
    is_renewal_ = mapping_.has_value();
    attempt(mapping_ ? by_ : mapping_protocol::pcp);
}

std::optional<port_mapper_output> port_mapper::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    port_mapper_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

time_point port_mapper::next_deadline() const noexcept {
    return mapping_ ? std::min(due_, expires_) : due_;
}

void port_mapper::check_invariants() const {
    MH_ASSERT(!mapping_ || port_, "what is forwarded is forwarded somewhere");
    MH_ASSERT(!under_way_ || port_, "nothing is asked for nobody");
    MH_ASSERT(!port_ || under_way_ || due_ != no_deadline, "there is always a next time");
    MH_ASSERT(outputs_.size() <= outputs_max, "bounded");
}

}  // namespace meshhost::nat::proto
