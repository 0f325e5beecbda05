// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/commands/listing.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"

namespace meshhost::ctl {

namespace {

/// A GET of the local API and how to show its answer.
struct question {
    const char* path;
    std::string (*view)(const boost::json::object& data, const console& out);
    verdict (*judge)(const boost::json::object& data);
    /// Adds to "data" what another question answers; nullptr: nothing.
    void (*complete)(boost::json::object& data, const api_client& api) = nullptr;
};

class api_question final : public command {
public:
    explicit api_question(const question& asked)
        : asked_(asked) {}

    outcome<verdict> run(workplace& here) override {
        auto envelope = here.api.get(asked_.path);
        if (!envelope) return envelope.error();
        if (auto* open = (*envelope)["data"].if_object(); open != nullptr && asked_.complete)
            asked_.complete(*open, here.api);
        const auto& data = object_in(*envelope, "data");
        if (here.out.is_text())
            here.out.print(asked_.view(data, here.out));
        else
            here.out.print(*envelope);
        return asked_.judge(data);
    }

private:
    const question& asked_;
};

verdict always_ok(const boost::json::object&) {
    return verdict{};
}

verdict degraded_by_warnings(const boost::json::object& data) {
    return {array_in(data, "warnings").empty() ? exit_code::ok : exit_code::degraded};
}

/// A host that cannot say what it uses has a status all the same.
void complete_status(boost::json::object& data, const api_client& api) {
    if (const auto meters = api.get("/v1/meters")) add_budget_use(data, object_in(*meters, "data"));
}

/// A rule that does not hold is a broken promise (9); one that nobody checked is only unknown.
verdict judge_audit(const boost::json::object& data) {
    const auto& rules = array_in(data, "rules");
    if (!array_in(data, "discrepancies").empty()) return {exit_code::assertion_failed};
    bool are_all_checked = !rules.empty();
    for (const auto& item : rules) {
        if (!item.is_object()) continue;
        const auto* ok = item.get_object().if_contains("ok");
        if (ok == nullptr || !ok->is_bool())
            are_all_checked = false;
        else if (!ok->get_bool())
            return {exit_code::assertion_failed};
    }
    are_all_checked = are_all_checked && array_in(data, "unwell").empty();
    return {are_all_checked ? exit_code::ok : exit_code::degraded};
}

constexpr question status{"/v1/status", status_text, degraded_by_warnings, complete_status};
constexpr question audit{"/v1/audit", audit_text, judge_audit};
constexpr question probe{"/v1/probe", probe_text, always_ok};

constexpr listing peers{
    "/v1/peers",
    "peers",
    "peer",
    peers_table,
    "no peers: this host was told of none and none has connected; start it with --peer TICKET\n"};
constexpr listing plugins{
    "/v1/plugins",
    "plugins",
    "plugin",
    plugins_table,
    "no plugins: start meshhost with --plugin compute.so\n"};

}  // namespace

std::unique_ptr<command> make_status() {
    return std::make_unique<api_question>(status);
}

std::unique_ptr<command> make_peers() {
    return std::make_unique<listing_command>(peers);
}

std::unique_ptr<command> make_plugin_list() {
    return std::make_unique<listing_command>(plugins);
}

std::unique_ptr<command> make_doctor() {
    return std::make_unique<api_question>(audit);
}

std::unique_ptr<command> make_probe() {
    return std::make_unique<api_question>(probe);
}

}  // namespace meshhost::ctl
