// SPDX-License-Identifier: Apache-2.0
#include "admin/mesh_answers.hpp"

#include "admin/whole_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

struct target {
    std::string id;
    std::string name;
};

/// Whoever said anything of itself and is not known to be gone.
bool may_answer(const peer_snapshot& peer) {
    return peer.state != "dead" && peer.state != "left" && peer.state != "refused"
           && peer.state != "connecting";
}

std::string error_line(const target& whom, const failure& error) {
    return one_line(
        {{"id", whom.id},
         {"name", whom.name},
         {"error", {{"code", error.code}, {"message", error.message}}}}
    );
}

failure gone(const peer_snapshot& peer) {
    const std::string words = peer.evidence.empty() ? "" : ": " + peer.evidence;
    return {exit_code::unreachable, "E_UNREACHABLE", peer.state + words, ""};
}

/// A host answers for itself: the id is the one that was asked, whatever it says.
std::string answer_line(const target& whom, const outcome<http::response>& answer) {
    if (!answer) return error_line(whom, answer.error());
    auto said = data_in(*answer);
    if (!said) return error_line(whom, said.error());
    (*said)["id"] = whom.id;
    if (!said->contains("name")) (*said)["name"] = whom.name;
    return one_line(*said);
}

}  // namespace

struct mesh_answers::watcher {
    answer_ptr answer;
    meter_query query;
    http::query_map asks;  ///< of each host
    time_point next_round{};
    std::deque<target> queue;                                        ///< to be asked this round
    std::map<std::string, target> asked;                             ///< by id
    std::map<std::string, std::shared_ptr<introspect::call>> calls;  ///< those under way
    std::set<std::string> answered;  ///< ids of hosts whose last line was numbers
    bool has_told_of_limit = false;

    bool is_idle() const { return queue.empty() && asked.empty(); }
};

mesh_answers::mesh_answers(
    net::shard& shard,
    const host_view& view,
    introspect::asker& asker,
    mesh_question question
)
    : shard_(shard)
    , view_(view)
    , asker_(asker)
    , question_(std::move(question))
    , timer_(shard, *this) {}

mesh_answers::~mesh_answers() {
    for (const auto& each : watchers_)
        for (const auto& [id, call] : each->calls)
            call->cancel();
}

void mesh_answers::on_request(const http::request& asked, const answer_ptr& answer) {
    const auto query = parse_meter_query(asked.query);
    if (!query) return refuse(*answer, query.error());
    if (watchers_.size() >= watchers_max)
        return refuse(*answer, api_full("watchers of the mesh's " + question_.name));
    const auto added = std::make_shared<watcher>();
    added->answer = answer;
    added->query = *query;
    added->asks = question_.query;
    for (const auto& key : question_.forwarded)
        if (const auto said = asked.query.find(key); said != asked.query.end())
            added->asks[key] = said->second;
    answer->begin_stream(http::content_type_ndjson);
    answer->watch([this, alive = std::weak_ptr(added)] {
        if (const auto drained = alive.lock()) ask_more(drained);
        if (!alive.expired()) drop_gone();
    });
    watchers_.push_back(added);
    begin_round(*added);
    added->next_round = shard_.now() + query->interval;
    ask_more(added);
    drop_gone();
}

void mesh_answers::on_deadline(time_point now) {
    const auto due = watchers_;
    for (const auto& each : due) {
        if (!each->query.follow || each->next_round > now) continue;
        each->next_round = std::max(each->next_round + each->query.interval, now);
        begin_round(*each);
        ask_more(each);
    }
    drop_gone();
}

/// Who has not answered since the last round is not asked again; who was not asked yet is first.
void mesh_answers::begin_round(watcher& of) {
    if (of.answer->waiting() > unread_max) return;
    of.answer->write(one_line(question_.own(of.asks)));
    std::size_t hosts = of.asked.size() + of.queue.size();
    for (const auto& peer : view_.peers()) {
        if (!may_answer(peer)) {
            // Nobody asks it any more, so that no failure would tell.
            if (of.answered.erase(peer.id) > 0)
                of.answer->write(error_line({peer.id, peer.name}, gone(peer)));
            continue;
        }
        const bool is_waiting =
            of.asked.contains(peer.id)
            || std::any_of(of.queue.begin(), of.queue.end(), [&](const target& each) {
                   return each.id == peer.id;
               });
        if (is_waiting) continue;
        if (hosts >= question_.hosts_max) {
            if (std::exchange(of.has_told_of_limit, true)) return;
            const failure error{
                exit_code::degraded,
                "E_TOO_MANY_HOSTS",
                fmt::format("only {} hosts are asked", question_.hosts_max),
                ""};
            of.answer->write(error_line({peer.id, peer.name}, error));
            return;
        }
        ++hosts;
        of.queue.push_back({peer.id, peer.name});
    }
}

void mesh_answers::ask_more(const watcher_ptr& for_whom) {
    auto& to = *for_whom;
    while (!to.queue.empty() && to.asked.size() < question_.at_once
           && to.answer->waiting() <= unread_max) {
        const target next = to.queue.front();
        to.queue.pop_front();
        const auto id = identity::endpoint_id::parse(next.id);
        if (!id) continue;
        to.asked.emplace(next.id, next);
        const auto sink = std::make_shared<whole_answer>(
            question_.answer_max,
            [this, alive = std::weak_ptr(for_whom), id = next.id](const auto& answer) {
                const auto still = alive.lock();
                if (!still) return;
                on_answer(*still, id, answer);
                ask_more(still);
                drop_gone();
            }
        );
        to.calls[next.id] = asker_.ask(*id, {"GET", question_.path, "", to.asks}, sink);
    }
}

void mesh_answers::on_answer(
    watcher& of,
    const std::string& id,
    const outcome<http::response>& answer
) {
    of.calls.erase(id);
    const auto whom = of.asked.extract(id);
    if (whom.empty()) return;
    if (answer)
        of.answered.insert(id);
    else
        of.answered.erase(id);
    of.answer->write(answer_line(whom.mapped(), answer));
}

/// And who has got all that it asked for.
void mesh_answers::drop_gone() {
    std::erase_if(watchers_, [](const watcher_ptr& each) {
        const bool is_done = !each->query.follow && each->is_idle();
        if (is_done) each->answer->finish();
        const bool is_gone = is_done || !each->answer->write("");
        if (!is_gone) return false;
        for (const auto& [id, call] : each->calls)
            call->cancel();
        each->calls.clear();
        return true;
    });
    arm();
}

void mesh_answers::arm() {
    time_point next = no_deadline;
    for (const auto& each : watchers_)
        if (each->query.follow) next = std::min(next, each->next_round);
    timer_.arm(next);
}

}  // namespace meshhost::admin
