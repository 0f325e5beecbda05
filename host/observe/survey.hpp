// SPDX-License-Identifier: Apache-2.0
#pragma once
// One question to every host, its answers gathered: what was last said is kept for when a host is
// gone.
#include "admin/mesh_answers.hpp"
#include "net/deadline_timer.hpp"
#include "observe/line_reader.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::observe {

/// One thread: the shard's. The references outlive it.
class survey final : private net::deadline_sink {
public:
    /// A JSON array of {"id", "name", KEY, "error"}: null where nothing was ever said, and why.
    /// Never null; the same one for all who hear the same.
    using told = std::shared_ptr<const std::string>;
    using taker = std::function<void(const told& answers)>;
    static constexpr std::size_t takers_max = 128;
    static constexpr std::size_t kept_max = 1024;             ///< hosts
    static constexpr std::size_t kept_bytes_max = 16u << 20;  ///< of their answers

    /// What of an answer is kept, and under which name.
    struct extractor {
        std::string key;
        std::function<boost::json::value(const boost::json::object& line)> find;
    };

    /// What is known of nodes besides what they answer.
    struct elsewhere {
        struct node {
            std::string id;
            std::string name;
        };
        /// JSON, to be told instead of `kept`, which the node itself said; empty: there is nothing
        /// better. `kept` is empty when it never said anything, and fresh when it was asked now.
        std::function<std::string(const std::string& id, const std::string& kept, bool is_fresh)>
            find;
        /// Of which there is something; it is called before find().
        std::function<std::vector<node>()> nodes;
    };

    survey(
        net::shard& shard,
        const admin::host_view& view,
        introspect::asker& asker,
        admin::mesh_question question,
        extractor wanted
    );
    ~survey();

    void add(elsewhere other) { elsewhere_ = std::move(other); }

    /// `take` hears once, within answer_limit; at once what is no older than fresh_for. Who comes
    /// while hosts are being asked hears the same. false: too many wait already.
    bool ask(const taker& take);

    /// What is kept, as JSON, by id.
    using visitor = std::function<
        void(const std::string& id, const std::string& name, const std::string& answer)>;
    void for_each_kept(const visitor& visit) const;
    /// What is kept of one, as JSON; nullptr: nothing.
    const std::string* find_kept(const std::string& id) const;

private:
    static constexpr duration answer_limit = 2500ms;  ///< of hosts, for those who wait
    static constexpr duration fresh_for = 1s;

    struct kept {
        std::string name;
        std::string answer;  ///< JSON
    };

    void on_deadline(time_point now) override;
    void on_line(const boost::json::object& line);
    void forget_gone();
    std::string answers() const;

    net::shard& shard_;
    const admin::host_view& view_;
    extractor wanted_;
    elsewhere elsewhere_;  ///< without functions: nowhere
    admin::mesh_answers answers_;
    net::deadline_timer timer_;
    std::shared_ptr<line_reader> reader_;
    std::map<std::string, kept> kept_;
    std::size_t kept_bytes_ = 0;
    std::map<std::string, std::string> errors_;  ///< of this time, by id
    std::vector<taker> takers_;
    told last_;  ///< null: nobody has asked
    time_point fresh_until_{};
};

}  // namespace meshhost::observe
