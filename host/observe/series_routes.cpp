// SPDX-License-Identifier: Apache-2.0
#include "observe/series_routes.hpp"

#include "admin/request_fields.hpp"
#include "base/list_text.hpp"
#include "http/envelope.hpp"
#include "observe/answers.hpp"
#include "observe/proto/series_window.hpp"
#include "observe/proto/wall_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

std::chrono::milliseconds in_ms(duration span) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(span);
}

struct series_question {
    std::vector<proto::measure> measures;
    proto::series_window window;
};

/// "cpu,rss"; empty: all of them.
outcome<std::vector<proto::measure>> read_measures(std::string_view list) {
    std::vector<proto::measure> all;
    for (std::size_t i = 0; i < proto::measures; ++i) {
        const auto what = static_cast<proto::measure>(i);
        if (list.empty() || is_listed(list, proto::to_string(what))) all.push_back(what);
    }
    const auto named = list.empty() ? 0 : std::count(list.begin(), list.end(), ',') + 1;
    if (named > 0 && static_cast<std::size_t>(named) != all.size())
        return admin::bad_request("m: some of cpu, rss, rx, tx, messages, with commas between them"
        );
    return all;
}

outcome<series_question> read_series_question(
    const http::request& asked,
    const proto::series_axis& axis
) {
    series_question out;
    auto measures = read_measures(admin::text_at(asked.query, "m"));
    if (!measures) return measures.error();
    out.measures = std::move(*measures);
    constexpr std::int64_t step_max = 600'000;
    std::int64_t step = axis.step.count();
    if (const auto fault = admin::read_number(asked.query, "step", 1, step_max, step))
        return *fault;
    const auto steps = (step + axis.step.count() - 1) / axis.step.count();
    out.window = {std::chrono::milliseconds::min(), axis.end, steps * axis.step};
    for (auto [key, bound] : {std::pair{"from", &out.window.from}, {"to", &out.window.to}}) {
        const auto text = admin::text_at(asked.query, key);
        if (text.empty()) continue;
        const auto moment = proto::parse_wall_time(text);
        if (!moment)
            return admin::bad_request(fmt::format("{}: a time like 2026-01-31T12:00:00.000Z", key));
        *bound = *moment;
    }
    return out;
}

}  // namespace

void series_routes::add_to(question_table& table, const std::string& prefix) {
    table.add(
        prefix + "nodes/*/series",
        {"m", "from", "to", "step"},
        [this](const auto& asked, const auto& answer) { get_series(asked, answer); }
    );
}

void series_routes::get_series(const question& of, const admin::answer_ptr& answer) {
    const auto& node = of.words[0];
    if (!source_.picture().find_node(node)) return refuse_with(answer, not_found(of.asked.path));
    const proto::series_axis axis{source_.last_step(), in_ms(observatory::round)};
    const auto wanted = read_series_question(of.asked, axis);
    if (!wanted) return refuse_with(answer, wanted.error());
    source_.note_question();
    json::object rows;
    auto end = axis.end;
    for (const auto what : wanted->measures) {
        const auto all = source_.series().of(node, what);
        const auto part = proto::part_of(all, axis, wanted->window);
        end = part.axis.end;
        json::array values;
        for (const auto& value : part.values)
            values.push_back(value ? json::value(*value) : json::value());
        rows[proto::to_string(what)] = std::move(values);
    }
    answer_with(
        answer,
        "series",
        {{"id", node},
         {"step_ms", wanted->window.step.count()},
         {"end", http::format_time(std::chrono::system_clock::time_point(end))},
         {"series", std::move(rows)}}
    );
}

}  // namespace meshhost::observe
