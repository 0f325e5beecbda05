// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "ctl/console.hpp"
#include "ctl/trace_model.hpp"

#include <span>
#include <string>

namespace meshhost::ctl {

/// The way of one message, as a tree. `members`: hosts that should have had it; 0: not known.
std::string trace_text(const message_trace& of, std::size_t members, const console& out);

/// A line each.
std::string traces_text(std::span<const message_trace> all, const console& out);

}  // namespace meshhost::ctl
