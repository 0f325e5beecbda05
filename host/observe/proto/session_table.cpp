// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/session_table.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::observe::proto {

namespace {

/// In a time that does not tell how much of it was right.
bool is_equal(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i)
        difference |= static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
    return difference == 0;
}

}  // namespace

void session_table::add_token(std::string secret, time_point now) {
    if (tokens_.size() >= tokens_max) tokens_.pop_front();
    tokens_.push_back({std::move(secret), now + token_life});
}

void session_table::set_standing_token(std::string secret) {
    if (secret == standing_) return;
    if (!standing_.empty()) sessions_.clear();
    standing_ = std::move(secret);
}

bool session_table::use_up(std::string_view token) {
    if (!standing_.empty() && is_equal(standing_, token)) return true;
    const auto found = std::find_if(tokens_.begin(), tokens_.end(), [&](const entry& each) {
        return is_equal(each.secret, token);
    });
    if (found == tokens_.end()) return false;
    tokens_.erase(found);
    return true;
}

bool session_table::redeem(std::string_view token, std::string fresh, time_point now) {
    std::erase_if(tokens_, [&](const entry& each) { return each.until <= now; });
    std::erase_if(sessions_, [&](const entry& each) { return each.until <= now; });
    if (!use_up(token)) return false;
    if (sessions_.size() >= sessions_max) sessions_.pop_front();
    sessions_.push_back({std::move(fresh), now + session_life});
    return true;
}

bool session_table::is_session(std::string_view secret, time_point now) const {
    return std::any_of(sessions_.begin(), sessions_.end(), [&](const entry& each) {
        return each.until > now && is_equal(each.secret, secret);
    });
}

}  // namespace meshhost::observe::proto
