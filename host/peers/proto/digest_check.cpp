// SPDX-License-Identifier: Apache-2.0
// What a digest may say: the same rules for ours before it is signed and for others' when read.
#include "peers/proto/config.hpp"
#include "peers/proto/digest_field.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/node_digest.hpp"

#include <boost/locale/utf.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>

namespace meshhost::peers::proto {

namespace {

bool is_control(boost::locale::utf::code_point point) noexcept {
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/// UTF-8 that a terminal shows and does not obey.
bool is_clean_text(std::string_view text, std::size_t size_max) noexcept {
    using decoder = boost::locale::utf::utf_traits<char>;
    if (text.size() > size_max) return false;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const auto point = decoder::decode(at, end);
        if (!boost::locale::utf::is_valid_codepoint(point) || is_control(point)) return false;
    }
    return true;
}

bool is_word(std::string_view text, std::size_t size_max, std::string_view punctuation) noexcept {
    return !text.empty() && text.size() <= size_max
           && std::all_of(text.begin(), text.end(), [punctuation](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                         || punctuation.find(c) != std::string_view::npos;
              });
}

bool is_role(std::string_view text) noexcept {
    return is_word(text, role_size_max, "_-");
}

bool are_roles(const std::vector<std::string>& roles) {
    for (auto role = roles.begin(); role != roles.end(); ++role)
        if (!is_role(*role) || std::find(roles.begin(), role, *role) != role) return false;
    return true;
}

bool is_address(const ip_endpoint& address) noexcept {
    return address.port != 0 && !address.is_unspecified() && !address.is_multicast();
}

bool is_value(const digest_value& value) noexcept {
    if (const auto* number = std::get_if<double>(&value)) return std::isfinite(*number);
    if (const auto* text = std::get_if<std::string>(&value))
        return is_clean_text(*text, value_size_max);
    if (const auto* bytes = std::get_if<byte_buffer>(&value))
        return bytes->size() <= value_size_max;
    return true;
}

bool is_contribution(const contribution& item) noexcept {
    return is_role(item.role) && is_word(item.key, key_size_max, "_.")
           && is_clean_text(item.unit, unit_size_max) && is_value(item.value);
}

bool are_contributions(const std::vector<contribution>& items) {
    const auto out_of_order = [](const contribution& left, const contribution& right) {
        return std::tie(left.role, left.key) >= std::tie(right.role, right.key);
    };
    return std::all_of(items.begin(), items.end(), is_contribution)
           && std::adjacent_find(items.begin(), items.end(), out_of_order) == items.end();
}

}  // namespace

error_code check_digest(const node_digest& digest) {
    if (digest.incarnation > number_max || digest.sequence > number_max) return errc::bad_number;
    if (digest.state > node_state::left) return errc::bad_state;
    if (digest.uptime < digest.uptime.zero() || digest.uptime > uptime_max) return errc::bad_uptime;
    if (digest.roles.size() > roles_max || digest.addresses.size() > addresses_max
        || digest.contributions.size() > contributions_max)
        return errc::too_many;
    if (!is_clean_text(digest.mesh, name_size_max) || !is_clean_text(digest.name, name_size_max)
        || !is_clean_text(digest.version, version_size_max)
        || !is_clean_text(digest.home_relay, relay_size_max))
        return errc::bad_text;
    if (!are_roles(digest.roles)) return errc::bad_role;
    if (!std::all_of(digest.addresses.begin(), digest.addresses.end(), is_address))
        return errc::bad_address;
    if (!are_contributions(digest.contributions)) return errc::bad_contribution;
    return check_facts(digest);
}

}  // namespace meshhost::peers::proto
