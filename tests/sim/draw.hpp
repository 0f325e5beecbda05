// SPDX-License-Identifier: Apache-2.0
#pragma once
// Random numbers that depend on their arguments alone, not on what was drawn before them: a link
// has the same latency whether or not another fault is switched on.
#include <cstdint>

namespace meshhost::sim {

/// What a number is drawn for, so that no two purposes share one.
enum class purpose : std::uint64_t {
    latency,
    jitter,
    loss,
    handshake,
    pairs,
    detection,
    identity,
    node_seed,
    traffic,
    victims,
    churn,
    manners,
    change,
    member_seed,
    forgeries,
};

/// The finalizer of splitmix64.
constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
    value += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

/// One seed and one purpose; asked for numbers by what they belong to.
class draw {
public:
    constexpr draw(std::uint64_t seed, purpose what) noexcept
        : root_(mixed(mixed(seed) ^ static_cast<std::uint64_t>(what))) {}

    constexpr std::uint64_t bits(std::uint64_t a, std::uint64_t b = 0) const noexcept {
        return mixed(mixed(root_ ^ a) ^ b);
    }

    /// Uniform in [0, 1).
    constexpr double unit(std::uint64_t a, std::uint64_t b = 0) const noexcept {
        return static_cast<double>(bits(a, b) >> 11) * 0x1.0p-53;
    }

private:
    std::uint64_t root_;
};

}  // namespace meshhost::sim
