// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an audit of the host's own tables came to, as plain values and as JSON.
#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace meshhost::admin {

struct audit_snapshot {
    struct rule {
        std::string rule;   ///< "connections.counted"
        std::string words;  ///< "opened less closed is alive"
        bool ok = true;
    };
    struct discrepancy {
        std::string rule;
        std::string owner;  ///< the room whose figures are wrong
        std::uint64_t expected = 0;
        std::uint64_t found = 0;
        std::string words;
    };

    std::vector<rule> rules;
    std::vector<discrepancy> discrepancies;
    std::vector<std::string> unwell;  ///< what roles say of themselves; no discrepancy
};

/// Hears of one audit. Called on the shard's thread, perhaps from inside the call that asks.
using audit_sink = std::function<void(const audit_snapshot&)>;

/// meshhost.audit/1
boost::json::object audit_json(const audit_snapshot& audit);

}  // namespace meshhost::admin
