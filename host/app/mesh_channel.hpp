// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans by way of the mesh: to a host that has a collector and passes them on.
#include "introspect/asker.hpp"
#include "net/shard.hpp"
#include "otlp/span_channel.hpp"
#include "peers/peers_service.hpp"

#include <memory>
#include <string>

namespace meshhost::app {

/// POST of {"request": base64} there; see admin/remote routes.
inline constexpr const char* collect_path = "/v1/otlp/traces";

/// The nearest of the members that say they collect: by round trip, where one is known, else
/// by id. One thread: the shard's; the references outlive it.
class mesh_channel final : public otlp::span_channel {
public:
    using asker_finder = std::function<introspect::asker*()>;

    mesh_channel(net::shard& shard, const peers::peers_service& peers, asker_finder asker)
        : shard_(shard)
        , peers_(peers)
        , asker_(std::move(asker)) {}
    ~mesh_channel() override;

    void send(std::string request, teller tell) override;
    std::string destination() const override { return "the mesh"; }

private:
    std::optional<identity::endpoint_id> nearest() const;
    void on_answer(const identity::endpoint_id& whom, const outcome<http::response>& answer);
    void tell(const outcome<http::post_answer>& answer);

    net::shard& shard_;
    const peers::peers_service& peers_;
    asker_finder asker_;
    teller teller_;
    /// Who refused last is left alone for a while, if there is another.
    std::optional<identity::endpoint_id> shunned_;
    time_point shunned_until_{};
    std::shared_ptr<introspect::call> call_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace meshhost::app
