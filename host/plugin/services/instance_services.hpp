// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host does for one instance, and all that it holds there for it: the other end of the
// tables. Lives as long as the role does: longer than one generation of its code, or one process.
#include "plugin/proto/limits.hpp"
#include "plugin/services/mesh_services.hpp"
#include "plugin/services/message_service.hpp"
#include "plugin/services/metrics_service.hpp"
#include "plugin/services/stream_service.hpp"
#include "plugin/services/telemetry_limits.hpp"
#include "plugin/services/topic_service.hpp"
#include "telemetry/span_ring.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace meshhost::plugin {

/// One thread: the shard's. `mesh`, `to` and `granted` outlive it. Destroying it ends all that is
/// held.
class instance_services {
public:
    instance_services(
        net::shard& shard,
        std::string instance,
        const mesh_services& mesh,
        permission_check allows,
        downlink& to,
        const proto::grants& granted
    )
        : shard_(shard)
        , instance_(std::move(instance))
        , mesh_(mesh)
        , to_(to)
        , allows_(std::move(allows))
        , metrics_(shard, to)
        , topics_(shard, mesh.topics, allows_, to)
        , messages_(mesh.messages, allows_, to) {
        if (mesh.endpoint != nullptr) streams_.emplace(shard, mesh, to, granted);
    }
    instance_services(const instance_services&) = delete;
    instance_services& operator=(const instance_services&) = delete;

    /// What is no service's is nobody's: the manager took it before.
    void take(proto::up_message message) {
        std::visit([this](auto& said) { pass(std::move(said)); }, message);
    }

    metrics_service& metrics() noexcept { return metrics_; }
    const telemetry::span_ring& spans() const noexcept { return spans_; }

    /// The role takes no new work.
    void drain() {
        if (streams_) streams_->drain();
    }

    /// Null where the host lends no endpoint.
    const stream_service* streams() const noexcept { return streams_ ? &*streams_ : nullptr; }

private:
    /// To the service that takes it, where there is one.
    template <class Message>
    void pass(Message&& said) {
        if constexpr (requires { streams_->take(std::move(said)); }) {
            if (streams_) streams_->take(std::move(said));
        }
    }
    void pass(proto::up::metrics_said&& said) {
        if (is_within(said.metrics)) metrics_.take(std::move(said));
    }
    void pass(proto::up::span_ended&& ended) {
        if (!is_within(ended.span)) return;
        if (mesh_.on_span) mesh_.on_span(instance_, ended.span);
        spans_.append(std::move(ended.span));
    }
    void pass(proto::up::topic_wanted&& said) { topics_.take(std::move(said)); }
    void pass(proto::up::topic_left&& said) { topics_.take(std::move(said)); }
    void pass(proto::up::topic_said&& said) { topics_.take(std::move(said)); }
    void pass(proto::up::topic_taken&& said) { topics_.take(std::move(said)); }
    void pass(proto::up::port_opened&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::port_closed&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::port_taken&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::message_said&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::request_made&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::request_given_up&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::request_answered&& said) { messages_.take(std::move(said)); }
    void pass(proto::up::signing_asked&& asked) { to_.send(sign_for(mesh_, allows_, asked)); }

    net::shard& shard_;
    std::string instance_;
    const mesh_services& mesh_;
    downlink& to_;
    permission_check allows_;
    metrics_service metrics_;
    telemetry::span_ring spans_{proto::spans_kept_max};
    std::optional<stream_service> streams_;
    topic_service topics_;
    message_service messages_;
};

}  // namespace meshhost::plugin
