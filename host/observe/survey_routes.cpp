// SPDX-License-Identifier: Apache-2.0
#include "observe/survey_routes.hpp"

#include "admin/question_routes.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/whole_answer.hpp"
#include "http/stated.hpp"
#include "observe/answers.hpp"
#include "observe/proto/fields.hpp"
#include "observe/proto/span_export.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <optional>
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

/// Another program's form, which a client asks for by Accept: application/json; profile=NAME.
struct profile {
    std::string_view name;
    const char* content_type;
    json::object (*write)(const proto::span_source& by, const json::object& boot);
};
constexpr profile profiles[] = {
    {"otlp", "application/json; profile=otlp", proto::otlp_of_boot},
    {"jaeger", "application/json; profile=jaeger", proto::jaeger_of_boot}};

/// Which form is meant. nullopt: none that there is; nullptr: our own.
std::optional<const profile*> form_of(const http::stated& accepted) {
    if (accepted.name == "*/*" || accepted.name == "application/*") return nullptr;
    if (accepted.name != http::content_type_json) return std::nullopt;
    const auto* asked = accepted.parameter("profile");
    if (asked == nullptr) return nullptr;
    for (const auto& each : profiles)
        if (*asked == each.name) return &each;
    return std::nullopt;
}

/// The one with the most weight; of those with the same, one that is named before our own, which
/// many clients take along with all the rest. nullptr: our own.
const profile* wanted_profile(const http::request& asked) {
    const profile* wanted = nullptr;
    int most = 0;
    for (const auto& accepted : http::all_stated(asked, "accept")) {
        const auto form = form_of(accepted);
        if (!form || accepted.weight == 0) continue;
        if (accepted.weight < most || (accepted.weight == most && wanted != nullptr)) continue;
        wanted = *form;
        most = accepted.weight;
    }
    return wanted;
}

std::optional<json::object> find_boot(const json::array& boots, const std::string& id) {
    for (const auto& each : boots) {
        const auto* boot = each.if_object();
        if (boot != nullptr && proto::text_at(*boot, "id") == id) return *boot;
    }
    return std::nullopt;
}

http::response text_of(const char* schema, const std::string& nodes, bool is_packed) {
    answer_text text(schema, is_packed);
    text.add(R"("nodes":)");
    text.add(nodes);
    return text.finish();
}

failure no_such_boot(const std::string& path) {
    auto out = not_found(path);
    out.hint = "?node=NODE asks that node for its earlier starts, too";
    return out;
}

}  // namespace

survey_routes::survey_routes(
    const observatory_parts& parts,
    const observatory& source,
    std::string mesh,
    proto::told_boots* told
)
    : parts_(parts)
    , source_(source)
    , self_(parts.view.node().id)
    , mesh_(std::move(mesh))
    , boots_{survey(parts.shard, parts.view, parts.asker, boots_question(parts.view), last_boot)}
    , plugins_{survey(
          parts.shard,
          parts.view,
          parts.asker,
          plugins_question(parts.view),
          find("plugins")
      )}
    , traces_{survey(
          parts.shard,
          parts.view,
          parts.asker,
          admin::traces_question(parts.view),
          find("spans")
      )} {
    if (told == nullptr) return;
    told_.emplace(parts.shard, *told);
    boots_.hosts.add(told_->last_boots());
    traces_.hosts.add(told_->messages());
}

void survey_routes::add_to(question_table& table, const std::string& prefix) {
    const auto add = [&](const char* name, packed_survey& of, const char* schema) {
        table.add(prefix + name, [this, &of, schema](const auto& asked, const auto& answer) {
            get_survey(of, schema, asked, answer);
        });
    };
    add("boots", boots_, "mesh_boots");
    add("plugins", plugins_, "mesh_plugins");
    add("traces", traces_, "mesh_traces");
    table.add(prefix + "boots/*", {"node"}, [this](const auto& asked, const auto& answer) {
        get_boot(asked, answer);
    });
    table.add(prefix + "nodes/*/boots", [this](const auto& asked, const auto& answer) {
        get_node_boots(asked, answer);
    });
}

void survey_routes::get_survey(
    packed_survey& whom,
    const char* schema,
    const question& of,
    const admin::answer_ptr& answer
) {
    const bool is_packed = accepts_gzip(of.asked);
    const bool is_asked = whom.hosts.ask([&whom, answer, schema, is_packed](const auto& told) {
        if (!is_packed) return answer->reply(text_of(schema, *told, false));
        if (std::exchange(whom.told, told) != told) whom.packed = text_of(schema, *told, true);
        answer->reply(whom.packed);
    });
    if (!is_asked) refuse_with(answer, admin::api_full("questions to the mesh"));
}

void survey_routes::ask_boots(const identity::endpoint_id& node, const boots_taker& take) {
    if (node.to_hex() == self_) return take(json::object{{"boots", parts_.view.boots()}});
    parts_.asker.ask(
        node,
        {"GET", "/v1/boots", "", {}},
        std::make_shared<admin::whole_answer>(
            boots_bytes_max,
            [take](const outcome<http::response>& said) {
                if (!said) return take(said.error());
                take(admin::data_in(*said));
            }
        )
    );
}

json::array survey_routes::kept_boots(const std::string& node) const {
    const auto* kept = boots_.hosts.find_kept(node);
    const auto told = kept == nullptr ? json::value() : json::parse(*kept);
    json::array boots;
    if (told.is_object()) boots.push_back(told);
    return boots;
}

void survey_routes::ask_all_boots(const identity::endpoint_id& node, const boots_taker& take) {
    if (!told_) return ask_boots(node, take);
    ask_boots(
        node,
        [this, alive = std::weak_ptr(alive_), id = node.to_hex(), take](
            const outcome<json::object>& said
        ) {
            if (alive.expired()) return take(said);
            auto told = told_->boots_of(id);
            if (!said && told.empty()) return take(said.error());
            const auto* own = said ? said->if_contains("boots") : nullptr;
            auto asked = own != nullptr && own->is_array() ? own->get_array() : json::array();
            take(json::object{{"boots", merge_boots(std::move(asked), std::move(told))}});
        }
    );
}

void survey_routes::get_node_boots(const question& of, const admin::answer_ptr& answer) {
    const auto id = identity::endpoint_id::parse(of.words[0]);
    if (!id) return refuse_with(answer, not_found(of.asked.path));
    ask_all_boots(
        *id,
        [this, alive = std::weak_ptr(alive_), node = id->to_hex(), answer](
            const outcome<json::object>& said
        ) {
            if (alive.expired()) return;
            if (said) return answer_with(answer, "boots", *said);
            auto kept = kept_boots(node);
            if (kept.empty()) return refuse_with(answer, said.error());
            answer_with(answer, "boots", {{"boots", std::move(kept)}});
        }
    );
}

void survey_routes::get_boot(const question& of, const admin::answer_ptr& answer) {
    const auto node = admin::text_at(of.asked.query, "node");
    const auto id = identity::endpoint_id::parse(node);
    if (!node.empty() && !id) return refuse_with(answer, admin::bad_request("node: the id of one"));
    if (id) return find_boot_of(*id, of, answer);
    if (const auto own = find_boot(parts_.view.boots(), of.words[0]))
        return answer_boot(of.asked, self_, *own, answer);
    find_last_boot(of, answer);
}

void survey_routes::find_boot_of(
    const identity::endpoint_id& node,
    const question& of,
    const admin::answer_ptr& answer
) {
    ask_all_boots(
        node,
        [this,
         alive = std::weak_ptr(alive_),
         asked = of.asked,
         wanted = of.words[0],
         id = node.to_hex(),
         answer](const outcome<json::object>& said) {
            if (alive.expired()) return;
            const auto* list = said ? said->if_contains("boots") : nullptr;
            auto found = list != nullptr && list->is_array() ? find_boot(list->get_array(), wanted)
                                                             : std::nullopt;
            if (!found) found = find_boot(kept_boots(id), wanted);
            if (found) return answer_boot(asked, id, *found, answer);
            refuse_with(answer, said ? no_such_boot(asked.path) : said.error());
        }
    );
}

void survey_routes::find_last_boot(const question& of, const admin::answer_ptr& answer) {
    const auto look = [this, asked = of.asked, wanted = of.words[0], answer](const survey::told&) {
        std::string node;
        json::object boot;
        boots_.hosts.for_each_kept([&](const auto& id, const auto&, const std::string& text) {
            if (!node.empty() || text.find(wanted) == std::string::npos) return;
            const auto told = json::parse(text);
            const auto found = find_boot(json::array{told}, wanted);
            if (!found) return;
            node = id;
            boot = *found;
        });
        if (const auto told = node.empty() && told_ ? told_->find_boot(wanted) : std::nullopt) {
            node = told->node;
            boot = told->boot;
        }
        if (node.empty()) return refuse_with(answer, no_such_boot(asked.path));
        answer_boot(asked, node, std::move(boot), answer);
    };
    if (!boots_.hosts.ask(look)) refuse_with(answer, admin::api_full("questions to the mesh"));
}

void survey_routes::answer_boot(
    const http::request& asked,
    const std::string& node,
    json::object boot,
    const admin::answer_ptr& answer
) const {
    const auto text = source_.picture().find_node(node);
    const auto known = text ? json::parse(*text).as_object() : json::object();
    const auto* told = known.empty() && told_ ? told_->find(node) : nullptr;
    const auto name = told ? told->name : proto::text_at(known, "name");
    const auto* form = wanted_profile(asked);
    if (form == nullptr) {
        boot["node"] = node;
        boot["node_name"] = name;
        return answer_with(answer, "boot", std::move(boot));
    }
    const proto::span_source by{
        mesh_,
        node,
        name,
        told ? told->version : proto::text_at(known, "version"),
        proto::text_at(known, "tier")};
    auto bare = admin::json_response(200, form->write(by, boot));
    bare.content_type = form->content_type;
    answer->reply(guarded(std::move(bare)));
}

}  // namespace meshhost::observe
