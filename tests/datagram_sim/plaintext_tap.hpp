// SPDX-License-Identifier: Apache-2.0
#pragma once
// A hand in every packet before it is sealed. plaintext_tap.cpp defines the encryption callback of
// ngtcp2's crypto library a second time; in a program linked with it that one is used. So a test
// sees what its own endpoints send, and can make one of them a peer that is authenticated and
// hostile all the same.
#include <cstdint>
#include <functional>
#include <span>

namespace meshhost::sim {

/// Called with the frames of each packet, which it may change; empty by default.
extern std::function<void(std::span<std::uint8_t> frames)> before_sealing;

}  // namespace meshhost::sim
