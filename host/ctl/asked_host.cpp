// SPDX-License-Identifier: Apache-2.0
#include "ctl/asked_host.hpp"

#include "config/paths.hpp"
#include "lab/look.hpp"

#include <fmt/format.h>

#include <string>

namespace meshhost::ctl {

outcome<std::filesystem::path> observer_of(
    const lab::lab_choice& lab,
    const config::surroundings& around
) {
    const auto found = lab::find_lab(lab, around);
    if (!found) return found.error();
    if (!found->observer)
        return failure{
            exit_code::unreachable,
            "E_NO_DASHBOARD",
            fmt::format("the lab {} was started without an observer", found->name),
            "meshctl lab up starts one, without --no-observer; --socket PATH asks one of its "
            "hosts"};
    return found->socket_of(*found->observer);
}

namespace {

constexpr std::size_t labs_told = 4;

std::vector<std::string> labs_that_run(const config::surroundings& around) {
    std::vector<std::string> names;
    for (const auto& name : lab::list_labs(around)) {
        const auto record = lab::find_lab({name, {}}, around);
        if (record && record->observer && !lab::running_hosts(*record).empty())
            names.push_back(name);
        if (names.size() == labs_told) break;
    }
    return names;
}

}  // namespace

outcome<std::vector<std::filesystem::path>> sockets_to_try(
    const global_options& options,
    const config::surroundings& around
) {
    if (!options.lab.empty()) {
        const auto socket = observer_of({options.lab, {}}, around);
        if (!socket) return socket.error();
        return std::vector{*socket};
    }
    if (!options.socket.empty()) return std::vector{options.socket};
    return config::socket_candidates(
        around,
        options.instance.empty() ? "default" : options.instance
    );
}

failure with_labs_named(
    failure error,
    const global_options& options,
    const config::surroundings& around
) {
    const bool is_chosen =
        !options.lab.empty() || !options.socket.empty() || !options.instance.empty();
    if (error.code != "E_NO_DAEMON" || is_chosen) return error;
    const auto labs = labs_that_run(around);
    if (labs.empty()) return error;
    const auto what =
        labs.size() == 1
            ? fmt::format("the lab {0} runs here: --lab {0} asks its observer", labs.front())
            : fmt::format(
                "labs run here: --lab NAME asks the observer of {}",
                fmt::join(labs, ", ")
            );
    error.hint = what + "; or " + error.hint;
    return error;
}

}  // namespace meshhost::ctl
