// SPDX-License-Identifier: Apache-2.0
#include "interop/gossip_console.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace meshhost::interop {

namespace json = boost::json;
using identity::endpoint_id;
using identity::topic_id;

namespace {

constexpr std::uint64_t batch = 20;
constexpr duration pause = 10ms;

std::string text_of(const json::object& command, std::string_view name) {
    return json::value_to<std::string>(command.at(name));
}

topic_id topic_of(const json::object& command) {
    return topic_id::from_bytes(*from_hex(text_of(command, "topic"))).value();
}

}  // namespace

gossip_console::gossip_console(net::shard& shard, gossip::gossip_service& service)
    : shard_(shard)
    , service_(service)
    , timer_(shard, *this)
    , input_(shard, *this) {}

void gossip_console::on_command(std::int64_t call, const json::object& command) {
    if (text_of(command, "verb") == "burst") {
        bursts_.push_back(
            {call,
             topic_of(command),
             text_of(command, "prefix"),
             0,
             json::value_to<std::uint64_t>(command.at("count"))}
        );
        timer_.arm(shard_.now());
        return;
    }
    if (text_of(command, "verb") == "pulse") return start_pulse(call, command);
    json::object answer = obey(call, command);
    answer["answer"] = call;
    say(answer);
}

json::object gossip_console::obey(std::int64_t, const json::object& command) {
    const auto verb = text_of(command, "verb");
    if (verb == "know") return know(command);
    if (verb == "join") return join(command);
    if (verb == "leave") return leave(command);
    if (verb == "tally") return tell_tally(command);
    if (verb == "latencies") return tell_latencies(command);
    return tell_probe(command);
}

json::object gossip_console::know(const json::object& command) {
    identity::endpoint_addr addr{endpoint_id::parse(text_of(command, "id")).value(), {}, {}};
    for (const json::value& text : command.at("addresses").as_array())
        addr.direct.push_back(ip_endpoint::parse(json::value_to<std::string>(text)).value());
    known_[addr.id] = addr;
    return {};
}

json::object gossip_console::join(const json::object& command) {
    std::vector<identity::endpoint_addr> bootstrap;
    for (const json::value& text : command.at("peers").as_array()) {
        const auto id = endpoint_id::parse(json::value_to<std::string>(text)).value();
        const auto known = known_.find(id);
        bootstrap.push_back(known == known_.end() ? identity::endpoint_addr{id} : known->second);
    }
    gossip::gossip_subscriber& self = *this;
    auto made = service_.subscribe(topic_of(command), bootstrap, self);
    if (!made) return {{"error", {{"code", "E_GOSSIP"}, {"reason", made.error().message()}}}};
    topics_[topic_of(command)].held = std::move(*made);
    return {};
}

json::object gossip_console::leave(const json::object& command) {
    const auto at = topics_.find(topic_of(command));
    service_.leave(*at->second.held);
    topics_.erase(at);
    return {};
}

void gossip_console::on_gossip_ready(gossip::subscription& from) {
    tally& to = topics_.at(from.topic());
    while (const auto event = from.poll()) {
        if (const auto* message = std::get_if<gossip::proto::message_output>(&*event)) {
            const auto bytes = message->content.view();
            ++to.received;
            if (const auto time = travelled(as_text(bytes)))
                to.latencies_us.push_back(time->count());
            to.texts.emplace(bytes.begin(), bytes.end());
        } else if (const auto* up = std::get_if<gossip::proto::neighbor_up_output>(&*event)) {
            to.neighbors.insert(up->peer.to_hex());
        } else if (const auto* down = std::get_if<gossip::proto::neighbor_down_output>(&*event)) {
            to.neighbors.erase(down->peer.to_hex());
        } else {
            to.lagged += std::get<gossip::lagged_event>(*event).events;
        }
    }
}

/// The next batch of the first burst.
void gossip_console::on_deadline(time_point now) {
    burst& first = bursts_.front();
    for (std::uint64_t i = 0; i < batch && first.next < first.count; ++i) {
        const std::string text = first.prefix + " " + std::to_string(first.next++);
        (void)service_.broadcast(first.topic, as_bytes(text));
    }
    if (first.next == first.count) {
        say({{"answer", first.call}});
        bursts_.pop_front();
    }
    if (!bursts_.empty()) timer_.arm(now + pause);
}

void gossip_console::start_pulse(std::int64_t call, const json::object& command) {
    const auto milliseconds = [&](std::string_view name) {
        return std::chrono::milliseconds(json::value_to<std::int64_t>(command.at(name)));
    };
    pulse_sink& self = *this;
    pulses_.try_emplace(
        call,
        shard_,
        service_,
        self,
        call,
        pulse_plan{
            .topic = topic_of(command),
            .name = text_of(command, "name"),
            .every = milliseconds("every_ms"),
            .phase = milliseconds("phase_ms"),
            .count = json::value_to<std::uint64_t>(command.at("count")),
            .size = json::value_to<std::size_t>(command.at("bytes"))}
    );
}

void gossip_console::on_pulse_end(std::int64_t call) {
    say({{"answer", call}});
    shard_.post([this, call] { pulses_.erase(call); });
}

json::object gossip_console::tell_latencies(const json::object& command) {
    const auto heard = std::exchange(topics_.at(topic_of(command)).latencies_us, {});
    return {{"us", json::value_from(heard)}};
}

json::object gossip_console::tell_tally(const json::object& command) const {
    const tally& of = topics_.at(topic_of(command));
    std::map<std::string, std::uint64_t> distinct;
    for (const auto& text : of.texts)
        ++distinct[text.substr(0, text.find(' '))];
    return {
        {"neighbors", json::value_from(of.neighbors)},
        {"received", of.received},
        {"distinct", json::value_from(distinct)},
        {"lagged", of.lagged}};
}

json::object gossip_console::tell_probe(const json::object& command) const {
    const auto held = service_.measure();
    json::object out{
        {"links", held.links},
        {"connections", held.connections},
        {"streams", held.streams},
        {"links_up", held.links_up},
        {"violations", held.violations},
        {"slow_peers", held.slow_peers},
        {"frames_dropped", held.frames_dropped}};
    const auto repair = static_cast<std::size_t>(gossip::proto::traffic_class::repair);
    out["repairs_sent"] = held.state.sent[repair].frames;
    out["repairs_received"] = held.state.received[repair].frames;
    const auto announce = static_cast<std::size_t>(gossip::proto::traffic_class::announce);
    out["announcements_sent"] = held.state.sent[announce].frames;
    if (const auto topic = service_.measure(topic_of(command))) {
        out["grafts_sent"] = topic->counts.grafts_sent;
        out["prunes_sent"] = topic->counts.prunes_sent;
        out["duplicates"] = topic->counts.duplicates;
        out["eager"] = topic->eager.size();
        out["lazy"] = topic->lazy.size();
    }
    return out;
}

}  // namespace meshhost::interop
