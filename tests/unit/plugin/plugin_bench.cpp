// SPDX-License-Identifier: Apache-2.0
#include "plugin_bench.hpp"

#include <algorithm>
#include <array>

namespace meshhost::test {

namespace {

template <class Container>
void push_new(Container& into, const std::string& item) {
    if (item.empty() || (!into.empty() && into.back() == item)) return;
    into.push_back(item);
}

}  // namespace

std::string test_plugin(std::string_view name) {
    return TEST_PLUGINS "/" + std::string(name) + ".so";
}

std::string role_plugin(std::string_view name) {
    return ROLE_PLUGINS "/" + std::string(name) + ".so";
}

plugin::peer_view peer(std::string roles) {
    plugin::peer_view view;
    view.roles = std::move(roles);
    return view;
}

identity::endpoint_id peer_id(std::uint8_t number) {
    // Public keys of RFC 8032, section 7.1: tests 1024, 2, 1 and 3, so that they ascend.
    static constexpr std::array<const char*, 4> keys{
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"};
    return identity::endpoint_id::parse(keys.at(number)).value();
}

plugin::peer_snapshot_ptr snapshot(std::map<std::uint8_t, plugin::peer_view> peers) {
    plugin::peer_snapshot made;
    for (auto& [number, view] : peers)
        made.emplace(peer_id(number), std::move(view));
    return std::make_shared<const plugin::peer_snapshot>(std::move(made));
}

plugin_bench::plugin_bench(bool is_isolated)
    : own_shard_(std::in_place)
    , shard(*own_shard_) {
    set_up(is_isolated);
}

plugin_bench::plugin_bench(net::shard& shared, bool is_isolated)
    : shard(shared) {
    set_up(is_isolated);
}

void plugin_bench::set_up(bool is_isolated) {
    settings.defaults.is_isolated = is_isolated;
    settings.probe_executable = PROBE_EXECUTABLE;
    settings.self = peer_id(0);
    settings.state_directory = state_directory.path();
}

plugin_bench::~plugin_bench() = default;

plugin::instance_settings& plugin_bench::own(const std::string& instance) {
    return settings.instances.try_emplace(instance, settings.defaults).first->second;
}

std::vector<failure> plugin_bench::load_all(const std::vector<plugin::plugin_spec>& specs) {
    manager_.emplace(shard, settings, mesh, *this, *this);
    return manager_->load(specs);
}

std::optional<failure> plugin_bench::load(const std::string& path, const std::string& role) {
    auto refused = load_all({{.argument = path, .instance = {}, .role = role}});
    if (refused.empty()) return std::nullopt;
    return refused.front();
}

void plugin_bench::run(const std::string& path) {
    const auto refused = load(path);
    REQUIRE((refused ? refused->message : "") == "");
    manager_->start();
    REQUIRE(until_state(plugin::proto::instance_state::running));
}

bool plugin_bench::until_value(const std::string& key, const peers::proto::digest_value& wanted) {
    return until([&] { return values.contains(key) && values.at(key) == wanted; });
}

bool plugin_bench::until_state(plugin::proto::instance_state state) {
    return until([&] {
        const auto all = manager_->status();
        return std::all_of(all.begin(), all.end(), [&](const auto& each) {
            return each.state == state;
        });
    });
}

std::size_t plugin_bench::stop() {
    manager_->stop();
    REQUIRE(until([&] { return stopped_.has_value(); }));
    return *stopped_;
}

void plugin_bench::on_contribution(
    std::string_view,
    std::string_view role,
    const peers::proto::contribution& value
) {
    values[std::string(role) + "." + value.key] = value.value;
}

void plugin_bench::on_cleared(std::string_view, std::string_view role, std::string_view key) {
    values.erase(std::string(role).append(".").append(key));
}

void plugin_bench::on_instance_changed(const plugin::instance_status& status) {
    push_new(states, status.instance + " " + plugin::proto::to_string(status.state));
    push_new(errors, status.last_error);
    ++changes;
}

void plugin_bench::on_plugins_stopped(std::size_t abandoned) {
    stopped_ = abandoned;
}

}  // namespace meshhost::test
