// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tables whose keys only a plugin knows, merged key by key over the layers.
#include "config/toml_reader.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace meshhost::config {

/// One key in force.
struct free_value {
    boost::json::value value;  ///< an empty object stands for a table without keys
    std::string origin;
    std::vector<std::string> element_origins;  ///< of an array: where each element was set
};

class free_tables {
public:
    /// Sets one key, over what lower layers set there. A table keeps the keys that lower layers
    /// gave it; a value that is none replaces it whole, and the other way round.
    /// Precondition: `item.path` is below `table`.
    void put(std::span<const std::string> table, const toml_item& item, free_value value);

    /// The keys set below `table`, by their full paths.
    std::map<key_path, free_value> below(std::span<const std::string> table) const;

private:
    std::map<key_path, free_value> values_;  ///< leaves only
};

/// The table as nested objects.
boost::json::object free_object(
    std::span<const std::string> table,
    const std::map<key_path, free_value>& values
);

/// Where each key was set, and each element of an array: "a.b", "a.list[2]", relative to `table`.
std::map<std::string, std::string, std::less<>> free_origins(
    std::span<const std::string> table,
    const std::map<key_path, free_value>& values
);

}  // namespace meshhost::config
