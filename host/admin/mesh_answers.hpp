// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /v1/mesh/meters, /v1/mesh/boots: what every host that can be asked answers to one question, a
// line each, once or again and again. Nobody is asked while nobody looks.
#include "admin/host_view.hpp"
#include "admin/meter_feed.hpp"
#include "admin/replies.hpp"
#include "introspect/asker.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::admin {

struct mesh_question {
    std::string name;  ///< what is asked for, in words
    std::string path;
    http::query_map query;
    /// This host's answer to it.
    std::function<boost::json::object(const http::query_map&)> own;
    std::size_t answer_max = 64u << 10;  ///< of another's
    std::size_t hosts_max = 256;         ///< asked for one watcher
    std::size_t at_once = 32;            ///< questions under way for one watcher
    /// What a watcher may add to the query.
    std::vector<std::string> forwarded = {};
};

/// One thread: the shard's. The references outlive it.
class mesh_answers final : private net::deadline_sink {
public:
    static constexpr std::size_t watchers_max = 4;
    /// A watcher with more than this unread asks for nothing new.
    static constexpr std::size_t unread_max = 128u << 10;

    mesh_answers(
        net::shard& shard,
        const host_view& view,
        introspect::asker& asker,
        mesh_question question
    );
    mesh_answers(const mesh_answers&) = delete;
    mesh_answers& operator=(const mesh_answers&) = delete;
    ~mesh_answers();

    void on_request(const http::request& asked, const answer_ptr& answer);

    std::size_t watchers() const noexcept { return watchers_.size(); }

private:
    struct watcher;
    using watcher_ptr = std::shared_ptr<watcher>;

    void on_deadline(time_point now) override;
    void begin_round(watcher& of);
    void ask_more(const watcher_ptr& for_whom);
    void on_answer(watcher& of, const std::string& id, const outcome<http::response>& answer);
    void drop_gone();
    void arm();

    net::shard& shard_;
    const host_view& view_;
    introspect::asker& asker_;
    mesh_question question_;
    net::deadline_timer timer_;
    std::vector<watcher_ptr> watchers_;
};

}  // namespace meshhost::admin
