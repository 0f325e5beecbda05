// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/config_path.hpp"

#include <charconv>

namespace meshhost::plugin::proto {

namespace {

/// Takes "[12]" off the front of `path`; nullptr when it is not an element of `from`.
const boost::json::value* take_index(const boost::json::value& from, std::string_view& path) {
    const auto close = path.find(']');
    if (!from.is_array() || close == std::string_view::npos) return nullptr;
    std::size_t index = 0;
    const char* const last = path.data() + close;
    const auto [end, error] = std::from_chars(path.data() + 1, last, index);
    if (error != std::errc{} || end != last) return nullptr;
    path.remove_prefix(close + 1);
    const boost::json::array& items = from.get_array();
    return index < items.size() ? &items[index] : nullptr;
}

/// Takes "name" off the front of `path`; nullptr when it is not a key of `from`.
const boost::json::value* take_key(const boost::json::value& from, std::string_view& path) {
    const std::string_view key = path.substr(0, path.find_first_of(".["));
    path.remove_prefix(key.size());
    const boost::json::object* const table = from.if_object();
    return table == nullptr ? nullptr : table->if_contains(key);
}

}  // namespace

const boost::json::value* find_path(const boost::json::value& root, std::string_view path) {
    const boost::json::value* at = &root;
    bool is_first = true;
    while (at != nullptr && !path.empty()) {
        if (path.front() == '[') {
            at = take_index(*at, path);
        } else {
            const bool is_separated = path.front() == '.';
            if (is_separated == is_first) return nullptr;
            if (is_separated) path.remove_prefix(1);
            at = take_key(*at, path);
        }
        is_first = false;
    }
    return at;
}

bool put_path(boost::json::object& root, std::string_view path, boost::json::value made) {
    boost::json::object* table = &root;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        boost::json::value& next = (*table)[path.substr(0, dot)];
        if (next.is_null()) next.emplace_object();
        table = next.if_object();
        if (table == nullptr) return false;
        path.remove_prefix(dot + 1);
    }
    (*table)[path] = std::move(made);
    return true;
}

}  // namespace meshhost::plugin::proto
