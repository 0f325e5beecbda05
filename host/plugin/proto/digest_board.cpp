// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/digest_board.hpp"

#include "plugin/proto/limits.hpp"

#include <boost/locale/utf.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace meshhost::plugin::proto {

namespace {

bool is_key_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= digest_name_max
           && std::all_of(name.begin(), name.end(), [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
              });
}

/// UTF-8 without control characters: what other nodes accept.
bool is_clean_text(std::string_view text) noexcept {
    using decoder = boost::locale::utf::utf_traits<char>;
    for (const char* at = text.data(); at != text.data() + text.size();) {
        const auto point = decoder::decode(at, text.data() + text.size());
        const bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0);
        if (is_control || !boost::locale::utf::is_valid_codepoint(point)) return false;
    }
    return true;
}

/// nullptr when the key can be declared.
const char* fault_of(const digest_key& key) noexcept {
    if (!is_key_name(key.name)) return "the name is not [a-z0-9_.]{1,32}";
    if (key.type < MESH_T_BOOL || key.type > MESH_T_BYTES) return "no such type";
    if (key.kind > MESH_DIGEST_LABEL) return "no such kind";
    if (key.unit.size() > digest_unit_max || !is_clean_text(key.unit)) return "no such unit";
    if (key.min_interval < duration::zero()) return "min_interval is negative";
    if (!(key.epsilon >= 0)) return "epsilon is negative";
    return nullptr;
}

std::size_t value_size_max(const digest_key& key) noexcept {
    constexpr std::size_t varint_max = 10;
    switch (key.type) {
    case MESH_T_BOOL:
        return 1;
    case MESH_T_F64:
        return sizeof(double);
    case MESH_T_STR:
    case MESH_T_BYTES:
        return 2 + std::size_t{key.max_len};
    default:
        return varint_max;
    }
}

bool differs(const digest_board::value& now, const digest_board::value& before, double epsilon) {
    const auto* const number = std::get_if<double>(&now);
    const auto* const old_number = std::get_if<double>(&before);
    if (number == nullptr || old_number == nullptr) return now != before;
    return *number != *old_number && std::abs(*number - *old_number) >= epsilon;
}

call_result<> check_keys(const std::string& role, const std::vector<digest_key>& keys) {
    if (keys.size() > digest_keys_max) {
        return call_error{
            MESH_E_INVALID,
            fmt::format("{} digest keys, at most {}", keys.size(), digest_keys_max)};
    }
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        if (const char* const fault = fault_of(*key)) {
            return call_error{
                MESH_E_INVALID,
                fmt::format("digest key {}: {}", key - keys.begin(), fault)};
        }
        const bool repeated = std::any_of(keys.begin(), key, [&](const digest_key& earlier) {
            return earlier.name == key->name;
        });
        if (repeated) {
            return call_error{
                MESH_E_EXISTS,
                fmt::format("digest key {}.{} is declared twice", role, key->name)};
        }
    }
    return {};
}

call_result<> check_budget(
    const std::string& role,
    const std::vector<digest_key>& keys,
    std::uint32_t granted
) {
    std::size_t total = 0;
    std::size_t largest = 0;
    std::string_view largest_name;
    for (const digest_key& key : keys) {
        const std::size_t size = encoded_size_max(role, key);
        total += size;
        if (size <= largest) continue;
        largest = size;
        largest_name = key.name;
    }
    if (total <= granted) return {};
    return call_error{
        MESH_E_BUDGET,
        fmt::format(
            "digest of {} keys can encode to {} bytes, granted {} (largest: {}.{}, {} bytes)",
            keys.size(),
            total,
            granted,
            role,
            largest_name,
            largest
        )};
}

}  // namespace

std::size_t encoded_size_max(const std::string& role, const digest_key& key) noexcept {
    constexpr std::size_t lengths = 3;  // one byte each before role, key and unit
    constexpr std::size_t type_mark = 1;
    return lengths + role.size() + key.name.size() + key.unit.size() + type_mark
           + value_size_max(key);
}

digest_board::digest_board(std::string role, std::uint32_t bytes_granted)
    : role_(std::move(role))
    , bytes_granted_(std::min(bytes_granted, digest_bytes_max)) {}

call_result<> digest_board::declare(std::vector<digest_key> keys) {
    if (declared_) return call_error{MESH_E_STATE, "the digest is declared once"};
    if (auto well_formed = check_keys(role_, keys); !well_formed) return well_formed;
    if (auto affordable = check_budget(role_, keys, bytes_granted_); !affordable) return affordable;
    declared_ = true;
    entries_.reserve(keys.size());
    for (digest_key& key : keys)
        entries_.push_back({.key = std::move(key)});
    return {};
}

call_result<> digest_board::check(std::uint32_t key, const value& v) const {
    if (key >= entries_.size() || entries_[key].is_retired) {
        return call_error{
            MESH_E_INVALID,
            fmt::format("digest key {} of {} declared", key, entries_.size())};
    }
    const digest_key& to = entries_[key].key;
    const auto refuse = [&](mesh_status code, const std::string& why) {
        return call_error{code, fmt::format("digest key {}.{}: {}", role_, to.name, why)};
    };
    if (v.index() != MESH_T_NONE && v.index() != to.type) {
        return refuse(MESH_E_INVALID, fmt::format("type {}, declared {}", v.index(), to.type));
    }
    if (const auto* const number = std::get_if<double>(&v); number && !std::isfinite(*number)) {
        return refuse(MESH_E_INVALID, "not a finite number");
    }
    const auto* const text = std::get_if<std::string>(&v);
    const auto* const bytes = std::get_if<byte_buffer>(&v);
    if (text && !is_clean_text(*text)) {
        return refuse(MESH_E_INVALID, "not UTF-8, or with control characters");
    }
    const std::size_t size = text ? text->size() : bytes ? bytes->size() : 0;
    if (size > to.max_len) {
        return refuse(
            MESH_E_TOO_LARGE,
            fmt::format("{} bytes, declared max_len {}", size, to.max_len)
        );
    }
    return {};
}

bool digest_board::entry::is_due() const noexcept {
    return !key.local_only && differs(current, published, key.epsilon);
}

void digest_board::set(std::uint32_t key, value v) {
    entries_[key].current = std::move(v);
}

std::optional<peers::proto::contribution> digest_board::poll(time_point now) {
    for (entry& each : entries_) {
        if (now < each.not_before || !each.is_due()) continue;
        each.published = each.current;
        each.not_before = now + each.key.min_interval;
        return peers::proto::contribution{role_, each.key.name, each.key.unit, each.published};
    }
    return std::nullopt;
}

time_point digest_board::next_deadline() const noexcept {
    time_point first = no_deadline;
    for (const entry& each : entries_) {
        if (each.is_due()) first = std::min(first, each.not_before);
    }
    return first;
}

void digest_board::take_over(const digest_board& before) {
    for (const entry& old : before.entries_) {
        const auto mine = std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) {
            return each.key.name == old.key.name && each.key.type == old.key.type;
        });
        if (mine == entries_.end()) {
            // Nobody declares it any more: an entry of its own, until peers have forgotten it.
            entries_.push_back(old);
            entries_.back().current = std::monostate{};
            entries_.back().not_before = time_point::min();
            entries_.back().is_retired = true;
            continue;
        }
        if (mine->current.index() == MESH_T_NONE) mine->current = old.current;
        mine->published = old.published;
        mine->not_before = old.not_before;
    }
}

void digest_board::withdraw() {
    for (entry& each : entries_) {
        each.current = std::monostate{};
        each.not_before = time_point::min();
    }
}

}  // namespace meshhost::plugin::proto
