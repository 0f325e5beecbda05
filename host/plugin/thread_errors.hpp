// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that go with status codes, in both directions, for the calling thread: codes cross the
// ABI as numbers, their texts are left here and picked up.
#include <string>
#include <string_view>

namespace meshhost::plugin {

/// Host to plugin: why the latest host call of this thread failed; empty when it did not.
void set_last_error(std::string_view text) noexcept;
std::string_view last_error() noexcept;

/// Plugin to host: what set_error() said since the last take.
void say_error(std::string_view text) noexcept;
std::string take_said_error();

}  // namespace meshhost::plugin
