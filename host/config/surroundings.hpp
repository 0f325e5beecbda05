// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the process finds around itself, as a value: tests make one up, main() reads the real one.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::config {

/// Environment variables, name and value, in no order.
using environment_list = std::vector<std::pair<std::string, std::string>>;

struct surroundings {
    environment_list environment;
    unsigned user_id = 0;              ///< effective; 0 is root
    std::filesystem::path home;        ///< $HOME, else the user database's; empty when neither is
    std::filesystem::path executable;  ///< this program's own file; empty when unknown
    std::string host_name;             ///< may be empty

    /// The variable's value; nullopt when it is unset or empty.
    std::optional<std::string> variable(std::string_view name) const;
};

/// This process's own. Never fails: what cannot be found out stays empty.
surroundings read_surroundings();

}  // namespace meshhost::config
