// SPDX-License-Identifier: Apache-2.0
#include "app/gossip_setup.hpp"

#include "base/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace meshhost::app {

namespace {

constexpr std::size_t secret_size_max = 1024;

gossip::proto::tier tier_of(const std::string& name) {
    using gossip::proto::tier;
    if (name == "hub") return tier::hub;
    if (name == "leaf") return tier::leaf;
    if (name == "observer") return tier::observer;
    return tier::edge;
}

failure bad_secret(const std::filesystem::path& file, const std::string& why) {
    return {
        exit_code::invalid,
        "E_MESH_SECRET",
        fmt::format("the mesh's secret in {}: {}", in_quotes(file.string()), why),
        "put the same 1 to 1024 bytes into mesh.secret_file of every host, or set it to \"\""};
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
    if (file.empty()) return byte_buffer();
    std::ifstream in(file, std::ios::binary);
    if (!in) return bad_secret(file, "cannot be read");
    byte_buffer secret(secret_size_max + 1);
    in.read(reinterpret_cast<char*>(secret.data()), static_cast<std::streamsize>(secret.size()));
    secret.resize(static_cast<std::size_t>(in.gcount()));
    if (secret.empty()) return bad_secret(file, "is empty");
    if (secret.size() > secret_size_max) return bad_secret(file, "is over 1024 bytes long");
    return secret;
}

}  // namespace meshhost::app
