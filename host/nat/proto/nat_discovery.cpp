// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/nat_discovery.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

bool is_same_host(const ip_endpoint& one, const ip_endpoint& other) noexcept {
    return one.family == other.family && one.address == other.address;
}

}  // namespace

bool is_second_address(const ip_endpoint& server, const ip_endpoint& other) noexcept {
    return server.family == other.family && !is_same_host(server, other) && other.port != 0
           && other.port != server.port && !other.is_unspecified() && !other.is_multicast()
           && other.is_loopback() == server.is_loopback()
           && other.is_link_local() == server.is_link_local();
}

nat_discovery::nat_discovery(
    const ip_endpoint& server,
    const ip_endpoint& other,
    const ip_endpoint& seen
)
    : server_(server)
    , other_(other)
    , seen_(seen) {
    MH_ASSERT(is_second_address(server, other), "checked by whoever asks");
}

stun_question nat_discovery::request(question which) const {
    switch (which) {
    case question::filter_port:
        return {server_, false, true};
    case question::filter_both:
        return {server_, true, true};
    case question::map_address: {
        ip_endpoint to = other_;
        to.port = server_.port;
        return {to};
    }
    case question::map_both:
        return {other_};
    }
    return {server_};
}

void nat_discovery::handle_answer(question which, const ip_endpoint& seen) {
    if (!of(which).is_done()) of(which).seen = seen;
}

void nat_discovery::handle_failure(question which, stun_failure why) {
    if (!of(which).is_done()) of(which).failed = why;
}

bool nat_discovery::is_over() const noexcept {
    return std::all_of(states_.begin(), states_.end(), [](const state& one) {
        return one.is_done();
    });
}

nat_mapping nat_discovery::mapping(std::span<const ip_endpoint> local) const {
    const auto& address = of(question::map_address).seen;
    const auto& both = of(question::map_both).seen;
    if (address && both) {
        if (*address == seen_ && *both == seen_)
            return is_own(seen_, local) ? nat_mapping::none : nat_mapping::endpoint_independent;
        return *address == *both ? nat_mapping::address_dependent
                                 : nat_mapping::address_and_port_dependent;
    }
    // Of two destinations alone it can be told that it depends, and not on what.
    const auto& one = address ? address : both;
    if (!one) return is_own(seen_, local) ? nat_mapping::none : nat_mapping::unknown;
    if (*one != seen_) return nat_mapping::endpoint_dependent;
    return is_own(seen_, local) ? nat_mapping::none : nat_mapping::endpoint_independent;
}

nat_filtering nat_discovery::filtering() const {
    const state& both = of(question::filter_both);
    const state& port = of(question::filter_port);
    const auto is_silent = [](const state& one) { return one.failed == stun_failure::silent; };
    if (both.seen) return nat_filtering::endpoint_independent;
    if (!is_silent(both)) return nat_filtering::unknown;
    if (port.seen) return nat_filtering::address_dependent;
    return is_silent(port) ? nat_filtering::address_and_port_dependent : nat_filtering::unknown;
}

}  // namespace meshhost::nat::proto
