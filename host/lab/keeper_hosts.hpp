// SPDX-License-Identifier: Apache-2.0
#pragma once
// The processes of a lab as their parent has them: starts them, hears what they announce, waits for
// their end, and keeps lab.json true.
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "lab/model/lab_record.hpp"
#include "lab/spawn.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab {

/// Lives in the keeper's process only. News are JSON objects for the keeper's clients:
/// {"news":"started|ready|ended","node",...}.
class keeper_hosts {
public:
    explicit keeper_hosts(model::lab_record lab)
        : lab_(std::move(lab)) {}

    /// Errors: E_NO_SUCH_NODE, E_LAB_RUNNING, E_LAB_DIR, E_LAB_START.
    outcome<void> start(const std::string& node);
    /// Waits for every child that has ended.
    void reap();
    /// Reads what a host has written to standard output.
    void read_output(const std::string& node);
    void signal_all(int signal);

    bool all_gone() const;
    /// Where to read what hosts write.
    std::map<std::string, int> outputs() const;
    /// What has happened since the last call.
    std::vector<boost::json::object> take_news();
    /// Writes lab.json if anything in it has changed. That it cannot stops nothing.
    void save_if_changed();

private:
    struct output {
        unique_fd file;
        std::string line;  ///< what has come of it
    };

    /// How it is started; what it reads then is written.
    outcome<spawn_request> plan_spawn(const model::lab_node& node) const;
    void take_line(model::lab_node& node, std::string_view line);

    model::lab_record lab_;
    std::map<std::string, output> outputs_;
    std::vector<boost::json::object> news_;
    bool is_changed_ = true;
};

}  // namespace meshhost::lab
