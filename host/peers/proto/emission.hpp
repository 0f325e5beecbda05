// SPDX-License-Identifier: Apache-2.0
#pragma once
// When what changed here is worth a record. Changes have classes: each waits until it has settled
// and may not come too often; any record takes all along that waits.
#include "base/time.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/record_pace.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace meshhost::peers::proto {

enum class change_class : std::uint8_t {
    state,         ///< of the node: joins, drains, leaves
    doubt,         ///< nothing changed, but somebody believes otherwise
    address,       ///< where it is reached, its relay included
    capability,    ///< roles, budget, tier, names
    contribution,  ///< of a role; its plugin has its own minimal interval
    neighbors,
    load,
};
inline constexpr std::size_t change_classes = 7;

/// A machine: changes and records in, a deadline out. Bounded by the number of classes.
class emission {
public:
    explicit emission(const config& options);

    void changed(change_class what, time_point now);
    /// From when on a record should be signed; nullopt: nothing waits.
    std::optional<time_point> due() const;
    /// A record was signed, for whatever reason: nothing waits any more. Classes that it was due
    /// for pay for it, the others ride for free.
    void sent(time_point now);

private:
    struct lane {
        emission_rule rule;
        record_pace pace;
        std::optional<time_point> first;  ///< change since the last record
        time_point last{};                ///< change

        std::optional<time_point> due() const;
    };

    std::vector<lane> lanes_;  ///< by class
};

}  // namespace meshhost::peers::proto
