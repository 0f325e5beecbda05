// SPDX-License-Identifier: Apache-2.0
#include "app/gossip_setup.hpp"

#include "base/quote.hpp"
#include "base/unique_fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

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

failure bad_secret(
    const std::filesystem::path& file,
    const std::string& why,
    exit_code exit = exit_code::invalid
) {
    return {
        exit,
        "E_MESH_SECRET",
        fmt::format("the mesh's secret in {} {}", in_quotes(file.string()), why),
        exit == exit_code::not_permitted
            ? "make it readable by the user who runs this, and by nobody else: chmod 600"
            : "put the same 1 to 1024 bytes into mesh.secret_file of every host, or set it to "
              "\"\""};
}

failure unreadable_secret(const std::filesystem::path& file, int error) {
    return bad_secret(
        file,
        fmt::format("cannot be read: {}", std::strerror(error)),
        error == EACCES ? exit_code::not_permitted : exit_code::invalid
    );
}

/// Only its owner may read it, as with the key: whoever has it can join the mesh.
std::optional<failure> refuse_secret(const std::filesystem::path& file, int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return unreadable_secret(file, errno);
    if (!S_ISREG(status.st_mode)) return bad_secret(file, "is not a regular file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return std::nullopt;
    return bad_secret(
        file,
        fmt::format("is open to other users (mode {:04o})", status.st_mode & 07777U),
        exit_code::not_permitted
    );
}

/// Editors and `echo` end a text with a line break, which nobody means to be part of it.
void cut_line_break(byte_buffer& secret) {
    const auto ends_with = [&](char c) {
        return !secret.empty() && secret.back() == static_cast<std::uint8_t>(c);
    };
    if (!ends_with('\n')) return;
    secret.pop_back();
    if (ends_with('\r')) secret.pop_back();
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
    // O_NONBLOCK: opening a FIFO must not wait for its writer.
    const unique_fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return unreadable_secret(file, errno);
    if (auto refusal = refuse_secret(file, fd.get())) return *std::move(refusal);
    constexpr std::size_t line_break_max = 2;
    byte_buffer secret(secret_size_max + line_break_max + 1);
    const auto got = ::read(fd.get(), secret.data(), secret.size());
    if (got < 0) return unreadable_secret(file, errno);
    secret.resize(static_cast<std::size_t>(got));
    cut_line_break(secret);
    if (secret.empty()) return bad_secret(file, "is empty");
    if (secret.size() > secret_size_max) return bad_secret(file, "is over 1024 bytes long");
    return secret;
}

}  // namespace meshhost::app
