// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dashboard's questions, asked without a server.
#include "http/query.hpp"
#include "observe/event_routes.hpp"
#include "observe/model_routes.hpp"
#include "observe/path_routes.hpp"
#include "observe/series_routes.hpp"
#include "observe/stream_hub.hpp"
#include "observe/survey_routes.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "unit/admin/fake_host.hpp"

#include <memory>
#include <string>
#include <utility>

namespace meshhost::test {

inline const std::string gateway(64, 'a');
inline const std::string self(64, 'c');

struct routes_stage {
    routes_stage() {
        hub.set_source(&source);
        model.add_to(table, "/");
        series.add_to(table, "/");
        paths.add_to(table, "/");
        events.add_to(table, "/");
        surveys.add_to(table, "/");
        REQUIRE(run_until(shard, [&] { return source.log().newest().has_value(); }));
    }
    /// "nodes?where=x", without the query's encoding.
    std::shared_ptr<fake_exchange> ask(
        std::string path,
        http::query_map query = {},
        http::header_list headers = {}
    ) {
        const auto answer = std::make_shared<fake_exchange>();
        const http::request asked{"GET", "/" + path, "", std::move(query), std::move(headers)};
        is_found = table.answer(asked, answer);
        return answer;
    }
    boost::json::object data(const std::string& path, http::query_map query = {}) {
        const auto answer = ask(path, std::move(query));
        REQUIRE(answer->answer.status == 200);
        return answer->json().at("data").as_object();
    }
    /// What another host answers to its questions; those it is not about stay open.
    void answer(const std::string& path, const std::string& data) {
        for (std::size_t i = 0; i < others.calls.size(); ++i)
            if (const auto call = others.calls[i]; call->asked.path == path && call->sink) {
                call->answer(200, "application/json", R"({"ok":true,"data":)" + data + "}");
                call->sink.reset();
            }
    }
    std::string refusal(const std::string& path, http::query_map query = {}) {
        const auto answer = ask(path, std::move(query));
        REQUIRE(answer->answer.status >= 400);
        return std::string(answer->json().at("error").at("message").as_string());
    }
    void happen(telemetry::event_type type = telemetry::event_type::peer_state) {
        telemetry::event event;
        event.type = type;
        journal.append(std::move(event));
    }

    net::shard shard;
    fake_host host;
    fake_asker others;
    telemetry::event_journal journal;
    observe::stream_hub hub{shard};
    observe::observatory source{{shard, host, journal, others}, {{"name", "lab"}}, hub};
    observe::question_table table;
    observe::model_routes model{source};
    observe::series_routes series{source};
    observe::path_routes paths{{shard, host, journal, others}, source};
    observe::event_routes events{shard, journal, source, self};
    observe::survey_routes surveys{{shard, host, journal, others}, source, "lab"};
    bool is_found = false;
};

inline std::string header_of(const fake_exchange& answer, std::string_view name) {
    for (const auto& [each, value] : answer.answer.headers)
        if (each == name) return value;
    return {};
}

}  // namespace meshhost::test
