// SPDX-License-Identifier: Apache-2.0
#pragma once
// Quantities as people read them. Pure.
#include "base/time.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace meshhost::ctl {

/// "0.21 ms", "41.7 ms", "1.25 s".
std::string rtt_text(duration rtt);

/// "640 ms", "53 s", "4m 12s", "3h 05m", "2d 04h": the two largest units.
std::string age_text(duration age);

/// "512 B", "12.5 KiB", "64.0 MiB": in powers of 1024.
std::string bytes_text(double bytes);

/// "5 peers", "1 peer".
std::string count_text(std::size_t count, std::string_view noun);

/// A contributed value and its UCUM unit, "3.5 MiBy"; units that are none ("1", annotations like
/// "{job}") are left out.
std::string value_text(const boost::json::value& value, std::string_view unit);

/// The first 10 characters of an id.
std::string short_id(std::string_view id);

}  // namespace meshhost::ctl
