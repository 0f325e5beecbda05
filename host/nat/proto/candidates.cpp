// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/candidates.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>

namespace meshhost::nat::proto {

namespace {

/// UDP services that are used to amplify (CISA alert TA14-017A and successors): never probed, so
/// that a peer that lies about its address cannot have us knock there.
constexpr std::array<std::uint16_t, 17> refused_ports{
    0,
    7,
    17,
    19,
    53,
    69,
    111,
    123,
    137,
    161,
    389,
    520,
    1900,
    3702,
    5353,
    5683,
    11211};

bool is_v4_in_v6(const ip_endpoint& address) noexcept {
    const auto& bytes = address.address;
    const bool zeros =
        std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; });
    // ::ffff:0:0/96 (RFC 4291 §2.5.5.2) and the old ::/96
    return zeros
           && ((bytes[10] == 0xff && bytes[11] == 0xff) || (bytes[10] == 0 && bytes[11] == 0));
}

/// 0.0.0.0/8 and 240.0.0.0/4 (RFC 6890).
bool is_reserved_v4(const ip_endpoint& address) noexcept {
    return address.address[0] == 0 || address.address[0] >= 240;
}

/// Less is more promising.
int rank(const candidate& of) noexcept {
    switch (of.kind) {
    case candidate_kind::told:
        return 0;
    case candidate_kind::port_mapped:
        return 1;
    case candidate_kind::reflexive:
        return 2;
    case candidate_kind::interface:
        return is_private(of.address) ? 4 : 3;
    }
    return 4;
}

}  // namespace

const char* to_string(candidate_kind kind) noexcept {
    switch (kind) {
    case candidate_kind::interface:
        return "interface";
    case candidate_kind::reflexive:
        return "reflexive";
    case candidate_kind::port_mapped:
        return "port_mapped";
    case candidate_kind::told:
        return "told";
    }
    return "interface";
}

bool is_private(const ip_endpoint& address) noexcept {
    const auto& bytes = address.address;
    if (!address.is_v4()) return (bytes[0] & 0xfe) == 0xfc;
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16)
           || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

bool is_probeable(const ip_endpoint& address) noexcept {
    if (address.is_unspecified() || address.is_loopback() || address.is_multicast()) return false;
    if (address.is_link_local()) return false;
    if (address.is_v4() ? is_reserved_v4(address) : is_v4_in_v6(address)) return false;
    const auto refused = std::find(refused_ports.begin(), refused_ports.end(), address.port);
    return refused == refused_ports.end();
}

bool candidate_set::add(const candidate& what) {
    if (!is_probeable(what.address)) return false;
    if (const candidate* const known = find(what.address)) {
        if (rank(*known) <= rank(what)) return false;
        remove(what.address);
    }
    const auto place = std::find_if(all_.begin(), all_.end(), [&](const candidate& other) {
        return rank(what) < rank(other);
    });
    if (all_.size() == size_max && place == all_.end()) return false;
    all_.insert(place, what);
    if (all_.size() > size_max) all_.pop_back();
    MH_ASSERT(all_.size() <= size_max, "the set is bounded");
    return true;
}

bool candidate_set::remove(const ip_endpoint& address) {
    return std::erase_if(all_, [&](const candidate& one) { return one.address == address; }) > 0;
}

const candidate* candidate_set::find(const ip_endpoint& address) const noexcept {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const candidate& one) {
        return one.address == address;
    });
    return at == all_.end() ? nullptr : &*at;
}

bool candidate_set::is_same_as(const candidate_set& other) const noexcept {
    return all_.size() == other.all_.size()
           && std::all_of(all_.begin(), all_.end(), [&](const candidate& one) {
                  const candidate* const there = other.find(one.address);
                  return there != nullptr && *there == one;
              });
}

candidate_set merged(std::span<const candidate_set> sets) {
    candidate_set all;
    for (const candidate_set& set : sets)
        for (const candidate& one : set.all())
            all.add(one);
    return all;
}

}  // namespace meshhost::nat::proto
