// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/self_record.hpp"

#include "base/assert.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace meshhost::peers::proto {

namespace {

std::vector<neighbor_prefix> most_neighbors() {
    std::vector<neighbor_prefix> all(neighbors_max);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].fill(static_cast<std::uint8_t>(i));
    return all;
}

/// Whether it fits now and later: its numbers only grow, and what changes by itself has its room.
error_code check_at_largest(node_digest digest) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    digest.incarnation = number_max;
    digest.sequence = number_max;
    digest.uptime = uptime_max;
    digest.load = {load_class::highest, load_class::highest};
    digest.neighbors = most_neighbors();
    digest.lease = lease_max;
    digest.meters = node_meters{most, most, most, most, most, most, most, most, most, most};
    const auto encoded = encode_digest(digest);
    if (!encoded) return encoded.error();
    if (encoded->size() + signature_size > announced_size_max) return errc::too_large;
    return {};
}

auto place_of(std::vector<contribution>& items, std::string_view role, std::string_view key) {
    return std::lower_bound(
        items.begin(),
        items.end(),
        std::tie(role, key),
        [](const contribution& item, const auto& wanted) {
            return std::tuple<std::string_view, std::string_view>(item.role, item.key) < wanted;
        }
    );
}

}  // namespace

self_record::self_record(identity::secret_key key, std::uint64_t incarnation, time_point started)
    : key_(std::move(key))
    , started_(started) {
    digest_.origin = key_.id();
    digest_.incarnation = incarnation;
}

error_code self_record::replace(node_digest candidate) {
    if (candidate == digest_) return {};
    if (const error_code error = check_at_largest(candidate)) return error;
    digest_ = std::move(candidate);
    mark_changed();
    return {};
}

void self_record::mark_changed() {
    changed_ = true;
    ++revision_;
}

error_code self_record::describe(const self_description& what) {
    node_digest candidate = digest_;
    candidate.mesh = what.mesh;
    candidate.name = what.name;
    candidate.version = what.version;
    candidate.roles = what.roles;
    candidate.addresses = what.addresses;
    candidate.tier = what.tier;
    candidate.budget = what.budget;
    candidate.capabilities = what.capabilities;
    candidate.home_relay = what.home_relay;
    return replace(std::move(candidate));
}

error_code self_record::set_contribution(const contribution& item) {
    node_digest candidate = digest_;
    auto& items = candidate.contributions;
    const auto at = place_of(items, item.role, item.key);
    if (at != items.end() && at->role == item.role && at->key == item.key)
        *at = item;
    else
        items.insert(at, item);
    return replace(std::move(candidate));
}

error_code self_record::clear_contribution(std::string_view role, std::string_view key) {
    node_digest candidate = digest_;
    auto& items = candidate.contributions;
    const auto at = place_of(items, role, key);
    if (at != items.end() && at->role == role && at->key == key) items.erase(at);
    return replace(std::move(candidate));
}

void self_record::set_state(node_state state) {
    if (digest_.state == state) return;
    digest_.state = state;
    mark_changed();
}

void self_record::set_load(load_class load) {
    if (digest_.load == load) return;
    digest_.load = load;
    mark_changed();
}

void self_record::set_neighbors(const std::vector<identity::endpoint_id>& neighbors) {
    std::vector<neighbor_prefix> prefixes;
    for (const auto& neighbor : neighbors)
        prefixes.push_back(prefix_of(neighbor));
    std::sort(prefixes.begin(), prefixes.end());
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    if (prefixes.size() > neighbors_max) prefixes.resize(neighbors_max);
    if (digest_.neighbors == prefixes) return;
    digest_.neighbors = std::move(prefixes);
    mark_changed();
}

void self_record::set_meters(const node_meters& meters) {
    digest_.meters = meters;
}

const byte_buffer& self_record::sign(time_point now) {
    if (changed_) renew(now);
    return record_;
}

const byte_buffer& self_record::sign_fresh(time_point now, duration age) {
    if (changed_ || now - signed_at_ > age) renew(now);
    return record_;
}

void self_record::renew(time_point now) {
    ++digest_.sequence;
    digest_.uptime = std::min<std::chrono::milliseconds>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now - started_),
        uptime_max
    );
    auto record = sign_digest(key_, digest_);
    MH_ASSERT(record.has_value(), "every change was checked when it was made");
    record_ = std::move(*record);
    signed_at_ = now;
    changed_ = false;
}

bool self_record::overrule(const digest_version& version) {
    if (version <= digest_.number()) return false;
    if (version.incarnation >= number_max) return false;
    digest_.incarnation = version.incarnation + 1;
    digest_.sequence = 0;
    mark_changed();
    return true;
}

}  // namespace meshhost::peers::proto
