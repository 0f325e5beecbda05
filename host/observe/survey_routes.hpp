// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions that other hosts answer: their starts, plugins, and followed messages.
#include "identity/endpoint_id.hpp"
#include "observe/observatory.hpp"
#include "observe/question_table.hpp"
#include "observe/survey.hpp"
#include "observe/told_answers.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace meshhost::observe {

/// One thread: the shard's. What `parts` names outlives it.
class survey_routes {
public:
    static constexpr std::size_t timers = 3;        ///< of this room
    static constexpr std::size_t admin_timers = 3;  ///< of what it asks all hosts with

    /// `told`: what nodes told by themselves; null: nothing is taken of that kind. It outlives
    /// this.
    survey_routes(
        const observatory_parts& parts,
        const observatory& source,
        std::string mesh,
        proto::told_boots* told = nullptr
    );

    /// Outlives the table. `prefix`: "/api/v1/".
    void add_to(question_table& table, const std::string& prefix);

private:
    using question = question_table::question;
    /// Packed once for all who hear the same.
    struct packed_survey {
        survey hosts;
        survey::told told{};  ///< what is packed; null: nothing yet
        http::response packed{};
    };

    void get_survey(
        packed_survey& whom,
        const char* schema,
        const question& of,
        const admin::answer_ptr& answer
    );
    /// `take` hears once, perhaps at once, of a host's last boots.
    using boots_taker = std::function<void(outcome<boost::json::object> boots)>;
    void ask_boots(const identity::endpoint_id& node, const boots_taker& take);
    /// The last that `node` told; empty: none.
    boost::json::array kept_boots(const std::string& node) const;
    /// The same, and what it told besides.
    void ask_all_boots(const identity::endpoint_id& node, const boots_taker& take);
    void get_node_boots(const question& of, const admin::answer_ptr& answer);
    void get_boot(const question& of, const admin::answer_ptr& answer);
    void find_boot_of(
        const identity::endpoint_id& node,
        const question& of,
        const admin::answer_ptr& answer
    );
    /// Among those that hosts told when they were asked for their last.
    void find_last_boot(const question& of, const admin::answer_ptr& answer);
    void answer_boot(
        const http::request& asked,
        const std::string& node,
        boost::json::object boot,
        const admin::answer_ptr& answer
    ) const;

    observatory_parts parts_;
    const observatory& source_;
    std::string self_;
    std::string mesh_;  ///< its name
    packed_survey boots_;
    packed_survey plugins_;
    packed_survey traces_;
    std::optional<told_answers> told_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< a host may answer later
};

}  // namespace meshhost::observe
