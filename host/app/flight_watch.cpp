// SPDX-License-Identifier: Apache-2.0
#include "app/flight_watch.hpp"

#include "app/host_settings.hpp"

namespace meshhost::app {

flight_watch::flight_watch(net::shard& shard, host_telemetry& telemetry)
    : shard_(shard)
    , telemetry_(telemetry)
    , controls_(random_seed()) {}

void flight_watch::on_event(const telemetry::event& happened) {
    telemetry_.note(controls_.of_event(happened));
    if (happened.type != telemetry::event_type::peer_path) return;
    const auto odd = paths_.on_moved(happened.peer, happened.from, happened.to, shard_.now());
    if (odd) telemetry_.on_anomaly(*odd);
}

void flight_watch::on_slow_call(const plugin::instance_status& of, const std::string& what) {
    telemetry_.note(controls_.of_slow_call(of, what, unix_now()));
}

void flight_watch::on_late_delivery(const gossip::proto::message_output& late) {
    telemetry_.note(controls_.of_late_delivery(late.from.to_hex(), late.waited, unix_now()));
    telemetry_.on_anomaly(telemetry::anomaly::late_delivery);
}

void flight_watch::on_dialled(const peers::dial_result& dial) {
    const auto span = controls_.of_dial(dial, unix_now());
    if (span.is_ok) unreached_.erase(dial.peer);
    // One that stays away is dialled again and again: that is news once.
    const bool is_news = span.is_ok || unreached_.insert(dial.peer).second;
    telemetry_.note(span, is_news);
}

}  // namespace meshhost::app
