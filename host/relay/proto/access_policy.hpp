// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom a relay serves.
#include "identity/content_hash.hpp"
#include "identity/endpoint_id.hpp"

#include <boost/container/flat_set.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::relay::proto {

enum class access_mode : std::uint8_t {
    everyone,
    allow_list,  ///< the ids that are named
    deny_list,   ///< all but the ids that are named
    token,       ///< whoever knows one of the tokens
};

/// A plain value. Ids and tokens: as many as the caller allows.
class access_policy {
public:
    access_policy() = default;
    access_policy(
        access_mode mode,
        std::vector<identity::endpoint_id> ids,
        const std::vector<std::string>& tokens
    );

    /// Whether this is one of the tokens; in a time that does not tell how much of it is right:
    /// hashes are compared.
    bool knows(std::string_view token) const;
    /// `has_token`: knows() said so of what it presented.
    bool allows(const identity::endpoint_id& id, bool has_token) const;

private:
    access_mode mode_ = access_mode::everyone;
    boost::container::flat_set<identity::endpoint_id> ids_;
    boost::container::flat_set<identity::content_hash> tokens_;
};

}  // namespace meshhost::relay::proto
