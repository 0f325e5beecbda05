// SPDX-License-Identifier: Apache-2.0
#pragma once
// How what is not known is told in JSON.
#include <boost/json/value.hpp>

#include <string>

namespace meshhost {

/// Empty: null.
inline boost::json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return boost::json::value(text);
}

}  // namespace meshhost
