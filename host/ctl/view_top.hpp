// SPDX-License-Identifier: Apache-2.0
#pragma once
// The live view of a mesh as text. Pure.
#include "ctl/console.hpp"
#include "ctl/table_view.hpp"
#include "ctl/top_model.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

/// One column a value, 0 the lowest and 1 or more the highest: "▁▃█", or ".-@".
std::string sparkline(const std::deque<double>& values, bool unicode);

/// A host that said nothing for `patience` is shown as silent.
table_view top_table(const std::vector<host_row>& rows, duration patience, const console& out);

/// "lab  18 nodes · 4 hubs   12:04:51", and on a second line "CPU 4.12 of 6.00 processors ·
/// RAM 611 MiB of 1.1 GiB · gossip 412 msg/s, 96 % first copies".
std::string top_header(std::string_view mesh, const mesh_totals& totals, const console& out);

/// The next one of the orders that a key goes through, as --sort takes them.
std::string next_top_order(std::string_view current);

/// At most `rows` lines of at most `columns`, to be written over what is there.
std::string screen_text(std::string_view text, std::size_t columns, std::size_t rows);

}  // namespace meshhost::ctl
