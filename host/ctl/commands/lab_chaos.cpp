// SPDX-License-Identifier: Apache-2.0
// `meshctl lab chaos`: break something, and check what was expected of it.
#include "ctl/commands/commands.hpp"
#include "ctl/commands/lab_options.hpp"
#include "ctl/commands/narrator.hpp"
#include "ctl/option_types.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"
#include "lab/chaos.hpp"
#include "lab/interrupt.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

class lab_chaos final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option(
               "words",
               words_,
               "kill|stop|pause|resume|restart|plugin-crash NODE, "
               "partition A,B|C,D, relay-only A,B, loss 5% [NODE...], heal"
        )
            ->required()
            ->type_name("WHAT");
        app.add_option("--expect", expected_, "what must come of it; see meshctl explain E_EXPECT")
            ->type_name("TEXT");
        add_duration(app, "--for", lasts_, "how long a fault of the network lasts", true);
        add_lab_choice(app, choice_);
    }

    outcome<verdict> run(workplace& here) override {
        lab::chaos_request asked;
        auto action = lab::model::parse_chaos(words_);
        if (!action) return action.error();
        asked.action = std::move(*action);
        asked.action.lasts = lasts_;
        if (lasts_ > duration::zero() && !lab::model::is_network_fault(asked.action.verb))
            return failure{
                exit_code::usage,
                "E_CHAOS",
                "only partition, relay-only and loss last for a time",
                "leave out --for"};
        if (!expected_.empty()) {
            auto expected = lab::model::parse_expectations(expected_);
            if (!expected) return expected.error();
            asked.expected = std::move(*expected);
        }
        const auto found = lab::find_lab(choice_, here.around);
        if (!found) return found.error();
        const lab::interrupt_guard interrupts;
        const auto result = watch(here, found->dir, asked);
        if (!result) return result.error();
        if (here.out.is_text())
            here.out.print(lab_chaos_text(*result, here.out));
        else
            here.out.print(http::make_envelope("lab_chaos", lab::to_json(*result)));
        return verdict{result->passed() ? exit_code::ok : exit_code::assertion_failed};
    }

private:
    static outcome<lab::chaos_result> watch(
        workplace& here,
        const std::filesystem::path& dir,
        const lab::chaos_request& asked
    ) {
        narrator told(here.out, asked.expected.size());
        return lab::break_lab(dir, asked, told);
    }

    std::vector<std::string> words_;
    std::string expected_;
    duration lasts_{};
    lab::lab_choice choice_;
};

}  // namespace

std::unique_ptr<command> make_lab_chaos() {
    return std::make_unique<lab_chaos>();
}

}  // namespace meshhost::ctl
