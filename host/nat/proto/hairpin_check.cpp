// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/hairpin_check.hpp"

namespace meshhost::nat::proto {

namespace {

// The way is to the router and back: a fraction of any round trip to a server.
constexpr int rounds_max = 4;
constexpr duration round_wait = 200ms;

}  // namespace

hairpin_check::hairpin_check(
    const stun_transaction_id& id,
    const ip_endpoint& main,
    const ip_endpoint& second
)
    : id_(id)
    , main_(main)
    , second_(second) {}

std::optional<hairpin_check::round> hairpin_check::next(time_point now) {
    if (is_over_ || now < due_) return std::nullopt;
    if (sent_ == rounds_max) {
        is_over_ = true;
        result_ = finding::no;
        return std::nullopt;
    }
    ++sent_;
    due_ = now + round_wait;
    return round{encode_stun_request({id_, false, false}), second_, main_};
}

bool hairpin_check::handle(bytes_view datagram) {
    const auto id = read_stun_request(datagram);
    if (!id || *id != id_) return false;
    is_over_ = true;
    result_ = finding::yes;
    return true;
}

}  // namespace meshhost::nat::proto
