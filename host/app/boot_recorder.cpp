// SPDX-License-Identifier: Apache-2.0
#include "app/boot_recorder.hpp"

#include "admin/span_json.hpp"
#include "app/host_settings.hpp"
#include "base/version.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace meshhost::app {

namespace {

std::vector<telemetry::attribute> attributes_of(const plugin::instance_status& role) {
    return {
        {"mesh.plugin.name", role.instance},
        {"mesh.role", role.role},
        {"mesh.plugin.version", role.version},
        {"mesh.plugin.abi", role.abi},
        {"mesh.plugin.path", role.path},
        {"mesh.plugin.isolation", role.isolation}};
}

bool has_failed(const plugin::instance_status& role) {
    return role.state == plugin::proto::instance_state::failed;
}

}  // namespace

boot_recorder::boot_recorder(const net::shard& shard, time_point process_started)
    : shard_(shard)
    , process_started_(process_started)
    , trace_(new_trace()) {}

telemetry::step_trace boot_recorder::new_trace() const {
    return {"mesh.node.ready", random_seed(), shard_.now(), unix_now()};
}

void boot_recorder::step(std::string name) {
    const bool is_first = trace_.spans().size() == 1;
    if (is_first) trace_ = new_trace();  // what the process did until now belongs to no step
    const time_point now = is_first ? trace_.began() : shard_.now();
    if (is_first) lead_ = now - process_started_;
    trace_.step(std::move(name), now);
}

void boot_recorder::remember(const std::filesystem::path& file) {
    history_.emplace(file);
    number_ = history_->next_number();
    note_of_all("mesh.boot.count", number_);
}

void boot_recorder::on_loaded(std::span<const plugin::instance_status> roles) {
    for (const auto& role : roles) {
        const bool was_created = role.creating.began != time_point{};
        const std::string fault = has_failed(role) ? role.last_error : "";
        trace_.within(
            {"mesh.plugin.load",
             role.loading.began,
             role.loading.took,
             attributes_of(role),
             was_created ? "" : fault}
        );
        if (was_created)
            trace_.within(
                {"mesh.plugin.create",
                 role.creating.began,
                 role.creating.took,
                 attributes_of(role),
                 fault}
            );
    }
}

void boot_recorder::on_instance_changed(const plugin::instance_status& role) {
    const bool is_settled = role.state >= plugin::proto::instance_state::running;
    const bool is_early = trace_.has_ended() || roles_started_ == time_point{};
    if (is_early || !is_settled || !started_.insert(role.instance).second) return;
    trace_.within(
        {"mesh.plugin.start",
         roles_started_,
         shard_.now() - roles_started_,
         attributes_of(role),
         has_failed(role) ? role.last_error : ""}
    );
}

void boot_recorder::ready() {
    trace_.end(shard_.now());
    write_down();
}

void boot_recorder::failed(const failure& why) {
    trace_.fail(why.message, shard_.now());
    write_down();
}

void boot_recorder::joined(std::vector<telemetry::span> trace) {
    join_ = std::move(trace);
    write_down();
}

void boot_recorder::write_down() {
    if (!history_ || history_->keep(as_json())) return;
    log_.warn("this start cannot be remembered: {}", std::strerror(errno));
}

boost::json::object boot_recorder::as_json() const {
    const bool is_ok = trace_.spans().front().is_ok;
    return admin::boot_json(
        {.number = number_,
         .version = version(),
         .outcome = !trace_.has_ended() ? "under way"
                    : is_ok             ? "ready"
                                        : "failed",
         .lead = lead_,
         .spans = trace_.spans(),
         .join = join_}
    );
}

boost::json::array boot_recorder::boots() const {
    boost::json::array all;
    if (history_) all = history_->boots();
    if (!trace_.has_ended() || !history_) all.insert(all.begin(), as_json());
    return all;
}

}  // namespace meshhost::app
