// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who answers which question, by its path.
#include "admin/replies.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::observe {

/// Filled once, then it answers. One thread: the shard's.
class question_table {
public:
    struct question {
        const http::request& asked;
        std::vector<std::string> words;  ///< that stand in the path for each "*" of its pattern
    };
    using handler = std::function<void(const question& asked, const admin::answer_ptr& answer)>;

    /// Of a query; any other is refused.
    using parameters = std::vector<std::string>;

    /// `pattern`: a path of which "*" is any one segment that is not empty. Who comes first wins.
    void add(std::string pattern, parameters taken, handler handle) {
        routes_.push_back({std::move(pattern), std::move(taken), std::move(handle)});
    }
    /// One that takes no parameters.
    void add(std::string pattern, handler handle) {
        add(std::move(pattern), {}, std::move(handle));
    }

    /// A query with something that nobody takes there is E_BAD_REQUEST. False: there is nothing at
    /// this path.
    bool answer(const http::request& asked, const admin::answer_ptr& to) const;

private:
    struct route {
        std::string pattern;
        parameters taken;
        handler handle;
    };

    std::vector<route> routes_;
};

}  // namespace meshhost::observe
