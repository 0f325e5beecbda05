// SPDX-License-Identifier: Apache-2.0
#include "interop/console.hpp"

#include "interop/echo_call.hpp"

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <filesystem>
#include <iterator>

namespace meshhost::interop {

namespace json = boost::json;

namespace {

std::string text_of(const json::object& command, std::string_view name) {
    return json::value_to<std::string>(command.at(name));
}

bool flag_of(const json::object& command, std::string_view name, bool otherwise) {
    const json::value* const value = command.if_contains(name);
    return value == nullptr ? otherwise : value->as_bool();
}

json::object failed(const failure& why) {
    return {{"error", {{"code", why.code}, {"reason", why.message}}}};
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

json::object ends_by_cause(const transport::probe& probe) {
    json::object ends;
    for (std::size_t i = 0; i < probe.closed_by_cause.size(); ++i) {
        const auto count = probe.closed_by_cause[i];
        if (count > 0) ends[quic::to_string(static_cast<quic::close_cause>(i))] = count;
    }
    return ends;
}

call_plan plan_of(const json::object& command, identity::endpoint_addr to) {
    call_plan plan{.to = std::move(to), .alpn = text_of(command, "alpn")};
    if (const auto* const bytes = command.if_contains("bytes")) {
        plan.bytes = json::value_to<std::size_t>(*bytes);
    }
    if (command.contains("datagram")) plan.datagram = text_of(command, "datagram");
    plan.dial.early_data = flag_of(command, "early_data", false);
    plan.dial.resume = flag_of(command, "resume", true);
    plan.keep = flag_of(command, "keep", false);
    return plan;
}

}  // namespace

console::console(net::shard& shard, transport::endpoint& endpoint)
    : shard_(shard)
    , endpoint_(endpoint)
    , input_(shard, *this) {}

void console::on_command(std::int64_t call, const json::object& command) {
    using verb = void (console::*)(std::int64_t, const json::object&);
    static const std::map<std::string, verb, std::less<>> verbs{
        {"dial", &console::dial},
        {"nudge", &console::nudge},
        {"release", &console::release},
        {"rebind", &console::rebind},
        {"parse", &console::parse},
        {"format", &console::format},
        {"probe", &console::probe},
    };
    const verb asked = verbs.at(text_of(command, "verb"));
    (this->*asked)(call, command);
}

void console::answer(std::int64_t call, json::object with) {
    with["answer"] = call;
    say(with);
}

void console::dial(std::int64_t call, const json::object& command) {
    auto to = identity::parse_peer(text_of(command, "to"));
    if (!to) return answer(call, failed(to.error()));
    auto plan = plan_of(command, std::move(*to));
    const bool keep = plan.keep;
    const auto made = std::make_shared<echo_call>(
        shard_,
        std::move(plan),
        [this, call](json::object what) {
            what["connection"] = call;
            answer(call, std::move(what));
        },
        [this, call](json::object how) {
            kept_.erase(call);
            how["event"] = "lost";
            how["connection"] = call;
            say(how);
        }
    );
    auto connection = made->start(endpoint_);
    if (keep) kept_.emplace(call, std::move(connection));
}

void console::nudge(std::int64_t call, const json::object& command) {
    kept_.at(command.at("connection").as_int64())->send_datagram(as_bytes("nudge"));
    answer(call, {});
}

void console::release(std::int64_t call, const json::object& command) {
    kept_.at(command.at("connection").as_int64())
        ->close(json::value_to<std::uint64_t>(command.at("code")), text_of(command, "reason"));
    answer(call, {});
}

void console::rebind(std::int64_t call, const json::object&) {
    const auto bound = endpoint_.rebind();
    answer(call, bound ? json::object{} : failed(bound.error()));
}

void console::parse(std::int64_t call, const json::object& command) {
    const auto addr = identity::parse_peer(text_of(command, "text"));
    if (!addr) return answer(call, failed(addr.error()));
    json::array addresses;
    for (const ip_endpoint& direct : addr->direct)
        addresses.emplace_back(direct.to_string());
    answer(
        call,
        {{"id", addr->id.to_hex()},
         {"addresses", std::move(addresses)},
         {"relays", json::value_from(addr->relays)}}
    );
}

void console::format(std::int64_t call, const json::object& command) {
    identity::endpoint_addr addr{
        .id = identity::endpoint_id::parse(text_of(command, "id")).value(),
        .relays = json::value_to<std::vector<std::string>>(command.at("relays")),
        .direct = {}};
    for (const json::value& text : command.at("addresses").as_array()) {
        addr.direct.push_back(ip_endpoint::parse(json::value_to<std::string>(text)).value());
    }
    answer(call, {{"ticket", identity::format_ticket(addr)}});
}

void console::probe(std::int64_t call, const json::object&) {
    const auto probe = endpoint_.measure();
    answer(
        call,
        {{"held",
          {{"fds", open_descriptors()},
           {"connections", probe.connections},
           {"half_open", probe.half_open},
           {"streams", probe.streams},
           {"timers", probe.timers},
           {"connection_ids", probe.connection_ids},
           {"paths", probe.paths},
           {"tls_sessions", probe.tls_sessions},
           {"send_bytes", probe.send_bytes},
           {"session_tickets", probe.session_tickets},
           {"address_tokens", probe.address_tokens}}},
         {"opened", probe.opened},
         {"ends", ends_by_cause(probe)},
         {"retries_sent", probe.retries_sent},
         {"resets_sent", probe.resets_sent}}
    );
}

}  // namespace meshhost::interop
