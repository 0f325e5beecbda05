// SPDX-License-Identifier: Apache-2.0
#pragma once
// Merges layers of keys into one set of settings, judging each key on the way. Knows the table of
// keys, not the texts that the layers came from.
#include "config/config_loader.hpp"
#include "config/free_tables.hpp"
#include "config/problem_list.hpp"
#include "config/toml_reader.hpp"
#include "config/value_check.hpp"

#include <map>
#include <set>
#include <span>
#include <string>

namespace meshhost::config {

/// How one layer is called when its keys are spoken of.
struct layer_name {
    std::string origin;      ///< "/etc/meshhost/meshhost.toml", "env MESHHOST_NET__PORT", "--set"
    std::string where;       ///< the same, or more: "--set net.port=70000"
    bool has_lines = false;  ///< ":LINE:COLUMN" is added to both

    std::string origin_at(text_position at) const;
    std::string where_at(text_position at) const;
};

class settings_builder {
public:
    /// Lays `items` over what is there. A table's item comes right before those of its keys.
    void add_layer(const layer_name& name, std::span<const toml_item> items);

    /// A problem of a layer that could not be read.
    void report(const layer_name& name, text_position at, std::string message, std::string hint);

    /// Fills in defaults and hands everything over: all of it, or only the problems.
    config_result finish() &&;

private:
    void take(const layer_name& name, const toml_item& item);
    bool take_instance(const layer_name& name, const toml_item& item);
    void take_key(const layer_name& name, const config_key& key, const toml_item& item);
    void take_free(const layer_name& name, const config_key& table, const toml_item& item);
    void refuse_table(const layer_name& name, const toml_item& item);
    void refuse_unknown(const layer_name& name, const toml_item& item);
    void refuse(const layer_name& name, const toml_item& item, value_fault fault);

    void check_required();
    void add_setting(loaded_config& loaded, const config_key& key, const std::string& instance);
    void add_free_settings(loaded_config& loaded, const config_key& key, const key_path& table);

    std::map<key_path, setting> settings_;
    std::set<key_path> given_;  ///< keys of the table that some layer sets, rightly or not
    free_tables free_tables_;
    std::map<std::string, std::string> instances_;  ///< plugins, and where each is first mentioned
    key_path refused_;  ///< what lies below this path has been reported with it
    problem_list problems_;
};

}  // namespace meshhost::config
