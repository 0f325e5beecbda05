// SPDX-License-Identifier: Apache-2.0
// mesh.gossip/1: topics that all hosts of the mesh can hear and speak on.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/permission.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/gossip_envelope.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <algorithm>
#include <string>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

constexpr std::uint32_t known_flags = MESH_PUB_NEIGHBORS | MESH_PUB_LOOPBACK;

call_result<> require_topic(mesh_str topic) {
    if (proto::is_topic_name(view(topic))) return {};
    return call_error{
        MESH_E_INVALID,
        fmt::format(
            "a topic is 1 to {} printable characters of ASCII, without * and #",
            proto::topic_size_max
        )};
}

mesh_status limits(
    const mesh_host* host,
    std::uint32_t* message_max,
    std::uint32_t* topic_max
) noexcept {
    return host_call(host, caller::any, [&](const instance_context&) -> call_result<> {
        if (message_max != nullptr) *message_max = proto::gossip_body_max;
        if (topic_max != nullptr) *topic_max = proto::topic_size_max;
        return {};
    });
}

/// 0 stands for the default; more than the most is the most.
std::uint64_t choose(std::uint64_t wanted, std::uint64_t otherwise, std::uint64_t most) {
    return wanted == 0 ? otherwise : std::min(wanted, most);
}

call_result<> read_options(const mesh_gossip_opts* from, proto::up::topic_wanted& to) {
    mesh_gossip_opts options{};
    if (from != nullptr) {
        if (from->struct_size < sizeof options)
            return call_error{MESH_E_INVALID, "struct_size of the options is not set"};
        options = *from;
    }
    if (options.lag_policy > MESH_LAG_CLOSE || options.reserved != 0)
        return call_error{MESH_E_UNSUPPORTED, "unknown lag policy"};
    to.queue_messages =
        choose(options.queue_msgs, proto::lag_messages_default, proto::lag_messages_max);
    to.queue_bytes = choose(options.queue_bytes, proto::lag_bytes_default, proto::lag_bytes_max);
    to.policy = static_cast<proto::lag_policy>(options.lag_policy);
    return {};
}

mesh_status subscribe(
    const mesh_host* host,
    mesh_str topic,
    const mesh_gossip_opts* options,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        if (auto fit = require_topic(topic); !fit) return fit;
        if (auto fit = require_created(context); !fit) return fit;
        proto::up::topic_wanted wanted;
        wanted.topic = view(topic);
        if (auto fit = require_grant(context, "gossip:sub:" + wanted.topic); !fit) return fit;
        if (auto fit = read_options(options, wanted); !fit) return fit;
        wanted.number = context.topics.subscribe(wanted.topic, tag);
        if (wanted.number == 0)
            return call_error{
                MESH_E_BUDGET,
                fmt::format("{} subscriptions, the most there can be", proto::subscriptions_max)};
        *out = wanted.number;
        if (context.link->offer(std::move(wanted))) return {};
        context.topics.unsubscribe(*out);
        return call_error{MESH_E_AGAIN, "too much is under way to the host"};
    });
}

mesh_status unsubscribe(const mesh_host* host, mesh_handle subscription) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (!context.topics.unsubscribe(subscription))
            return call_error{MESH_E_HANDLE, "no such subscription"};
        context.link->send(proto::up::topic_left{subscription});
        return {};
    });
}

/// The second time tells for sure: who was refused after this mark was set is told of room.
bool offer(instance_context& context, const proto::up::topic_said& said) {
    if (context.link->offer(said)) return true;
    context.awaits_gossip_room = true;
    return context.link->offer(said);
}

mesh_status publish(
    const mesh_host* host,
    mesh_str topic,
    mesh_bytes body,
    std::uint32_t flags
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (auto fit = require_topic(topic); !fit) return fit;
        if ((flags & ~known_flags) != 0)
            return call_error{MESH_E_UNSUPPORTED, "unknown flag of a message"};
        if (view(body).size() > proto::gossip_body_max)
            return call_error{
                MESH_E_TOO_LARGE,
                fmt::format("{} bytes, at most {}", body.len, proto::gossip_body_max)};
        if (auto fit = require_created(context); !fit) return fit;
        proto::up::topic_said said{std::string(view(topic)), {}, flags};
        if (auto fit = require_grant(context, "gossip:pub:" + said.topic); !fit) return fit;
        const bytes_view bytes = view(body);
        said.body.assign(bytes.begin(), bytes.end());
        const std::size_t size = bytes.size() + proto::gossip_envelope_size;
        const bool is_within = context.gossip_budget.with([&](proto::byte_budget& budget) {
            return budget.take(size, strand_now());
        });
        if (!is_within)
            return over_budget(
                context,
                proto::budget_kind::gossip,
                fmt::format(
                    "{} bytes of gossip a second",
                    context.facts.role->budget.gossip_bytes_per_s
                )
            );
        if (offer(context, said)) return {};
        context.gossip_budget.with([&](proto::byte_budget& budget) { budget.give_back(size); });
        return call_error{MESH_E_AGAIN, "too much is under way to the host"};
    });
}

constexpr mesh_gossip_v1 entries() noexcept {
    mesh_gossip_v1 table{};
    table.limits = limits;
    table.subscribe = subscribe;
    table.unsubscribe = unsubscribe;
    table.publish = publish;
    return table;
}

constexpr guarded_table<mesh_gossip_v1> guarded{entries()};

}  // namespace

const void* gossip_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
