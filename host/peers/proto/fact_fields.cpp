// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/config.hpp"
#include "peers/proto/digest_field.hpp"
#include "peers/proto/errc.hpp"

#include <algorithm>
#include <array>

namespace meshhost::peers::proto {

namespace {

using wire::postcard_reader;
using wire::postcard_writer;

/// In their order on the wire.
constexpr std::array meter_fields{
    &node_meters::cpu_millicores,
    &node_meters::resident_bytes,
    &node_meters::descriptors,
    &node_meters::threads,
    &node_meters::peers_known,
    &node_meters::peers_connected,
    &node_meters::frames_sent,
    &node_meters::frames_received,
    &node_meters::datagrams_sent,
    &node_meters::datagrams_received};

template <class Write>
void write_fact(postcard_writer& out, field tag, Write write) {
    byte_buffer content;
    postcard_writer writer(content);
    write(writer);
    write_field(out, tag, content);
}

void write_budget(postcard_writer& out, const node_budget& budget) {
    out.varint(budget.cpu_millicores);
    out.varint(budget.memory_bytes);
    out.u8(static_cast<std::uint8_t>(budget.source));
}

void write_meters(postcard_writer& out, const node_meters& meters) {
    for (const auto figure : meter_fields)
        out.varint(meters.*figure);
}

node_budget read_budget(postcard_reader& in) {
    node_budget budget;
    budget.cpu_millicores = in.u32();
    budget.memory_bytes = in.u64();
    budget.source = static_cast<budget_source>(in.u8());
    return budget;
}

node_meters read_meters(postcard_reader& in) {
    node_meters meters;
    for (const auto figure : meter_fields)
        meters.*figure = in.u64();
    return meters;
}

error_code read_neighbors(postcard_reader& in, std::vector<neighbor_prefix>& neighbors) {
    while (in.ok() && !in.at_end()) {
        if (neighbors.size() == neighbors_max) return errc::too_many;
        neighbors.push_back(in.array<neighbor_prefix{}.size()>());
    }
    return {};
}

/// One that says more seconds than a lease may last is the largest, and refused as such.
std::chrono::seconds read_lease(postcard_reader& in) {
    const auto above = static_cast<std::uint64_t>(lease_max.count()) + 1;
    return std::chrono::seconds(std::min(in.u64(), above));
}

bool is_load(std::uint8_t value) noexcept {
    return value <= load_class::highest || value == load_class::not_measured;
}

bool is_budget(const node_budget& budget) noexcept {
    if (budget.source > budget_source::cgroup) return false;
    return budget.source != budget_source::none || budget == node_budget{};
}

}  // namespace

void write_facts(postcard_writer& out, const node_digest& digest) {
    if (digest.tier != node_tier::edge)
        write_fact(out, field::tier, [&](auto& to) {
            to.u8(static_cast<std::uint8_t>(digest.tier));
        });
    if (digest.budget != node_budget{})
        write_fact(out, field::budget, [&](auto& to) { write_budget(to, digest.budget); });
    if (digest.load != load_class{})
        write_fact(out, field::load, [&](auto& to) {
            to.u8(digest.load.cpu);
            to.u8(digest.load.memory);
        });
    if (digest.capabilities != 0)
        write_fact(out, field::capabilities, [&](auto& to) { to.varint(digest.capabilities); });
    write_field(out, field::home_relay, as_bytes(digest.home_relay));
    write_fact(out, field::neighbors, [&](auto& to) {
        for (const auto& prefix : digest.neighbors)
            to.fixed(prefix);
    });
    if (digest.lease != digest.lease.zero())
        write_fact(out, field::lease, [&](auto& to) {
            to.varint(static_cast<std::uint64_t>(digest.lease.count()));
        });
    if (digest.meters)
        write_fact(out, field::meters, [&](auto& to) { write_meters(to, *digest.meters); });
}

error_code read_fact(field tag, bytes_view content, node_digest& digest) {
    postcard_reader in(content);
    error_code error;
    switch (tag) {
    case field::tier:
        digest.tier = static_cast<node_tier>(in.u8());
        break;
    case field::budget:
        digest.budget = read_budget(in);
        break;
    case field::load:
        digest.load.cpu = in.u8();
        digest.load.memory = in.u8();
        break;
    case field::capabilities:
        digest.capabilities = in.u64();
        break;
    case field::home_relay:
        digest.home_relay = as_text(in.fixed(content.size()));
        break;
    case field::neighbors:
        error = read_neighbors(in, digest.neighbors);
        break;
    case field::lease:
        digest.lease = read_lease(in);
        break;
    case field::meters:
        digest.meters = read_meters(in);
        break;
    case field::mesh:
    case field::name:
    case field::version:
    case field::roles:
    case field::addresses:
    case field::contributions:
        return errc::malformed;  // not ours to read
    }
    if (error) return error;
    return in.ok() ? error_code{} : errc::malformed;
}

error_code check_facts(const node_digest& digest) {
    const auto& neighbors = digest.neighbors;
    if (neighbors.size() > neighbors_max) return errc::too_many;
    const bool is_ascending =
        std::adjacent_find(neighbors.begin(), neighbors.end(), std::greater_equal<>())
        == neighbors.end();
    const bool is_lease = digest.lease >= digest.lease.zero() && digest.lease <= lease_max;
    const bool is_sound = digest.tier <= node_tier::observer && is_budget(digest.budget)
                          && is_load(digest.load.cpu) && is_load(digest.load.memory);
    return is_ascending && is_lease && is_sound ? error_code{} : errc::bad_facts;
}

}  // namespace meshhost::peers::proto
