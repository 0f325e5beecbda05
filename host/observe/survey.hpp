// SPDX-License-Identifier: Apache-2.0
#pragma once
// One question to every host, its answers gathered: what was last said is kept for when a host is
// gone.
#include "admin/mesh_answers.hpp"
#include "net/deadline_timer.hpp"
#include "observe/line_reader.hpp"

#include <boost/json/array.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::observe {

/// One thread: the shard's. The references outlive it.
class survey final : private net::deadline_sink {
public:
    using taker = std::function<void(const boost::json::array& answers)>;
    static constexpr std::size_t takers_max = 128;
    static constexpr std::size_t kept_max = 1024;  ///< hosts

    /// `key`: what of an answer is wanted. Every answer is {"id", "name", key, "error"}: null where
    /// nothing was ever said, and why.
    survey(
        net::shard& shard,
        const admin::host_view& view,
        introspect::asker& asker,
        admin::mesh_question question,
        std::string key
    );
    ~survey();

    /// `take` hears once, within answer_limit. Who comes while hosts are being asked hears the
    /// same. false: too many wait already.
    bool ask(taker take);

private:
    static constexpr duration answer_limit = 2500ms;  ///< of hosts, for those who wait

    struct kept {
        std::string name;
        std::string answer;  ///< JSON; empty: none yet
    };

    void on_deadline(time_point now) override;
    void on_line(const boost::json::object& line);
    void tell();
    boost::json::array answers() const;

    net::shard& shard_;
    const admin::host_view& view_;
    std::string key_;
    admin::mesh_answers answers_;
    net::deadline_timer timer_;
    std::shared_ptr<line_reader> reader_;
    std::map<std::string, kept> kept_;
    std::map<std::string, std::string> errors_;  ///< of this time, by id
    std::vector<taker> takers_;
};

}  // namespace meshhost::observe
