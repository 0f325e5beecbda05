// SPDX-License-Identifier: Apache-2.0
#pragma once
// The configuration that a lab's host is started with, and its relay.
#include "lab/model/lab_record.hpp"

#include <string>
#include <vector>

namespace meshhost::lab::model {

/// The file of its own, over the preset of its role: where it keeps things, that it listens on
/// 127.0.0.1 only, whom it is told of, and that faults may be injected.
std::string host_file(const lab_record& lab, const lab_node& node);

/// meshhost's arguments, without the program's name.
std::vector<std::string> host_arguments(const lab_record& lab, const lab_node& node);

/// meshrelay's arguments: it needs no file.
std::vector<std::string> relay_arguments(const lab_record& lab);

/// ID@ADDRESS of a living host of the lab that the others should be told of: the first, unless it
/// is `node` itself or down. Empty when there is none.
std::string contact_for(const lab_record& lab, const lab_node& node);

}  // namespace meshhost::lab::model
