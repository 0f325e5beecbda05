// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/token_table.hpp"

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

void token_table::add(std::string secret, time_point now) {
    if (tokens_.size() >= tokens_max) tokens_.pop_front();
    tokens_.push_back({std::move(secret), now + token_life});
}

bool token_table::is_standing(std::string_view token) const {
    return !standing_.empty() && is_equal(standing_, token);
}

bool token_table::redeem(std::string_view token, time_point now) {
    std::erase_if(tokens_, [&](const entry& each) { return each.until <= now; });
    if (is_standing(token)) return true;
    const auto found = std::find_if(tokens_.begin(), tokens_.end(), [&](const entry& each) {
        return is_equal(each.secret, token);
    });
    if (found == tokens_.end()) return false;
    tokens_.erase(found);
    return true;
}

}  // namespace meshhost::observe::proto
