// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.hpp"

#include "base/version.hpp"
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/strand_clock.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace meshhost::plugin {

namespace {

const void* get_extension(const mesh_host* host, const char* id) noexcept {
    const instance_context* const context = context_of(host);
    if (context == nullptr || id == nullptr) return nullptr;
    return find_host_table(id, context->facts.withheld);
}

mesh_status set_error(const mesh_host*, mesh_status code, mesh_str message) noexcept {
    say_error(view(message));
    return code;
}

mesh_str get_last_error(const mesh_host*) noexcept {
    return to_abi(last_error());
}

mesh_status post(const mesh_host* host, std::uint64_t tag, void* ptr) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> proto::call_result<> {
        if (context.queue->push(posted_event{tag, ptr, strand_now()})) return {};
        return proto::call_error{MESH_E_AGAIN, "the queue of posted events is full"};
    });
}

bool on_strand(const mesh_host* host) noexcept {
    const instance_context* const context = context_of(host);
    return context != nullptr && context->gate.on_strand();
}

mesh_ns now(const mesh_host*) noexcept {
    return strand_now().time_since_epoch().count();
}

mesh_ns wall(const mesh_host*) noexcept {
    return wall_now().count();
}

/// Signals have no status to return: a refused one is dropped.
void raise(const mesh_host* host, strand_signal signal) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> proto::call_result<> {
        context.queue->raise(std::move(signal));
        return {};
    });
}

void started(const mesh_host* host, mesh_status result) noexcept {
    raise(
        host,
        {.what = strand_signal::kind::started, .status = result, .text = take_said_error()}
    );
}

void drained(const mesh_host* host) noexcept {
    raise(host, {.what = strand_signal::kind::drained});
}

void fatal(const mesh_host* host, mesh_status code, mesh_str message) noexcept {
    say_error(view(message));
    raise(host, {.what = strand_signal::kind::fatal, .status = code, .text = take_said_error()});
}

mesh_host entries(instance_context& owner) noexcept {
    mesh_host host{};
    host.abi_major = MESH_ABI_MAJOR;
    host.abi_minor = MESH_ABI_MINOR;
    host.impl = &owner;
    host.product = "meshhost";
    host.version = version();
    host.instance = owner.facts.instance.c_str();
    host.get_extension = get_extension;
    host.set_error = set_error;
    host.last_error = get_last_error;
    host.post = post;
    host.on_strand = on_strand;
    host.now = now;
    host.wall = wall;
    host.started = started;
    host.drained = drained;
    host.fatal = fatal;
    return host;
}

struct offer {
    std::string_view id;
    const void* (*table)() noexcept;
};

constexpr auto offers = std::to_array<offer>({
    {MESH_EXT_LOG, log_table},
    {MESH_EXT_CONFIG, config_table},
    {MESH_EXT_TIMER, timer_table},
    {MESH_EXT_PEERS, peers_table},
    {MESH_EXT_DIGEST, digest_table},
    {MESH_EXT_STREAM, stream_table},
    {MESH_EXT_FD, fd_table},
    {MESH_EXT_STATE, state_table},
    {MESH_EXT_WORKER, worker_table},
    {MESH_EXT_HEALTH, health_table},
    {MESH_EXT_METRICS, metrics_table},
    {MESH_EXT_TRACE, trace_table},
    {MESH_EXT_GOSSIP, gossip_table},
    {MESH_EXT_MESSAGE, message_table},
    {MESH_EXT_IDENTITY, identity_table},
});

}  // namespace

mesh_status past_end_of_table() noexcept {
    return refuse(
        MESH_E_UNSUPPORTED,
        "this host's table ends before that entry; test with MESH_HAS"
    );
}

const void* find_host_table(std::string_view id, std::span<const std::string> withheld) noexcept {
    if (std::find(withheld.begin(), withheld.end(), id) != withheld.end()) return nullptr;
    for (const offer& each : offers) {
        if (each.id == id) return each.table();
    }
    return nullptr;
}

host_table::host_table(instance_context& owner)
    : guarded_(entries(owner)) {}

instance_context* context_of(const mesh_host* host) noexcept {
    return host == nullptr ? nullptr : static_cast<instance_context*>(host->impl);
}

}  // namespace meshhost::plugin
