// SPDX-License-Identifier: Apache-2.0
#include "observe/path_routes.hpp"

#include "admin/request_fields.hpp"
#include "http/envelope.hpp"
#include "observe/answers.hpp"
#include "observe/proto/edge_id.hpp"
#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

using proto::text_or_null;

/// Of a path: what it was, and what it is from then on.
struct path_routes::change {
    std::chrono::milliseconds at{};
    std::string_view source;
    std::string from;  ///< empty: there was none
    std::string to;
    std::string reason;
};

namespace {

constexpr std::string_view from_links = "links";
constexpr std::string_view from_journal = "journal";

std::string time_text(std::chrono::milliseconds at) {
    return http::format_time(std::chrono::system_clock::time_point(at));
}

json::value number_or_null(const std::optional<std::uint64_t>& number) {
    if (!number) return nullptr;
    return *number;
}

}  // namespace

json::object path_routes::json_of(const change& each) {
    return {
        {"at", time_text(each.at)},
        {"source", each.source},
        {"from", text_or_null(each.from)},
        {"to", text_or_null(each.to)},
        {"reason", text_or_null(each.reason)}};
}

void path_routes::add_to(question_table& table, const std::string& prefix) {
    table.add(prefix + "paths/*/*", [this](const auto& asked, const auto& answer) {
        get_path(asked, answer);
    });
}

/// What `node` says of how it reaches `peer`; of a link that is gone, what it last said counts no
/// more. This host knows of others than its neighbours, too.
json::value path_routes::word_of(const std::string& node, const std::string& peer, bool is_linked)
    const {
    json::object word{
        {"by", node},
        {"kind", "unknown"},
        {"reason", nullptr},
        {"rtt_us", nullptr},
        {"tree", nullptr},
        {"remote", nullptr}};
    const auto* told = is_linked ? source_.told(node, peer) : nullptr;
    if (told != nullptr) {
        word["kind"] = to_string(told->kind);
        word["reason"] = text_or_null(told->reason);
        word["rtt_us"] = number_or_null(told->rtt_us);
        word["tree"] = to_string(told->role);
    }
    const auto own = node == self_ ? own_path(peer) : std::nullopt;
    if (own) {
        word["kind"] = own->kind;
        word["reason"] = text_or_null(own->reason);
        word["remote"] = text_or_null(own->remote);
        const auto rtt = std::chrono::duration_cast<std::chrono::microseconds>(own->rtt);
        if (rtt.count() > 0) word["rtt_us"] = rtt.count();
    }
    return told == nullptr && !own ? json::value() : json::value(std::move(word));
}

std::optional<admin::path_snapshot> path_routes::own_path(const std::string& peer) const {
    for (const auto& each : parts_.view.peers())
        if (each.id == peer) return each.path;
    return std::nullopt;
}

/// The journal holds this host's own paths, for longer than changes of the picture are remembered.
std::vector<path_routes::change> path_routes::own_changes(const std::string& peer) const {
    std::vector<change> all;
    const auto& journal = parts_.journal;
    for (auto i = journal.oldest(); i < journal.next(); ++i) {
        const auto* event = journal.find(i);
        if (event->type == telemetry::event_type::peer_path && event->peer == peer)
            all.push_back({event->at, from_journal, event->from, event->to, event->reason});
    }
    return all;
}

std::vector<path_routes::change> path_routes::changes_between(
    const std::string& a,
    const std::string& b,
    std::span<const proto::link_step> steps
) const {
    std::vector<change> all;
    if (a == self_ || b == self_) all = own_changes(a == self_ ? b : a);
    for (std::size_t i = 1; i < steps.size(); ++i)
        all.push_back({steps[i].at, from_links, steps[i - 1].kind, steps[i].kind, steps[i].reason});
    std::stable_sort(all.begin(), all.end(), [](const change& one, const change& other) {
        return one.at < other.at;
    });
    return all;
}

json::object path_routes::describe(const std::string& a, const std::string& b) const {
    const auto id = proto::edge_id(a, b);
    const auto edge_text = source_.picture().find_edge(id);
    const auto edge = edge_text ? json::parse(*edge_text) : json::value();
    const auto one = word_of(a, b, edge.is_object());
    const auto other = word_of(b, a, edge.is_object());
    json::array said;
    for (const auto& word : {one, other})
        if (word.is_object()) said.push_back(word);
    // An edge is what both say, put together; without one this host's own word is left.
    const auto& known = edge.is_object() ? edge : one.is_object() ? one : other;
    const auto field = [](const json::value& from, const char* name) -> json::value {
        const auto* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
        return found == nullptr ? json::value() : *found;
    };
    return {
        {"a", a},
        {"b", b},
        {"neighbors", edge.is_object()},
        {"kind", known.is_object() ? field(known, "kind") : json::value("unknown")},
        {"reason", field(known, "reason")},
        {"rtt_us", field(known, "rtt_us")},
        {"tree", field(edge, "tree")},
        {"said", std::move(said)},
        {"disagree", field(edge, "disagree")}};
}

void path_routes::get_path(const question_table::question& of, const admin::answer_ptr& answer) {
    const auto& a = of.words[0];
    const auto& b = of.words[1];
    const auto& picture = source_.picture();
    if (!picture.find_node(a) || !picture.find_node(b))
        return refuse_with(answer, not_found(of.asked.path));
    if (a == b) return refuse_with(answer, admin::bad_request("a path is between two nodes"));
    source_.note_question();
    const auto steps = source_.links().of(proto::edge_id(a, b));
    const auto changes = changes_between(a, b, steps);
    auto data = describe(a, b);
    data["since"] = nullptr;
    json::array history;
    for (const auto& each : changes) {
        // Of two neighbours, the link's; else this host's own path, which only the journal tells.
        if (each.source == (data["neighbors"].as_bool() ? from_links : from_journal))
            data["since"] = each.to.empty() ? json::value() : json::value(time_text(each.at));
        history.push_back(json_of(each));
    }
    const auto too_many = history.size() - std::min(history.size(), history_max);
    history.erase(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(too_many));
    data["history"] = std::move(history);
    data["truncated"] = too_many > 0;
    data["remembered_since"] =
        steps.empty() ? json::value() : json::value(time_text(steps.front().at));
    answer_with(answer, "path", std::move(data));
}

}  // namespace meshhost::observe
