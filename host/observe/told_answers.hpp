// SPDX-License-Identifier: Apache-2.0
#pragma once
// What nodes told as spans, in the form in which hosts answer when they are asked.
#include "net/shard.hpp"
#include "observe/proto/told_boots.hpp"
#include "observe/survey.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace meshhost::observe {

/// One thread: the shard's. What it is made of outlives it.
class told_answers {
public:
    told_answers(net::shard& shard, proto::told_boots& of)
        : shard_(shard)
        , of_(of) {}

    /// For a survey of last boots: where a host says none, or one from memory that is older.
    survey::elsewhere last_boots();
    /// For one of followed messages: of hosts that do not answer.
    survey::elsewhere messages();

    /// The newest first, each as schemas/boot.json, with the source "otlp".
    boost::json::array boots_of(const std::string& node);

    struct found {
        std::string node;
        boost::json::object boot;
    };
    std::optional<found> find_boot(const std::string& id);
    /// nullptr: it told nothing.
    const proto::told_node* find(const std::string& node) const { return of_.find(node); }

private:
    std::vector<survey::elsewhere::node> nodes();
    boost::json::array list(const std::string& node) const;

    net::shard& shard_;
    proto::told_boots& of_;
};

/// What hosts said of a node's starts, and what it told: each start once, the newest first.
boost::json::array merge_boots(boost::json::array asked, boost::json::array told);

}  // namespace meshhost::observe
