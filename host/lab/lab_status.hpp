// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a lab and each of its hosts are.
#include "lab/model/lab_record.hpp"

#include <boost/json/object.hpp>

namespace meshhost::lab {

/// {"name","dir","keeper":"running|gone","seed","emit","running","whole","why","hosts":[{"name",
/// "role","tier","id","pid","process":"running|paused|gone","ended","address","socket",
/// "seen_as":{"alive":17},"hears","neighbors","usage","budget"}]}; usage and budget are null when
/// the host does not tell.
boost::json::object lab_status(const model::lab_record& lab);

}  // namespace meshhost::lab
