// SPDX-License-Identifier: Apache-2.0
#include "observe/survey_routes.hpp"

#include "admin/question_routes.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/whole_answer.hpp"
#include "identity/endpoint_id.hpp"
#include "observe/answers.hpp"
#include "observe/pages.hpp"

#include <utility>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::size_t boots_bytes_max = 256u << 10;  ///< of one host's

admin::mesh_question boots_question(const admin::host_view& view) {
    return {
        .name = "boots",
        .path = "/v1/boots",
        .query = {{"limit", "1"}},
        .own = [&view](const auto&) { return admin::last_boot_json(view); },
        .hosts_max = survey::kept_max};
}

admin::mesh_question plugins_question(const admin::host_view& view) {
    return {
        .name = "plugins",
        .path = "/v1/plugins",
        .query = {},
        .own =
            [&view](const auto&) {
                auto own = admin::plugins_json(view.plugins());
                own["id"] = view.node().id;
                return own;
            },
        .hosts_max = survey::kept_max};
}

/// What a survey keeps of an answer.
survey::extractor find(const char* key) {
    return {key, [key](const json::object& line) -> json::value {
                const auto* found = line.if_contains(key);
                return found == nullptr ? json::value() : *found;
            }};
}

/// Of {"boots": [...]}, the first.
const survey::extractor last_boot{"boot", [](const json::object& line) -> json::value {
                                      const auto* all = line.if_contains("boots");
                                      const bool is_there = all != nullptr && all->is_array()
                                                            && !all->get_array().empty();
                                      return is_there ? all->get_array().front() : json::value();
                                  }};

}  // namespace

survey_routes::survey_routes(const observatory_parts& parts)
    : parts_(parts)
    , self_(parts.view.node().id)
    , boots_(parts.shard, parts.view, parts.asker, boots_question(parts.view), last_boot)
    , plugins_(parts.shard, parts.view, parts.asker, plugins_question(parts.view), find("plugins"))
    , traces_(
          parts.shard,
          parts.view,
          parts.asker,
          admin::traces_question(parts.view),
          find("spans")
      ) {}

void survey_routes::add_to(question_table& table, const std::string& prefix) {
    const auto add = [&](const char* name, survey& of, const char* schema) {
        table.add(prefix + name, [this, &of, schema](const auto& asked, const auto& answer) {
            get_survey(of, schema, asked, answer);
        });
    };
    add("boots", boots_, "mesh_boots");
    add("plugins", plugins_, "mesh_plugins");
    add("traces", traces_, "mesh_traces");
    table.add(prefix + "nodes/*/boots", [this](const auto& asked, const auto& answer) {
        get_node_boots(asked, answer);
    });
}

void survey_routes::get_survey(
    survey& of,
    const char* schema,
    const question& asked,
    const admin::answer_ptr& answer
) {
    const bool is_packed = accepts_gzip(asked.asked);
    const bool is_asked = of.ask([answer, schema, is_packed](const std::string& nodes) {
        answer_text text(schema, is_packed);
        text.add(R"("nodes":)");
        text.add(nodes);
        answer->reply(text.finish());
    });
    if (!is_asked) refuse_with(answer, admin::api_full("questions to the mesh"));
}

void survey_routes::get_node_boots(const question& of, const admin::answer_ptr& answer) {
    const auto id = identity::endpoint_id::parse(of.words[0]);
    if (!id) return refuse_with(answer, not_found(of.asked.path));
    if (of.words[0] == self_) return answer_with(answer, "boots", {{"boots", parts_.view.boots()}});
    parts_.asker.ask(
        *id,
        {"GET", "/v1/boots", "", {}},
        std::make_shared<admin::whole_answer>(
            boots_bytes_max,
            [answer](const outcome<http::response>& said) {
                if (!said) return refuse_with(answer, said.error());
                auto data = admin::data_in(*said);
                if (!data) return refuse_with(answer, data.error());
                answer_with(answer, "boots", std::move(*data));
            }
        )
    );
}

}  // namespace meshhost::observe
