// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/short_ids.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace meshhost::observe::proto {

namespace {

constexpr std::size_t id_size = 64;
constexpr char mark = '\x01';  ///< then two bytes of seven bits with the eighth set

bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

std::uint8_t bits_of(char c) {
    return static_cast<std::uint8_t>(c) & 0x7fU;
}

}  // namespace

std::string short_ids::shorten(std::string_view json) {
    return shorten(json, [this](std::string_view id) { return place_or_new(id); });
}

std::string short_ids::shorten_known(std::string_view json) const {
    return shorten(json, [this](std::string_view id) { return places_.find(id); });
}

short_ids::places::const_iterator short_ids::place_or_new(std::string_view id) {
    const auto known = places_.find(id);
    if (known != places_.end() || ids_.size() >= ids_max) return known;
    const auto made = places_.emplace(id, static_cast<std::uint16_t>(ids_.size())).first;
    ids_.push_back(&made->first);
    return made;
}

template <class Find>
std::string short_ids::shorten(std::string_view json, const Find& find) const {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto* const end = std::find_if_not(json.begin(), json.end(), is_hex_digit);
        const auto run = static_cast<std::size_t>(end - json.begin());
        const auto place = run == id_size ? find(json.substr(0, run)) : places_.end();
        if (place != places_.end()) {
            out += mark;
            out += static_cast<char>(0x80U | (place->second >> 7));
            out += static_cast<char>(0x80U | (place->second & 0x7fU));
        } else {
            out += json.substr(0, run);
        }
        json.remove_prefix(run);
        const auto* const next = std::find_if(json.begin(), json.end(), is_hex_digit);
        out.append(json.begin(), next);
        json.remove_prefix(static_cast<std::size_t>(next - json.begin()));
    }
    return std::string(out);  // no more room than it needs
}

void short_ids::append(std::string& to, std::string_view shortened) const {
    while (!shortened.empty()) {
        const auto at = std::min(shortened.find(mark), shortened.size());
        to += shortened.substr(0, at);
        shortened.remove_prefix(at);
        if (shortened.size() < 3) break;
        to += *ids_[static_cast<std::size_t>(bits_of(shortened[1]) << 7 | bits_of(shortened[2]))];
        shortened.remove_prefix(3);
    }
}

std::string short_ids::lengthen(std::string_view shortened) const {
    std::string out;
    append(out, shortened);
    return out;
}

}  // namespace meshhost::observe::proto
