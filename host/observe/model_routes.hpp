// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions on the picture of the mesh: all of it now or as it was, its nodes and edges by a
// filter, one node.
#include "observe/observatory.hpp"
#include "observe/question_table.hpp"

namespace meshhost::observe {

/// Who asks is answered from what is known, at once. One thread: the shard's. The observatory
/// outlives it.
class model_routes {
public:
    explicit model_routes(observatory& source)
        : source_(source) {}

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

private:
    using question = question_table::question;

    void get_snapshot(const question& of, const admin::answer_ptr& answer);
    void get_present(const http::request& asked, const admin::answer_ptr& answer);
    void get_past(
        const http::request& asked,
        const std::string& at,
        const admin::answer_ptr& answer
    ) const;
    void get_history(const admin::answer_ptr& answer) const;
    void get_nodes(const question& of, const admin::answer_ptr& answer);
    void get_node(const question& of, const admin::answer_ptr& answer);
    void get_edges(const question& of, const admin::answer_ptr& answer);

    observatory& source_;
};

}  // namespace meshhost::observe
