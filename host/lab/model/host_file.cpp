// SPDX-License-Identifier: Apache-2.0
#include "lab/model/host_file.hpp"

#include "config/config_key.hpp"
#include "config/key_lookup.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace meshhost::lab::model {
namespace {

/// A TOML basic string (every JSON string of ours is one).
std::string toml_text(std::string_view text) {
    return boost::json::serialize(boost::json::value(text));
}

/// A table with one key, when this version of meshhost has that key.
std::string table_if_known(std::string_view table, std::string_view key, std::string_view value) {
    if (config::find_key(config::key_path{std::string(table), std::string(key)}) == nullptr)
        return "";
    return fmt::format("\n[{}]\n{} = {}\n", table, key, value);
}

}  // namespace

std::string contact_for(const lab_record& lab, const lab_node& node) {
    for (const lab_node& other : lab.nodes)
        if (other.name != node.name && other.process.pid != 0 && !other.address.empty())
            return other.id + "@" + other.address;
    return "";
}

std::string host_file(const lab_record& lab, const lab_node& node) {
    const auto dir = lab.dir_of(node);
    const auto contact = contact_for(lab, node);
    std::string text = "# Written anew by the lab at every start of the host.\n";
    text += fmt::format(
        "[node]\nname = {}\ninstance = {}\ndata_dir = {}\n",
        toml_text(node.name),
        toml_text(node.name),
        toml_text(dir.string())
    );
    text += fmt::format("\n[identity]\nkey_file = {}\n", toml_text((dir / "secret.key").string()));
    text += "\n[net]\nport = 0\nbind = [\"127.0.0.1\"]\n";
    // With a relay a host would ask the machine's own router for a port.
    if (lab.relay) text += "port_mapping = false\n";
    text += fmt::format(
        "\n[mesh]\nname = {}\npeers = [{}]\n",
        toml_text(lab.name),
        contact.empty() ? "" : toml_text(contact)
    );
    if (lab.relay) text += fmt::format("\n[relay]\nurls = [{}]\n", toml_text(lab.relay_url()));
    text += fmt::format("\n[admin]\nsocket = {}\n", toml_text(lab.socket_of(node).string()));
    text += table_if_known("digest", "emit", toml_text(lab.emit));
    text += table_if_known("introspect", "allow", toml_text("all"));
    text += table_if_known("lab", "faults", "true");
    if (node.tier == "observer") {
        text += "\n[gossip]\ntier = \"observer\"\n";
        text += fmt::format(
            "\n[observe]\nlisten = {}\nlab = {}\nreceive_otlp = true\n",
            toml_text(lab.dashboard.empty() ? "127.0.0.1:0" : lab.dashboard),
            toml_text(lab.dir.string())
        );
        return text;
    }
    if (!lab.presets.empty() || node.role.empty()) return text;
    text += fmt::format("\n[gossip]\ntier = {}\n", toml_text(node.tier));
    text += fmt::format("\n[plugin.{}]\npath = {}\n", node.role, toml_text(node.role + ".so"));
    return text;
}

std::vector<std::string> relay_arguments(const lab_record& lab) {
    return {"--json", "--listen", lab.relay_at.empty() ? "127.0.0.1:0" : lab.relay_at};
}

std::vector<std::string> host_arguments(const lab_record& lab, const lab_node& node) {
    std::vector<std::string> words{"--json"};
    if (!lab.presets.empty() && !node.role.empty()) {
        words.emplace_back("--config");
        words.push_back((lab.presets / (node.role + ".toml")).string());
    }
    words.emplace_back("--config");
    words.push_back(lab.config_of(node).string());
    auto sets = lab.sets;
    if (node.tier == "observer")
        sets.insert(sets.end(), lab.observer_sets.begin(), lab.observer_sets.end());
    const auto for_it = node.name + ":";
    for (const std::string& set : lab.host_sets)
        if (set.starts_with(for_it)) sets.push_back(set.substr(for_it.size()));
    for (const std::string& set : sets) {
        words.emplace_back("--set");
        words.push_back(set);
    }
    return words;
}

}  // namespace meshhost::lab::model
