// SPDX-License-Identifier: Apache-2.0
// `meshctl flight`: the flight recorder of a host.
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/views.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

class flight_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--limit", limit_, "this many at most, the latest ones")
            ->check(CLI::Range(1U, 65536U))
            ->capture_default_str()
            ->type_name("N");
    }

    outcome<verdict> run(workplace& here) override {
        const auto envelope = here.api.get(fmt::format("/v1/flight?limit={}", limit_));
        if (!envelope) return envelope.error();
        if (here.out.is_text())
            here.out.print(flight_text(object_in(*envelope, "data"), here.out));
        else
            here.out.print(*envelope);
        return verdict{};
    }

private:
    unsigned limit_ = 200;
};

}  // namespace

std::unique_ptr<command> make_flight() {
    return std::make_unique<flight_command>();
}

}  // namespace meshhost::ctl
