// SPDX-License-Identifier: Apache-2.0
#include "app/boot_history.hpp"

#include "app/whole_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace meshhost::app {

namespace {

namespace json = boost::json;

/// 0: it is none.
std::uint64_t number_of(const json::value& boot) {
    const auto* const object = boot.if_object();
    const auto* const spans = object == nullptr ? nullptr : object->if_contains("spans");
    const auto* const number = object == nullptr ? nullptr : object->if_contains("number");
    if (spans == nullptr || !spans->is_array() || number == nullptr) return 0;
    json::error_code not_one;
    const auto found = number->to_number<std::uint64_t>(not_one);
    return not_one ? 0 : found;
}

}  // namespace

boot_history::boot_history(std::filesystem::path file)
    : file_(std::move(file)) {
    json::error_code unreadable;
    const json::value read =
        json::parse(read_whole(file_, file_size_max).value_or(std::string()), unreadable);
    if (unreadable || !read.is_array()) return;
    for (const auto& each : read.get_array()) {
        const std::uint64_t number = number_of(each);
        if (number == 0 || boots_.size() == boots_max) continue;
        last_number_ = std::max(last_number_, number);
        boots_.push_back(each);
    }
}

bool boot_history::keep(json::object boot) {
    json::value newest(std::move(boot));
    if (!boots_.empty() && number_of(boots_.front()) == number_of(newest))
        boots_.front() = std::move(newest);
    else
        boots_.insert(boots_.begin(), std::move(newest));
    if (boots_.size() > boots_max) boots_.resize(boots_max);
    return replace_whole(file_, json::serialize(boots_) + "\n");
}

}  // namespace meshhost::app
