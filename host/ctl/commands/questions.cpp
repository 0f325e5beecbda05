// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

/// A GET of the local API and how to show its answer.
struct question {
    const char* path;
    std::string (*view)(const boost::json::object& data, const console& out);
    verdict (*judge)(const boost::json::object& data);
    const char* list = nullptr;  ///< the array in "data" whose items are the lines of ndjson
    const char* item = nullptr;  ///< their schema's name
};

class api_question final : public command {
public:
    explicit api_question(const question& asked)
        : asked_(asked) {}

    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.get(asked_.path);
        if (!envelope) return envelope.error();
        const auto& data = object_in(*envelope, "data");
        if (here.out.is_text())
            here.out.print(asked_.view(data, here.out));
        else if (here.out.style().format == output_format::ndjson && asked_.list != nullptr)
            print_items(data, here.out);
        else
            here.out.print(*envelope);
        return asked_.judge(data);
    }

private:
    void print_items(const boost::json::object& data, console& out) const {
        for (const auto& item : array_in(data, asked_.list)) {
            if (!item.is_object()) continue;
            boost::json::object line{{"schema", fmt::format("meshhost.{}/1", asked_.item)}};
            for (const auto& [key, value] : item.get_object())
                line[key] = value;
            out.print(line);
        }
    }

    const question& asked_;
};

verdict always_ok(const boost::json::object&) {
    return verdict{};
}

verdict degraded_by_warnings(const boost::json::object& data) {
    return {array_in(data, "warnings").empty() ? exit_code::ok : exit_code::degraded};
}

constexpr question status{"/v1/status", status_text, degraded_by_warnings};
constexpr question peers{"/v1/peers", peers_text, always_ok, "peers", "peer"};
constexpr question plugins{"/v1/plugins", plugins_text, always_ok, "plugins", "plugin"};
constexpr question probe{"/v1/probe", probe_text, always_ok};

}  // namespace

std::unique_ptr<command> make_status() {
    return std::make_unique<api_question>(status);
}

std::unique_ptr<command> make_peers() {
    return std::make_unique<api_question>(peers);
}

std::unique_ptr<command> make_plugin_list() {
    return std::make_unique<api_question>(plugins);
}

std::unique_ptr<command> make_probe() {
    return std::make_unique<api_question>(probe);
}

}  // namespace meshhost::ctl
