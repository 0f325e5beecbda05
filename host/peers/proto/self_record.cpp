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

/// A host that emits on a clock is there as long as it does.
std::chrono::seconds lease_of(const config& options) {
    const duration wanted = std::max(options.lease, 3 * options.emit_interval);
    return std::min(std::chrono::duration_cast<std::chrono::seconds>(wanted), lease_max);
}

std::size_t role_size(const std::vector<contribution>& items, std::string_view role) {
    std::size_t size = 0;
    for (const auto& item : items)
        if (item.role == role) size += encoded_size(item);
    return size;
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

self_record::self_record(
    identity::secret_key key,
    std::uint64_t incarnation,
    time_point started,
    const config& options
)
    : key_(std::move(key))
    , started_(started)
    , options_(options)
    , emission_(options) {
    digest_.origin = key_.id();
    digest_.incarnation = incarnation;
    digest_.lease = lease_of(options);
    if (options.emit_interval != duration{}) digest_.meters.emplace();
}

// --- changes ---

error_code self_record::replace(node_digest candidate) {
    if (const error_code error = check_at_largest(candidate)) return error;
    digest_ = std::move(candidate);
    return {};
}

void self_record::mark_changed(change_class what) {
    changed_ = true;
    unobserved_.set(static_cast<std::size_t>(what));
    ++revision_;
}

error_code self_record::describe(const self_description& what) {
    const bool is_moved =
        what.addresses != digest_.addresses || what.home_relay != digest_.home_relay;
    node_digest candidate = digest_;
    candidate.mesh = what.mesh;
    candidate.name = what.name;
    candidate.version = what.version;
    candidate.roles = what.roles;
    candidate.tier = what.tier;
    candidate.budget = what.budget;
    candidate.capabilities = what.capabilities;
    const bool is_other = candidate != digest_;
    candidate.addresses = what.addresses;
    candidate.home_relay = what.home_relay;
    if (const error_code error = replace(std::move(candidate))) return error;
    if (is_moved) mark_changed(change_class::address);
    if (is_other) mark_changed(change_class::capability);
    return {};
}

error_code self_record::set_contribution(const contribution& item) {
    node_digest candidate = digest_;
    auto& items = candidate.contributions;
    const auto at = place_of(items, item.role, item.key);
    if (at != items.end() && at->role == item.role && at->key == item.key)
        *at = item;
    else
        items.insert(at, item);
    if (candidate == digest_) return {};
    if (const error_code error = check_role(candidate, item)) return error;
    if (const error_code error = replace(std::move(candidate))) return error;
    mark_changed(change_class::contribution);
    return {};
}

/// What is not well-formed is somebody else's to refuse; what gets no larger is never refused here.
error_code self_record::check_role(const node_digest& candidate, const contribution& item) const {
    const std::size_t size = role_size(candidate.contributions, item.role);
    const bool is_within = size <= options_.contribution_bytes_max
                           || size <= role_size(digest_.contributions, item.role);
    return is_within ? error_code{} : errc::role_too_large;
}

error_code self_record::clear_contribution(std::string_view role, std::string_view key) {
    node_digest candidate = digest_;
    auto& items = candidate.contributions;
    const auto at = place_of(items, role, key);
    if (at == items.end() || at->role != role || at->key != key) return {};
    items.erase(at);
    if (const error_code error = replace(std::move(candidate))) return error;
    mark_changed(change_class::contribution);
    return {};
}

void self_record::set_state(node_state state) {
    if (digest_.state == state) return;
    digest_.state = state;
    mark_changed(change_class::state);
}

void self_record::set_load(load_class load) {
    if (digest_.load == load) return;
    digest_.load = load;
    mark_changed(change_class::load);
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
    mark_changed(change_class::neighbors);
}

void self_record::set_meters(const node_meters& meters) {
    if (digest_.meters) digest_.meters = meters;
}

// --- records ---

void self_record::observe(time_point now) {
    for (std::size_t i = 0; i < change_classes; ++i)
        if (unobserved_[i]) emission_.changed(static_cast<change_class>(i), now);
    unobserved_.reset();
}

std::optional<time_point> self_record::due() const {
    if (!changed_) return std::nullopt;
    return unobserved_.any() ? time_point{} : emission_.due();
}

const byte_buffer& self_record::sign(time_point now) {
    if (changed_) renew(now);
    return record_;
}

const byte_buffer& self_record::sign_due(time_point now) {
    const auto at = due();
    if (at && *at <= now) renew(now);
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
    if (base_) changed_since_base_ |= tags_that_differ(record_, *record);
    record_ = std::move(*record);
    signed_at_ = now;
    signed_revision_ = revision_;
    changed_ = false;
    observe(now);
    emission_.sent(now);
}

void self_record::rebase() {
    base_ = digest_.number();
    changed_since_base_.reset();
}

std::optional<byte_buffer> self_record::delta() const {
    if (!base_ || *base_ >= digest_.number()) return std::nullopt;
    return make_delta(record_, base_->sequence, changed_since_base_);
}

bool self_record::overrule(const digest_version& version) {
    if (version <= digest_.number()) return false;
    if (version.incarnation >= number_max) return false;
    digest_.incarnation = version.incarnation + 1;
    digest_.sequence = 0;
    base_.reset();
    mark_changed(change_class::doubt);
    return true;
}

}  // namespace meshhost::peers::proto
