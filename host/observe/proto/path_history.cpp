// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/path_history.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr std::string_view untold = "unknown";  ///< the kind of a link that nobody was asked of

/// The value that `text` begins with; null when it is cut off.
json::value first_value(std::string_view text) {
    json::stream_parser parser;
    json::error_code fault;
    parser.write_some(text.data(), text.size(), fault);
    if (fault || !parser.done()) return nullptr;
    return parser.release();
}

void read_fields(path_step& into, const json::object& told) {
    if (told.contains("kind")) into.kind = text_at(told, "kind");
    if (told.contains("reason")) into.reason = text_at(told, "reason");
}

/// How it is after that was told: a whole edge, ["e~", id, what changed] or ["e-", id, {}].
path_step after(path_step now, std::chrono::milliseconds at, const json::value& told) {
    now.at = at;
    if (const auto* whole = told.if_object()) {
        read_fields(now, *whole);
    } else if (const auto* op = told.if_array(); op != nullptr && op->size() > 2) {
        if (op->front() == "e-")
            now = {at, "", ""};
        else if (const auto* changed = (*op)[2].if_object(); changed != nullptr)
            read_fields(now, *changed);
    }
    return now;
}

}  // namespace

std::vector<path_step> path_history(const change_log& from, const std::string& edge) {
    std::vector<path_step> all;
    if (!from.oldest()) return all;
    all.push_back({*from.oldest(), "", ""});
    const std::array<std::string, 3> beginnings{
        fmt::format(R"({{"id":"{}")", edge),
        fmt::format(R"(["e~","{}",)", edge),
        fmt::format(R"(["e-","{}",)", edge)};
    from.search(beginnings, [&](std::chrono::milliseconds at, std::string_view text) {
        auto next = after(all.back(), at, first_value(text));
        auto& last = all.back();
        if (next.kind == last.kind && next.reason == last.reason) return;
        // Nobody asked for a while: that is nothing of the link's.
        if (next.kind == untold && !last.kind.empty()) return;
        if (last.kind == untold && !next.kind.empty()) {
            next.at = last.at;
            last = std::move(next);
            return;
        }
        if (next.at == all.front().at && all.size() == 1)
            all.front() = std::move(next);
        else
            all.push_back(std::move(next));
    });
    return all;
}

}  // namespace meshhost::observe::proto
