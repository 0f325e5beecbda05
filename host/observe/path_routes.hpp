// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /api/v1/paths/A/B: how two nodes reach each other, what each says of it, and how it was.
#include "observe/observatory.hpp"
#include "observe/proto/link_history.hpp"
#include "observe/question_table.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meshhost::observe {

/// One thread: the shard's. What it is given outlives it.
class path_routes {
public:
    static constexpr std::size_t history_max = 100;  ///< of what was, the newest

    path_routes(const observatory_parts& parts, observatory& source)
        : parts_(parts)
        , source_(source)
        , self_(parts.view.node().id) {}

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

private:
    struct change;

    void get_path(const question_table::question& of, const admin::answer_ptr& answer);
    boost::json::value word_of(const std::string& node, const std::string& peer, bool is_linked)
        const;
    std::optional<admin::path_snapshot> own_path(const std::string& peer) const;
    std::vector<change> own_changes(const std::string& peer) const;
    std::vector<change> changes_between(
        const std::string& a,
        const std::string& b,
        std::span<const proto::link_step> steps
    ) const;
    boost::json::object describe(const std::string& a, const std::string& b) const;
    static boost::json::object json_of(const change& each);

    observatory_parts parts_;
    observatory& source_;
    std::string self_;
};

}  // namespace meshhost::observe
