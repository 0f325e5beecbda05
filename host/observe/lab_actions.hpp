// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dashboard's buttons that break something: each is `meshctl lab chaos`, run beside the host.
#include "base/error.hpp"
#include "net/shard.hpp"

#include <boost/json/object.hpp>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace meshhost::observe {

struct lab_action {
    std::string key;   ///< of the client's: the same key is carried out once
    std::string kind;  ///< kill, pause, resume, restart, plugin-crash
    std::string node;  ///< a name of the lab
};

/// Errors: E_BAD_REQUEST.
outcome<lab_action> parse_lab_action(const boost::json::object& body);

/// One thread: the shard's.
class lab_actions {
public:
    static constexpr std::size_t running_max = 4;
    static constexpr std::size_t remembered_max = 64;  ///< keys

    /// schemas/lab_outcome.json, or why it was not even tried. Called once.
    using taker = std::function<void(const outcome<boost::json::object>&)>;

    /// `lab` is the lab's directory, `meshctl` the program.
    lab_actions(net::shard& shard, std::filesystem::path lab, std::filesystem::path meshctl);
    ~lab_actions();

    /// What is under way is waited for under its key. Errors reach the taker: E_API_FULL.
    void carry_out(const lab_action& wanted, taker take);

private:
    struct run;

    void on_done(const std::shared_ptr<run>& done);

    net::shard& shard_;
    std::filesystem::path lab_;
    std::filesystem::path meshctl_;
    std::map<std::string, std::shared_ptr<run>> running_;  ///< by key
    std::map<std::string, boost::json::object> outcomes_;  ///< by key
    std::deque<std::string> remembered_;                   ///< keys, the oldest first
};

}  // namespace meshhost::observe
