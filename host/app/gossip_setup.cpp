// SPDX-License-Identifier: Apache-2.0
#include "app/gossip_setup.hpp"

#include "process/secret_file.hpp"

#include <algorithm>

namespace meshhost::app {

namespace {

gossip::proto::tier tier_of(const std::string& name) {
    using gossip::proto::tier;
    if (name == "hub") return tier::hub;
    if (name == "leaf") return tier::leaf;
    if (name == "observer") return tier::observer;
    return tier::edge;
}

}  // namespace

gossip::gossip_options gossip_options_of(
    const config::gossip_config& settings,
    std::uint64_t seed
) {
    gossip::gossip_options out;
    out.alpn = settings.alpn;
    out.seed = seed;
    out.machines = gossip::proto::config::for_tier(tier_of(settings.tier));
    out.log = logger("gossip");
    auto& views = out.machines.membership;
    if (settings.active_view > 0) views.active_max = settings.active_view;
    if (settings.passive_view > 0) views.passive_max = settings.passive_view;
    views.own_choice_quota = std::min(views.own_choice_quota, views.active_max);
    auto& shuffle = out.machines.shuffle;
    shuffle.interval_max = settings.shuffle_interval;
    shuffle.interval_min = std::min(shuffle.interval_min, shuffle.interval_max);
    out.machines.heal.interval = settings.probe_interval;
    return out;
}

outcome<byte_buffer> read_mesh_secret(const std::filesystem::path& file) {
    return process::read_secret_file(
        file,
        {"E_MESH_SECRET", "the mesh's secret", "mesh.secret_file"}
    );
}

}  // namespace meshhost::app
