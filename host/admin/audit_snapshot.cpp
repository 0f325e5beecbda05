// SPDX-License-Identifier: Apache-2.0
#include "admin/audit_snapshot.hpp"

#include <boost/json/array.hpp>

namespace meshhost::admin {

namespace json = boost::json;

json::object audit_json(const audit_snapshot& audit) {
    json::array rules;
    for (const auto& each : audit.rules)
        rules.push_back(json::object{{"rule", each.rule}, {"words", each.words}, {"ok", each.ok}});
    json::array discrepancies;
    for (const auto& each : audit.discrepancies)
        discrepancies.push_back(json::object{
            {"rule", each.rule},
            {"owner", each.owner},
            {"expected", each.expected},
            {"found", each.found},
            {"words", each.words}});
    json::array unwell;
    for (const auto& words : audit.unwell)
        unwell.emplace_back(words);
    return {
        {"unwell", std::move(unwell)},
        {"checked", audit.rules.size()},
        {"rules", std::move(rules)},
        {"discrepancies", std::move(discrepancies)}};
}

}  // namespace meshhost::admin
