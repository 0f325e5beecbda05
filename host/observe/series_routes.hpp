// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a node used in the last minutes, in numbers.
#include "observe/observatory.hpp"
#include "observe/question_table.hpp"

namespace meshhost::observe {

/// Who asks is answered from what is known, at once. One thread: the shard's. The observatory
/// outlives it.
class series_routes {
public:
    explicit series_routes(observatory& source)
        : source_(source) {}

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

private:
    using question = question_table::question;

    void get_series(const question& of, const admin::answer_ptr& answer);

    observatory& source_;
};

}  // namespace meshhost::observe
