// SPDX-License-Identifier: Apache-2.0
#include "observe/model_routes.hpp"

#include "admin/request_fields.hpp"
#include "http/envelope.hpp"
#include "observe/answers.hpp"
#include "observe/asked_filter.hpp"
#include "observe/proto/edge_id.hpp"
#include "observe/proto/picture_pages.hpp"
#include "observe/proto/wall_time.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <malloc.h>
#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::int64_t page_max = 1000;
constexpr std::int64_t page_usual = 100;
constexpr auto clocks_differ_by = 5s;  ///< the client's and ours: so far ahead is still the present

std::string json_text(std::string_view text) {
    return json::serialize(json::string(text));
}

failure no_cursor() {
    return admin::bad_request("cursor: not one that an answer to this question gave");
}

outcome<std::size_t> read_limit(const http::request& asked) {
    std::int64_t limit = page_usual;
    if (const auto fault = admin::read_number(asked.query, "limit", 1, page_max, limit))
        return *fault;
    return static_cast<std::size_t>(limit);
}

outcome<proto::node_question> read_node_question(const http::request& asked) {
    proto::node_question out;
    auto where = read_filter(asked);
    if (!where) return where.error();
    out.where = std::move(*where);
    const auto limit = read_limit(asked);
    if (!limit) return limit.error();
    out.limit = *limit;
    if (const auto sort = admin::text_at(asked.query, "sort"); !sort.empty()) {
        const auto order = proto::node_order::parse(sort);
        if (!order)
            return admin::bad_request(fmt::format(
                "sort: one of {}, with \"-\" before it the other way round",
                proto::node_order::fields()
            ));
        out.order = *order;
    }
    if (const auto cursor = admin::text_at(asked.query, "cursor"); !cursor.empty()) {
        out.after = out.order.read_cursor(cursor);
        if (!out.after) return no_cursor();
    }
    return out;
}

outcome<proto::edge_question> read_edge_question(const http::request& asked) {
    proto::edge_question out;
    auto where = read_filter(asked);
    if (!where) return where.error();
    out.where = std::move(*where);
    const auto limit = read_limit(asked);
    if (!limit) return limit.error();
    out.limit = *limit;
    if (const auto cursor = admin::text_at(asked.query, "cursor"); !cursor.empty()) {
        auto id = proto::read_edge_cursor(cursor);
        if (!id) return no_cursor();
        out.after = std::move(*id);
    }
    return out;
}

/// What stands before the list of a page.
std::string page_head(const observatory& source, const proto::page& page) {
    return fmt::format(
        R"("seq":{},"now":"{}","total":{},"matched":{},"next":{},)",
        source.sequence(),
        http::format_time(std::chrono::system_clock::now()),
        page.total,
        page.matched,
        page.next ? json_text(*page.next) : "null"
    );
}

void add_list(
    answer_text& to,
    const std::vector<std::string>& ids,
    const std::function<std::optional<std::string>(const std::string&)>& find
) {
    bool is_first = true;
    for (const auto& id : ids) {
        const auto text = find(id);
        if (!text) continue;
        if (!std::exchange(is_first, false)) to.add(",");
        to.add(*text);
    }
}

/// Nodes that the filter lets through, and the edges between them.
void add_matching(
    answer_text& to,
    const proto::packed_picture& from,
    const proto::node_filter& where
) {
    const auto ids = proto::matching_nodes(from, where);
    to.add(fmt::format(R"("mesh":{},"nodes":[)", from.mesh_text()));
    add_list(to, {ids.begin(), ids.end()}, [&](const auto& id) { return from.find_node(id); });
    to.add(R"(],"edges":[)");
    bool is_first = true;
    from.for_each_edge([&](const std::string& id, std::string_view text) {
        const auto [a, b] = proto::ends_of_edge(id);
        if (!ids.contains(std::string(a)) || !ids.contains(std::string(b))) return;
        if (!std::exchange(is_first, false)) to.add(",");
        to.add(text);
    });
    to.add("]");
}

/// Whether the client has that state already (RFC 9110 section 13.1.2).
bool has_already(const http::request& asked, const std::string& tag) {
    const auto held = http::header(asked, "if-none-match");
    return held == "*" || held.find(tag) != std::string_view::npos;
}

/// `what` names the schema and the list in it.
void answer_page(
    const observatory& source,
    const http::request& asked,
    const admin::answer_ptr& answer,
    const char* what,
    const proto::page& page,
    const std::function<std::optional<std::string>(const std::string&)>& find
) {
    answer_text text(what, accepts_gzip(asked));
    text.add(fmt::format(R"({}"{}":[)", page_head(source, page), what));
    add_list(text, page.ids, find);
    text.add("]");
    answer->reply(text.finish());
}

}  // namespace

void model_routes::add_to(question_table& table, const std::string& prefix) {
    using parameters = question_table::parameters;
    const auto add = [&](const char* name, parameters taken, auto method) {
        const auto handle = [this, method](const auto& asked, const auto& answer) {
            (this->*method)(asked, answer);
        };
        table.add(prefix + name, std::move(taken), handle);
    };
    add("snapshot", {"at", "where"}, &model_routes::get_snapshot);
    add("nodes", {"where", "sort", "limit", "cursor"}, &model_routes::get_nodes);
    add("nodes/*", {}, &model_routes::get_node);
    add("edges", {"where", "limit", "cursor"}, &model_routes::get_edges);
    table.add(prefix + "history", [this](const auto&, const auto& to) { get_history(to); });
}

void model_routes::get_snapshot(const question& of, const admin::answer_ptr& answer) {
    const auto at = admin::text_at(of.asked.query, "at");
    if (at.empty()) return get_present(of.asked, answer);
    get_past(of.asked, at, answer);
}

void model_routes::get_present(const http::request& asked, const admin::answer_ptr& answer) {
    const auto where = read_filter(asked);
    if (!where) return refuse_with(answer, where.error());
    source_.note_question();
    // Weak: the answer also has the present time in it, which is no news.
    const auto number = fmt::format("\"{}\"", source_.sequence());
    const auto finish = [&](http::response said) {
        if (where->is_empty()) said.headers.emplace_back("ETag", "W/" + number);
        said.headers.emplace_back("Cache-Control", "private, no-cache");
        answer->reply(std::move(said));
    };
    if (where->is_empty() && has_already(asked, number))
        return finish(guarded({304, http::content_type_json, "", {}}));
    answer_text text("snapshot", accepts_gzip(asked));
    const auto& picture = source_.picture();
    if (where->is_empty())
        picture.write_members([&](std::string_view piece) { text.add(piece); });
    else
        add_matching(text, picture, *where);
    text.add(fmt::format(
        R"(,"seq":{},"now":"{}")",
        source_.sequence(),
        http::format_time(std::chrono::system_clock::now())
    ));
    finish(text.finish());
}

void model_routes::get_past(
    const http::request& asked,
    const std::string& at,
    const admin::answer_ptr& answer
) const {
    const auto moment = proto::parse_wall_time(at);
    if (!moment)
        return refuse_with(answer, admin::bad_request("at: a time like 2026-01-31T12:00:00.000Z"));
    if (asked.query.contains("where"))
        return refuse_with(answer, admin::bad_request("where: of the present only, not with at"));
    const auto now = std::chrono::system_clock::now();
    // In milliseconds: the clock's nanoseconds end in 2262.
    if (*moment > std::chrono::duration_cast<std::chrono::milliseconds>(
            now.time_since_epoch() + clocks_differ_by
        ))
        return refuse_with(
            answer,
            admin::bad_request(fmt::format(
                "at: {} is yet to come, the newest moment that is known is {}",
                at,
                http::format_time(now)
            ))
        );
    answer_text text("snapshot", accepts_gzip(asked));
    if (!source_.log().at(*moment, [&](std::string_view piece) { text.add(piece); }))
        return refuse_with(
            answer,
            {exit_code::unreachable,
             "E_TOO_OLD",
             fmt::format("nothing is remembered of {}", at),
             "GET /api/v1/history says how far back it goes"}
        );
    text.add(fmt::format(R"(,"seq":{},"now":{})", source_.sequence(), json_text(at)));
    answer->reply(text.finish());
    // Thousands of small things were made of what had changed; few look back.
    ::malloc_trim(0);
}

void model_routes::get_history(const admin::answer_ptr& answer) const {
    const auto text = [](const std::optional<std::chrono::milliseconds>& at) -> json::value {
        if (!at) return nullptr;
        return json::value(http::format_time(std::chrono::system_clock::time_point(*at)));
    };
    const auto& log = source_.log();
    answer_with(
        answer,
        "history",
        {{"oldest", text(log.oldest())}, {"newest", text(log.newest())}}
    );
}

void model_routes::get_nodes(const question& of, const admin::answer_ptr& answer) {
    const auto wanted = read_node_question(of.asked);
    if (!wanted) return refuse_with(answer, wanted.error());
    source_.note_question();
    const auto& picture = source_.picture();
    answer_page(
        source_,
        of.asked,
        answer,
        "nodes",
        proto::find_nodes(picture, *wanted),
        [&](const auto& id) { return picture.find_node(id); }
    );
}

void model_routes::get_node(const question& of, const admin::answer_ptr& answer) {
    source_.note_question();
    const auto node = source_.picture().find_node(of.words[0]);
    if (!node) return refuse_with(answer, not_found(of.asked.path));
    std::string_view members = *node;
    members.remove_prefix(1);  // the braces: the envelope has some
    members.remove_suffix(1);
    answer_with_text(answer, "node", accepts_gzip(of.asked), members);
}

void model_routes::get_edges(const question& of, const admin::answer_ptr& answer) {
    const auto wanted = read_edge_question(of.asked);
    if (!wanted) return refuse_with(answer, wanted.error());
    source_.note_question();
    const auto& picture = source_.picture();
    answer_page(
        source_,
        of.asked,
        answer,
        "edges",
        proto::find_edges(picture, *wanted),
        [&](const auto& id) { return picture.find_edge(id); }
    );
}

}  // namespace meshhost::observe
