// SPDX-License-Identifier: Apache-2.0
#include "app/mesh_channel.hpp"

#include "admin/whole_answer.hpp"
#include "app/introspect_setup.hpp"
#include "identity/base64.hpp"
#include "peers/proto/capabilities.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <tuple>
#include <utility>

namespace meshhost::app {

namespace {

constexpr std::size_t answer_max = 4096;
constexpr unsigned unavailable = 503;
constexpr unsigned bad_request = 400;
constexpr duration shunned_for = 30s;

}  // namespace

mesh_channel::~mesh_channel() {
    if (call_) call_->cancel();
}

std::optional<identity::endpoint_id> mesh_channel::nearest() const {
    using peers::proto::capability;
    std::optional<identity::endpoint_id> found;
    std::tuple<bool, bool, duration, identity::endpoint_id> best;
    for (const auto& peer : peers_.snapshot()) {
        if (!is_member(peer.entry) || !has(peer.entry.digest->capabilities, capability::collect))
            continue;
        const auto rtt = peer.path ? peer.path->rtt : duration::zero();
        const bool is_shunned = shunned_ == peer.entry.id && shard_.now() < shunned_until_;
        const std::tuple rank(is_shunned, rtt == duration::zero(), rtt, peer.entry.id);
        if (found && rank >= best) continue;
        best = rank;
        found = peer.entry.id;
    }
    return found;
}

void mesh_channel::send(std::string request, teller tell_of) {
    teller_ = std::move(tell_of);
    auto* const asker = asker_();
    const auto whom = nearest();
    if (asker == nullptr || !whom) {
        const failure nobody{
            exit_code::unreachable,
            "E_UNREACHABLE",
            "no member of the mesh collects spans",
            "an observer with telemetry.otlp set to a collector does"};
        return shard_.post([this, alive = std::weak_ptr(alive_), nobody] {
            if (!alive.expired()) tell(nobody);
        });
    }
    const auto body = boost::json::serialize(boost::json::object{
        {"request", identity::to_base64(as_bytes(request))}});
    call_ = asker->ask(
        *whom,
        {"POST", collect_path, body, {}},
        std::make_shared<admin::whole_answer>(
            answer_max,
            [this, alive = std::weak_ptr(alive_), whom = *whom](const auto& answer) {
                if (!alive.expired()) on_answer(whom, answer);
            }
        )
    );
}

/// A request that nobody could take is the exporter's to drop; what one cannot take now, another
/// can.
void mesh_channel::on_answer(
    const identity::endpoint_id& whom,
    const outcome<http::response>& answer
) {
    if (answer && answer->status == 200) return tell(http::post_answer{200, {}, {}});
    const bool is_too_large = !answer && answer.error().code == "E_BAD_REQUEST";
    if (is_too_large || (answer && answer->status == bad_request))
        return tell(http::post_answer{bad_request, {}, {}});
    shunned_ = whom;
    shunned_until_ = shard_.now() + shunned_for;
    if (!answer) return tell(answer.error());
    tell(http::post_answer{unavailable, {}, {}});
}

void mesh_channel::tell(const outcome<http::post_answer>& answer) {
    call_.reset();
    if (const auto told = std::exchange(teller_, nullptr)) told(answer);
}

}  // namespace meshhost::app
