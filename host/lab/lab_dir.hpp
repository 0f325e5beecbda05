// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where labs are kept: a directory each, with lab.json, and one of each host in it.
#include "base/error.hpp"
#include "config/surroundings.hpp"
#include "lab/model/lab_record.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::lab {

/// Which lab somebody means.
struct lab_choice {
    std::string name;           ///< empty: the only one there is
    std::filesystem::path dir;  ///< over the name; empty: where labs of that name are
};

/// $XDG_RUNTIME_DIR/meshhost-lab, else below this user's directory in /tmp.
std::filesystem::path labs_dir(const config::surroundings& around);

/// The lab's directory, by name or as given.
std::filesystem::path dir_for(const lab_choice& choice, const config::surroundings& around);

/// Makes the directory, which must not be there or be empty.
/// Errors: E_LAB_EXISTS, E_LAB_DIR, and those of config::make_private_dir.
outcome<void> create_lab_dir(const std::filesystem::path& dir);

/// The names of the labs in their usual place.
std::vector<std::string> list_labs(const config::surroundings& around);

/// Errors: E_NO_LAB (unreachable), E_AMBIGUOUS (usage), E_LAB_DAMAGED (invalid).
outcome<model::lab_record> find_lab(const lab_choice& choice, const config::surroundings& around);

outcome<model::lab_record> load_lab(const std::filesystem::path& dir);
/// Writes lab.json anew, all at once. Errors: E_LAB_DIR.
outcome<void> save_lab(const model::lab_record& lab);

/// Writes `text` to a file of the lab all at once. Errors: E_LAB_DIR.
outcome<void> write_file(const std::filesystem::path& file, std::string_view text);
/// nullopt when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& file);
/// Adds a line to a file. Errors: E_LAB_DIR.
outcome<void> append_line(const std::filesystem::path& file, std::string_view line);

/// Removes a lab's directory; one without lab.json is not touched. Errors: E_LAB_DIR.
outcome<void> remove_lab_dir(const std::filesystem::path& dir);

}  // namespace meshhost::lab
